"""Secrets that people carry: made by the system's randomness, kept as hashes alone.

Letters and digits of base 32, so that whoever types one from paper can't mix up 0 and O, 1 and I.
"""

import secrets
from base64 import b32encode
from hashlib import sha256
from secrets import choice, randbelow

from manypaths.accounts.words import WORDS

_BYTES = 16
_ONE_TIME_LETTERS, _CLASS_LETTERS, _PIN_DIGITS = 8, 6, 6
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def new_token() -> str:
    """Return a secret of 128 bits, 26 letters and digits."""
    return b32encode(secrets.token_bytes(_BYTES)).decode().rstrip("=")


def new_one_time_code() -> str:
    """Return a code of 40 bits that a teacher can say, good for minutes only."""
    return _letters(_ONE_TIME_LETTERS)


def new_class_code() -> str:
    """Return a code of 30 bits that stands on the wall of a classroom."""
    return _letters(_CLASS_LETTERS)


def new_pin() -> str:
    """Return six digits that are told apart from the invitation that they belong to."""
    return "".join(str(randbelow(10)) for _ in range(_PIN_DIGITS))


def new_learner_code() -> str:
    """Return a name to sign in by that a child can read: heron-maple-42. It is no secret."""
    return f"{choice(WORDS)}-{choice(WORDS)}-{10 + randbelow(90)}"


def plain(typed: str) -> str:
    """Return a secret as it was made from how somebody typed it."""
    return "".join(typed.split()).replace("-", "").upper().replace("0", "O").replace("1", "I")


def spelled(token: str) -> str:
    """Return a secret in groups of four, as it is printed."""
    return "-".join(token[start : start + 4] for start in range(0, len(token), 4))


def hash_of(token: str) -> str:
    """Return what is kept of a secret. It has too many bits to be found again by trying."""
    return sha256(plain(token).encode()).hexdigest()


def _letters(count: int) -> str:
    return "".join(choice(_LETTERS) for _ in range(count))
