"""What forms of a class send: ids and days."""

from datetime import date
from uuid import UUID

from manypaths.base.errors import NotFound
from manypaths.base.ids import as_public_id
from manypaths.web.visits import PageRequest

_MOST_IDS = 400


def posted_ids(request: PageRequest, name: str) -> list[UUID]:
    """Return the ids of a field that may come several times. Raises NotFound for what is none."""
    found = [as_public_id(text) for text in request.POST.getlist(name)[:_MOST_IDS] if text]
    ids = [one for one in found if one is not None]
    if len(ids) < len(found):
        raise NotFound
    return ids


def asked_day(text: str) -> date | None:
    """Return the day that a field names, None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
