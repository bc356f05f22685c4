"""Work that one process at a time may do on a database, whatever becomes of that process.

And deeds on one row that wait for each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from fcntl import LOCK_EX, flock
from pathlib import Path

from django.db import connection, models
from django.db.backends.sqlite3.creation import DatabaseCreation


class Work(Enum):
    """What is done alone: the name of a lock file, and the number of a server's lock."""

    MAKING_A_HOME = ("lock", 7_266_279)
    BACKGROUND = ("background.lock", 7_266_280)
    SEALING = ("sealing.lock", 7_266_281)


@contextmanager
def alone(work: Work) -> Iterator[None]:
    """Let one process at a time do this work; others wait. The lock ends with its process."""
    suffix, number = work.value
    if connection.vendor != "sqlite":
        # A connection of its own: the others are closed and opened anew from time to time.
        own = connection.copy()
        try:
            with own.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")  # who waits here waits to take over
                cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            yield
        finally:
            own.close()
        return
    database = str(connection.settings_dict["NAME"])
    if DatabaseCreation.is_in_memory_db(database):
        yield
        return
    # Not the database itself: to close it a second time would drop SQLite's own locks.
    lock = Path(f"{database}.{suffix}")
    make_private_file(lock)
    with lock.open("rb") as file:
        flock(file, LOCK_EX)  # ends with the handle
        yield


def hold(row: models.Model) -> None:
    """Let one deed at a time change what hangs on a row, until the transaction ends."""
    rows = type(row)._default_manager.select_for_update(no_key=True)
    list(rows.filter(pk=row.pk).values_list("pk"))


def make_private_file(path: Path) -> None:
    """Make the folder and the file for their owner alone: every learner's record is in there.

    What is there already keeps the permissions that somebody gave it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
