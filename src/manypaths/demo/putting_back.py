"""Putting a demo district back as it was made, from a copy that was kept then.

Of an embedded database the copy is a file beside it, of a server's one a schema of its own in it.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from django.db import OperationalError, connection, transaction
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.utils.translation import gettext as _

from manypaths.base.append_only import clearing_logs
from manypaths.base.errors import NotFound, Refused

_COPY_NAME = "demo-as-made.sqlite3"
_SCHEMA = "demo_as_made"
_LONGEST_WAIT_SECONDS = 30

Migrations = set[tuple[str, str]]


def is_copy_kept() -> bool:
    """Say whether a copy of the demo as it was made is there."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [_SCHEMA])
            return cursor.fetchone() is not None
    return not _is_in_memory() and _copy_path().exists()


def keep_copy() -> None:
    """Keep a copy of the demo as it is now, to be put back later."""
    if connection.vendor == "postgresql":
        _keep_in_schema()
    elif not _is_in_memory():
        _keep_in_file()


def put_back() -> None:
    """Put the demo back as it was made, at once for everybody: all or nothing.

    Raises NotFound where there is no copy, and Refused where the copy is of an earlier version, or
    somebody else keeps writing.
    """
    if not is_copy_kept():
        raise NotFound
    if connection.vendor == "postgresql":
        _put_back_from_schema()
    else:
        _put_back_from_file()


def _require_same(copied: Migrations, now: Migrations) -> None:
    if copied != now:
        raise Refused(
            _("The demo was made by an earlier version. manypaths demo --fresh makes it anew.")
        )


def _busy() -> Refused:
    return Refused(_("Somebody is at work in the demo. Try again in a minute."))


# An embedded database


def _keep_in_file() -> None:
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


def _put_back_from_file() -> None:
    source = sqlite3.connect(f"file:{_copy_path()}?mode=ro", uri=True)
    try:
        connection.ensure_connection()
        _require_same(_migrations_in(source), _migrations_in(connection.connection))
        source.backup(connection.connection, progress=_patience())
    finally:
        source.close()


def _patience() -> Callable[[int, int, int], None]:
    """Return what stops a copy that waits too long for others to finish writing."""
    until = time.monotonic() + _LONGEST_WAIT_SECONDS

    def tell(status: int, remaining: int, total: int) -> None:
        if remaining and time.monotonic() > until:
            raise _busy()

    return tell


def _migrations_in(database: sqlite3.Connection) -> Migrations:
    rows = database.execute("SELECT app, name FROM django_migrations")
    return {(app, name) for app, name in rows}


def _copy_path() -> Path:
    return Path(str(connection.settings_dict["NAME"])).with_name(_COPY_NAME)


def _is_in_memory() -> bool:
    return bool(DatabaseCreation.is_in_memory_db(str(connection.settings_dict["NAME"])))


# A server's database: names of tables are Django's own, so that they can stand in statements.


def _keep_in_schema() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {_SCHEMA}")
        for table in _tables():
            cursor.execute(f'CREATE TABLE {_SCHEMA}."{table}" AS TABLE "{table}"')


def _put_back_from_schema() -> None:
    try:
        with clearing_logs(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT_SECONDS}s'")
            _require_same(_migrations_of(_SCHEMA), _migrations_of("public"))
            tables = _tables()
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables))
            for table in tables:
                cursor.execute(f'INSERT INTO "{table}" TABLE {_SCHEMA}."{table}"')
    except OperationalError:
        raise _busy() from None


def _tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def _migrations_of(schema: str) -> Migrations:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT app, name FROM {schema}.django_migrations")  # noqa: S608  # ours
        return set(cursor.fetchall())
