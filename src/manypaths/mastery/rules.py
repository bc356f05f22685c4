"""School rules: from a learner's scores on one competency to one current score, as schools do it.

`scores` are numbers on the school's own scale, shape (n_scores,), n_scores >= 1, oldest to newest
by when the work was done (never by when it was marked). Work without a score is left out before,
it is not a zero. Every function raises ValueError for scores that are empty or not finite.

`RULES` names the rules as a school can choose them, for scores on 0..1 (outcomes of responses).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.float64]

# Canvas, PowerSchool and Otus all start from this weight of the newest score.
NEWEST_WEIGHT = 0.65
# What a zero counts as where logarithms are taken: one hundredth of a point.
FLOOR = 0.01
# Differences up to this are rounding: .6, .7 and .8 must pass a minimum average of .7.
ROUNDING = 1e-9

# How the rules of `RULES` are set; their sentences say the same numbers.
LAST_K = 3
N_TIMES = 2
CUT = 0.7
BEST_X = 3


def highest(scores: ArrayLike) -> float:
    """Return the best score. Source: Canvas `highest`, its default; JumpRope "max value"."""
    return float(_checked(scores).max())


def latest(scores: ArrayLike) -> float:
    """Return the newest score. Source: Canvas `latest`; Otus."""
    return float(_checked(scores)[-1])


def mean(scores: ArrayLike) -> float:
    """Return the unweighted average. Source: Canvas `average`; JumpRope."""
    return _average(_checked(scores))


def median(scores: ArrayLike) -> float:
    """Return the middle score, or the average of the middle two. Source: Common Goal Systems."""
    return float(np.median(_checked(scores)))


def mode(scores: ArrayLike) -> float:
    """Return the most frequent score; among tied ones, the one earned most recently.

    Source: Otus and Common Goal Systems; neither says what a tie gives, so that rule is ours.
    """
    newest_first = _checked(scores)[::-1]
    _, newest_at, counts = np.unique(newest_first, return_index=True, return_counts=True)
    return float(newest_first[newest_at[counts == counts.max()].min()])


def mean_of_last(scores: ArrayLike, *, k: int) -> float:
    """Return the average of the last `k` scores, or of all where there are fewer.

    Raises ValueError unless k is a whole number from 1. Source: Common Goal Systems.
    """
    _require_count("k", k)
    return _average(_checked(scores)[-k:])


def decaying_average(scores: ArrayLike, *, d: float = NEWEST_WEIGHT) -> float:
    """Return the recursive average v1 = s1, vi = (1 - d) v(i-1) + d si.

    The newest score weighs d, the one before d (1 - d), ... the oldest (1 - d)^(n-1). Raises
    ValueError unless 0 < d < 1. Source: Canvas `standard_decaying_average`; PowerSchool; Otus.
    """
    _require_weight(d)
    level, *newer = _checked(scores).tolist()
    for score in newer:
        level += d * (score - level)
    return float(level)


def weighted_latest(scores: ArrayLike, *, d: float = NEWEST_WEIGHT) -> float:
    """Return d times the newest score plus 1 - d times the average of all before it.

    A single score stands for itself. Raises ValueError unless 0 < d < 1. Source: Canvas's older
    `decaying_average`, shown there as "Weighted Average".
    """
    _require_weight(d)
    *earlier, newest = _checked(scores).tolist()
    if not earlier:
        return float(newest)
    before = _average(np.array(earlier))
    return float(before + d * (newest - before))


def n_times(scores: ArrayLike, *, n: int, cut: float) -> float:
    """Return the average of the scores that reach `cut`, or NaN while fewer than `n` do.

    NaN means: no score yet. Once there is a score there always is one, it is never below `cut`,
    and a further score below `cut` leaves it as it is; one that reaches `cut` is averaged in and
    may lower it. Raises ValueError unless n is a whole number from 1 and cut is finite.
    Source: Canvas `n_mastery`.
    """
    _require_count("n", n)
    if not math.isfinite(cut):
        raise ValueError(f"cut must be a finite number on the scale of the scores; got {cut!r}")
    reached = _checked(scores)
    reached = reached[reached >= cut]
    return _average(reached) if reached.size >= n else math.nan


def power_law(scores: ArrayLike, *, floor: float = FLOOR, top: float = math.inf) -> float:
    """Return where the curve a i^b through the scores i = 1..n stands at n, at most `top`.

    Least squares of ln(score) on ln(i). A score below `floor` (default one hundredth of a point)
    counts as `floor` in the fit, since zero has no logarithm. One score gives itself, two give the
    latest and equal ones their value: there the curve runs through the scores as they are. From
    three on it can exceed every score earned: give `top`, the scale's highest value. Raises
    ValueError for scores below 0 or above `top`, or unless 0 < floor < top.

    Source: JumpRope, PowerSchool and Common Goal Systems after Marzano (2000), Transforming
    Classroom Grading; the formula gives the four values that JumpRope published.
    """
    checked = _on_scale(scores, 0, top)
    _require_floor(floor, top)
    return min(float(_power_curve(checked, floor)[-1]), top)


def linear(scores: ArrayLike, *, bottom: float = -math.inf, top: float = math.inf) -> float:
    """Return where the least-squares line through the scores i = 1..n stands at n.

    It can leave the range of the scores, so it is capped to [bottom, top], the ends of the scale,
    where given. One score gives itself, two give the latest. Raises ValueError for scores off
    the scale or unless bottom < top. Source: Empower Learning, "Score Estimator Calculations".
    """
    checked = _on_scale(scores, bottom, top)
    return _capped(_straight_line(_attempts(checked), checked)[-1], bottom, top)


def best_fitting(
    scores: ArrayLike, *, floor: float = FLOOR, bottom: float = 0, top: float = math.inf
) -> float:
    """Return the end value of that line, of three, which lies nearest to the scores.

    The lines are the average, the straight line and the power law (with its `floor`); nearest is
    the least sum of absolute differences, and a tie goes to the first named. Only the end value
    is capped, to [bottom, top]. Raises ValueError for scores off the scale, bottom below 0, or
    unless bottom < top and 0 < floor < top.

    Source: Empower Learning, "Score Estimator Calculations", after Marzano (2018), Making
    Classroom Assessments Reliable and Valid.
    """
    checked = _on_scale(scores, bottom, top)
    _require_floor(floor, top)
    if bottom < 0:
        raise ValueError(f"bottom must be 0 or more, for the power law's sake; got {bottom!r}")
    lines = np.stack(
        [
            np.full(checked.size, checked.mean()),
            _straight_line(_attempts(checked), checked),
            _power_curve(checked, floor),
        ]
    )
    differences = np.abs(lines - checked).sum(axis=1)
    nearest = np.argmax(differences <= differences.min() + ROUNDING)
    return _capped(lines[nearest, -1], bottom, top)


@dataclass(frozen=True)
class BestX:
    """What best-X with gates says: the average of those kept, how many, and if all gates hold."""

    average: float
    n_kept: int
    is_complete: bool


def best_x_with_gates(
    scores: ArrayLike, *, required: int, minimum_average: float, minimum_rating: float
) -> BestX:
    """Return the average of the `required` best ratings, and whether the level is complete.

    Complete: as many kept as required, their average at least `minimum_average`, each at least
    `minimum_rating`. Overrides and missed demonstrations are the caller's to count. Raises
    ValueError unless required is a whole number from 1 and both minima are numbers.

    Source: Slate CBL (Building 21), "Student Competency Functions".
    """
    _require_count("required", required)
    if math.isnan(minimum_average) or math.isnan(minimum_rating):
        raise ValueError(
            "minimum_average and minimum_rating must be numbers on the scale of the scores; "
            f"got {minimum_average!r} and {minimum_rating!r}"
        )
    kept = np.sort(_checked(scores))[-required:]
    average = _average(kept)
    passes = average >= minimum_average - ROUNDING and kept[0] >= minimum_rating
    return BestX(average, kept.size, bool(passes and kept.size == required))


@dataclass(frozen=True)
class Rule:
    """A rule as a school chooses it: its name, and the sentence in which everyone is told it."""

    name: str
    sentence: str
    formula: Callable[[ArrayLike], float]

    def score(self, outcomes: ArrayLike) -> float:
        """Return the rule's score of outcomes on 0..1, oldest first; NaN where there is none yet.

        Raises ValueError for outcomes that are empty, not finite or outside 0..1.
        """
        return self.formula(_on_scale(outcomes, 0, 1))


def _best_x_average(scores: ArrayLike) -> float:
    return best_x_with_gates(scores, required=BEST_X, minimum_average=0, minimum_rating=0).average


_CHOICES = (
    Rule("highest", "The best result so far counts.", highest),
    Rule("latest", "Only the latest result counts.", latest),
    Rule("mean", "All results count the same: the score is their average.", mean),
    Rule(
        "median",
        "The middle result counts, when all results are sorted from lowest to highest.",
        median,
    ),
    Rule(
        "mode",
        "The result earned most often counts; among equally frequent ones, the most recent.",
        mode,
    ),
    Rule(
        "mean-of-last", "The average of the last 3 results counts.", partial(mean_of_last, k=LAST_K)
    ),
    Rule(
        "decaying-average",
        "Each new result makes up 65 % of the score, and the score until then the other 35 %.",
        decaying_average,
    ),
    Rule(
        "weighted-latest",
        "The latest result makes up 65 % of the score, and the average of all earlier results "
        "the other 35 %.",
        weighted_latest,
    ),
    Rule(
        "n-times",
        "There is a score once 2 results have reached 0.7: the average of all results that did.",
        partial(n_times, n=N_TIMES, cut=CUT),
    ),
    Rule(
        "power-law",
        "A learning curve, steep at first and flatter later, is drawn through all results in "
        "order; the score is where it stands now, at most the top of the scale.",
        partial(power_law, top=1),
    ),
    Rule(
        "linear",
        "A straight line is drawn through all results in order; the score is where it stands now, "
        "within the scale.",
        partial(linear, bottom=0, top=1),
    ),
    Rule(
        "best-fitting",
        "The average, a straight line and a learning curve are laid through all results in order; "
        "the score is where the one that lies nearest to the results stands now, within the scale.",
        partial(best_fitting, top=1),
    ),
    Rule("best-x", "The 3 best results count: the score is their average.", _best_x_average),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _CHOICES})


def calls_mastered(
    name: str, scores: ArrayLike, n_outcomes: ArrayLike, *, tau: float
) -> NDArray[np.bool_]:
    """Return where a rule of `RULES` calls a competency mastered, from its scores on 0..1.

    `scores` and `n_outcomes`, of one shape, are the rule's score (NaN: none yet) and of how many
    results it is. Mastered is a score of at least `tau`, with two exceptions: by `n-times` whatever
    has a score, for it has one only once enough results reached its own cut; by `best-x` nothing
    that has fewer results than it keeps. Raises ValueError for a name not in RULES.
    """
    if name not in RULES:
        raise ValueError(f"{name!r} is no rule; allowed are {', '.join(RULES)}")
    score = np.asarray(scores, np.float64)
    if name == "n-times":
        return ~np.isnan(score)
    reaches: NDArray[np.bool_] = score >= tau - ROUNDING
    if name == "best-x":
        reaches &= np.asarray(n_outcomes) >= BEST_X
    return reaches


def _checked(scores: ArrayLike) -> Scores:
    checked = np.asarray(scores, dtype=np.float64)
    if checked.ndim != 1 or checked.size == 0:
        raise ValueError(
            f"scores must be a list of one or more numbers; got an array of shape {checked.shape}"
        )
    if not np.isfinite(checked).all():
        odd = int(np.argmin(np.isfinite(checked)))
        raise ValueError(f"scores must be finite; got {checked[odd]} at position {odd}")
    return checked


def _on_scale(scores: ArrayLike, bottom: float, top: float) -> Scores:
    checked = _checked(scores)
    if not bottom < top:
        raise ValueError(f"bottom must lie below top; got bottom={bottom!r}, top={top!r}")
    if checked.min() < bottom or checked.max() > top:
        raise ValueError(
            f"scores must lie on the scale from {bottom} to {top}; "
            f"got {checked.min()} to {checked.max()}"
        )
    return checked


def _require_count(name: str, count: int) -> None:
    if not isinstance(count, int | np.integer) or count < 1:
        raise ValueError(f"{name} must be a whole number from 1; got {count!r}")


def _require_weight(d: float) -> None:
    if not 0 < d < 1:
        raise ValueError(f"d, the weight of the newest score, must lie between 0 and 1; got {d!r}")


def _require_floor(floor: float, top: float) -> None:
    if not 0 < floor < top:
        raise ValueError(f"floor must lie above 0 and below top={top!r}; got {floor!r}")


def _average(scores: Scores) -> float:
    # Rounded sums leave the range: .7, .7, .7 would average to less than a cut of .7.
    return _capped(scores.mean(), scores.min(), scores.max())


def _capped(level: float, bottom: float, top: float) -> float:
    return float(min(max(level, bottom), top))


def _attempts(scores: Scores) -> Scores:
    return np.arange(1.0, scores.size + 1)


def _straight_line(x: Scores, y: Scores) -> Scores:
    if x.size == 1:
        return y
    centred = x - x.mean()
    line: Scores = y.mean() + centred * (centred @ y) / (centred @ centred)
    return line


def _power_curve(scores: Scores, floor: float) -> Scores:
    if scores.size <= 2 or np.ptp(scores) == 0:
        return scores
    curve: Scores = np.exp(
        _straight_line(np.log(_attempts(scores)), np.log(np.maximum(scores, floor)))
    )
    return curve
