"""Backups with what they must not forget: seals on the logs, and the ledger of deletions beside."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.base.progress import Tell, silence
from manypaths.base.scope import district_scope
from manypaths.base.seals import Verified, seal_logs, verify_logs
from manypaths.people.access import Operator
from manypaths.people.queries import districts, zone_of
from manypaths.records.deleting import rewrite_database
from manypaths.records.erasures import erase_again
from manypaths.records.holds import SCOPES, Held
from manypaths.records.ledger import (
    FILE_NAME,
    copy_ledger,
    hash_of,
    keep_entries,
    ledger_file,
    read_ledger,
)
from manypaths.records.models import Hold, LedgerEntry, LedgerKind
from manypaths.records.retention import delete_again
from manypaths.upkeep.backups import (
    Backup,
    check_backup,
    load_backup,
    restorable_backup,
    write_backup,
)
from manypaths.upkeep.last_backup import remember_backup
from manypaths.upkeep.opening import unopened

# Each waits as long as any deed does, see MANYPATHS_DATABASE_WAIT_SECONDS.
_MORE_TRIES = 5
# So long a deed may take that began before the moment of a backup and ended after it.
_STILL_RUNNING = timedelta(hours=1)
_HELD_FROM_LEDGER = "(placed after this backup; see the ledger)"


@dataclass(frozen=True)
class Restored:
    """What a restore brought back, and what was deleted again before anybody gets in."""

    backup: Backup
    ledgers: Sequence[Path]
    n_erased: int
    n_deleted: int
    n_held: int
    logs: Verified
    notices: list[str] = field(default_factory=list)


def back_up(path: Path, *, at: datetime, progress: Tell = silence) -> Backup:
    """Seal the logs, write everything to a new file, read it through, put the ledger beside it."""
    if path.exists():
        raise Refused(f"{path} is there already; a backup never overwrites another.")
    _seal_in_time(at=at)
    write_backup(path, at=at, progress=progress)
    remember_backup(path, at=at, is_verified=False)
    copy_ledger(path.parent)
    written = check_backup(path, progress=progress)
    remember_backup(path, at=at, is_verified=True)
    return written


def _seal_in_time(*, at: datetime) -> None:
    """Seal the logs. Busy writers can keep others out of SQLite, and a backup has time to wait."""
    for _ in range(_MORE_TRIES):
        with suppress(OperationalError):
            seal_logs(at=at)
            return
    seal_logs(at=at)


def bring_back(
    path: Path, *, at: datetime, ledgers: Iterable[Path] = (), progress: Tell = silence
) -> Restored:
    """Bring a backup into an empty installation and delete again what was deleted after it.

    The ledger is looked for in the home, beside the backup, and where `ledgers` says. Raises
    Refused for a backup or a ledger that can't be used. Until all of it is done nobody gets in.
    """
    found = [
        ledger
        for ledger in dict.fromkeys((ledger_file(), path.with_name(FILE_NAME), *ledgers))
        if ledger.exists() or ledger in tuple(ledgers)
    ]
    entries = [entry for ledger in found for entry in read_ledger(ledger)]
    backup = restorable_backup(path, progress=progress)
    with unopened():
        load_backup(path, backup, progress=progress)
        keep_entries(entries)
        progress("Deleting again", 0, 0)
        n_erased, n_deleted, n_held = _replay(backup, at)
        if n_erased or n_deleted:
            rewrite_database()
    logs = verify_logs()
    return Restored(backup, found, n_erased, n_deleted, n_held, logs, list(_notices(backup, found)))


def _notices(backup: Backup, found: Sequence[Path]) -> Iterable[str]:
    newest = LedgerEntry.objects.order_by("-at").first()
    if not found:
        yield (
            "No ledger of deletions was found beside the backup or in the home: whoever was erased "
            f"after {backup.made_at[:16].replace('T', ' ')} UTC is back. If there is a newer "
            "ledger, restore again with --ledger."
        )
    if newest is not None and not (Path(settings.HOME) / FILE_NAME).exists():
        yield "The ledger could not be written to the home."


def _replay(backup: Backup, at: datetime) -> tuple[int, int, int]:
    """Go through the ledger in every district; return how many were erased, deleted, held."""
    erased = list(
        LedgerEntry.objects.filter(what=LedgerKind.ERASED).values_list("subject_hash", flat=True)
    )
    deleted: dict[str, dict[str, int]] = {}
    # What was deleted before is not in the backup; who has come back since may have new work.
    since = to_microseconds(datetime.fromisoformat(backup.made_at) - _STILL_RUNNING)
    for entry in LedgerEntry.objects.filter(what=LedgerKind.DELETED, at__gte=since).order_by("at"):
        deleted.setdefault(entry.detail, {})[entry.subject_hash] = entry.up_to or 0
    n_erased = n_deleted = n_held = 0
    for district in districts(by=Operator()):
        with district_scope(district.pk, zone_of(district)):
            n_held += _hold_again()
            n_erased += erase_again(erased, at=at)
            for kind, hashes in deleted.items():
                n_deleted += delete_again(kind, hashes, at=at)
    return n_erased, n_deleted, n_held


def _hold_again() -> int:
    """Place the holds that the ledger knows and the backup did not; release those that ended."""
    released = set(
        LedgerEntry.objects.filter(what=LedgerKind.RELEASED).values_list("detail", flat=True)
    )
    known = {
        str(public_id) for public_id in Hold.every_district.values_list("public_id", flat=True)
    }
    n_held = 0
    for entry in LedgerEntry.objects.filter(what=LedgerKind.HELD).order_by("at"):
        if entry.detail in released:
            Hold.objects.filter(public_id=entry.detail, released_at=None).update(
                released_at=entry.at
            )
        elif entry.detail not in known:
            held = _held(entry)
            if held is not None:
                Hold.objects.create(
                    public_id=entry.detail,
                    scope=entry.subject_kind,
                    scope_id=held.pk,
                    reason=_HELD_FROM_LEDGER,
                    placed_at=entry.at,
                )
                n_held += 1
    return n_held


def _held(entry: LedgerEntry) -> Held | None:
    rows: Any = SCOPES[entry.subject_kind].objects.all()
    return next((row for row in rows if hash_of(row.public_id) == entry.subject_hash), None)
