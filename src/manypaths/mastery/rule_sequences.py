"""School rules along many sequences at once: what each rule said before each outcome was seen.

A *sequence* is one learner's outcomes on one competency, oldest first. All sequences stand one
after the other in `outcomes`, shape (n_outcomes,), on 0..1; sequence j is
`outcomes[starts[j]:starts[j + 1]]`, so `starts` has shape (n_sequences + 1,).

Inside, a rule is a function of (outcomes, starts) that returns its score *after* each outcome,
shape (n_outcomes,). Most walk position by position over all sequences that are that long.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from manypaths.mastery.rules import (
    BEST_X,
    CUT,
    FLOOR,
    LAST_K,
    N_TIMES,
    NEWEST_WEIGHT,
    ROUNDING,
    RULES,
    Scores,
)

Indices = NDArray[np.intp]


def scores_before_each(rule_name: str, outcomes: ArrayLike, starts: ArrayLike) -> Scores:
    """Return the rule's score before each outcome is seen, shape (n_outcomes,).

    NaN where there is none yet: before the first outcome of a sequence, and for `n-times` until
    enough outcomes reached the cut. Equal to `RULES[rule_name].score` of the outcomes before, to
    1e-9. Time grows with n_outcomes plus the longest sequence; for `median` and `best-fitting`
    with the sum of the squared lengths. Raises ValueError for a name not in RULES, outcomes that
    are not finite numbers on 0..1, and starts that do not divide them.
    """
    if rule_name not in RULES:
        raise ValueError(f"{rule_name!r} is no rule; allowed are {', '.join(RULES)}")
    seen = _checked_outcomes(outcomes)
    offsets = _checked_starts(starts, seen.size)
    return _one_later(_SCORES_AFTER_EACH[rule_name](seen, offsets), offsets)


def _checked_outcomes(outcomes: ArrayLike) -> Scores:
    checked = np.asarray(outcomes, dtype=np.float64)
    if checked.ndim != 1:
        raise ValueError(f"outcomes must have one dimension; got shape {checked.shape}")
    allowed = (checked >= 0) & (checked <= 1)
    if not allowed.all():
        odd = int(np.argmin(allowed))
        raise ValueError(f"outcomes must lie on 0..1; got {checked[odd]} at position {odd}")
    return checked


def _checked_starts(starts: ArrayLike, n_outcomes: int) -> Indices:
    checked = np.asarray(starts)
    if checked.ndim != 1 or checked.size == 0 or not np.issubdtype(checked.dtype, np.integer):
        raise ValueError(
            "starts must be whole numbers, one a sequence and the end; "
            f"got {checked.dtype} of shape {checked.shape}"
        )
    if checked[0] != 0 or checked[-1] != n_outcomes or (checked[1:] < checked[:-1]).any():
        raise ValueError(
            f"starts must rise from 0 to the number of outcomes, {n_outcomes}; "
            f"got {checked[0]} to {checked[-1]}, or a fall in between"
        )
    return checked.astype(np.intp)


# Where outcomes stand


def _first_of_each(starts: Indices) -> Indices:
    """Return, for each outcome, the index of the first outcome of its sequence."""
    return np.repeat(starts[:-1], np.diff(starts))


def _n_so_far(starts: Indices) -> Indices:
    """Return, for each outcome, how many its sequence has with it: 1, 2, ..."""
    n_so_far: Indices = np.arange(1, starts[-1] + 1) - _first_of_each(starts)
    return n_so_far


def _positions(starts: Indices) -> Iterator[Indices]:
    """Yield the indices of all first outcomes, of all second ones, ...; long sequences first.

    So the sequences of one step are the leading ones of the step before.
    """
    lengths = np.diff(starts)
    longest_first = np.argsort(-lengths, kind="stable")
    firsts = starts[:-1][longest_first]
    n_shorter = np.cumsum(np.bincount(lengths))
    for position, n in enumerate(n_shorter[:-1]):
        yield firsts[: lengths.size - n] + position


def _one_later(after: Scores, starts: Indices) -> Scores:
    before = np.full(after.size, np.nan)
    before[1:] = after[:-1]
    before[starts[:-1][np.diff(starts) > 0]] = np.nan
    return before


# Walks


def _accumulated(
    outcomes: Scores, starts: Indices, step: Callable[[Scores, Scores, int], Scores]
) -> Scores:
    """Fold `step(value before, outcome, n)` along each sequence; the first outcome is the start."""
    after = np.empty(outcomes.size)
    value = after[:0]
    for n, where in enumerate(_positions(starts), start=1):
        newest = outcomes[where]
        value = newest if n == 1 else step(value[: where.size], newest, n)
        after[where] = value
    return after


def _running_sum(values: Scores, starts: Indices) -> Scores:
    return _accumulated(values, starts, lambda total, value, _: total + value)


def _over_sorted(
    outcomes: Scores, starts: Indices, kept: slice, summary: Callable[[Scores], Scores]
) -> Scores:
    """Summarise the outcomes so far, sorted upwards along axis 0; only `kept` are carried on."""
    after = np.empty(outcomes.size)
    rising = np.empty((0, starts.size - 1))
    for where in _positions(starts):
        rising = _inserted(rising[:, : where.size], outcomes[where])[kept]
        after[where] = summary(rising)
    return after


def _inserted(rising: Scores, newest: Scores) -> Scores:
    # Each place takes the middle one of its left neighbour, itself and the newest.
    edge = np.full((1, newest.size), np.inf)
    inserted: Scores = np.maximum(
        np.concatenate([-edge, rising]), np.minimum(np.concatenate([rising, edge]), newest)
    )
    return inserted


# Rules


def _highest(outcomes: Scores, starts: Indices) -> Scores:
    return _accumulated(outcomes, starts, lambda best, newest, _: np.maximum(best, newest))


def _latest(outcomes: Scores, _starts: Indices) -> Scores:
    return outcomes


def _mean(outcomes: Scores, starts: Indices) -> Scores:
    return _accumulated(outcomes, starts, lambda level, newest, n: level + (newest - level) / n)


def _median(outcomes: Scores, starts: Indices) -> Scores:
    return _over_sorted(outcomes, starts, slice(None), _middle)


def _middle(rising: Scores) -> Scores:
    n = len(rising)
    middle: Scores = (rising[(n - 1) // 2] + rising[n // 2]) / 2
    return middle


def _mode(outcomes: Scores, starts: Indices) -> Scores:
    n_earned = _times_earned(outcomes, starts)
    # Raised by its sequence's offset, a count exceeds all of earlier sequences.
    raised = n_earned + _first_of_each(starts)
    leads = raised == np.maximum.accumulate(raised)
    newest_leader = np.maximum.accumulate(np.where(leads, np.arange(outcomes.size), 0))
    return outcomes[newest_leader]


def _times_earned(outcomes: Scores, starts: Indices) -> Indices:
    """Return, for each outcome, how often its sequence has held that value, this one included."""
    by_value = np.lexsort((outcomes, _first_of_each(starts)))
    values, firsts = outcomes[by_value], _first_of_each(starts)[by_value]
    changes = np.flatnonzero((np.diff(values) != 0) | (np.diff(firsts) != 0)) + 1
    n_earned = np.empty(outcomes.size, dtype=np.intp)
    n_earned[by_value] = _n_so_far(np.concatenate([[0], changes, [outcomes.size]]))
    return n_earned


def _mean_of_last(outcomes: Scores, starts: Indices) -> Scores:
    n_so_far = _n_so_far(starts)
    total = outcomes.copy()
    for back in range(1, LAST_K):
        reaches = np.flatnonzero(n_so_far > back)
        total[reaches] += outcomes[reaches - back]
    mean_of_last: Scores = total / np.minimum(n_so_far, LAST_K)
    return mean_of_last


def _decaying_average(outcomes: Scores, starts: Indices) -> Scores:
    return _accumulated(
        outcomes, starts, lambda level, newest, _: level + NEWEST_WEIGHT * (newest - level)
    )


def _weighted_latest(outcomes: Scores, starts: Indices) -> Scores:
    earlier = _one_later(_mean(outcomes, starts), starts)
    weighted = earlier + NEWEST_WEIGHT * (outcomes - earlier)
    return np.where(np.isnan(earlier), outcomes, weighted)


def _n_times(outcomes: Scores, starts: Indices) -> Scores:
    reaches = outcomes >= CUT
    n_reached = _running_sum(reaches.astype(np.float64), starts)
    total = _running_sum(np.where(reaches, outcomes, 0), starts)
    none_yet = np.full(outcomes.size, np.nan)
    average: Scores = np.divide(total, n_reached, out=none_yet, where=n_reached >= N_TIMES)
    return np.maximum(average, CUT)


def _best_x(outcomes: Scores, starts: Indices) -> Scores:
    return _over_sorted(outcomes, starts, slice(-BEST_X, None), lambda best: best.mean(axis=0))


# Lines through the outcomes so far


@dataclass(frozen=True)
class _Lines:
    """For each outcome, the least-squares line through (middle_x, middle_y) of those so far."""

    middle_x: Scores
    middle_y: Scores
    slope: Scores

    def at(self, x: Scores | Indices, where: Indices | slice = slice(None)) -> Scores:
        y: Scores = self.middle_y[where] + self.slope[where] * (x - self.middle_x[where])
        return y


def _lines(y: Scores, x: Scores, starts: Indices) -> _Lines:
    """Fit y to the attempts' x, shape (longest sequence,), after each outcome."""
    n = np.arange(1, x.size + 1)
    middle_x = np.cumsum(x) / n
    spread = np.cumsum(x * x) - n * middle_x**2
    spread[:1] = 1  # of a single point; its line is flat
    attempt = _n_so_far(starts) - 1
    total = _running_sum(y, starts)
    moment = _running_sum(x[attempt] * y, starts) - middle_x[attempt] * total
    return _Lines(middle_x[attempt], total / n[attempt], moment / spread[attempt])


