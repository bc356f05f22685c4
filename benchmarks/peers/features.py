"""What a regression may know of a response before it is seen: item, competencies, counts.

A design has the shape (n_responses, n_features).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.peers.exam import Ints, Responses

HOUR, DAY = 3_600, 86_400
# None: all that came before.
WINDOWS = (HOUR, DAY, 7 * DAY, 30 * DAY, None)

# scipy ships no types.
Design = Any
MakeDesign = Callable[[Responses], Design]


def best_lr(responses: Responses) -> Design:
    """Return item, competencies, and log(1 + successes, failures) before, in all and on each.

    Source: Gervet, Koedinger, Schneider & Mitchell (2020), When is deep learning the best approach
    to knowledge tracing? Journal of Educational Data Mining 12(3).
    """
    row, _ = responses.cells()
    sequence = _sequences(responses)
    blocks = _identities(responses)
    for outcome in (responses.right.astype(np.int64), 1 - responses.right.astype(np.int64)):
        blocks.append(_by_competency(responses, before(sequence, outcome[row])))
        in_all = np.log1p(before(responses.learner, outcome))
        blocks.append(sparse.csr_matrix(in_all[:, None]))
    return sparse.hstack(blocks, format="csr")


def das3h(responses: Responses) -> Design:
    """Return item, competencies, and log(1 + successes, tries) on each in five windows of time.

    Source: Choffin, Popineau, Bourda & Vie (2019), DAS3H: Modeling student learning and forgetting
    for optimally scheduling distributed practice of skills, EDM. Without their term of the learner:
    a learner who is tested has none.
    """
    row, _ = responses.cells()
    sequence = _sequences(responses)
    seconds, right = responses.seconds[row], responses.right[row].astype(np.int64)
    blocks = _identities(responses)
    for window in WINDOWS:
        for values in (right, np.ones_like(right)):
            counts = within(sequence, seconds, values, window)
            blocks.append(_by_competency(responses, counts))
    return sparse.hstack(blocks, format="csr")


def before(sequence: Ints, values: Ints) -> Ints:
    """Return the sum of the values that stand earlier in the same sequence, shape (n,)."""
    order, begins = _together(sequence)
    sums = _running(values[order])
    return _put_back(order, sums[:-1] - sums[begins])


def within(sequence: Ints, seconds: Ints, values: Ints, window: int | None) -> Ints:
    """Return the sum of the earlier values of the same sequence, at most `window` seconds old.

    Seconds never fall within a sequence.
    """
    if window is None:
        return before(sequence, values)
    order, begins = _together(sequence)
    # One line of time on which the sequences lie further apart than any window reaches.
    since = seconds[order] - seconds.min(initial=0)
    line = begins * (int(since.max(initial=0)) + window + 1) + since
    first = np.searchsorted(line, line - window)
    sums = _running(values[order])
    return _put_back(order, sums[:-1] - sums[np.maximum(first, begins)])


def _sequences(responses: Responses) -> Ints:
    """Return a number for each cell's learner and competency."""
    row, competency = responses.cells()
    return responses.learner[row] * responses.n_competencies + competency


def _identities(responses: Responses) -> list[Design]:
    """Return one column an item and one a competency, 1 where a response shows it."""
    n = responses.item.size
    row, competency = responses.cells()
    items = (np.ones(n), (np.arange(n), responses.item))
    competencies = (np.ones(row.size), (row, competency))
    return [
        sparse.csr_matrix(items, shape=(n, responses.n_items)),
        sparse.csr_matrix(competencies, shape=(n, responses.n_competencies)),
    ]


def _by_competency(responses: Responses, counts: Ints) -> Design:
    """Return log(1 + count) of each cell in its competency's column."""
    row, competency = responses.cells()
    some = counts > 0
    return sparse.csr_matrix(
        (np.log1p(counts[some]), (row[some], competency[some])),
        shape=(responses.item.size, responses.n_competencies),
    )


def _together(sequence: Ints) -> tuple[Ints, Ints]:
    """Return the order that puts each sequence together, and where that of each place begins."""
    order = np.argsort(sequence, kind="stable")
    is_first = np.diff(sequence[order], prepend=-1) != 0
    return order, np.maximum.accumulate(np.where(is_first, np.arange(order.size), 0))


def _running(values: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(values)))


def _put_back(order: Ints, values: Ints) -> Ints:
    placed = np.empty_like(values)
    placed[order] = values
    return placed
