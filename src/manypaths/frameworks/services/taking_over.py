"""How the rows of a framework follow what its publisher hands in."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from manypaths.base.bulk import AT_ONCE, in_chunks
from manypaths.base.changes import Changes
from manypaths.frameworks.models import Association, Competency

Row = TypeVar("Row", Competency, Association)


# What a publisher says of a row, by which we see that it changed.
_SAID = {
    Competency: ("code", "title", "statement", "kind", "source"),
    Association: ("kind", "origin_identifier", "destination_identifier", "sequence", "source"),
}
# What follows from its place in the list, and from what else is held here.
_DERIVED = {Competency: ("position",), Association: ("position", "origin_id", "destination_id")}


def take_over(
    model: type[Row],
    wanted: Sequence[Row],
    stored: Mapping[str, Row],
    *,
    at: datetime,
    touched: Collection[str] = (),
) -> Changes:
    """Write the wanted rows where they are new or changed, retire the other stored ones.

    Rows are one framework's, stored ones by identifier. `touched` names rows whose changes lie in
    other tables. A row that only moved in the publisher's list, or whose end is held now, is
    written and counts as unchanged.
    """
    changes = Changes(read=len(wanted))
    to_write: list[Row] = []
    for row in wanted:
        old = stored.get(row.identifier)
        if old is None:
            changes.created += 1
        elif row.identifier in touched or _says(row) != _says(old) or old.retired_at:
            changes.updated += 1
        else:
            changes.unchanged += 1
        if old is None or _written(row) != _written(old):
            to_write.append(row)
    changes.retired = _retire(model, wanted, stored, at)
    _write(model, to_write)
    return changes


def _says(row: Competency | Association) -> tuple[object, ...]:
    return tuple(getattr(row, column) for column in _SAID[type(row)])


def _written(row: Competency | Association) -> tuple[object, ...]:
    return tuple(getattr(row, column) for column in _columns(type(row)))


def _columns(model: type[Competency] | type[Association]) -> tuple[str, ...]:
    return (*_SAID[model], *_DERIVED[model], "retired_at")


def _write(model: type[Row], rows: list[Row]) -> None:
    """Insert the rows, or change those of the same framework and identifier, in one statement."""
    model.objects.bulk_create(
        rows,
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["framework", "identifier"],
        update_fields=_columns(model),
    )


def _retire(
    model: type[Row], wanted: Sequence[Row], stored: Mapping[str, Row], at: datetime
) -> int:
    kept = {row.identifier for row in wanted}
    gone = [
        row.pk
        for identifier, row in stored.items()
        if identifier not in kept and row.retired_at is None
    ]
    for chunk in in_chunks(gone):
        model.objects.filter(pk__in=chunk).update(retired_at=at)
    return len(gone)
