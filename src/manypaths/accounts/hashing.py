"""How passwords are hashed, how many at a time, and behind whom."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext as _

from manypaths.base.errors import Refused
from manypaths.base.turns import stepping_aside

Hashed = TypeVar("Hashed", str, bool)

# A second of a morning's rush is ten hashes a core; who waits longer than this hears so.
_LONGEST_WAIT_SECONDS = 20
# Of 19 steps that a thread may step back: who reads a page goes before who signs in.
_STEPS_BACK = 5


class CappedArgon2Hasher(Argon2PasswordHasher):
    """Argon2id at about 100 ms and 64 MiB, only so many at once in this process.

    Without the cap, a class that signs in at the same moment would take all processors and a few
    gigabytes from those who are at work. Who waits for their turn holds no place at work.
    """

    time_cost = 2
    memory_cost = 65_536
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        return _in_turn(lambda: super(CappedArgon2Hasher, self).encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether a password is the one behind a hash."""
        return _in_turn(lambda: super(CappedArgon2Hasher, self).verify(password, encoded))


def _step_back() -> None:
    """Let other threads of this machine go first, where the system has such an order."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _STEPS_BACK)


_hashers = ThreadPoolExecutor(
    settings.HASHES_AT_ONCE, thread_name_prefix="hashing", initializer=_step_back
)


def _in_turn(work: Callable[[], Hashed]) -> Hashed:
    """Have something hashed. Raises Refused where too many others wait."""
    turn: Future[Hashed] = _hashers.submit(work)
    try:
        with stepping_aside():
            return turn.result(_LONGEST_WAIT_SECONDS)
    except NotInTime:
        turn.cancel()
        busy = _("Very many people are signing in right now. Try again in a minute.")
        raise Refused(busy) from None
