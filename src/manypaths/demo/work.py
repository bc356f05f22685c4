"""A school year of mathematics: lessons, sessions of items, and what teachers sign off.

A try is right with chance guess + (1 - guess - carelessness) * knowledge ** exponent: the shape is
that of the three-parameter model (Birnbaum 1968, in Lord & Novick, Statistical theories of mental
test scores), with a power of knowledge in place of the logistic curve. The engine has neither
guessing nor such a power, so it can only come near.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.demo import slips
from manypaths.demo.habits import Habits, seconds_for_a_try
from manypaths.demo.knowledge import Knowledge
from manypaths.demo.scene import Scene

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Claims = NDArray[np.bool_]

_MICROSECONDS = 1_000_000

# Classes, and students within them, differ in ability by these standard deviations.
_CLASS_SD, _STUDENT_SD = 0.4, 1.1
# A class with a planted slip is a good one, so that the slip stands out from its other work.
_WITH_SLIP = 0.6
_SURE_ITEMS = 2
# Shares of tries on what the class is at, and of the others on what came shortly before.
_ABOUT_THE_FOCUS, _RECENT = 0.6, 0.3
# A second try on the same item after a wrong one, and by how much of what is missing it is easier.
_TRIES_AGAIN, _EASIER = 0.35, 0.3
# The share of wrong numbers that are among those that the item knows.
_RECOGNISED = 0.5
# What teachers sign off at a term's end, how likely, and after how many tries at least.
_SIGNED_FROM, _SIGNED, _TRIES_SEEN = 0.85, 0.6, 4


@dataclass(frozen=True)
class Responses:
    """Responses by student and then by time, in columns of the shape (n_responses,).

    `student` and `item` are places; `outcome` is 1 right, 0 wrong; `chosen` is the position of the
    answer given, -1 for one that the item does not know; `attempt` counts from 1; `done_at` is in
    microseconds UTC; `term` is the place of the term.
    """

    student: Numbers
    item: Numbers
    outcome: Numbers
    chosen: Numbers
    attempt: Numbers
    done_at: Numbers
    term: Numbers

    def __len__(self) -> int:
        """Return how many responses there are."""
        return self.student.size

    def only(self, rows: Claims | Numbers) -> "Responses":
        """Return some of the responses."""
        return Responses(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class SignOffs:
    """What teachers signed off at the ends of terms: places, shapes (n_signed,)."""

    student: Numbers
    competency: Numbers
    term: Numbers


@dataclass(frozen=True)
class YearOfWork:
    """The responses and sign-offs of a year, and the truth at its end.

    `level`, shape (n_students, n_competencies), is what each student really knows, from 0 to 1;
    `n_tries`, of the same shape, counts their tries on the competency's own items, without second
    attempts.
    """

    responses: Responses
    sign_offs: SignOffs
    level: Floats
    n_tries: Numbers


def work_through(rng: Generator, scene: Scene) -> YearOfWork:
    """Return the work of all students over the year."""
    roster = scene.roster
    classroom = np.array([student.classroom for student in roster.students])
    grade = np.array([school_class.grade for school_class in roster.classes])[classroom]
    ability = _ability_of_classes(rng, scene)[classroom]
    ability += rng.normal(0, _STUDENT_SD, classroom.size)
    knowledge = Knowledge.at_first(rng, scene.content, ability, grade)
    for number, slip in enumerate(scene.held.slips):
        holders = np.nonzero(scene.held.by_student == number)[0]
        knowledge.hold_back(rng, holders, scene.content.place(slip.competency))
    year = _Year(rng, scene, knowledge, Habits.draw(rng, scene))
    for day in range(len(scene.days)):
        year.live_through(day)
    return year.result()


def _ability_of_classes(rng: Generator, scene: Scene) -> Floats:
    drawn = rng.normal(0, _CLASS_SD, len(scene.roster.classes))
    planted = {slip.class_name for slip in scene.held.slips}
    has_slip = np.array([c.name in planted for c in scene.roster.classes])
    return np.where(has_slip, _WITH_SLIP, drawn)


class _Year:
    """A year on its way: what students know now, and what they did so far."""

    def __init__(self, rng: Generator, scene: Scene, knowledge: Knowledge, habits: Habits) -> None:
        self._rng, self._content, self._days = rng, scene.content, scene.days
        self._held, self._knowledge, self._habits = scene.held, knowledge, habits
        longest = max(len(s.order) for s in scene.schedules)
        self._order = np.array(
            [(*s.order, *[-1] * (longest - len(s.order))) for s in scene.schedules]
        )
        self._at_week = np.array([schedule.at_week for schedule in scene.schedules])
        shape = knowledge.level.shape
        self._first_item = rng.integers(self._content.items_of.shape[1], size=shape)
        self._n_tries, self._is_signed = np.zeros(shape, np.int64), np.zeros(shape, bool)
        self._signed: list[tuple[Numbers, ...]] = []
        self._done: list[tuple[Numbers, ...]] = []

    def live_through(self, day: int) -> None:
        """Let a school day pass: forgetting since the last one, lessons, sessions, sign-offs."""
        habits, term = self._habits, self._days.term
        self._knowledge.fade(int(self._days.gap[day]))
        here = np.nonzero(~habits.is_away[:, day])[0]
        self._knowledge.teach(here, self._focus(here, day)[1])
        working = here[habits.has_session[habits.classroom[here], day]]
        if working.size:
            self._session(working, day)
        if day + 1 == len(self._days) or term[day + 1] > term[day]:
            self._sign_off(int(term[day]))

    def result(self) -> YearOfWork:
        """Return the year as it was."""
        found = Responses(*(np.concatenate(parts) for parts in zip(*self._done, strict=True)))
        return YearOfWork(
            responses=found.only(np.lexsort((found.done_at, found.student))),
            sign_offs=SignOffs(*(np.concatenate(p) for p in zip(*self._signed, strict=True))),
            level=self._knowledge.level,
            n_tries=self._n_tries,
        )

    def _focus(self, students: Numbers, day: int) -> tuple[Numbers, Numbers]:
        """Return where in its schedule each student's class is, and the competency there."""
        classroom = self._habits.classroom[students]
        position = self._at_week[classroom, self._days.week[day]]
        return position, self._order[classroom, position]

    def _session(self, students: Numbers, day: int) -> None:
        """Let students do two or three items, one after the other."""
        at = self._habits.begin_of_session(self._rng, students)
        one_more = self._rng.random(students.size) < self._habits.diligence[students]
        for number in range(_SURE_ITEMS + 1):
            doing = one_more if number == _SURE_ITEMS else np.ones(students.size, bool)
            items = self._items(students[doing], day)
            at[doing] += seconds_for_a_try(self._rng, items.size)
            is_right = self._try(students[doing], items, day, at[doing], attempt=1)
            again = ~is_right & (self._rng.random(items.size) < _TRIES_AGAIN)
            retrying = np.nonzero(doing)[0][again]
            at[retrying] += seconds_for_a_try(self._rng, retrying.size)
            self._try(students[retrying], items[again], day, at[retrying], attempt=2)

    def _items(self, students: Numbers, day: int) -> Numbers:
        """Return an item for each: about what the class is at, or about something from before.

        The items of a competency take turns, each student beginning with one of their own.
        """
        position, focus = self._focus(students, day)
        n = students.size
        recent = position - self._rng.geometric(0.5, n)
        anywhere = self._rng.integers(np.maximum(position, 1))
        back = np.where(self._rng.random(n) < _RECENT, recent, anywhere)
        before = self._order[self._habits.classroom[students], np.maximum(back, 0)]
        is_about_focus = (self._rng.random(n) < _ABOUT_THE_FOCUS) | (back < 0)
        competency = np.where(is_about_focus, focus, before)
        turn = self._first_item[students, competency] + self._n_tries[students, competency]
        self._n_tries[students, competency] += 1
        items: Numbers = self._content.items_of[competency, turn % self._content.items_of.shape[1]]
        return items

    def _try(
        self, students: Numbers, items: Numbers, day: int, at: Floats, *, attempt: int
    ) -> Claims:
        """Let each student answer an item; return whose answers are right."""
        content, n = self._content, items.size
        idea = self._held.answer_to(students, items)
        known = self._knowledge.level[students, content.own[items]]
        keeps = (idea >= 0) & (known < slips.GIVEN_UP_AT)
        is_right = self._rng.random(n) < self._chance(students, items, keeps, attempt)
        chosen = np.where(is_right, content.right[items], self._wrong_answer(items, idea, keeps))
        self._knowledge.practise(students, content.own[items])
        done_at = self._days.midnight[day] + at.astype(np.int64) * _MICROSECONDS
        term = np.full(n, self._days.term[day])
        outcome = is_right.astype(np.int64)
        self._done.append((students, items, outcome, chosen, np.full(n, attempt), done_at, term))
        return is_right

    def _chance(self, students: Numbers, items: Numbers, keeps: Claims, attempt: int) -> Floats:
        guess, careless = self._content.guess[items], self._habits.carelessness[students]
        knows = self._knowledge.shown_by(students, items) ** self._content.exponent[items]
        chance = guess + (1 - guess - careless) * knows
        if attempt > 1:
            chance += _EASIER * (1 - careless - chance)
        return np.where(keeps, slips.STILL_RIGHT * chance, chance)

    def _wrong_answer(self, items: Numbers, idea: Numbers, keeps: Claims) -> Numbers:
        """Return wrong answers: that of an idea kept to, else any, some of them not recognised."""
        content, n = self._content, items.size
        any_wrong = content.wrong[items, self._rng.integers(content.n_wrong[items])]
        is_recognised = content.is_choice[items] | (self._rng.random(n) < _RECOGNISED)
        by_idea = keeps & (self._rng.random(n) < slips.GIVES_ITS_ANSWER)
        return np.where(by_idea, idea, np.where(is_recognised, any_wrong, -1))

    def _sign_off(self, term: int) -> None:
        knows = (self._knowledge.level > _SIGNED_FROM) & (self._n_tries >= _TRIES_SEEN)
        signed = knows & ~self._is_signed & (self._rng.random(knows.shape) < _SIGNED)
        self._is_signed |= signed
        student, competency = np.nonzero(signed)
        self._signed.append((student, competency, np.full(student.size, term)))
