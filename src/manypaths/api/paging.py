"""Lists a page at a time, in the order of ids that say nothing: neither order of coming nor number.

A page ends with the id after which the next one begins.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

from ninja import Query

MOST_ROWS = 200
Limit = Annotated[int, Query(100, ge=1, le=MOST_ROWS, description="How many at most, up to 200.")]
Cursor = Annotated[
    UUID | None, Query(None, description="The `next` of the page before; none for the first.")
]


class Named(Protocol):
    """A row with a public id."""

    @property
    def public_id(self) -> UUID:
        """Return the id."""


Row = TypeVar("Row", bound=Named)


def page_of(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], UUID | None]:
    """Return the rows of a page and where the next begins, from one row more than it holds."""
    page = rows[:limit]
    return page, page[-1].public_id if len(rows) > limit else None
