"""The ledger: what was deleted and what is held, written in the database and beside it.

A backup that is brought back knows nothing of what was deleted after it. The ledger is also a file
in the home, and a copy of it lies beside each backup: after a restore it is gone through again,
before anybody gets in. It names nobody: ids stand in it as hashes, and whoever has no backup with
the ids can do nothing with them.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.base.locks import make_private_file
from manypaths.records.models import LedgerEntry, LedgerKind

FILE_NAME = "deletions.ledger"
_FORM = "manypaths ledger 1"
_FIELDS = ("at", "what", "subject_kind", "subject_hash", "detail", "up_to")


@dataclass(frozen=True)
class Subject:
    """Of whom or what an entry speaks, by a kind and a public id."""

    kind: str
    public_id: UUID

    @property
    def hash(self) -> str:
        """Return what stands in the ledger."""
        return hash_of(self.public_id)


def hash_of(public_id: UUID) -> str:
    """Return the hash of a public id: 122 bits of chance that nobody can go through."""
    return sha256(str(public_id).encode()).hexdigest()


def ledger_file() -> Path:
    """Return where the ledger lies in the home."""
    return Path(settings.HOME) / FILE_NAME


def note(
    what: LedgerKind,
    subjects: Iterable[Subject],
    *,
    at: datetime,
    detail: str = "",
    up_to: int | None = None,
) -> None:
    """Write entries in the running transaction, and to the file once that is committed."""
    rows = [
        _sealed(
            LedgerEntry(
                at=to_microseconds(at),
                what=what,
                subject_kind=subject.kind,
                subject_hash=subject.hash,
                detail=detail,
                up_to=up_to,
            )
        )
        for subject in subjects
    ]
    LedgerEntry.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(write_ledger_file)


def write_ledger_file() -> None:
    """Bring the file in the home up to date: what is in the database and not in it is added."""
    path = ledger_file()
    there = {row.sha256 for row in read_ledger(path)} if path.exists() else set()
    new = [row for row in LedgerEntry.objects.order_by("at", "pk") if row.sha256 not in there]
    if not new and path.exists():
        return
    make_private_file(path)
    _drop_torn_line(path)
    with path.open("a", encoding="utf-8") as file:
        if not there and path.stat().st_size == 0:
            file.write(_FORM + "\n")
        for row in new:
            file.write(json.dumps(_as_json(row)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line that was not written to its end: its entry is written again."""
    with path.open("rb+") as file:
        file.truncate(file.read().rfind(b"\n") + 1)


def copy_ledger(folder: Path) -> Path:
    """Put a copy of the whole ledger into a folder, in place of an older one; return where."""
    write_ledger_file()
    target = folder / FILE_NAME
    passing = target.with_name(f".{FILE_NAME}.{os.getpid()}")
    make_private_file(passing)
    rows = {row.sha256: row for row in (read_ledger(target) if target.exists() else [])}
    rows |= {row.sha256: row for row in read_ledger(ledger_file())}
    lines = [_FORM, *(json.dumps(_as_json(row)) for row in rows.values())]
    passing.write_text("\n".join(lines) + "\n", encoding="utf-8")
    passing.replace(target)
    return target


def read_ledger(path: Path) -> list[LedgerEntry]:
    """Return the entries of a ledger's file, unsaved. Raises Refused for a file that is none.

    A last line that a power cut left half written is passed over: its deed is in the database.
    """
    lines = path.read_text("utf-8").split("\n")
    if lines[0] != _FORM:
        raise Refused(f"{path} is no ledger of deletions.")
    whole = lines[1:-1]
    try:
        rows = [_from_json(json.loads(line)) for line in whole]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{path} is no ledger of deletions, or a damaged one.") from error
    if any(_sealed(_copy(row)).sha256 != row.sha256 for row in rows):
        raise Refused(f"{path} was changed: an entry is not what it was.")
    return rows


def keep_entries(rows: Iterable[LedgerEntry]) -> None:
    """Add entries of a file to the database's own, each once."""
    LedgerEntry.objects.bulk_create([_copy(row) for row in rows], ignore_conflicts=True)
    write_ledger_file()


def _sealed(row: LedgerEntry) -> LedgerEntry:
    told = json.dumps([getattr(row, name) for name in _FIELDS])
    row.sha256 = sha256(told.encode()).hexdigest()
    return row


def _copy(row: LedgerEntry) -> LedgerEntry:
    return _sealed(LedgerEntry(**{name: getattr(row, name) for name in _FIELDS}))


def _as_json(row: LedgerEntry) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_FIELDS, "sha256")}


def _from_json(told: dict[str, Any]) -> LedgerEntry:
    return LedgerEntry(**{name: told[name] for name in (*_FIELDS, "sha256")})
