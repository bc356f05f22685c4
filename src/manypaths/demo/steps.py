"""The next steps that were taken up or planned toward the end of the invented year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.demo.ratings import TARGET, EducatorsYear
from manypaths.demo.roster import SchoolClass
from manypaths.demo.scene import Scene
from manypaths.demo.schedules import Schedule
from manypaths.demo.school_days import at_hour
from manypaths.demo.work import YearOfWork

Numbers = NDArray[np.int64]

# How many are planned in the class that is shown, in other classes of its school, for educators;
# how many students choose themselves, in that class and anywhere.
_PLANNED_IN_SHOWN, _PLANNED_ELSEWHERE, _PLANNED_FOR_EDUCATORS = 6, 4, 2
_OWN_IN_SHOWN, _OWN_ANYWHERE = 6, 18
_LAST_DAYS = 10
# Knowledge for which there is something to plan, after so many tries.
_GROWING_FROM, _GROWING_TO, _TRIED = 0.3, 0.8, 4
_LEARN_BELOW, _SHOW_FROM = 0.5, 0.85
_PLANNED_HOUR, _OWN_HOUR = 15.25, 14.5


@dataclass(frozen=True)
class Step:
    """A next step of a student or an educator, on a competency (its code), with the task it opens.

    `learner` is a source id; `kind` is learn, practise or show; `chosen_at` is in microseconds UTC.
    `is_own` says that the learner chose it, else an educator planned it.
    """

    learner: str
    kind: str
    competency: str
    task: str
    reason: str
    chosen_at: int
    is_own: bool


@dataclass(frozen=True)
class StepMaker:
    """Makes the steps of a year from what its students did and know."""

    rng: Generator
    scene: Scene
    work: YearOfWork

    def planned(self) -> Iterator[Step]:
        """Yield what teachers planned in the last two weeks; no evidence followed yet."""
        shown = self.scene.shown_class
        others = [c for c in self.scene.roster.classes if c.school == shown.school and c != shown]
        elsewhere = self.rng.permutation(len(others))[:_PLANNED_ELSEWHERE]
        yield from self._planned_in(shown, _PLANNED_IN_SHOWN)
        for place in elsewhere.tolist():
            yield from self._planned_in(others[place], 1)

    def own(self) -> Iterator[Step]:
        """Yield what students chose themselves, in the class that is shown and in others."""
        everyone = self.rng.permutation(len(self.scene.roster.students))[:_OWN_ANYWHERE]
        students = [
            *self.rng.choice(list(self.scene.shown_class.students), _OWN_IN_SHOWN, replace=False),
            *everyone,
        ]
        for student in dict.fromkeys(int(place) for place in students):
            window = self._schedule_of(student).window
            competency = window[self.rng.integers(len(window))]
            at = at_hour(self._one_of_the_last_days(), _OWN_HOUR)
            yield self._step(student, competency, at, is_own=True)

    def planned_for_educators(self, year: EducatorsYear) -> Iterator[Step]:
        """Yield what coaches planned with two educators who are on their way to the target."""
        last = {(rating.educator, rating.competency): rating.done_at for rating in year.ratings}
        at = at_hour(self.scene.days.dates[-_LAST_DAYS], _PLANNED_HOUR)
        waiting = [
            pair for pair, level in year.level.items() if level < TARGET and last.get(pair, 0) < at
        ]
        educators = list(dict.fromkeys(educator for educator, _ in waiting))
        for educator in educators[:_PLANNED_FOR_EDUCATORS]:
            code = next(code for who, code in waiting if who == educator)
            yield Step(
                learner=self.scene.roster.educators[educator].source_id,
                kind="practise",
                competency=code,
                task=f"{code}-try",
                reason="Agreed with the coach for the weeks to come.",
                chosen_at=at,
                is_own=False,
            )

    def _planned_in(self, school_class: SchoolClass, n: int) -> Iterator[Step]:
        """Yield steps for different students of a class, on what grows in its window."""
        last_at = self._last_work(school_class)
        window = self._schedule_of(school_class.students[0]).window
        waiting = [
            (student, competency, at)
            for student in school_class.students
            for competency in window
            if self._is_growing(student, competency)
            and (at := self._time_after(int(last_at[student, competency]))) is not None
        ]
        order = self.rng.permutation(len(waiting)).tolist()
        by_student = {waiting[place][0]: waiting[place] for place in order}
        for student, competency, at in list(by_student.values())[:n]:
            yield self._step(student, competency, at, is_own=False)

    def _is_growing(self, student: int, competency: int) -> bool:
        level = self.work.level[student, competency]
        is_tried = self.work.n_tries[student, competency] >= _TRIED
        return bool(is_tried and _GROWING_FROM < level < _GROWING_TO)

    def _time_after(self, last_at: int) -> int | None:
        """Return a time in the last two weeks after some work, None where there is none."""
        times = [at_hour(day, _PLANNED_HOUR) for day in self.scene.days.dates[-_LAST_DAYS:]]
        later = [at for at in times if at > last_at]
        return later[self.rng.integers(len(later))] if later else None

    def _last_work(self, school_class: SchoolClass) -> Numbers:
        """Return when each student of a class last showed each competency, 0 for never."""
        last = np.zeros(self.work.level.shape, np.int64)
        responses = self.work.responses
        students = school_class.students
        first, end = np.searchsorted(responses.student, [students.start, students.stop])
        for row in range(first, end):
            shown = self.scene.content.share[responses.item[row]] > 0
            # Rows of a student stand in the order of time.
            last[responses.student[row], shown] = responses.done_at[row]
        return last

    def _step(self, student: int, competency: int, at: int, *, is_own: bool) -> Step:
        code = self.scene.content.codes[competency]
        kind = _kind_at(float(self.work.level[student, competency]))
        tasks = self.scene.content.items_of[competency]
        item = self.scene.content.items[tasks[self.rng.integers(tasks.size)]].source_id
        return Step(
            learner=self.scene.roster.students[student].source_id,
            kind=kind,
            competency=code,
            task=item if kind == "practise" else f"{code}-{kind}",
            reason="My choice for this week." if is_own else "Planned together in class.",
            chosen_at=at,
            is_own=is_own,
        )

    def _schedule_of(self, student: int) -> Schedule:
        return self.scene.schedules[self.scene.roster.students[student].classroom]

    def _one_of_the_last_days(self) -> date:
        return self.scene.days.dates[-1 - int(self.rng.integers(_LAST_DAYS))]


def _kind_at(level: float) -> str:
    if level < _LEARN_BELOW:
        return "learn"
    return "practise" if level < _SHOW_FROM else "show"
