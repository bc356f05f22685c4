"""Settings come from the environment through a few readers; a bad value stops the start.

Of a text an empty value counts as none.
"""

import os
from urllib.parse import urlsplit

from manypaths.base.zones import is_time_zone


class BadSetting(SystemExit):
    """A setting that can't be used: says which, what it is, and what is allowed."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        super().__init__(f"The setting {name} is {value!r}. Allowed: {allowed}.")


def env_str(name: str, default: str, *, allowed: tuple[str, ...] = ()) -> str:
    """Return the setting as text, one of `allowed` where that is given."""
    value = os.environ.get(name) or default
    if allowed and value not in allowed:
        raise BadSetting(name, value, " or ".join(allowed))
    return value


def env_bool(name: str, default: bool) -> bool:
    """Return the setting as a claim that holds or not: 1, true, yes, on; 0, false, no, off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name, value, "1, true, yes, on, 0, false, no, off")


def env_int(name: str, default: int, *, at_least: int, at_most: int) -> int:
    """Return the setting as a whole number within its bounds."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError:
        number = at_least - 1
    if not at_least <= number <= at_most:
        raise BadSetting(name, value, f"a whole number from {at_least} to {at_most}")
    return number


def env_secret(name: str) -> str | None:
    """Return a secret of at least 32 characters, or None where none is set; never printed."""
    value = os.environ.get(name)
    if value is not None and len(value) < 32:
        raise BadSetting(name, "(hidden)", "a random text of at least 32 characters")
    return value


def env_zone(name: str, default: str) -> str:
    """Return the setting as the name of a time zone."""
    value = env_str(name, default)
    if not is_time_zone(value):
        raise BadSetting(name, value, "the name of a time zone, such as Europe/Lisbon")
    return value


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def env_address(name: str) -> str:
    """Return where people reach us, as scheme://host or scheme://host:port; empty where not set.

    Plain http is for the machine itself alone: on any wire a session could be read and taken.
    """
    value = env_str(name, "")
    if not value:
        return ""
    allowed = "https://HOST, or http://localhost:PORT for this machine alone, without a path"
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadSetting(name, value, allowed) from None
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not (host and is_bare and is_safe):
        raise BadSetting(name, value, allowed)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def env_names(name: str) -> list[str]:
    """Return the setting as a list of names, separated by commas or blanks."""
    return env_str(name, "").replace(",", " ").split()
