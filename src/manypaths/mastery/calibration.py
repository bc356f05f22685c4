"""For whom are predictions worse? Calibration by subgroup, and items that treat subgroups unlike.

Shapes: `outcome` and `chance` are (n_events,), what came of each response and what was expected
before it; `learner`, (n_events,), numbers learners from 0; `group` is a subgroup by number, -1 for
nobody's. Errors are those of *learners*: the responses of one hang together, so whole learners are
left out in turn (the jackknife with learners in up to 20 blocks; Kott 2001, The delete-a-group
jackknife, Journal of Official Statistics 17, 521-526), and intervals are Student's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.evaluation import auc, calibration_slope, expected_calibration_error
from manypaths.mastery.log import Floats, Ints

_N_BLOCKS = 20
_SMALLEST_CHANCE = 1e-6
_N_BINS = 20
_INTERVAL = 0.95
_MOST_STEPS = 40
# The ETS delta scale: 4 / 1.7 times a log-odds ratio (Holland & Thayer 1988); and from where its
# letters begin (Zieky 1993).
DELTA = 2.35
_FROM_B, _FROM_C = 1.0, 1.5
_ALPHA = 0.05
# Fewer responses of either subgroup say nothing of an item.
_FEWEST_ANSWERS = 20
# A ridge on slopes of items: what everybody got right has no finite slope.
_RIDGE = 0.05


@dataclass(frozen=True)
class Figure:
    """A figure with its standard error over learners and its 95 % interval; NaN where undefined.

    `p` is that of a test that it is 0, as gaps should be.
    """

    value: float
    error: float
    low: float
    high: float
    p: float = nan


SCORES = ("auc", "log_loss", "ece", "intercept", "slope")


@dataclass(frozen=True)
class GroupCalibration:
    """How well one subgroup is predicted, and how that differs from everyone else.

    `intercept` is by how much outcomes lie above the chances, on the logit scale (0 is perfect),
    `slope` whether chances spread as outcomes do (1 is perfect). `ece_by_chance` is the expected
    calibration error that perfect chances would show in so few responses. `gaps` are the
    subgroup's figures less those of all others.
    """

    n_learners: int
    n_events: int
    figures: Mapping[str, Figure]
    gaps: Mapping[str, Figure]
    ece_by_chance: float


def calibration_of(outcome: Floats, chance: Floats, learner: Ints) -> GroupCalibration:
    """Return how well all are predicted together. Raises ValueError for columns that do not fit.

    Sources: the two calibration figures are Cox's (1958, Biometrika 45, 562-565), as Van Calster
    et al. (2016, Journal of Clinical Epidemiology 74, 167-176) name them: the intercept is fitted
    with the slope held at 1.
    """
    _require_columns(outcome, chance, learner)
    whole, parts = _scores_and_replicates(outcome, chance, learner)
    return GroupCalibration(
        n_learners=np.unique(learner).size,
        n_events=outcome.size,
        figures={name: _figure(whole[name], parts[name]) for name in SCORES},
        gaps={},
        ece_by_chance=ece_by_chance(chance),
    )


def calibration_by_group(
    outcome: Floats, chance: Floats, learner: Ints, group: Ints
) -> dict[int, GroupCalibration]:
    """Return the calibration of each subgroup, and its gap to all others who have a subgroup.

    `group` is that of each learner, shape (n_learners,), by the numbers of `learner`. Raises
    ValueError for columns that do not fit.
    """
    _require_columns(outcome, chance, learner)
    if learner.size and int(learner.max()) >= group.size:
        raise ValueError(f"learner {learner.max()} has no subgroup: there are {group.size}")
    of_event = group[learner]
    found = {}
    for number in np.unique(of_event[of_event >= 0]).tolist():
        counted = of_event >= 0
        found[number] = calibration_within(
            outcome[counted], chance[counted], learner[counted], (of_event == number)[counted]
        )
    return found


def calibration_within(
    outcome: Floats,
    chance: Floats,
    learner: Ints,
    inside: NDArray[np.bool_],
    *,
    everyone: GroupCalibration | None = None,
) -> GroupCalibration:
    """Return the calibration of the responses `inside`, (n_events,), and its gap to all others.

    Where `everyone` is given, the errors of all others are taken from theirs by the number of
    learners: with many subgroups, leaving learners of all others out in turn would take minutes.
    """
    own = calibration_of(outcome[inside], chance[inside], learner[inside])
    if inside.all():
        return own
    if everyone is None:
        rest = calibration_of(outcome[~inside], chance[~inside], learner[~inside])
    else:
        n_rest = np.unique(learner[~inside]).size
        scores = _all_scores(outcome[~inside], chance[~inside])
        scale = sqrt(everyone.n_learners / n_rest)
        errors = {name: figure.error * scale for name, figure in everyone.figures.items()}
        rest = replace(
            everyone,
            n_learners=n_rest,
            figures={n: Figure(value, errors[n], nan, nan) for n, value in scores.items()},
        )
    return replace(own, gaps={name: _gap(own, rest, name) for name in SCORES})


def ece_by_chance(chance: Floats) -> float:
    """Return the calibration error to be expected where every chance is exactly right.

    Each bin's gap is then a normal number with mean 0, whose size is sqrt(2 / pi) of its deviation
    on average.
    """
    bins = np.minimum((chance * _N_BINS).astype(np.int64), _N_BINS - 1)
    spread = np.bincount(bins, weights=chance * (1 - chance), minlength=_N_BINS)
    return float(np.sqrt(2 / np.pi) * np.sqrt(spread).sum() / max(chance.size, 1))


def calibration_intercept(outcome: Floats, chance: Floats) -> float:
    """Return what must be added to the logits for outcomes to be as many as expected; 0 is perfect.

    NaN where all outcomes are 0 or all are 1.
    """
    if outcome.max() == 0 or outcome.min() == 1:
        return nan
    p = np.clip(chance, _SMALLEST_CHANCE, 1 - _SMALLEST_CHANCE)
    offset = np.log(p / (1 - p))
    return float(_logistic(np.ones((p.size, 1)), outcome, offset=offset).terms[0])


# Items that work differently for subgroups


@dataclass(frozen=True)
class ItemDifference:
    """Whether an item is harder for one of two subgroups than their chances elsewhere explain.

    `delta` is on the ETS scale: below 0 the item is harder for the focal subgroup; `letter` is A
    (negligible), B or C (large), `error` the standard error of `delta`. `p` and `p_slope` are
    of the Wald tests, of an item harder throughout (uniform) and of one that sets the subgroups
    apart elsewhere than it sets learners apart in general (non-uniform); `q` and `q_slope` are
    those after Benjamini and Hochberg over all items. `r2` is what the subgroup explains beyond
    the chances (Nagelkerke's share).
    """

    item: int
    n_focal: int
    n_reference: int
    delta: float
    error: float
    p: float
    p_slope: float
    r2: float
    letter: str = "A"
    q: float = nan
    q_slope: float = nan


@dataclass(frozen=True)
class Answers:
    """Responses as DIF looks at them, shapes (n_answers,): one of each learner to an item.

    `matched` is the logit of what was expected of the response; `is_focal` whether the learner is
    of the subgroup that is asked about.
    """

    item: Ints
    outcome: Floats
    matched: Floats
    is_focal: NDArray[np.bool_]


def first_answers(
    item: Ints, outcome: Floats, chance: Floats, learner: Ints, group: Ints, *, focal: int
) -> Answers:
    """Return each learner's first answer to each item, of those who have a subgroup."""
    of_event = group[learner]
    _, first = np.unique(np.stack((learner, item)), axis=1, return_index=True)
    kept = np.sort(first[of_event[first] >= 0])
    p = np.clip(chance[kept], _SMALLEST_CHANCE, 1 - _SMALLEST_CHANCE)
    matched: Floats = np.log(p / (1 - p))
    right = (outcome[kept] >= 0.5).astype(np.float64)
    return Answers(item[kept], right, matched, of_event[kept] == focal)


def item_differences(answers: Answers) -> list[ItemDifference]:
    """Return how each item differs between two subgroups, largest first; few answers, no word.

    A logistic regression an item, on the logit of what the model expected of the response, the
    subgroup, and their product. What all items have in common is no matter of an item (it stands
    in the calibration of the subgroup) and is taken out: expected chances lean to the middle, and
    a subgroup that is behind would else seem to meet harder items everywhere.

    Sources: Swaminathan & Rogers (1990), Detecting differential item functioning using logistic
    regression procedures, Journal of Educational Measurement 27, 361-370; the delta scale of
    Holland & Thayer (1988); letters of Zieky (1993); Benjamini & Hochberg (1995).
    """
    fitted = [
        found
        for place in np.unique(answers.item).tolist()
        if (found := _item_difference(answers, place)) is not None
    ]
    if not fitted:
        return []
    common = _common(np.array([f.delta for f in fitted]), np.array([f.error for f in fitted]))
    centred = [_centred(found, common) for found in fitted]
    q = false_discovery(np.array([found.p for found in centred]))
    q_slope = false_discovery(np.array([found.p_slope for found in centred]))
    lettered = [
        replace(
            found,
            letter=letter_of(found.delta, found.error, float(own_q)),
            q=float(own_q),
            q_slope=float(slope_q),
        )
        for found, own_q, slope_q in zip(centred, q, q_slope, strict=True)
    ]
    return sorted(lettered, key=lambda found: (-abs(found.delta), found.item))


def letter_of(delta: float, error: float, q: float) -> str:
    """Return the ETS letter of a difference: A negligible, B, C large.

    A: below 1 in size, or not clearly other than 0 (by `q`). C: at least 1.5 and clearly above 1
    (one-sided, at 5 %). B: what lies between.
    """
    size = abs(delta)
    if size < _FROM_B or not q < _ALPHA:
        return "A"
    clearly_above = size - _FROM_B > 1.6448536269514722 * error
    return "C" if size >= _FROM_C and clearly_above else "B"


def false_discovery(p: Floats) -> Floats:
    """Return the p-values after Benjamini & Hochberg (1995): what is below q has q false at most.

    Journal of the Royal Statistical Society B 57, 289-300.
    """
    order = np.argsort(p)[::-1]
    n = p.size
    scaled = p[order] * n / np.arange(n, 0, -1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted


# Intervals


@dataclass(frozen=True)
class Coverage:
    """How many intervals hold what they are about: `n` of them, and their mean width."""

    n: int
    covered: float
    width: float


def coverage_by_group(
    low: Floats, high: Floats, truth: Floats, group: Sequence[int] | Ints
) -> dict[int, Coverage]:
    """Return by subgroup how many intervals hold the truth, shapes (n,); -1 is nobody's."""
    numbers = np.asarray(group)
    holds = (low <= truth) & (truth <= high)
    return {
        number: Coverage(
            n=int((numbers == number).sum()),
            covered=float(holds[numbers == number].mean()),
            width=float((high - low)[numbers == number].mean()),
        )
        for number in np.unique(numbers[numbers >= 0]).tolist()
    }


def mean_outcome_interval(mean: Floats, covariance: Floats, *, reach: float) -> tuple[float, float]:
    """Return the interval of the mean of some responses of one learner, from their logits.

    `mean`, (n,), and `covariance`, (n, n), are what is believed of the logits; the responses then
    come by chance. `reach` is the normal quantile of the interval. By the delta method, with half
    a response of room on either side, for a mean of so few moves in steps.
    """
    n = mean.size
    spread = np.diag(covariance)
    soft = 1 / np.sqrt(1 + np.pi / 8 * np.maximum(spread, 0))
    p = 1 / (1 + np.exp(-mean * soft))
    slope = soft * p * (1 - p)
    shared = slope @ covariance @ slope - (slope**2 * spread).sum()
    sd = sqrt(max(float(shared + (p * (1 - p)).sum()), 0.0)) / n
    middle, room = float(p.mean()), reach * sd + 0.5 / n
    return max(middle - room, 0.0), min(middle + room, 1.0)


# The arithmetic below them

_Scores = Mapping[str, float]


def _all_scores(outcome: Floats, chance: Floats) -> dict[str, float]:
    p = np.clip(chance, _SMALLEST_CHANCE, 1 - _SMALLEST_CHANCE)
    right = outcome >= 0.5
    return {
        "auc": auc(right, p),
        "log_loss": float(-(outcome * np.log(p) + (1 - outcome) * np.log(1 - p)).mean()),
        "ece": expected_calibration_error(right, p),
        "intercept": calibration_intercept(outcome, p),
        "slope": calibration_slope(outcome, p),
    }


def _scores_and_replicates(
    outcome: Floats, chance: Floats, learner: Ints
) -> tuple[_Scores, Mapping[str, Floats]]:
    """Return the scores of all, and of all but each block of learners."""
    numbers, place = np.unique(learner, return_inverse=True)
    n_blocks = min(numbers.size, _N_BLOCKS)
    block = place % n_blocks
    replicates = (
        [_all_scores(outcome[block != b], chance[block != b]) for b in range(n_blocks)]
        if n_blocks > 1
        else []
    )
    return _all_scores(outcome, chance), {
        name: np.array([scores[name] for scores in replicates]) for name in SCORES
    }


def _figure(value: float, replicates: Floats) -> Figure:
    n = replicates.size
    if n < 2 or np.isnan(value) or np.isnan(replicates).any():
        return Figure(value, nan, nan, nan)
    error = sqrt((n - 1) / n * float(((replicates - replicates.mean()) ** 2).sum()))
    return _with_interval(value, error, n - 1)


def _gap(own: GroupCalibration, rest: GroupCalibration, name: str) -> Figure:
    """Return the difference of two figures of different learners."""
    one, other = own.figures[name], rest.figures[name]
    error = sqrt(one.error**2 + other.error**2)
    value = one.value - other.value
    return _with_interval(value, error, min(own.n_learners, rest.n_learners, _N_BLOCKS) - 1)


def _with_interval(value: float, error: float, n_free: int) -> Figure:
    """Return a figure with Student's interval and test."""
    from scipy.special import stdtr, stdtrit  # takes time to load

    if n_free < 1 or not error > 0:
        return Figure(value, error, nan, nan)
    room = float(stdtrit(n_free, (1 + _INTERVAL) / 2)) * error
    p = 2 * float(stdtr(n_free, -abs(value) / error))
    return Figure(value, error, value - room, value + room, p)


def _item_difference(answers: Answers, place: int) -> ItemDifference | None:
    of_item = answers.item == place
    outcome, focal = answers.outcome[of_item], answers.is_focal[of_item] * 1.0
    n_focal, n_reference = int(focal.sum()), int((1 - focal).sum())
    if min(n_focal, n_reference) < _FEWEST_ANSWERS or np.ptp(outcome) == 0:
        return None
    x = answers.matched[of_item] - answers.matched[of_item].mean()
    one = np.ones_like(x)
    # The ridge leaves the intercept alone.
    plain = _logistic(np.column_stack((one, x)), outcome, ridge=_RIDGE)
    uniform = _logistic(np.column_stack((one, x, focal)), outcome, ridge=_RIDGE)
    crossed = _logistic(np.column_stack((one, x, focal, x * focal)), outcome, ridge=_RIDGE)
    return ItemDifference(
        item=place,
        n_focal=n_focal,
        n_reference=n_reference,
        delta=DELTA * float(uniform.terms[2]),
        error=DELTA * float(uniform.errors[2]),
        p=nan,
        p_slope=_two_sided(float(crossed.terms[3] / crossed.errors[3])),
        r2=_nagelkerke(plain.likelihood, crossed.likelihood, outcome),
    )


def _common(deltas: Floats, errors: Floats) -> float:
    """Return the median, each difference as heavy as it is sure: odd items don't move it."""
    order = np.argsort(deltas)
    weight = np.cumsum(errors[order] ** -2.0)
    place = int(np.searchsorted(weight, weight[-1] / 2))
    return float(deltas[order[place]])


def _centred(found: ItemDifference, common: float) -> ItemDifference:
    delta = found.delta - common
    return replace(found, delta=delta, p=_two_sided(delta / found.error))


def _two_sided(z: float) -> float:
    return erfc(abs(z) / sqrt(2))


def _nagelkerke(plain: float, full: float, outcome: Floats) -> float:
    """Return by how much a model explains more (Nagelkerke 1991, Biometrika 78, 691-692)."""
    n, share = outcome.size, float(outcome.mean())
    least = n * (share * np.log(share) + (1 - share) * np.log(1 - share))
    most = 1 - np.exp(2 * least / n)
    return float((np.exp(2 * (least - plain) / n) - np.exp(2 * (least - full) / n)) / most)


@dataclass(frozen=True)
class _Fitted:
    terms: Floats
    errors: Floats
    likelihood: float


def _logistic(
    design: Floats, outcome: Floats, *, offset: Floats | float = 0.0, ridge: float = 0.0
) -> _Fitted:
    """Fit a logistic regression by Newton's steps, halved where they lead too far.

    The first column is not held down by `ridge`.
    """
    precision = np.full(design.shape[1], ridge)
    precision[0] = 0.0
    terms = np.zeros(design.shape[1])
    best = _penalised(design @ terms + offset, outcome, terms, precision)
    for _ in range(_MOST_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ terms + offset, -700, 700)))
        bend = (design * (p * (1 - p))[:, None]).T @ design + np.diag(precision + 1e-12)
        step = np.linalg.solve(bend, design.T @ (outcome - p) - precision * terms)
        size = 1.0
        while size > 1e-4:
            found = _penalised(
                design @ (terms + size * step) + offset, outcome, terms + size * step, precision
            )
            if found >= best - 1e-9 * abs(best):
                break
            size /= 2
        terms, best = terms + size * step, max(found, best)
        if np.abs(step).max() < 1e-10:
            break
    eta = design @ terms + offset
    p = 1 / (1 + np.exp(-np.clip(eta, -700, 700)))
    bend = (design * (p * (1 - p))[:, None]).T @ design + np.diag(precision + 1e-12)
    return _Fitted(
        terms=terms,
        errors=np.sqrt(np.diag(np.linalg.inv(bend))),
        likelihood=_penalised(eta, outcome, terms, 0 * precision),
    )


def _penalised(eta: Floats, outcome: Floats, terms: Floats, precision: Floats) -> float:
    likelihood = outcome * eta - np.logaddexp(0, eta)
    return float(likelihood.sum() - 0.5 * (precision * terms**2).sum())


def _require_columns(outcome: Floats, chance: Floats, learner: Ints) -> None:
    n = outcome.size
    if not n:
        raise ValueError("there is no response to look at")
    if chance.shape != (n,) or learner.shape != (n,):
        raise ValueError(f"outcome ({n},), chance {chance.shape}, learner {learner.shape} differ")
    if not ((chance >= 0) & (chance <= 1)).all() or not ((outcome >= 0) & (outcome <= 1)).all():
        raise ValueError("outcomes and chances lie in [0, 1]")
    if learner.min() < 0:
        raise ValueError(f"learners are numbered from 0; got {learner.min()}")
