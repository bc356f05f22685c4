"""Schools of the tests, each with a few numbers of its own."""

from typing import Any

from manypaths.mastery import ResponseLog
from manypaths.mastery.simulation import School, Truth, simulate


def make_school(seed: int, **numbers: Any) -> tuple[ResponseLog, Truth]:
    """Return the log and the truth of a school that differs from the usual one in these numbers."""
    return simulate(School(**numbers), seed=seed)
