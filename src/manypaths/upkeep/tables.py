"""Tables as streams of CSV, hashed on the way, in one consistent moment of the database."""

import csv
import hashlib
import io
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from manypaths.upkeep.cells import NULL, from_text, kind_of, to_text

_AT_ONCE = 5_000
# What is made anew by itself: sessions end with a restore, Django's own lists come with migrations.
_LEFT_OUT = ("sessions", "contenttypes", "auth")


@dataclass(frozen=True)
class TableShape:
    """A table with its columns and what each holds; `id` comes first where there is one."""

    name: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Written:
    """How many rows were written, and the hash of their CSV."""

    n_rows: int
    sha256: str


class Reader(Protocol):
    """One consistent moment of the database."""

    def rows(self, shape: TableShape, where: str = "") -> Iterator[Sequence[Any]]:
        """Yield the raw rows of a table in the order of its first column.

        `where` is a condition of SQL, without anything that somebody typed.
        """

    def last_id(self, table: str) -> int:
        """Return the largest id that the table ever gave; 0 where it gives none."""


def shapes() -> list[TableShape]:
    """Return every table whose rows a backup keeps, by name."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.app_label not in _LEFT_OUT:
            fields = model._meta.local_concrete_fields
            columns = tuple((str(field.column), kind_of(field)) for field in fields)
            found[model._meta.db_table] = TableShape(model._meta.db_table, columns)
    return [found[name] for name in sorted(found)]


@contextmanager
def one_moment() -> Iterator[Reader]:
    """Open the database as it is now, for reading, while others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _require_no_writes()
            yield _PostgresReader()
        return
    with TemporaryDirectory(dir=settings.HOME) as folder:
        copy = _copied(Path(folder) / "copy.sqlite3")
        try:
            yield _SqliteReader(copy)
        finally:
            copy.close()


def write_table(reader: Reader, shape: TableShape, file: IO[bytes]) -> Written:
    """Write a table as CSV with a header; return what was written."""
    digest, n_rows = hashlib.sha256(), 0
    for text, n_lines in _csv_parts(reader, shape):
        raw = text.encode()
        digest.update(raw)
        file.write(raw)
        n_rows += n_lines
    return Written(n_rows, digest.hexdigest())


def read_rows(file: IO[bytes], shape: TableShape) -> Iterator[list[Any]]:
    """Yield a table's rows from its CSV, as raw values of the database in use."""
    # A model of many thousand items, or an uploaded file, is one cell; both were hashed.
    csv.field_size_limit(sys.maxsize)
    lines = csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
    next(lines)
    readers = [from_text(kind) for _, kind in shape.columns]
    for cells in lines:
        yield [
            None if cell == NULL else read(cell) for read, cell in zip(readers, cells, strict=True)
        ]


def insert_rows(shape: TableShape, rows: Iterable[Sequence[Any]]) -> None:
    """Insert raw rows into a table."""
    names = ", ".join(f'"{name}"' for name, _ in shape.columns)
    if connection.vendor == "postgresql":
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{shape.name}" ({names}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(shape.columns))
    sql = f'INSERT INTO "{shape.name}" ({names}) VALUES ({marks})'  # noqa: S608  # our own tables
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            cursor.executemany(sql, chunk)


def set_last_ids(last_ids: Mapping[str, int]) -> None:
    """Let no table give an id again that it gave before the backup: audit entries name them."""
    with connection.cursor() as cursor:
        for table, last in last_ids.items():
            if not last:
                continue
            if connection.vendor == "postgresql":
                sequence = "pg_get_serial_sequence(%s, 'id')"
                cursor.execute(f"SELECT setval({sequence}, %s)", [f'"{table}"', last])
                continue
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def _csv_parts(reader: Reader, shape: TableShape) -> Iterator[tuple[str, int]]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([name for name, _ in shape.columns])
    yield buffer.getvalue(), 0
    writers = [to_text(kind) for _, kind in shape.columns]
    for chunk in _chunks(reader.rows(shape)):
        buffer.seek(0)
        buffer.truncate()
        writer.writerows(
            [
                NULL if value is None else write(value)
                for write, value in zip(writers, row, strict=True)
            ]
            for row in chunk
        )
        yield buffer.getvalue(), len(chunk)


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    chunk: list[Sequence[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _select(shape: TableShape, where: str) -> str:
    names = ", ".join(f'"{name}"' for name, _ in shape.columns)
    condition = f" WHERE {where}" if where else ""
    return f'SELECT {names} FROM "{shape.name}"{condition} ORDER BY 1'  # noqa: S608  # our own


def _require_no_writes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


class _PostgresReader:
    """A repeatable reading of one transaction."""

    def rows(self, shape: TableShape, where: str = "") -> Iterator[Sequence[Any]]:
        connection.ensure_connection()
        with connection.connection.cursor(name="backup") as cursor:
            cursor.itersize = _AT_ONCE
            cursor.execute(_select(shape, where))
            yield from cursor

    def last_id(self, table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema()"
                " AND format('%%I.%%I', schemaname, sequencename)"
                " = (SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.columns"
                " WHERE table_name = %s AND column_name = 'id')"
                " THEN pg_get_serial_sequence(%s, 'id') END)",
                [table, f'"{table}"'],
            )
            found = cursor.fetchone()
        return int(found[0] or 0) if found else 0


class _SqliteReader:
    """A copy that SQLite itself made in one step."""

    def __init__(self, copy: sqlite3.Connection) -> None:
        self._copy = copy

    def rows(self, shape: TableShape, where: str = "") -> Iterator[Sequence[Any]]:
        yield from self._copy.execute(_select(shape, where))

    def last_id(self, table: str) -> int:
        found = self._copy.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table])
        row = found.fetchone()
        return int(row[0]) if row else 0


def _copied(path: Path) -> sqlite3.Connection:
    connection.ensure_connection()
    source = connection.connection
    # The same library as Django's, which may not be Python's own.
    opened: sqlite3.Connection = source.__class__(str(path))
    source.backup(opened)
    opened.execute("PRAGMA query_only = 1")
    return opened
