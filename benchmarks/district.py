"""An invented district of any size on the database at hand: `python -m benchmarks.district`.

Its people, classes and responses come in by the deeds that doors call, in columns; the same seed
gives the same district. 100,000 learners with 50 responses each take minutes.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from manypaths.cli.session import set_up

if TYPE_CHECKING:
    from manypaths.people.access import Operator
    from manypaths.people.models import Organization, Person

_CLASS_SIZE, _CLASSES_A_SCHOOL = 25, 100
_SCHOOL_DAYS = 170
_LEARNERS_AT_ONCE = 20_000
_SINCE = date(2020, 9, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--responses", type=int, default=50, help="a learner")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    set_up()

    from manypaths.base.clock import now
    from manypaths.base.scope import district_scope
    from manypaths.cli.home import make_tables
    from manypaths.people.access import Operator
    from manypaths.people.services import create_district

    make_tables()
    by, at = Operator(), now()
    district = create_district("Great Plains", by=by, at=at, is_demonstration=True)
    with district_scope(district.pk):
        rng = default_rng(wanted.seed)
        tell = Teller()
        tasks = bring_tasks(by, at)
        tell("framework and tasks")
        learners = bring_people(rng, district, wanted.learners, by, at)
        tell("people and classes")
        for first in range(0, len(learners), _LEARNERS_AT_ONCE):
            some = learners[first : first + _LEARNERS_AT_ONCE]
            bring_responses(rng, district, some, tasks, wanted.responses, by, at)
            tell(f"responses of {first + len(some):,} learners")


class Teller:
    """Says what is done, with seconds since the last."""

    def __init__(self) -> None:
        self._before = time.perf_counter()

    def __call__(self, what: str) -> None:
        now = time.perf_counter()
        print(f"{what}: {now - self._before:.0f} s", flush=True)
        self._before = now


def bring_tasks(by: "Operator", at: datetime) -> NDArray[np.int64]:
    """Save the starter framework of mathematics; return its items' rows in the content's order."""
    from manypaths.demo.content import MATHEMATICS, read_content
    from manypaths.evidence.services import save_tasks
    from manypaths.evidence.starters import read_starter_tasks
    from manypaths.frameworks.services import save_framework
    from manypaths.frameworks.starters import read_starter

    framework = save_framework(read_starter(MATHEMATICS), by=by, at=at).framework
    starter = read_starter_tasks(MATHEMATICS)
    saved = save_tasks(framework, starter.tasks, slips=starter.slips, by=by, at=at)
    items = read_content(default_rng(0)).items
    return np.array([saved.by_source_id[item.source_id].pk for item in items], np.int64)


def bring_people(
    rng: Generator, district: "Organization", n_learners: int, by: "Operator", at: datetime
) -> NDArray[np.int64]:
    """Add schools with classes and a teacher each; return the learners' rows, class by class."""
    from manypaths.people.models import Role
    from manypaths.people.services import add_people, create_school

    learners: list[int] = []
    n_classes = -(-n_learners // _CLASS_SIZE)
    for first in range(0, n_classes, _CLASSES_A_SCHOOL):
        classes = range(first, min(first + _CLASSES_A_SCHOOL, n_classes))
        n = min(len(classes) * _CLASS_SIZE, n_learners - len(learners))
        number = first // _CLASSES_A_SCHOOL + 1
        school = create_school(f"School {number}", parent=district, by=by, at=at)
        students = add_people(
            names(rng, n),
            organization=school,
            role=Role.STUDENT,
            starts_on=_SINCE,
            by=by,
            at=at,
        )
        teachers = add_people(
            names(rng, len(classes)),
            organization=school,
            role=Role.TEACHER,
            starts_on=_SINCE,
            by=by,
            at=at,
        )
        bring_classes(school, classes, students, teachers, by, at)
        learners += [student.pk for student in students]
    return np.array(learners, np.int64)


def bring_classes(
    school: "Organization",
    classes: range,
    students: Sequence["Person"],
    teachers: Sequence["Person"],
    by: "Operator",
    at: datetime,
) -> None:
    from manypaths.people.models import Part
    from manypaths.people.services import create_group, enroll

    for place, (number, teacher) in enumerate(zip(classes, teachers, strict=True)):
        group = create_group(school, f"Class {number + 1}", by=by, at=at)
        own = students[place * _CLASS_SIZE : (place + 1) * _CLASS_SIZE]
        enroll(group, [teacher], part=Part.LEAD, starts_on=_SINCE, by=by, at=at)
        enroll(group, own, part=Part.LEARNER, starts_on=_SINCE, by=by, at=at)


def names(rng: Generator, n: int) -> list[tuple[str, str]]:
    """Return invented names; of so many people some have the same."""
    from manypaths.demo import names as book

    given, family = book._GIVEN.split(), book._FAMILY.split()
    first, last = rng.integers(len(given), size=n), rng.integers(len(family), size=n)
    return [(given[a], family[b]) for a, b in zip(first, last, strict=True)]


def bring_responses(
    rng: Generator,
    district: "Organization",
    learners: NDArray[np.int64],
    tasks: NDArray[np.int64],
    n_each: int,
    by: "Operator",
    at: datetime,
) -> None:
    """Take in a year's responses: more right where a learner is able, and later in the year."""
    from manypaths.base.clock import to_microseconds
    from manypaths.demo.content import read_content
    from manypaths.estimates.services import take_in_responses
    from manypaths.evidence.drafts import ResponseColumns
    from manypaths.evidence.models import Clock

    content = read_content(default_rng(0))
    n = len(learners) * n_each
    learner = np.repeat(np.arange(len(learners)), n_each)
    # A class keeps to the items of its grade.
    grades = np.unique(content.grade)
    grade = grades[(learner // _CLASS_SIZE) % len(grades)]
    item = np.empty(n, np.int64)
    for one in grades:
        of_grade = np.flatnonzero(content.grade[content.own] == one)
        rows = np.flatnonzero(grade == one)
        item[rows] = rng.choice(of_grade, size=rows.size)
    day = np.sort(rng.integers(_SCHOOL_DAYS, size=(len(learners), n_each)), axis=1).ravel()
    able = rng.standard_normal(len(learners))[learner] + 1.2 * day / _SCHOOL_DAYS
    hard = default_rng(2).standard_normal(len(tasks))[item]
    guess = content.guess[item]
    chance = guess + (1 - guess) / (1 + np.exp(-1.4 * (able - hard)))
    is_right = rng.random(n) < chance
    wrong = content.wrong[item, rng.integers(0, np.maximum(content.n_wrong[item], 1))]
    begun = to_microseconds(datetime.now(UTC) - timedelta(days=_SCHOOL_DAYS + 2))
    second = 1_000_000
    done_at = begun + day * 86_400 * second + rng.integers(0, 6 * 3600, size=n) * second
    take_in_responses(
        ResponseColumns(
            learner=learners[learner],
            task=tasks[item],
            outcome=is_right.astype(float),
            done_at=done_at,
            clock=np.full(n, Clock.CALENDAR.value),
            chosen=np.where(is_right, content.right[item], wrong),
            attempt=np.ones(n, np.int64),
        ),
        organization=district,
        by=by,
        at=at,
    )


if __name__ == "__main__":
    main()
