"""Where handed-in files lie: beside the database, one for each row, or neither.

A file is written under a passing name first. Only once its row is saved for good is it given the
name by which the row finds it; what a power cut leaves between the two is set right by `sweep`.
"""

import errno
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.base.scope import current_district
from manypaths.evidence.models import Artifact

log = logging.getLogger(__name__)
_PASSING = ".part"
# What people hand in must not take the last room from what they answer.
_LEAST_FREE_BYTES = 250_000_000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_ON_THE_WAY = timedelta(days=1)


@dataclass(frozen=True)
class FilesSwept:
    """What a sweep of a district's files found.

    `kept` rows have their file and `missing` ones have not; `strays` are files without a row,
    which stay: the rows may be elsewhere. `unsaved` files were written for rows that were never
    saved, and are gone.
    """

    kept: int
    missing: int
    strays: int
    unsaved: int


def keep_file(public_id: UUID, content: bytes) -> None:
    """Write a file for a row of the running transaction; it is there once that is committed.

    Raises Refused where the disk has no room, so that there is no row either.
    """
    path = _path(public_id)
    passing = path.with_suffix(_PASSING)
    try:
        passing.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(passing.parent).free < _LEAST_FREE_BYTES + len(content):
            raise OSError(errno.ENOSPC, "kept free for the database")
        _write(passing, content)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        log.exception("no room for a file")
        with suppress(OSError):
            passing.unlink(missing_ok=True)
        no_room = _("There is no room for files here just now. Keep yours, and try again later.")
        raise Refused(no_room) from error
    transaction.on_commit(lambda: _settle(path))


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def kept_file(artifact: Artifact) -> Path:
    """Return where the file of a piece of work lies. Raises NotFound for one that has none."""
    path = _path(artifact.public_id)
    if not artifact.file_name:
        raise NotFound
    if not path.is_file():
        _settle(path)
    if not path.is_file():
        raise NotFound
    return path


def sweep(*, at: datetime) -> FilesSwept:
    """Settle the district's files whose rows are saved, and take away those never to be.

    What was written in the last day is let be: its row may be on the way.
    """
    rows = Artifact.objects.exclude(file_name="").values_list("public_id", flat=True)
    wanted = {_path(public_id) for public_id in rows}
    for path in wanted:
        if not path.is_file():
            _settle(path)
    others = [path for path in _files() if path not in wanted]
    unsaved = [path for path in others if path.suffix == _PASSING and _is_old(path, at)]
    for path in unsaved:
        path.unlink(missing_ok=True)
    return FilesSwept(
        kept=sum(path.is_file() for path in wanted),
        missing=sum(not path.is_file() for path in wanted),
        strays=sum(path.suffix != _PASSING for path in others),
        unsaved=len(unsaved),
    )


def _path(public_id: UUID) -> Path:
    name = str(public_id)
    return _folder() / name[:2] / name


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / str(current_district())


def _files() -> Iterator[Path]:
    for path in _folder().glob("??/*"):
        if as_public_id(path.name.removesuffix(_PASSING)) is not None:
            yield path


def _is_old(path: Path, at: datetime) -> bool:
    return path.stat().st_mtime < (at - _ON_THE_WAY).timestamp()


def _settle(path: Path) -> None:
    """Give a written file its name for good, where it has not got it yet."""
    with suppress(FileNotFoundError):
        path.with_suffix(_PASSING).replace(path)
