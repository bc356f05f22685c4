"""What the walker knows of a function: how it is called with records, or why it needs none."""

from collections.abc import Callable
from dataclasses import dataclass

from manypaths.people.access import Actor
from tests.stage import Records

Call = Callable[[Actor, Records], object]


@dataclass(frozen=True)
class Wall:
    """How a function is called with records, and who of the cast gets through.

    `names_records`: it is called on records, and not for the whole installation or district.
    `through_own`: it takes persons together with an organization or a group, so somebody who
    leads another one may not reach the persons through that either.
    """

    call: Call
    insider: str = "ben"
    names_records: bool = True
    through_own: bool = False


@dataclass(frozen=True)
class Open:
    """Why no person's record is behind a function, and what another district sees through it.

    Without `seen` there is nothing to look at: the reason says so.
    """

    reason: str
    seen: Call | None = None
