"""The demo district: found or made, and shown."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from manypaths.base.append_only import clearing_logs
from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.base.progress import Tell
from manypaths.base.scope import district_scope
from manypaths.base.secret_key import keep_secret
from manypaths.cli.home import is_made, make_tables
from manypaths.cli.rendering import Page
from manypaths.demo.build import DemoDistrict, build_demo, find_demo
from manypaths.demo.putting_back import keep_copy
from manypaths.demo.school_days import last_school_day_before
from manypaths.estimates.queries import estimates_of, why
from manypaths.estimates.status import Status
from manypaths.estimates.table import Estimates
from manypaths.frameworks.models import Competency
from manypaths.people.access import Operator
from manypaths.people.models import Organization, Person
from manypaths.people.queries import districts, group_named, is_all_invented, learner_named, zone_of
from manypaths.plans.queries import (
    class_overview,
    framework_of_group,
    framework_of_learner,
    next_steps,
)

DEFAULT_SEED = 1
_LOG_NAME = "demo-responses.csv.gz"
# After so many days an invented year is made anew, or everything in it would have faded.
_GOES_STALE_AFTER = timedelta(days=21)


@dataclass(frozen=True)
class OpenedDemo:
    """The demo district with the home that it lives in."""

    home: Path
    demo: DemoDistrict

    def as_json(self) -> dict[str, Any]:
        """Return the names that other commands take."""
        return {
            "home": str(self.home),
            "class": self.demo.class_name,
            "student": self.demo.student,
            "educator": self.demo.educator,
            "teacher": self.demo.teacher,
        }


def open_demo(*, seed: int | None, fresh: bool, progress: Tell) -> OpenedDemo:
    """Return the demo district of the home, made where it is missing, stale or to be anew.

    Raises Refused where the home holds records that nobody invented.
    """
    operator = Operator()
    found = _existing(operator)  # with its tables up to date
    known = None if found is None or fresh else find_demo(found)
    if known is not None and _may_stay(known, seed):
        if not known.is_touched:
            keep_copy()
        return OpenedDemo(settings.HOME, known)
    keep_secret(settings.HOME)
    make_tables()
    if found is not None:
        with clearing_logs():
            call_command("flush", verbosity=0, interactive=False, reset_sequences=True)
    made = build_demo(
        seed=DEFAULT_SEED if seed is None else seed,
        last_day=last_school_day_before(now().date()),
        by=operator,
        progress=progress,
        log=settings.HOME / _LOG_NAME,
    )
    keep_copy()
    return OpenedDemo(settings.HOME, made)


def show_demo(opened: OpenedDemo) -> None:
    """Write one class, one learner's path and one educator's, each with next steps and a why."""
    operator = Operator()
    demo, page = opened.demo, Page()
    with district_scope(demo.district.pk, zone_of(demo.district)):
        page.title(f"{demo.district.name}, a district of invented people")
        page.say("Everyone here was made up by a program, and so was their year of work.")
        group = group_named(demo.class_name, by=operator)
        framework = framework_of_group(group, by=operator)
        if framework is not None:
            page.class_overview(class_overview(group, framework, by=operator, at=now()))
        codes = [
            _show_learner(page, learner_named(name, by=operator), operator)
            for name in (demo.student, demo.educator)
        ]
    _show_commands(page, opened, codes)


def _show_learner(page: Page, learner: Person, operator: Operator) -> str:
    """Write a learner's path, next steps and one why; return the code that it is on."""
    framework = framework_of_learner(learner, by=operator)
    if framework is None:
        raise Refused(f"{learner.name} has no evidence.")
    estimates = estimates_of([learner], framework, by=operator, at=now())
    page.path(learner, estimates)
    page.next_steps(learner, next_steps(learner, framework, by=operator, at=now()))
    telling = _telling(estimates)
    page.why(learner, why(learner, telling, by=operator, at=now()))
    return str(telling)


def _telling(estimates: Estimates) -> Competency:
    """Return the competency whose story is worth reading: growing or ready, with most evidence."""
    shown = (Status.GROWING, Status.READY)
    rows = [row for row in range(len(estimates)) if estimates.status(row) in shown]
    rows = rows or list(range(len(estimates)))
    best = max(rows, key=lambda row: int(estimates.n_pieces[row]))
    return estimates.pairs.competencies[best]


def _show_commands(page: Page, opened: OpenedDemo, codes: Sequence[str]) -> None:
    demo = opened.demo
    page.title("Look further")
    page.say("In a shell of its own, first:")
    page.command(
        f'export PATH="{Path(sys.executable).parent}:$PATH" MANYPATHS_HOME="{opened.home}"'
    )
    page.say("Then:")
    for command in (
        f'manypaths class --group "{demo.class_name}"',
        f"manypaths next --learner {demo.student}",
        f"manypaths why --learner {demo.student} --competency {codes[0]}",
        f"manypaths next --learner {demo.educator}",
        f"manypaths why --learner {demo.educator} --competency {codes[1]}",
        f'manypaths groups --group "{demo.class_name}"',
        f"manypaths rules --log {opened.home / _LOG_NAME}",
        f"manypaths evaluate {opened.home / _LOG_NAME}",
        "manypaths import case FRAMEWORK.json",
        'manypaths import responses LOG.csv --group "My class"',
    ):
        page.command(command)


def _existing(operator: Operator) -> Organization | None:
    """Return the demo district that is there, its tables brought up to date.

    Refuses a home with records of real people, and leaves it as it is.
    """
    if not is_made():
        return None
    if not is_all_invented(by=operator):
        raise Refused(
            f"{settings.HOME} holds a district's own records. Give the demo a home of its own: "
            "manypaths demo --home DIR."
        )
    make_tables()
    found = districts(by=operator)
    return found[0] if found else None


def _may_stay(known: DemoDistrict, seed: int | None) -> bool:
    """Say whether a demo is what was asked for. Never drops what somebody did in it unasked."""
    if seed not in (None, known.seed):
        if known.is_touched:
            raise Refused(
                f"The demo here is of seed {known.seed}, and holds what was done in it since. "
                "With --fresh it is made anew and that is dropped."
            )
        return False
    return known.is_touched or now().date() - known.last_day <= _GOES_STALE_AFTER
