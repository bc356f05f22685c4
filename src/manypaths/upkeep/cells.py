"""Values of tables as text and back, the same for SQLite and PostgreSQL."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models

NULL = "\\N"

Cell = Callable[[Any], Any]

_KINDS: dict[str, str] = {
    "AutoField": "integer",
    "BigAutoField": "integer",
    "BigIntegerField": "integer",
    "IntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "PositiveBigIntegerField": "integer",
    "SmallIntegerField": "integer",
    "BooleanField": "claim",
    "FloatField": "number",
    "DateField": "day",
    "DateTimeField": "moment",
    "UUIDField": "uuid",
    "JSONField": "json",
    "BinaryField": "bytes",
}


def kind_of(field: "models.Field[Any, Any]") -> str:
    """Return what a column holds, in a word that a manifest keeps; all other fields are text."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return _KINDS.get(field.get_internal_type(), "text")


def to_text(kind: str) -> Cell:
    """Return the function that writes a raw value of a database as a cell."""
    return _WRITERS[kind]


def from_text(kind: str) -> Cell:
    """Return the function that reads a cell as a raw value of the database in use."""
    readers = _READERS if connection.vendor == "postgresql" else _READERS | _SQLITE_READERS
    return readers[kind]


def _text(value: str) -> str:
    # A text that begins as a null does gets one more backslash.
    return f"\\{value}" if value.startswith("\\") else value


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("\\") else cell


def _moment(value: datetime | str) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    # SQLite keeps no zone: what Django stores there is UTC.
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat()


def _json(value: object) -> str:
    found = json.loads(value) if isinstance(value, str | bytes) else value
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_WRITERS: dict[str, Cell] = {
    "integer": str,
    "number": repr,
    "claim": lambda value: "1" if value else "0",
    "day": str,
    "moment": _moment,
    "uuid": lambda value: str(uuid.UUID(str(value))),
    "json": _json,
    "bytes": lambda value: bytes(value).hex(),
    "text": _text,
}
_READERS: dict[str, Cell] = {
    "integer": int,
    "number": float,
    "claim": lambda cell: cell == "1",
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "uuid": uuid.UUID,
    "json": str,
    "bytes": bytes.fromhex,
    "text": _plain,
}


def _moment_of_sqlite(cell: str) -> str:
    return str(datetime.fromisoformat(cell).replace(tzinfo=None))


_SQLITE_READERS: dict[str, Cell] = {
    "claim": int,
    "day": str,
    "moment": _moment_of_sqlite,
    "uuid": lambda cell: uuid.UUID(cell).hex,
}
