"""How well a model or a school's rule predicts responses of learners whom it has never seen."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery import kinds
from manypaths.mastery.log import Floats, Ints, ResponseLog
from manypaths.mastery.model import KIND
from manypaths.mastery.near_copies import clusters_of, near_copies
from manypaths.mastery.rule_predictions import FittedRule
from manypaths.mastery.rules import RULES

_SHARE_HELD_OUT = 0.2
SMALLEST_CHANCE = 1e-6
_N_BINS = 20

KINDS = (*kinds.KINDS, *RULES)


@dataclass(frozen=True)
class Split:
    """Which learners train and which test, and the pairs of near copies that were kept together."""

    train: Ints
    test: Ints
    near_copies: list[tuple[int, int]]


def evaluate(log: ResponseLog, *, kind: str = KIND, seed: int = 0) -> dict[str, Any]:
    """Return how well responses of held-out learners are predicted, each from those before it.

    Learners are numbered by first appearance; a fifth of them, chosen by `seed`, is held out, and
    near copies of each other stay on one side. Raises ValueError for an unknown kind, or a log
    with ratings or fewer than 5 learners.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of model: {kind!r}; allowed are {', '.join(KINDS)}")
    if log.is_rating.any():
        raise ValueError("a log to evaluate on holds responses alone; this one has ratings")
    if log.n_learners < 5:
        raise ValueError(f"a fifth of the learners is held out; there are {log.n_learners} in all")
    split = split_learners(log, seed)
    train, test = log.of_learners(split.train), log.of_learners(split.test)
    began, began_cpu = time.perf_counter(), time.process_time()
    predictor = (
        FittedRule.fit(kind, train) if kind in RULES else kinds.fit(train, kind=kind, seed=seed)
    )
    _expect(predictor, test.of_learners(()))  # what a model makes ready once belongs to its fit
    fitted, fitted_cpu = time.perf_counter(), time.process_time()
    chances = _expect(predictor, test)
    predict_seconds = time.perf_counter() - fitted
    return {
        "kind": kind,
        "seed": seed,
        "n_train": train.n_events,
        "n_test": test.n_events,
        **scores(test.outcome, chances),
        "fit_seconds": fitted - began,
        "fit_cpu_seconds": fitted_cpu - began_cpu,
        "predict_seconds": predict_seconds,
        "ns_per_response": 1e9 * predict_seconds / max(test.n_events, 1),
        "n_near_copies": len(split.near_copies),
    }


def _expect(predictor: FittedRule | kinds.AnyModel, log: ResponseLog) -> Floats:
    if isinstance(predictor, FittedRule):
        return predictor.predict(log)
    return kinds.trace(predictor, log).chance


def split_learners(log: ResponseLog, seed: int, *, among: NDArray[np.bool_] | None = None) -> Split:
    """Return a fifth of the learners to test on, by seed; near copies follow their first member.

    With `among`, shape (n_learners,), only learners for whom it is True are drawn.
    """
    order = np.random.RandomState(seed).permutation(log.n_learners)
    n_test = round(_SHARE_HELD_OUT * log.n_learners)
    if among is not None:
        order = np.concatenate((order[among[order]], order[~among[order]]))
        n_test = min(n_test, int(among.sum()))
    is_test = np.zeros(log.n_learners, bool)
    is_test[order[:n_test]] = True
    pairs = near_copies(log)
    place = np.argsort(order)
    for cluster in clusters_of(pairs):
        first = min(cluster, key=lambda learner: place[learner])
        is_test[cluster] = is_test[first]
    return Split(np.nonzero(~is_test)[0], np.nonzero(is_test)[0], pairs)


def scores(outcome: Floats, chance: Floats) -> dict[str, float]:
    """Return the scores of predicted chances, shape (n,), against outcomes in [0, 1].

    AUC and ECE count an outcome of .5 or more as right; log-loss is the cross-entropy; ECE has 20
    bins of equal width; the calibration slope is that of a logistic regression of the outcome on
    the logit of the chance.
    """
    p = np.clip(chance, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    right = outcome >= 0.5
    return {
        "auc": auc(right, p),
        "rmse": float(np.sqrt(((p - outcome) ** 2).mean())),
        "log_loss": float(-(outcome * np.log(p) + (1 - outcome) * np.log(1 - p)).mean()),
        "ece": expected_calibration_error(right, p),
        "calibration_slope": calibration_slope(outcome, p),
    }


def auc(right: NDArray[np.bool_], chance: Floats) -> float:
    """Return the area under the ROC curve; NaN where all outcomes are alike.

    Source: Mann & Whitney (1947): the chance that a right response was given the higher chance.
    """
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    if not n_right or not n_wrong:
        return float("nan")
    _, place, size = np.unique(chance, return_inverse=True, return_counts=True)
    rank = (np.cumsum(size) - (size - 1) / 2)[place]
    return float((rank[right].sum() - n_right * (n_right + 1) / 2) / (n_right * n_wrong))


def expected_calibration_error(right: NDArray[np.bool_], chance: Floats) -> float:
    """Return the mean gap between chance and share right, over 20 bins of equal width."""
    bins = np.minimum((chance * _N_BINS).astype(np.int64), _N_BINS - 1)
    gaps = np.bincount(bins, weights=chance - right, minlength=_N_BINS)
    return float(np.abs(gaps).sum() / right.size)


def calibration_slope(outcome: Floats, chance: Floats) -> float:
    """Return the slope of a logistic regression of outcomes on logits of chances; 1 is perfect.

    NaN where it is not defined: all chances alike, or all outcomes 0 or all 1.
    """
    return float(calibration_line(outcome, chance)[1])


def calibration_line(outcome: Floats, chance: Floats) -> Floats:
    """Return intercept and slope of that regression, shape (2,); NaN where it is not defined."""
    x = np.log(chance / (1 - chance))
    if np.ptp(x) == 0 or outcome.max() == 0 or outcome.min() == 1:
        return np.full(2, np.nan)
    design = np.column_stack((np.ones_like(x), x))
    # From a flat line Newton's steps converge; from slope 1 they can run away from chances that
    # are too sure of themselves.
    beta = np.zeros(2)
    for _ in range(25):
        p = np.exp(-np.logaddexp(0, -design @ beta))
        bend = (design * (p * (1 - p))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, design.T @ (outcome - p))
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return beta
