"""Learners whose records are near copies of each other, found so that they can be kept together.

Some public logs hold the same learner twice, or a whole class that entered one group's answers.
A model that remembers items then seems to predict learners whom it has in truth seen.
"""

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import Floats, Ints, ResponseLog

# Two learners with so many items in common and so alike in their first outcomes are suspect ...
FEWEST_COMMON, LEAST_ALIKE = 50, 0.97
# ... and copies when so much agreement is not to be expected of two learners like them: by so many
# standard deviations. Two who get nearly everything right agree without copying.
LEAST_SURPRISE = 5.0
_ROWS_AT_ONCE = 1_000


def near_copies(log: ResponseLog) -> list[tuple[int, int]]:
    """Return pairs of learners whose first outcomes on common items are nearly all the same.

    At least 50 items in common, at least 97 % of their first outcomes alike, and that by at least 5
    standard deviations more than items and learners of such ease would lead one to expect.
    """
    from scipy.sparse import csr_array  # only here

    who, item, right = _first_outcomes(log)
    shape = (int(who.max(initial=-1)) + 1, len(log.alignment.instruments))
    tried = csr_array((np.ones(who.size), (who, item)), shape=shape)
    signs = csr_array((np.where(right, 1.0, -1.0), (who, item)), shape=shape)
    begins = np.searchsorted(who, np.arange(shape[0] + 1))
    ease = _ease(who, item, right)
    pairs = []
    for rows in np.array_split(np.unique(who), -(-shape[0] // _ROWS_AT_ONCE) or 1):
        common = (tried[rows] @ tried.T).toarray()
        agreeing = ((signs[rows] @ signs.T).toarray() + common) / 2
        alike = (common >= FEWEST_COMMON) & (agreeing >= LEAST_ALIKE * common)
        for place, other in zip(*np.nonzero(alike), strict=True):
            one = rows[place]
            spans = [slice(begins[u], begins[u + 1]) for u in (one, other)]
            if one < other and _is_surprising(agreeing[place, other], item, ease, spans):
                pairs.append((int(one), int(other)))
    return pairs


def _first_outcomes(log: ResponseLog) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Return learner, item and whether right, of first tries by learners with enough items."""
    learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))
    n_items = len(log.alignment.instruments)
    cells, first = np.unique(learner * n_items + log.instrument, return_index=True)
    who, item = np.divmod(cells, n_items)
    enough = np.bincount(who, minlength=log.n_learners)[who] >= FEWEST_COMMON
    return who[enough], item[enough], log.outcome[first[enough]] >= 0.5


def _ease(who: Ints, item: Ints, right: NDArray[np.bool_]) -> Floats:
    """Return the chance of each first outcome being right, from its item and its learner alone."""
    of_item, of_learner = _logit_share(item, right)[item], _logit_share(who, right)[who]
    overall = np.log((right.sum() + 1) / ((~right).sum() + 1))
    ease: Floats = 1 / (1 + np.exp(-(of_item + of_learner - overall)))
    return ease


def _logit_share(place: Ints, right: NDArray[np.bool_]) -> Floats:
    n_right = np.bincount(place, weights=right) + 0.5
    n_wrong = np.bincount(place, weights=~right) + 0.5
    share: Floats = np.log(n_right / n_wrong)
    return share


def _is_surprising(agreeing: float, item: Ints, ease: Floats, spans: list[slice]) -> bool:
    """Say whether two learners agree more than two unlike records of their kind would."""
    one, other = spans
    _, mine, theirs = np.intersect1d(item[one], item[other], return_indices=True)
    p, q = ease[one][mine], ease[other][theirs]
    chance = p * q + (1 - p) * (1 - q)
    spread = np.sqrt((chance * (1 - chance)).sum())
    return bool(agreeing - chance.sum() >= LEAST_SURPRISE * spread)


def clusters_of(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Return the learners of pairs that hang together, cluster by cluster."""
    leader: dict[int, int] = {}

    def root(learner: int) -> int:
        while leader.setdefault(learner, learner) != learner:
            learner = leader[learner]
        return learner

    for one, other in pairs:
        leader[root(other)] = root(one)
    clusters: dict[int, list[int]] = {}
    for learner in leader:
        clusters.setdefault(root(learner), []).append(learner)
    return list(clusters.values())
