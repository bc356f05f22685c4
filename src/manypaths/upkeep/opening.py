"""That a restore is under way: until it is done, nobody may be let in.

Whoever was erased after the backup is back between the first row and the last step. A mark in the
home keeps everybody out meanwhile, and after a restore that a power cut broke off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from manypaths.base.errors import Refused
from manypaths.base.locks import make_private_file

_NAME = "restore-unfinished"


@contextmanager
def unopened() -> Iterator[None]:
    """Keep the home closed from before the first row until the block has ended well."""
    mark = Path(settings.HOME) / _NAME
    make_private_file(mark)
    yield
    mark.unlink(missing_ok=True)


def require_open() -> None:
    """Raise Refused where a restore was broken off."""
    if (Path(settings.HOME) / _NAME).exists():
        raise Refused(
            "A restore into this home was broken off, and what was deleted after the backup may be "
            "back in it. Empty the home and its database, and restore again."
        )
