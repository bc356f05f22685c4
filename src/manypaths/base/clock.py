"""Times: aware datetimes at the doors, whole microseconds since 1970 (UTC) in the tables.

Rows that come in millions keep integers, which are exact on both databases and small on disk.
"""

from datetime import UTC, date, datetime, timedelta

from manypaths.base.scope import current_scope

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """Return the present moment. Doors call this; services take the time as an argument."""
    return datetime.now(UTC)


def today() -> date:
    """Return the date on the wall of the district that the present work is done in."""
    return date_of(now())


def date_of(moment: datetime) -> date:
    """Return the date of a moment, as the district that the present work is done in counts."""
    return moment.astimezone(current_scope().zone).date()


def to_microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time needs a zone to be stored; got {moment!r}")
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Return the moment, in UTC, that `to_microseconds` stored."""
    return _EPOCH + timedelta(microseconds=microseconds)
