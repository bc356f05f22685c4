"""What each class works on, week by week: its grade's competencies in an order that they allow."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.demo.content import Content

Numbers = NDArray[np.int64]

# How many competencies of earlier grades a class goes over again at the start, by grade.
_REVISITED = {6: 0, 7: 3, 8: 3}
# Weeks that a competency takes, against others: one that is gone over again, any new one (between
# two bounds), one on which many keep to a wrong idea.
_SHORTER, _LEAST, _MOST, _LONGER = 0.5, 0.75, 1.25, 1.3
# A class that goes slower leaves out the last few of its grade.
_MOST_LEFT_OUT = 3
# The shares of classes that work on four competencies at the end, and that pin one.
_FOUR_OPEN, _PINS = 0.5, 0.4


@dataclass(frozen=True)
class Schedule:
    """A class's competencies in the order of the year, by place.

    `at_week` (n_weeks,) is the position in `order` that each week is about; the competencies from
    `window_from` on are those that the class works on at the end. `pinned` is one of them or None.
    """

    order: tuple[int, ...]
    at_week: Numbers
    window_from: int
    pinned: int | None

    @property
    def window(self) -> tuple[int, ...]:
        """Return the competencies that the class works on at the end of the year."""
        return self.order[self.window_from :]


def invent_schedule(
    rng: Generator, content: Content, grade: int, n_weeks: int, *, late: int | None
) -> Schedule:
    """Return a class's schedule; `late` is a competency that belongs into its window."""
    again = _revisited(rng, content, grade)
    own = list(_own(rng, content, grade, late))
    if late is None:
        own = own[: len(own) - int(rng.integers(_MOST_LEFT_OUT + 1))]
    else:
        own = own[: own.index(late) + 3]
    order = (*again, *own)
    weight = rng.uniform(_LEAST, _MOST, len(order))
    weight[: len(again)] *= _SHORTER
    weight[[place == late for place in order]] = _LONGER
    begins = np.concatenate(([0.0], np.cumsum(weight)[:-1])) / weight.sum() * n_weeks
    n_open = 4 if late is None and rng.random() < _FOUR_OPEN else 3
    return Schedule(
        order=order,
        at_week=np.searchsorted(begins, np.arange(n_weeks), side="right") - 1,
        window_from=len(order) - n_open,
        pinned=order[-2] if rng.random() < _PINS or late is not None else None,
    )


def _own(rng: Generator, content: Content, grade: int, late: int | None) -> Iterator[int]:
    """Yield the grade's competencies, each after those of the grade that come before it.

    A late one waits until it and what follows from it are all that is left, but for one.
    """
    left = np.nonzero(content.grade == grade)[0].tolist()
    waiting = _following(content, late) if late is not None else set()
    while left:
        ready = [k for k in left if not set(content.before(k).tolist()) & set(left)]
        others = [k for k in ready if k not in waiting]
        n_others = len([k for k in left if k not in waiting])
        choices = others or ready
        if late is not None and late in ready and n_others <= 1:
            choices = [late]
        chosen = choices[rng.integers(len(choices))]
        left.remove(chosen)
        yield chosen


def _following(content: Content, place: int) -> set[int]:
    """Return a competency with all that it comes before, near and far."""
    found = {place}
    while True:
        more = set(np.nonzero(content.prerequisites[:, sorted(found)].any(axis=1))[0].tolist())
        if more <= found:
            return found
        found |= more


def _revisited(rng: Generator, content: Content, grade: int) -> list[int]:
    """Return earlier competencies that this grade's own ones build on, some of them."""
    own = content.prerequisites[content.grade == grade]
    needed = np.nonzero(own.any(axis=0) & (content.grade < grade))[0]
    n = min(_REVISITED[grade], needed.size)
    return sorted(rng.choice(needed, n, replace=False).tolist()) if n else []
