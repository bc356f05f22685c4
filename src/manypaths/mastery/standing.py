"""Estimates of many learners and competencies at once, from rows of beliefs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, inf, sqrt

import numpy as np

from manypaths.mastery.beliefs import REACH, own_prior_variance
from manypaths.mastery.log import Floats, Ints, Key
from manypaths.mastery.model import Model
from manypaths.mastery.steps import LEAST_LEFT

# The columns of `general` and `own` rows, in the order of the fields of the beliefs.
N_GENERAL, N_OWN = 5, 8


@dataclass(frozen=True)
class EstimateRows:
    """Estimates in columns of the shape (n_rows,); see Estimate for what each says.

    `practice` tells what further tries would add.
    """

    mean: Floats
    sd: Floats
    p_mastered: Floats
    success: Floats
    low: Floats
    high: Floats
    practice: "Practice"

    @property
    def half_width(self) -> Floats:
        """Return the half-widths of the 80 % intervals of expected success."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Practice:
    """Tries so far, shape (n_rows,), and what the logarithm of one more than their number adds."""

    n_right: Floats
    n_wrong: Floats
    gain_right: Floats
    gain_wrong: Floats

    def adds(self, right: Floats | float, wrong: Floats | float) -> Floats:
        """Return what so many further successes and failures add to the mean."""
        added: Floats = self.gain_right * np.log1p(right / (1 + self.n_right))
        return added + self.gain_wrong * np.log1p(wrong / (1 + self.n_wrong))


def normal_tails(x: Floats) -> Floats:
    """Return the chances that a standard normal number is at least x, for an array."""
    # `normal_tail` of each: one call after the other is far quicker than `np.vectorize`.
    tails: Floats = 0.5 * np.array(list(map(erfc, (x / sqrt(2)).ravel().tolist())), float)
    return tails.reshape(x.shape)


def untouched_rows(model: Model, competencies: Sequence[Key], place: Ints) -> Floats:
    """Return the own part of competencies that no evidence has touched, shape (n_rows, N_OWN).

    Row i is of `competencies[place[i]]`.
    """
    rows = np.zeros((place.size, N_OWN))
    rows[:, 1] = np.array([own_prior_variance(model, key) for key in competencies])[place]
    rows[:, 5] = np.nan
    return rows


def estimate_rows(
    model: Model,
    competencies: Sequence[Key],
    place: Ints,
    general: Floats,
    own: Floats,
    *,
    at: float,
) -> EstimateRows:
    """Return what is believed at a time (days; NaN: no time has passed), row by row.

    Row i is of `competencies[place[i]]` and a learner whose general belief is `general[i]`, shape
    (n_rows, N_GENERAL); `own`, shape (n_rows, N_OWN), holds the first columns of the belief on
    the competency. The numbers are those of `estimate`.
    """
    table = np.array([model.terms_of(key) for key in competencies], float).reshape(-1, 4)
    terms = table[place]
    mean, variance, shrink, moved, settled = general.T
    own_mean, own_variance, coupling, moved_then, settled_then, touched_at, right, wrong = own.T
    own_mean = own_mean + coupling * (moved - moved_then)
    left = own_variance - coupling**2 * (settled - settled_then)
    own_variance = np.maximum(left, LEAST_LEFT * own_variance)
    covariance = coupling * shrink
    kept = _kept(at - touched_at, model.spread.half_life)
    prior = model.spread.competency + terms[:, 3]
    spread = variance + prior + (own_variance - prior) * kept**2 + 2 * covariance * kept
    center = (
        terms[:, 0]
        + terms[:, 1] * np.log1p(right)
        + terms[:, 2] * np.log1p(wrong)
        + mean
        + own_mean * kept
    )
    sd = np.sqrt(np.maximum(spread, 1e-12))
    reach = REACH[0.8] * sd
    return EstimateRows(
        mean=center,
        sd=sd,
        p_mastered=normal_tails((model.mastered_from - center) / sd),
        success=_chance(center / np.sqrt(1 + np.pi * sd**2 / 8)),
        low=_chance(center - reach),
        high=_chance(center + reach),
        practice=Practice(right, wrong, terms[:, 1], terms[:, 2]),
    )


def _kept(days: Floats, half_life: float) -> Floats:
    if half_life == inf:
        return np.ones_like(days)
    kept: Floats = np.where(days > 0, np.exp2(-np.maximum(days, 0) / half_life), 1.0)
    return kept


def _chance(logit: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(logit, -700, 700)))
    return chance
