"""Rows by the million as columns: COPY on PostgreSQL, many values a call on SQLite."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from numpy.typing import NDArray

from manypaths.base.scope import current_district
from manypaths.base.statistics import look_again

# So many rows Django makes, and so many ids a query names, at once.
AT_ONCE = 5_000
_COLUMNS_AT_ONCE = 20_000

Item = TypeVar("Item")
Columns = Mapping[str, Sequence[Any] | NDArray[Any]]


def insert_columns(model: type[models.Model], columns: Columns) -> range:
    """Insert the columns as rows of the current district; return the range of their ids.

    `columns` maps field names (`learner_id`, not `learner`) to values of one length; a masked
    array's masked places become null. Rows get ids in their order. Raises ValueError for columns
    of different lengths.
    """
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns have different lengths: {sorted(lengths)}")
    n_rows = lengths.pop()
    table = model._meta
    places = {field.attname: str(field.column) for field in table.concrete_fields}
    names = ["id", "district_id", *(places[name] for name in columns)]
    with transaction.atomic():
        ids = _reserve(model, n_rows)
        rows = _rows(ids, current_district(), columns)
        if connection.vendor == "postgresql":
            _copy(table.db_table, names, rows)
            look_again(model, n_rows)
        else:
            _insert_many(table.db_table, names, rows)
    return ids


def in_chunks(items: Sequence[Item], size: int = AT_ONCE) -> Iterator[Sequence[Item]]:
    """Yield the items in runs of at most `size`, in their order."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def read_columns(rows: models.QuerySet[Any, Any], names: Sequence[str]) -> NDArray[np.float64]:
    """Return numeric fields as an array of shape (n_names, n_rows); null is NaN.

    Whole numbers are exact up to 2**53, which holds ids, and microseconds until the year 2255.
    """
    try:
        sql, parameters = rows.values_list(*names).query.sql_with_params()
    except EmptyResultSet:  # asked for members of an empty set: Django has no SQL for that
        return np.zeros((len(names), 0))
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while chunk := cursor.fetchmany(_COLUMNS_AT_ONCE):
            parts.append(np.array(chunk, dtype=np.float64).T)
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(names), 0))


def in_columns(rows: Sequence[tuple[Any, ...]], n_columns: int) -> NDArray[np.float64]:
    """Return rows of numbers as an array of shape (n_columns, n_rows); None is NaN."""
    flat = chain.from_iterable(rows)
    try:
        # Three times as quick as to let numpy look what the rows hold, but it takes no None.
        found = np.fromiter(flat, np.float64, len(rows) * n_columns)
    except TypeError:
        found = np.array(rows, np.float64)
    return found.reshape(-1, n_columns).T


def _reserve(model: type[models.Model], n_rows: int) -> range:
    """Return ids that nobody else will use."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Moving the sequence under a lock keeps the range whole for us.
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = cursor.fetchone()[0]
            if n_rows:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                    [table, first + n_rows - 1],
                )
        else:
            # AUTOINCREMENT counts on from the largest id that was ever there.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            found = cursor.fetchone()
            first = (found[0] if found else 0) + 1
    return range(first, first + n_rows)


def _rows(ids: range, district_id: int, columns: Columns) -> Iterator[tuple[Any, ...]]:
    lists = [
        column.tolist() if isinstance(column, np.ndarray) else column for column in columns.values()
    ]
    for row_id, *values in zip(ids, *lists, strict=True):
        yield (row_id, district_id, *values)


def _copy(table: str, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    quoted = ", ".join(f'"{name}"' for name in names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _insert_many(table: str, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(["%s"] * len(names))
    sql = f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})'  # noqa: S608  # names of our tables
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, _COLUMNS_AT_ONCE)):
            cursor.executemany(sql, chunk)
