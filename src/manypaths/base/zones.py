"""Names of time zones. Settings ask here, so this needs no Django."""

from zoneinfo import ZoneInfo


def is_time_zone(name: str) -> bool:
    """Say whether a time zone has this name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # a folder of zones is an OSError
        return False
    return True
