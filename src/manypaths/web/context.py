"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from manypaths.web.navigation import places
from manypaths.web.visits import Visitor


def visit(request: HttpRequest) -> dict[str, Any]:  # Any: as Django's context processors
    """Return the visitor and their places; nothing for strangers."""
    visitor: Visitor | None = getattr(request, "visitor", None)
    if visitor is None:
        return {}
    return {"visitor": visitor, "places": places(visitor, request)}
