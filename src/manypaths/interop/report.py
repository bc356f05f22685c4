"""The report that every import gives, whether it changed anything or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from manypaths.base.changes import Changes
from manypaths.base.errors import Fault, Refused
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import SavedFramework
from manypaths.people.models import Group


def refused(file: str, faults: Sequence[Fault]) -> Refused:
    """Return what an import raises for a file with faults."""
    return Refused(gettext("{file} has faults; nothing was taken in.").format(file=file), faults)


@dataclass(frozen=True)
class TakenIn:
    """What an import made or changed, by which it can be taken back."""

    framework: Framework | None = None
    is_new: bool = False
    group: Group | None = None
    responses: range = range(0)
    # Row ids of the people whom a class list added, and of their places in the group.
    people: Sequence[int] = ()
    memberships: Sequence[int] = ()


@dataclass(frozen=True)
class ImportReport:
    """What was read and changed by kind of row; what was wrong; what was tolerated.

    With faults, or on a dry run, nothing was changed. `notices` say in whole sentences what was
    accepted although a standard forbids it; doors show them beside the object, never in it.
    """

    dry_run: bool
    changes: dict[str, Changes] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    notices: Sequence[str] = ()
    taken_in: TakenIn | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the one object that an import prints."""
        return {
            "dry_run": self.dry_run,
            **{kind: changes.as_json() for kind, changes in self.changes.items()},
            "faults": [fault.as_json() for fault in self.faults],
        }


def report_of(saved: SavedFramework, notices: Sequence[str], *, dry_run: bool) -> ImportReport:
    """Return the report of an import that saved a framework, or would."""
    return ImportReport(
        dry_run=dry_run,
        changes={"items": saved.items, "associations": saved.associations},
        notices=notices,
        taken_in=None if dry_run else TakenIn(saved.framework, saved.is_new),
    )
