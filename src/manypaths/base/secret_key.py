"""The secret that signs sessions and links: kept in the home, one for all who serve it."""

import os
import secrets
from pathlib import Path

_NAME = "secret-key"


def kept_secret(home: Path) -> str | None:
    """Return the secret of a home, None where none is kept there yet."""
    try:
        return (home / _NAME).read_text("ascii").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None  # whoever needs the home says what is wrong with it


def keep_secret(home: Path) -> None:
    """Make the secret of a home where there is none, for its owner alone.

    Of several processes that make it at once one wins, and all read the same.
    """
    if kept_secret(home) is not None:
        return
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = home / f"{_NAME}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link never replaces what another process made meanwhile.
        (home / _NAME).hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
