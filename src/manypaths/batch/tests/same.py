"""Logs in parts, and answers that must be the same to the last bit."""

from itertools import pairwise
from typing import Any

import numpy as np

from manypaths.mastery.arrays import Columns
from manypaths.mastery.passes import part_of

BELIEFS = ("begins", "general", "competency", "rows")


def in_parts(columns: Columns, n: int) -> list[Columns]:
    """Return a log in parts of as many learners."""
    bounds = np.linspace(0, columns.offsets.size - 1, n + 1).astype(int).tolist()
    return [part_of(columns, first, last) for first, last in pairwise(bounds)]


def assert_same(ours: Any, theirs: Any, names: tuple[str, ...]) -> None:
    """Let two answers be the same to the last bit."""
    for name in names:
        assert getattr(ours, name).shape == getattr(theirs, name).shape, name
        assert getattr(ours, name).tobytes() == getattr(theirs, name).tobytes(), name
