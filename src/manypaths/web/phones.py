"""Whether a page is asked for from a phone, as the browser itself says."""

from django.http import HttpRequest

# What tells a phone, for `Vary`: the hint that browsers send by themselves, and the older sign.
PHONE_HEADERS = ("Sec-CH-UA-Mobile", "User-Agent")


def asks_from_phone(request: HttpRequest) -> bool:
    """Say whether a phone asks; where the browser sends no hint, its name for itself decides."""
    hint = request.headers.get("Sec-CH-UA-Mobile", "")
    if hint:
        return hint == "?1"
    return "Mobi" in request.headers.get("User-Agent", "")
