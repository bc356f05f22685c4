"""Turns at work: a process works on a few requests at once, and the others wait outside.

A server process has many threads, so that a slow client, or a rush of people who sign in, holds up
nobody else: who waits for something other than the database gives their place to others meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# More at once would not be faster, for threads of one process share a core; several, so that one
# that waits for a disk stops nobody.
_PLACES = 4

_places = threading.BoundedSemaphore(_PLACES)
_mine = threading.local()
_idle: list[BaseDatabaseWrapper] = []  # the one that was used last is at the end


@contextmanager
def at_work(*, seconds: float) -> Iterator[bool]:
    """Work once there is a place; False where there was none for so many seconds."""
    if not _places.acquire(timeout=seconds):
        yield False
        return
    _mine.has_place = True
    try:
        with lent_connection():
            yield True
    finally:
        _mine.has_place = False
        _places.release()


@contextmanager
def lent_connection() -> Iterator[None]:
    """Lend this thread a connection while the block runs; a thread with its own keeps that one.

    Connections belong to places, not to threads: in a rush each request may come in another thread,
    and making a connection costs as much as a page.
    """
    if connections.all(initialized_only=True):
        yield
        return
    lent = _take()
    connections[DEFAULT_DB_ALIAS] = lent
    try:
        yield
    finally:
        del connections[DEFAULT_DB_ALIAS]
        _give_back(lent)


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


def _take() -> BaseDatabaseWrapper:
    """Return the connection that was used last, closed if it is broken or old; else a new one."""
    try:
        lent = _idle.pop()
    except IndexError:
        lent = connections.create_connection(DEFAULT_DB_ALIAS)
        lent.inc_thread_sharing()
    lent.close_if_unusable_or_obsolete()
    return lent


def _give_back(lent: BaseDatabaseWrapper) -> None:
    if len(_idle) < _PLACES:
        _idle.append(lent)
    else:
        lent.close()


def _disconnect() -> None:
    if not connection.in_atomic_block:
        connection.close()
