"""Turns at work: a process works on a few requests at once, and the others wait outside.

A server process has many threads, so that a slow client, or a rush of people who sign in, holds up
nobody else: who waits for something other than the database gives their place to others meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import connection

# More at once would not be faster, for threads of one process share a core; several, so that one
# that waits for a disk stops nobody.
_PLACES = 4
# After a rush many threads have a connection of their own, and a database has only so many.
_MOST_CONNECTIONS = 2 * _PLACES
_SECONDS_A_THREAD_IS_KNOWN = 60

_places = threading.BoundedSemaphore(_PLACES)
_mine = threading.local()
_connected: dict[int, float] = {}
_connected_lock = threading.Lock()


@contextmanager
def at_work(*, seconds: float) -> Iterator[bool]:
    """Work once there is a place; False where there was none for so many seconds."""
    if not _places.acquire(timeout=seconds):
        yield False
        return
    _mine.has_place = True
    try:
        yield True
    finally:
        if not _may_stay_connected():
            _disconnect()
        _mine.has_place = False
        _places.release()


@contextmanager
def stepping_aside() -> Iterator[None]:
    """Give the place of this thread to others while it waits for something, or computes alone.

    Its connection to the database goes meanwhile, unless a transaction is under way.
    """
    if not getattr(_mine, "has_place", False):
        yield
        return
    _disconnect()
    _mine.has_place = False
    _places.release()
    try:
        yield
    finally:
        _places.acquire()
        _mine.has_place = True


def _may_stay_connected() -> bool:
    """Say whether this thread is one of the few that keep their connection between requests."""
    at, thread = monotonic(), threading.get_ident()
    with _connected_lock:
        if thread not in _connected and len(_connected) >= _MOST_CONNECTIONS:
            for other, seen in list(_connected.items()):
                if at - seen > _SECONDS_A_THREAD_IS_KNOWN:
                    del _connected[other]
        may = thread in _connected or len(_connected) < _MOST_CONNECTIONS
        if may:
            _connected[thread] = at
        return may


def _disconnect() -> None:
    if not connection.in_atomic_block:
        connection.close()