def _attempts(starts: Indices) -> Scores:
    return np.arange(1.0, np.diff(starts).max(initial=0) + 1)


def _straight_lines(outcomes: Scores, starts: Indices) -> _Lines:
    return _lines(outcomes, _attempts(starts), starts)


def _power_curves(outcomes: Scores, starts: Indices) -> _Lines:
    return _lines(np.log(np.maximum(outcomes, FLOOR)), np.log(_attempts(starts)), starts)


def _linear(outcomes: Scores, starts: Indices) -> Scores:
    return np.clip(_straight_lines(outcomes, starts).at(_n_so_far(starts)), 0, 1)


def _power_law(outcomes: Scores, starts: Indices) -> Scores:
    n_so_far = _n_so_far(starts)
    end = np.minimum(np.exp(_power_curves(outcomes, starts).at(np.log(n_so_far))), 1)
    as_earned = (n_so_far <= 2) | _all_equal(outcomes, starts)
    return np.where(as_earned, outcomes, end)


def _all_equal(outcomes: Scores, starts: Indices) -> NDArray[np.bool_]:
    firsts = _first_of_each(starts)
    n_others = np.cumsum(outcomes != outcomes[firsts])
    all_equal: NDArray[np.bool_] = n_others == n_others[firsts]
    return all_equal


