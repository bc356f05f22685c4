"""What `check` names as a risk: nothing is wrong yet, and somebody should see to it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from manypaths.base.append_only import unguarded_logs
from manypaths.base.clock import from_microseconds, now
from manypaths.base.models import AuditEntry, Seal
from manypaths.base.scope import district_scope
from manypaths.base.seals import n_unsealed, newest_seal_at
from manypaths.people.access import Operator
from manypaths.people.queries import districts, zone_of
from manypaths.records.models import OPEN, Erasure
from manypaths.records.retention import policy, what_is_due
from manypaths.upkeep.last_backup import last_backup

_BACKUP_AFTER = timedelta(days=2)
_SEAL_AFTER = timedelta(minutes=15)
_LEAST_FREE = 0.10
# Who has these beside a backup has the keys to it as well.
_KEYS = ("secret-key", "signing-key")


@dataclass(frozen=True)
class Risk:
    """One thing that was looked at: by name, in words, and whether it is a risk."""

    name: str
    is_risk: bool
    detail: str


def risks() -> list[Risk]:
    """Return what was looked at, risks or not."""
    return [_backup(), _disk(), _keys(), _seals(), _guards(), _debug(), *_endings()]


def _backup() -> Risk:
    operator = Operator()
    if all(district.is_demonstration for district in districts(by=operator)):
        return Risk("backup", False, "everybody here is invented, or nobody is here yet")
    last = last_backup()
    if last is None:
        return Risk("backup", True, "there never was one: run `manypaths backup FILE`")
    age = now() - last.made_at
    words = f"the last one is of {last.at[:16].replace('T', ' ')} UTC, in {last.file}"
    if not last.is_verified:
        return Risk("backup", True, f"{words}, and was not read through: run `check-backup`")
    if age > _BACKUP_AFTER:
        return Risk("backup", True, f"{words}: {age.days} days ago")
    return Risk("backup", False, words)


def _disk() -> Risk:
    """Look at the disks of the home and of the files; a full one stops all work."""
    places = [Path(settings.HOME), Path(settings.MEDIA_ROOT)]
    free = (
        min(
            usage.free / usage.total
            for usage in (shutil.disk_usage(place) for place in places if place.exists())
        )
        if any(place.exists() for place in places)
        else 1.0
    )
    return Risk("disk", free < _LEAST_FREE, f"{free:.0%} free")


def _keys() -> Risk:
    last = last_backup()
    folder = Path(last.file).parent if last is not None else None
    found = [name for name in _KEYS if folder is not None and (folder / name).exists()]
    if found:
        return Risk("keys", True, f"{' and '.join(found)} lie in the folder of the backups")
    return Risk("keys", False, "not beside the backups")


def _seals() -> Risk:
    """Look whether the worker seals the logs: it is the one who does it every few minutes."""
    waiting = n_unsealed()
    if not waiting:
        return Risk("seals", False, "all entries of the logs are sealed")
    newest = newest_seal_at()
    since = None if newest is None else now() - from_microseconds(newest)
    if since is not None and since <= _SEAL_AFTER:
        return Risk("seals", False, f"{waiting:,} entries wait for the next seal")
    when = "never sealed" if since is None else f"last sealed {_ago(since)} ago"
    return Risk(
        "seals",
        AuditEntry.every_district.exists() and Seal.objects.exists(),
        f"{waiting:,} entries are not sealed, {when}: the worker beside `serve` does it, or "
        "`manypaths make-rounds`",
    )


def _ago(since: timedelta) -> str:
    hours = since.total_seconds() / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{since.days} days"


def _guards() -> Risk:
    unguarded = unguarded_logs()
    if unguarded:
        return Risk("logs", True, f"{', '.join(unguarded)} could be changed: run `manypaths init`")
    return Risk("logs", False, "the database refuses to change them")


def _debug() -> Risk:
    is_shown = settings.DEBUG and connection.vendor != "sqlite"
    is_risk = bool(settings.DEBUG) and (is_shown or settings.IS_HTTPS)
    return Risk("settings", is_risk, "MANYPATHS_DEBUG is on" if settings.DEBUG else "DEBUG is off")


def _endings() -> Iterator[Risk]:
    """Look at what is over its time, and at erasures that wait for a second person."""
    operator = Operator()
    n_over = n_waiting = 0
    by_itself = True
    for district in districts(by=operator):
        with district_scope(district.pk, zone_of(district)):
            n_over += sum(due.total for due in what_is_due(by=operator))
            by_itself = by_itself and policy().deletes_by_itself
            week_ago = timezone.now() - timedelta(days=7)
            n_waiting += sum(
                from_microseconds(each.asked_at) < week_ago
                for each in Erasure.objects.filter(state=OPEN[0])
            )
    told = f"{n_over:,} rows are over their time"
    yield Risk(
        "retention",
        bool(n_over) and not by_itself,
        f"{told}: `manypaths retention` says which" if n_over else "nothing is over its time",
    )
    yield Risk(
        "erasures", bool(n_waiting), f"{n_waiting} have waited over a week for a second person"
    )
