"""How passwords are hashed, and how many at a time."""

from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext as _

from manypaths.base.errors import Refused

# A second of a morning's rush is ten hashes a core; who waits longer than this hears so.
_LONGEST_WAIT_SECONDS = 10
_turns = BoundedSemaphore(settings.HASHES_AT_ONCE)


class CappedArgon2Hasher(Argon2PasswordHasher):
    """Argon2id at about 100 ms and 64 MiB, only so many at once in this process.

    Without the cap, a class that signs in at the same moment would take all processors and a few
    gigabytes from those who are at work.
    """

    time_cost = 2
    memory_cost = 65_536
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        with _Turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether a password is the one behind a hash."""
        with _Turn():
            return super().verify(password, encoded)


class _Turn:
    """One of the few places at which a hash is worked out."""

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=_LONGEST_WAIT_SECONDS):
            raise Refused(_("Very many people are signing in right now. Try again in a minute."))

    def __exit__(self, *exception: Any) -> None:
        _turns.release()
