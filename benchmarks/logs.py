"""The real logs to measure on, from the folder of others' files."""

from functools import cache
from pathlib import Path

from manypaths.cli.session import set_up
from manypaths.mastery import ResponseLog

LOGS = ("assistments-2009-distinct", "statics-2011", "assistments-2015", "algebra-2005")
# Holds near copies of learners, so that it is reported but not aimed at.
WITH_COPIES = "assistments-2009"


def log_file(name: str) -> Path:
    """Return where a log lies, or would lie."""
    set_up()
    from django.conf import settings  # read from the environment, as everywhere

    return Path(settings.CONFORMANCE) / "data" / "responses" / f"{name}.csv.gz"


def logs_here() -> list[str]:
    """Return which of the logs are on this machine."""
    return [name for name in LOGS if log_file(name).exists()]


@cache
def log_of(name: str) -> ResponseLog:
    """Return a log as the engine takes it."""
    return read_log(log_file(name))


def read_log(file: Path) -> ResponseLog:
    """Return the log of a file as the engine takes it."""
    set_up()
    from manypaths.interop.response_log import engine_log, read_response_log  # once set up

    return engine_log(read_response_log(file))
