"""The server: granian's processes with the pages, and one beside them for work in the background.

All are children of one process, which starts those anew that break. They end with it: told by a
signal they finish what they do; killed, they see that it is gone.
"""

import errno
import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from manypaths.base.environment import LOOPBACK
from manypaths.base.errors import Refused
from manypaths.web.background import work_in_background

# Of 2 cores both, of 32 not all: a process holds some 150 MB, and a database has to keep up.
_MOST_WORKERS = 4
# Nearly all of them wait: for slow clients, or for their turn (see `base.turns`). They are made
# when they are needed, and go when they are not.
_THREADS = 128
_NO_SUCH_PLACE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_SECONDS_TO_END = 20
_SECONDS_BETWEEN_TRIES = 0.05
_SECONDS_TO_KNOCK = 1.0


@dataclass(frozen=True)
class Place:
    """Where to listen."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Say whether nobody but this machine can reach it."""
        return self.host in LOOPBACK

    @property
    def address(self) -> str:
        """Return it as a browser on this machine takes it: by a name, for passkeys need one."""
        if self.is_loopback:
            return f"http://localhost:{self.port}"
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def usual_workers() -> int:
    """Return how many processes to serve with, unless somebody says."""
    return min(len(os.sched_getaffinity(0)), _MOST_WORKERS)


def is_free(place: Place) -> bool:
    """Say whether nobody listens there. Raises Refused where this machine can't listen at all."""
    return _can_listen(place) and not (place.is_loopback and _somebody_is_at(place.port))


def _somebody_is_at(port: int) -> bool:
    """Say whether the name of this machine leads to somebody, by either of its addresses."""
    for host in ("127.0.0.1", "::1"):
        try:
            socket.create_connection((host, port), _SECONDS_TO_KNOCK).close()
        except OSError:
            continue
        return True
    return False


def _can_listen(place: Place) -> bool:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((place.host, place.port))
        except PermissionError:
            raise Refused(f"Port {place.port} is for the root of this machine alone.") from None
        except OSError as error:
            if error.errno in _NO_SUCH_PLACE:
                raise Refused(f"This machine can't listen on {place.host}.") from None
            return False
    return True


def _log_config() -> dict[str, Any]:  # Any: as logging takes it
    """Return our way of writing lines, for the server's own."""
    from django.conf import settings

    ours: dict[str, Any] = settings.LOGGING
    return {
        **ours,
        "filters": {"advice": {"()": WithoutAdvice}},
        "loggers": {**ours["loggers"], "_granian": {"propagate": True, "filters": ["advice"]}},
    }


class WithoutAdvice(logging.Filter):
    """Leaves out the server's advice that many threads are many: ours wait (see `_THREADS`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a line tells anything else."""
        return not record.getMessage().startswith("Configuration allows spawning")


def serve(place: Place, *, n_workers: int, tell: Callable[[], None]) -> None:
    """Serve until told to end; `tell` is called when the first page can be asked for.

    The settings are read and the home is made by then.
    """
    from granian.constants import HTTPModes, Interfaces  # not needed by other commands
    from granian.log import LogLevels
    from granian.server import Server

    collect_assets()
    # A forked process would inherit connections and threads of this one.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "manypaths.web.wsgi:application",
        address=place.host,
        port=place.port,
        interface=Interfaces.WSGI,
        workers=n_workers,
        blocking_threads=_THREADS,
        websockets=False,
        http=HTTPModes.http1,
        log_level=LogLevels.warning,
        log_dictconfig=_log_config(),
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_END,
    )
    background = Kept(work_in_background)
    server.on_startup(background.start)
    server.on_startup(threading.Thread(target=_when_open, args=(place, tell), daemon=True).start)
    try:
        server.serve()
    finally:
        background.end()


def _when_open(place: Place, tell: Callable[[], None]) -> None:
    """Call `tell` as soon as somebody listens."""
    while True:
        try:
            socket.create_connection((place.host, place.port)).close()
        except OSError:
            threading.Event().wait(_SECONDS_BETWEEN_TRIES)
        else:
            return tell()


def collect_assets() -> None:
    """Give styles, icons and scripts their hashed names, compressed, in the home."""
    from django.core.management import call_command

    from manypaths.base.locks import Work, alone

    with alone(Work.MAKING_A_HOME):
        call_command("collectstatic", interactive=False, verbosity=0)


class Kept:
    """A process that is started anew when it breaks, until it is told to end."""

    def __init__(self, work: Callable[[], None], *, seconds_before_anew: float = 3.0) -> None:
        self._work, self._seconds = work, seconds_before_anew
        self._is_over = threading.Event()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Start the process, and watch over it."""
        self._keeper.start()

    def end(self) -> None:
        """Tell the process to end, and wait until it did."""
        self._is_over.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(_SECONDS_TO_END)
            if process.is_alive():
                process.kill()
        if self._keeper.is_alive():
            self._keeper.join(_SECONDS_TO_END)

    def _keep(self) -> None:
        while not self._is_over.is_set():
            self._process = multiprocessing.get_context("spawn").Process(
                target=self._work, name="manypaths-background"
            )
            self._process.start()
            if self._is_over.is_set():
                self._process.terminate()
            self._process.join()
            self._is_over.wait(self._seconds)
