"""The keys that wrap districts' keys: files in a folder of their own, outside the database.

The newest by name wraps; older ones stay until everything is wrapped anew, so that a change that
is interrupted loses nothing.
"""

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from manypaths.base.errors import Refused
from manypaths.demographics.sealing import KEY_BYTES, new_key

_SUFFIX = ".key"


def key_named(name: str) -> bytes:
    """Return a key by its name. Raises Refused where it is not here, as after a bare restore."""
    path = _folder() / f"{name}{_SUFFIX}"
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(
            _(
                "The key %(name)s is not on this machine, so what it seals can't be read here. "
                "Bring the folder of keys back."
            )
            % {"name": name}
        )
    return key


def newest_key() -> str | None:
    """Return the name of the key that wraps; None where there is none yet."""
    return max((path.stem for path in _folder().glob(f"*{_SUFFIX}")), default=None)


def make_key(*, at: datetime) -> str:
    """Make a key that wraps from now on, for its owner alone, and return its name."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    path = folder / f"{name}{_SUFFIX}"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(new_key().hex())
        file.flush()
        os.fsync(file.fileno())
    return name


def drop_key(name: str) -> None:
    """Delete a key that wraps nothing any more."""
    (_folder() / f"{name}{_SUFFIX}").unlink(missing_ok=True)


def keys_here() -> list[str]:
    """Return the names of all keys, the oldest first."""
    return sorted(path.stem for path in _folder().glob(f"*{_SUFFIX}"))


def _folder() -> Path:
    return Path(settings.KEYS)
