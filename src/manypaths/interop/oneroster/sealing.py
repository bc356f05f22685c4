"""Demographics of a bundle: handed to the room that seals them, and nowhere else."""

from collections.abc import Mapping
from datetime import date, datetime

from manypaths.base.changes import Changes
from manypaths.demographics.services import take_in_demographics
from manypaths.interop.oneroster.bundle import Bundle
from manypaths.interop.oneroster.columns import COLUMNS, NOT_READ
from manypaths.interop.oneroster.tables import Row
from manypaths.people.access import Actor
from manypaths.people.models import Organization

_OF_THE_ROW = ("sourcedId", "status", "dateLastModified")
_LONGEST = 200


def has_demographics(bundle: Bundle) -> bool:
    """Say whether a bundle brings demographics."""
    return bool(bundle.rows("demographics"))


def seal_demographics(
    bundle: Bundle, people: Mapping[str, int], *, district: Organization, by: Actor, at: datetime
) -> Changes:
    """Seal what the bundle says of people, with what districts add in `metadata.` columns.

    Whom two of its ids name (they were merged) is told of by the first row.
    """
    facts: dict[int, dict[str, str]] = {}
    gone = set()
    for row in bundle.rows("demographics"):
        person = people.get(row.text("sourcedId"))
        if person is None:
            continue
        if row.is_gone:
            gone.add(person)
        else:
            facts.setdefault(person, _facts(row))
    return take_in_demographics(
        facts, gone=frozenset(gone - facts.keys()), district=district, by=by, at=at
    )


def _facts(row: Row) -> dict[str, str]:
    return {
        name: _told(value)[:_LONGEST]
        for name, value in row.values.items()
        if name not in _OF_THE_ROW and _is_read(name)
    }


def _is_read(name: str) -> bool:
    """Say whether a column is the standard's, or one that districts may add."""
    known = name in COLUMNS["demographics"] or name in NOT_READ
    return known or name.lower().startswith("metadata.")


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
