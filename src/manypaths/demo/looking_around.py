"""Looking around in a demo district as one of its people, and putting it back as it was made."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.utils.translation import gettext as _

from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.demo.build import DemoDistrict, find_demo
from manypaths.demo.cast import CastMember, cast_of, user_of
from manypaths.people.access import Operator
from manypaths.people.models import Organization, User
from manypaths.people.queries import districts, zone_of

_COPY_NAME = "demo-as-made.sqlite3"
_LONGEST_WAIT_SECONDS = 30


@dataclass(frozen=True)
class Demonstration:
    """A demo district that anybody may look around in, with its cast."""

    district: Organization
    cast: list[CastMember]


def demonstration() -> Demonstration | None:
    """Return the demo district; None where this installation holds anything else."""
    found = _demo()
    if found is None:
        return None
    with district_scope(found.district.pk, zone_of(found.district)):
        return Demonstration(found.district, list(cast_of(found)))


def enter_as(part: str, *, at: datetime) -> User:
    """Return the sign-in of one of the cast, made where it is missing.

    Raises NotFound where there is no demo district, or nobody in this part.
    """
    found = _demo()
    if found is None:
        raise NotFound
    with district_scope(found.district.pk, zone_of(found.district)):
        member = next((m for m in cast_of(found) if m.part == part), None)
        if member is None:
            raise NotFound
        return user_of(member.person, at=at)


def kept_copy() -> Path | None:
    """Return the copy of the demo as it was made, None where none was kept."""
    if connection.vendor != "sqlite" or _is_in_memory():
        return None
    copy = _copy_path()
    return copy if copy.exists() else None


def keep_copy() -> None:
    """Keep a copy of an embedded demo as it is now, to be put back later."""
    if connection.vendor != "sqlite" or _is_in_memory():
        return
    copy = _copy_path()
    passing = copy.with_suffix(".part")
    passing.unlink(missing_ok=True)
    passing.touch(mode=0o600)
    connection.ensure_connection()
    target = sqlite3.connect(passing)
    try:
        connection.connection.backup(target)
    finally:
        target.close()
    passing.replace(copy)


def put_back() -> None:
    """Put the demo back as it was made, at once for everybody: all or nothing.

    Raises NotFound where there is no demo or no copy, and Refused where the copy is of an earlier
    version, or somebody else keeps writing.
    """
    copy = kept_copy()
    if _demo() is None or copy is None:
        raise NotFound
    source = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
    try:
        connection.ensure_connection()
        if _migrations_in(source) != _migrations_in(connection.connection):
            raise Refused(
                _("The demo was made by an earlier version. manypaths demo --fresh makes it anew.")
            )
        source.backup(connection.connection, progress=_patience())
    finally:
        source.close()


def _patience() -> Callable[[int, int, int], None]:
    """Return what stops a copy that waits too long for others to finish writing."""
    until = time.monotonic() + _LONGEST_WAIT_SECONDS

    def tell(status: int, remaining: int, total: int) -> None:
        if remaining and time.monotonic() > until:
            raise Refused(_("Somebody is at work in the demo. Try again in a minute."))

    return tell


def _migrations_in(database: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = database.execute("SELECT app, name FROM django_migrations")
    return {(app, name) for app, name in rows}


def _copy_path() -> Path:
    return Path(str(connection.settings_dict["NAME"])).with_name(_COPY_NAME)


def _is_in_memory() -> bool:
    return bool(DatabaseCreation.is_in_memory_db(str(connection.settings_dict["NAME"])))


def _demo() -> DemoDistrict | None:
    found = districts(by=Operator())
    if not found or not all(district.is_demonstration for district in found):
        return None
    try:
        return find_demo(found[0])
    except Refused:
        return None
