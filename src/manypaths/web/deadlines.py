"""A request that waits too long for PostgreSQL is let go, with a page that says so.

A database can take a question and never answer: its disk hangs, or the network between. The system
notices a machine that is gone, and the server ends its own long waits; this is for all the rest.
"""

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]

_SECONDS_BETWEEN_LOOKS = 1.0

_running: dict[int, tuple[float, BaseDatabaseWrapper]] = {}
_lock = threading.Lock()


def within_time(get_response: Answer) -> Answer:
    """Note when each request should be done."""
    if connection.vendor == "sqlite":
        return get_response

    def answer(request: HttpRequest) -> HttpResponseBase:
        thread = threading.get_ident()
        with _lock:
            _running[thread] = (monotonic() + settings.REQUEST_SECONDS, connections["default"])
        try:
            return get_response(request)
        finally:
            with _lock:
                _running.pop(thread, None)

    return answer


def watch() -> None:
    """Watch over all requests of this process from now on."""
    threading.Thread(target=_watch, name="deadlines", daemon=True).start()


def _watch() -> None:
    while True:
        threading.Event().wait(_SECONDS_BETWEEN_LOOKS)
        let_go(at=monotonic())


def let_go(*, at: float) -> int:
    """Cut the connections of requests that should have been done by now; return how many."""
    with _lock:
        overdue = [own for due, own in _running.values() if due < at]
    for own in overdue:
        _cut(own)
    return len(overdue)


def _cut(own: BaseDatabaseWrapper) -> None:
    """End a connection from outside of its thread, which then finds it broken."""
    waiting = own.connection
    if waiting is None:
        return
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(waiting.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
