"""Rows of the roster as what a form offers."""

from collections.abc import Iterable

from manypaths.people.models import Group, Organization

Choices = list[tuple[str, object]]


def choices_of(rows: Iterable[Group | Organization]) -> Choices:
    """Return groups or organizations as choices by their public ids."""
    return [(str(row.public_id), row.name) for row in rows]
