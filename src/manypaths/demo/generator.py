"""Invents a whole school year: people, work, ratings, and the truth behind them. Pure and seeded.

The same generator state, last day and size give the same year, to the last bit. Nothing here
knows the engine; see `knowledge` and `work` for the sources of how learners learn and answer.
"""

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from numpy.random import Generator

from manypaths.demo.content import educator_codes, read_content
from manypaths.demo.ratings import EducatorsYear, invent_ratings
from manypaths.demo.roster import WHOLE_DISTRICT, Size, invent_roster
from manypaths.demo.scene import Scene
from manypaths.demo.schedules import invent_schedule
from manypaths.demo.school_days import ZONE, school_days
from manypaths.demo.shown import Shown, shown_educator, shown_student
from manypaths.demo.slips import PLANTED, PlantedSlip, plant
from manypaths.demo.steps import Step, StepMaker
from manypaths.demo.work import YearOfWork, work_through

_COLUMNS = ("learner", "item", "time", "correct", "competencies")


@dataclass(frozen=True)
class SchoolYear:
    """An invented school year: the scene, what was done in it, and the truth behind that.

    `work` is that of the students, `educators` the ratings of the educators; `steps` are the next
    steps of both; `shown` says where to begin looking.
    """

    scene: Scene
    work: YearOfWork
    educators: EducatorsYear
    steps: tuple[Step, ...]
    shown: Shown


def invent_year(
    rng: Generator,
    *,
    last_day: date,
    size: Size = WHOLE_DISTRICT,
    planted: Sequence[PlantedSlip] = PLANTED,
) -> SchoolYear:
    """Return the school year of an invented district that ends with a day.

    Planted slips of classes that a smaller district lacks are left out.
    """
    scene = _scene(rng, last_day, size, planted)
    work = work_through(rng, scene)
    educators = invent_ratings(rng, scene.roster.educators, educator_codes(), scene.days)
    maker = StepMaker(rng, scene, work)
    steps = (*maker.planned(), *maker.own(), *maker.planned_for_educators(educators))
    return SchoolYear(scene, work, educators, steps, _shown(scene, work, educators))


def write_log(year: SchoolYear, path: Path) -> None:
    """Write the mathematics responses as CSV, compressed where the name ends with .gz.

    The columns are those that `manypaths evaluate` reads: learner (a source id), item, time (ISO
    8601 with zone), correct (1 or 0), competencies (codes, separated by ";").
    """
    responses = year.work.responses
    names = [item.source_id for item in year.scene.content.items]
    shown = [";".join(code for code, _ in item.alignments) for item in year.scene.content.items]
    columns = (responses.student, responses.item, responses.done_at, responses.outcome)
    with _written(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(
            (
                year.scene.roster.students[student].source_id,
                names[item],
                datetime.fromtimestamp(done_at // 1_000_000, ZONE).isoformat(),
                outcome,
                shown[item],
            )
            for student, item, done_at, outcome in zip(*(c.tolist() for c in columns), strict=True)
        )


def _scene(rng: Generator, last_day: date, size: Size, planted: Sequence[PlantedSlip]) -> Scene:
    content = read_content(rng)
    roster, days = invent_roster(rng, size), school_days(last_day)
    held = plant(rng, content, roster, planted)
    late = {slip.class_name: content.place(slip.competency) for slip in held.slips}
    schedules = tuple(
        invent_schedule(rng, content, c.grade, days.n_weeks, late=late.get(c.name))
        for c in roster.classes
    )
    return Scene(content, roster, days, schedules, held)


def _shown(scene: Scene, work: YearOfWork, educators: EducatorsYear) -> Shown:
    roster, school_class = scene.roster, scene.shown_class
    educator = shown_educator(roster.educators, educators, school_class.school)
    return Shown(
        class_name=school_class.name,
        teacher=roster.educators[school_class.lead].source_id,
        student=roster.students[shown_student(scene, work)].source_id,
        educator=roster.educators[educator].source_id,
    )


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    if not path.name.endswith(".gz"):
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    # Neither the time nor the name of the file goes in, so that a seed gives the same bytes.
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
        TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        yield text
