"""Builds the demo district: an invented year, brought into the tables by the deeds of doors."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from numpy.random import default_rng

from manypaths.base.audit import record_deed
from manypaths.base.clock import from_microseconds
from manypaths.base.errors import Refused
from manypaths.base.ids import repeatable_ids
from manypaths.base.models import AuditEntry
from manypaths.base.progress import Tell
from manypaths.base.scope import district_scope
from manypaths.demo.arrivals import Arrivals
from manypaths.demo.cast import give_cast_sign_ins
from manypaths.demo.content import EDUCATORS, MATHEMATICS
from manypaths.demo.generator import SchoolYear, invent_year, write_log
from manypaths.demo.happenings import Happenings
from manypaths.demo.roster import DISTRICT_NAME, WHOLE_DISTRICT, Size
from manypaths.demo.school_days import ZONE, at_hour
from manypaths.demo.writings import Writings
from manypaths.people.access import Operator
from manypaths.people.models import Organization
from manypaths.people.services import create_district

_DEED = "build demo"
_SHOWN = ("class_name", "student", "educator", "teacher")
_MORNING, _EVENING = 7, 21
_PARTS_A_TERM, _OTHER_PARTS = 4, 6


@dataclass(frozen=True)
class DemoDistrict:
    """A demo district and where to begin: a class by its name, people by their source ids.

    `is_touched` says that somebody has done something in it since it was built.
    """

    district: Organization
    seed: int
    last_day: date
    is_touched: bool
    class_name: str
    student: str
    educator: str
    teacher: str


@transaction.atomic
def build_demo(
    *,
    seed: int,
    last_day: date,
    by: Operator,
    progress: Tell,
    size: Size = WHOLE_DISTRICT,
    log: Path | None = None,
) -> DemoDistrict:
    """Invent a school year that ends with a day, and bring it into a new district of its own.

    All or nothing: a build that breaks off leaves no district behind. `last_day` is to lie before
    today, for the last of the work is recorded on its evening. The students' responses are written
    to `log` as well, see `write_log`.
    """
    steps = _Steps(progress)
    steps.tell("Inventing a school year")
    year = invent_year(default_rng(seed), last_day=last_day, size=size)
    # A second district in one home needs ids of its own.
    with repeatable_ids(f"{seed} {Organization.every_district.count()}"):
        district = create_district(
            DISTRICT_NAME,
            by=by,
            at=_first_morning(year),
            time_zone=ZONE.key,
            is_demonstration=True,
        )
        with district_scope(district.pk, ZONE):
            happenings = _bring_in(year, district, by, steps)
            steps.tell("Work handed in, words and notes")
            Writings(happenings).bring_in()
    with district_scope(district.pk, ZONE):
        give_cast_sign_ins(year.shown, at=_evening(year.scene.days.dates[-1]))
        record_deed(
            _DEED,
            by=by,
            at=_evening(year.scene.days.dates[-1]),
            subject=("organization", district.pk),
            seed=seed,
            last_day=last_day.isoformat(),
            class_name=year.shown.class_name,
            student=year.shown.student,
            educator=year.shown.educator,
            teacher=year.shown.teacher,
        )
    if log is not None:
        steps.tell("Writing the log of responses")
        write_log(year, log)
    return find_demo(district)


def find_demo(district: Organization) -> DemoDistrict:
    """Return what `build_demo` returned for a district. Raises Refused for one it did not build."""
    with district_scope(district.pk, ZONE):
        built = AuditEntry.objects.filter(deed=_DEED).first()
        if built is None:
            raise Refused(f"{district.name} is no demo district.")
        is_touched = AuditEntry.objects.filter(pk__gt=built.pk).exists()
    return DemoDistrict(
        district=district,
        seed=built.facts["seed"],
        last_day=date.fromisoformat(built.facts["last_day"]),
        is_touched=is_touched,
        **{name: built.facts[name] for name in _SHOWN},
    )


class _Steps:
    """Tells the caller of each part of the build as it begins."""

    def __init__(self, progress: Tell) -> None:
        self._progress, self._n_told = progress, 0

    def tell(self, part: str) -> None:
        self._n_told += 1
        self._progress(part, self._n_told, 3 * _PARTS_A_TERM + _OTHER_PARTS)


def _bring_in(year: SchoolYear, district: Organization, by: Operator, steps: _Steps) -> Happenings:
    arrivals = Arrivals(year, district, by, _first_morning(year))
    steps.tell("Schools, people and classes")
    people = arrivals.bring_people()
    steps.tell("Frameworks and tasks")
    happenings = Happenings(
        year=year,
        district=district,
        people=people,
        mathematics=arrivals.bring_framework(MATHEMATICS),
        practice=arrivals.bring_framework(EDUCATORS),
        by=by,
    )
    for number, term in enumerate(year.scene.days.terms):
        at = _evening(term.ends_on)
        steps.tell(f"{term.name}: students' work")
        happenings.take_in_work(number, at=at)
        steps.tell(f"{term.name}: educators' ratings")
        happenings.take_in_ratings(number, at=at)
        steps.tell(f"{term.name}: fitting the engine")
        happenings.fit(at=at)
        steps.tell(f"{term.name}: sign-offs")
        happenings.sign_off(number, at=at)
    steps.tell("Windows and next steps")
    happenings.set_windows(at=_evening(year.scene.days.dates[-1]))
    happenings.plan_steps()
    return happenings


def _first_morning(year: SchoolYear) -> datetime:
    return from_microseconds(at_hour(year.scene.days.dates[0], _MORNING))


def _evening(day: date) -> datetime:
    return from_microseconds(at_hour(day, _EVENING))
