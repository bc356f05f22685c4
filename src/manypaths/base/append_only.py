"""Logs that databases themselves refuse to change: entries are added, and no more.

Triggers on both databases turn away UPDATE and DELETE of entries. What clears a whole database
(a demo made anew, a restore into tables without records, the end of a test) says so by
`clearing_logs`; what takes out entries whose time is over, by `pruning_logs`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

LOGS = ("base_auditentry", "base_viewentry")

_may_delete: ContextVar[bool] = ContextVar("may_delete_log_entries", default=False)

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_keeps_{deed} BEFORE {deed} ON {table}
WHEN {unless} BEGIN SELECT RAISE(ABORT, 'entries of a log are never changed'); END
"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION manypaths_keep_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' AND current_setting('manypaths.may_delete', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'entries of a log are never changed';
END $$
"""
_POSTGRES_TRIGGER = """
CREATE OR REPLACE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION manypaths_keep_log();
CREATE OR REPLACE TRIGGER {table}_keeps_all BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION manypaths_keep_log()
"""


def keep_logs(**_signal: object) -> None:
    """Let the database refuse changes of the logs, from the next statement on.

    After each migration, for one that rebuilds a table takes its triggers away.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES)
        for table in sorted(tables.intersection(LOGS)):
            if connection.vendor == "postgresql":
                cursor.execute(_POSTGRES_TRIGGER.format(table=table))
                continue
            for deed, unless in (("UPDATE", "1"), ("DELETE", "NOT manypaths_may_delete()")):
                cursor.execute(_SQLITE.format(table=table, deed=deed, unless=unless))


def unguarded_logs() -> list[str]:
    """Return the logs whose changes this database would not refuse."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgname LIKE '%%_keeps_rows'"
            )
            guarded = {name for (name,) in cursor.fetchall()}
            return [table for table in LOGS if table not in guarded]
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {name for (name,) in cursor.fetchall()}
    return [
        table for table in LOGS if not {f"{table}_keeps_UPDATE", f"{table}_keeps_DELETE"} <= names
    ]


@contextmanager
def clearing_logs() -> Iterator[None]:
    """Let the block empty whole tables, the logs with them."""
    token = _may_delete.set(True)
    _tell_postgres("yes")
    try:
        yield
    finally:
        _may_delete.reset(token)
        _tell_postgres("no")


pruning_logs = clearing_logs


def know_permission(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Give a new connection to SQLite the function that its triggers ask."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("manypaths_may_delete", 0, _may_delete.get)


def _tell_postgres(answer: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('manypaths.may_delete', %s, false)", [answer])
