"""The report that every import gives, whether it changed anything or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from manypaths.base.changes import Changes
from manypaths.base.errors import Fault, Refused


def refused(file: str, faults: Sequence[Fault]) -> Refused:
    """Return what an import raises for a file with faults."""
    return Refused(gettext("{file} has faults; nothing was taken in.").format(file=file), faults)


@dataclass(frozen=True)
class ImportReport:
    """What was read and changed by kind of row; what was wrong; what was tolerated.

    With faults, nothing was changed. `notices` say in whole sentences what was accepted although a
    standard forbids it; doors show them beside the object, never in it.
    """

    dry_run: bool
    changes: dict[str, Changes] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    notices: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the one object that an import prints."""
        return {
            "dry_run": self.dry_run,
            **{kind: changes.as_json() for kind, changes in self.changes.items()},
            "faults": [fault.as_json() for fault in self.faults],
        }
