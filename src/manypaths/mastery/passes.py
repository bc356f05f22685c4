"""Passes over a log in parts of whole learners, side by side on the processors that there are.

How a log is divided hangs on its size alone, and sums of parts are added in their order: the
figures are the same to the last bit on any machine.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce
from itertools import pairwise
from typing import Protocol

import numpy as np

from manypaths.mastery.arrays import Columns, Parameters, Sums, merge, no_sums
from manypaths.mastery.batch import run_pass

_EVENTS_A_PART, _MOST_PARTS = 150_000, 16


class Passes(Protocol):
    """A log to go over again and again, wherever its parts lie."""

    def learn(self, parameters: Parameters, *, with_roles: bool) -> Sums:
        """Return the sums of one pass."""
        ...

    def log_likelihood(self, parameters: Parameters) -> float:
        """Return the log-likelihood of all events, as expected before each."""
        ...


@dataclass(frozen=True)
class LocalPasses:
    """Passes in the threads of this process; the kernels let go of Python's lock."""

    parts: Sequence[Columns]

    @classmethod
    def over(cls, columns: Columns) -> "LocalPasses":
        """Return passes over a log."""
        return cls(divided(columns))

    def learn(self, parameters: Parameters, *, with_roles: bool) -> Sums:
        """Return the sums of one pass."""
        with ThreadPoolExecutor(len(self.parts)) as threads:
            learn = partial(learned, parameters=parameters, with_roles=with_roles)
            return reduce(merge, threads.map(learn, self.parts))

    def log_likelihood(self, parameters: Parameters) -> float:
        """Return the log-likelihood of all events, as expected before each."""
        with ThreadPoolExecutor(len(self.parts)) as threads:
            return sum(threads.map(partial(likelihood, parameters=parameters), self.parts))


def divided(columns: Columns) -> list[Columns]:
    """Return a log in parts of about as many events each, of whole learners; at least one."""
    offsets = columns.offsets
    n_parts = min(max(round(columns.outcome.size / _EVENTS_A_PART), 1), _MOST_PARTS)
    ends = np.searchsorted(offsets, np.linspace(0, columns.outcome.size, n_parts + 1)[1:-1])
    bounds = [0, *ends.tolist(), offsets.size - 1]
    return [part_of(columns, first, last) for first, last in pairwise(bounds)]


def part_of(columns: Columns, first: int, last: int) -> Columns:
    """Return the events of learners from one place up to another, which is left out."""
    begin, end = columns.offsets[first], columns.offsets[last]
    of_events = {
        name: getattr(columns, name)[begin:end]
        for name in Columns._fields
        if name not in ("offsets", "starts", "competency", "weight")
    }
    return columns._replace(offsets=columns.offsets[first : last + 1] - begin, **of_events)


def learned(part: Columns, *, parameters: Parameters, with_roles: bool) -> Sums:
    """Return the sums of a pass over one part."""
    sums = no_sums(parameters, with_roles=with_roles)
    run_pass(part, parameters, sums=sums)
    return sums


def likelihood(part: Columns, *, parameters: Parameters) -> float:
    """Return the log-likelihood of the events of one part."""
    return float(run_pass(part, parameters).log_likelihood.sum())