def _best_fitting(outcomes: Scores, starts: Indices) -> Scores:
    ends = np.stack([rule(outcomes, starts) for rule in (_mean, _linear, _power_law)])
    differences = _total_differences(outcomes, starts)
    nearest = np.argmax(differences <= differences.min(axis=0) + ROUNDING, axis=0)
    chosen: Scores = ends[nearest, np.arange(outcomes.size)]
    return chosen


def _total_differences(outcomes: Scores, starts: Indices) -> Scores:
    """Return the sums |line - outcome| of average, line and power law, shape (3, n_outcomes)."""
    mean = _mean(outcomes, starts)
    straight, curve = _straight_lines(outcomes, starts), _power_curves(outcomes, starts)
    differences = np.empty((3, outcomes.size))
    for n, where in enumerate(_positions(starts), start=1):
        attempts = np.arange(1, n + 1)[:, np.newaxis]
        seen = outcomes[where - n + attempts]
        differences[0, where] = np.abs(mean[where] - seen).sum(axis=0)
        differences[1, where] = np.abs(straight.at(attempts, where) - seen).sum(axis=0)
        powers = np.exp(curve.at(np.log(attempts), where))
        differences[2, where] = np.abs(powers - seen).sum(axis=0)
    return differences


_SCORES_AFTER_EACH: Mapping[str, Callable[[Scores, Indices], Scores]] = {
    "highest": _highest,
    "latest": _latest,
    "mean": _mean,
    "median": _median,
    "mode": _mode,
    "mean-of-last": _mean_of_last,
    "decaying-average": _decaying_average,
    "weighted-latest": _weighted_latest,
    "n-times": _n_times,
    "power-law": _power_law,
    "linear": _linear,
    "best-fitting": _best_fitting,
    "best-x": _best_x,
}
