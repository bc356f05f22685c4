"""Addresses that learners hand in: https alone, and nothing that only looks like it."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from manypaths.base.errors import Refused

_LONGEST = 2000
_is_address = URLValidator(schemes=["https"])


def safe_link(text: str) -> str:
    """Return an address that a page may link to. Raises Refused for any but a plain https one."""
    link = text.strip(" ")
    try:
        # Browsers leave out tabs and line ends inside an address, so `java\tscript:` would be one.
        is_plain = link.isprintable() and not any(sign.isspace() for sign in link)
        parts = urlsplit(link)
        is_safe = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
        _is_address(link)
    except (ValueError, ValidationError):
        is_plain = is_safe = False
    if not (is_plain and is_safe) or len(link) > _LONGEST or "\\" in link:
        raise Refused(
            _("Give the whole address, as it stands in the browser: it begins with https://.")
        )
    return link
