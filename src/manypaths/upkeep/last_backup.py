"""What the home remembers of its last backup: when, where, and whether it was read through."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from manypaths.base.locks import make_private_file

_NAME = "last-backup.json"


@dataclass(frozen=True)
class LastBackup:
    """The last backup of this installation."""

    at: str
    file: str
    is_verified: bool

    @property
    def made_at(self) -> datetime:
        """Return when it was made."""
        return datetime.fromisoformat(self.at)


def remember_backup(file: Path, *, at: datetime, is_verified: bool) -> None:
    """Note that a backup was made, and whether it was found whole."""
    path = Path(settings.HOME) / _NAME
    passing = path.with_suffix(".part")
    make_private_file(passing)
    noted = LastBackup(at.isoformat(), str(file.absolute()), is_verified)
    passing.write_text(json.dumps(asdict(noted)), encoding="utf-8")
    passing.replace(path)


def last_backup() -> LastBackup | None:
    """Return what is remembered of the last backup, None for never."""
    try:
        said = json.loads((Path(settings.HOME) / _NAME).read_text("utf-8"))
        return LastBackup(str(said["at"]), str(said["file"]), bool(said["is_verified"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
