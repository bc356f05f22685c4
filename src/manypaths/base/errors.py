"""Errors that people are shown: one shape for pages, commands, imports and the API."""

import errno
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError
from django.utils.translation import gettext

from manypaths.base.worded import Worded, in_readers_words

# A disk that is full, or that takes no writing.
_DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
# What PostgreSQL calls a write where only reading is allowed.
_READ_ONLY = "25006"


@dataclass(frozen=True)
class Fault:
    """One thing wrong in what somebody handed in, where it stands, and what is allowed there."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    allowed: str

    def as_json(self) -> dict[str, Any]:
        """Return the fault as the JSON object that every door prints."""
        found = asdict(self)
        if isinstance(self.allowed, Worded):
            found["allowed"] = str.__str__(self.allowed)
        return found

    @property
    def words(self) -> str:
        """Return what is allowed in the reader's language."""
        return in_readers_words(self.allowed)

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                gettext("row {row}").format(row=self.row) if self.row is not None else "",
                gettext("column {column}").format(column=self.column) if self.column else "",
            )
            if part
        )
        value = f" {self.value!r}" if self.value is not None else ""
        return f"{place}:{value} {self.words}"


class ManypathsError(Exception):
    """A person's mistake, or something that is not there for them: its text may be shown."""

    code = "refused"

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)

    def as_json(self) -> dict[str, Any]:
        """Return the one JSON shape of an error."""
        return {
            "error": {"code": self.code, "message": self.message},
            "faults": [fault.as_json() for fault in self.faults],
        }


class NotFound(ManypathsError):
    """What was asked for is not there, or not for this person: the two answer alike."""

    code = "not_found"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext("There is no such record, or it is not yours to see."))


class Refused(ManypathsError):
    """A request that can't be carried out as it stands; its text says what is allowed."""


def will_pass(error: BaseException | None) -> bool:
    """Say whether an error is one of the machine, and none of what was asked: try again later."""
    if isinstance(error, OSError):
        return error.errno in _DISK_TROUBLE
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", "") == _READ_ONLY
    return isinstance(error, OperationalError | InterfaceError)
