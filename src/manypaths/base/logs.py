"""Log lines for machines: one JSON object a line, in UTC, with the id of the request."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("manypaths_request_id", default="")

_NO_FACTS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Django adds these to its own lines: a request says its address with query and cookies.
_NEVER = frozenset({"request", "exc_info"})


class JsonLines(logging.Formatter):
    """Writes a record as JSON: when, how bad, who says what, its facts, and of an error where.

    What an error says is left out unless the level is DEBUG: a database repeats in it the values
    that it refused, and those may be names.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= {
            name: value
            for name, value in vars(record).items()
            if name not in _NO_FACTS and name not in _NEVER
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _told(record.exc_info[1])
        return json.dumps(line, default=str)


def _message(record: logging.LogRecord) -> str:
    """Return the words of a record, without the address of a request, which may hold a secret."""
    request = getattr(record, "request", None)
    if request is None or not isinstance(record.args, tuple):
        return record.getMessage()
    addresses = {getattr(request, "path", None), getattr(request, "path_info", None)}
    match = getattr(request, "resolver_match", None)
    route = getattr(match, "view_name", None) or "(no page)"
    return str(record.msg) % tuple(route if arg in addresses else arg for arg in record.args)


def _told(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    told: dict[str, object] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        told["says"] = str(error)
    if error.__cause__ is not None:
        told["because"] = _told(error.__cause__)
    return told
