"""How worthwhile each competency is to a learner now: readiness, gain, challenge, review.

All arrays have the shape (n_competencies,) unless said otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import Floats, Ints
from manypaths.mastery.standing import Practice, normal_tails

# Success between these chances is a challenge that neither bores nor breaks.
EASIEST, HARDEST = 0.8, 0.6
_FALL_OFF = 0.15
# How much a review, and knowing better where somebody stands, weigh against a step ahead.
REVIEW_WEIGHT, INFORMATION_WEIGHT = 0.6, 0.25
# Outside the class's window a step is worth less, a pinned or planned goal is worth more.
OUTSIDE_WINDOW, GOAL = 0.35, 1.5


@dataclass(frozen=True)
class Standing:
    """Where a learner stands on all competencies of a framework.

    `p_mastered` and `success` (expected on an average item) are chances; `variance` is that of
    the standing on the logit scale; `recall` is predicted recall, 1 where nothing was demonstrated.
    """

    p_mastered: Floats
    success: Floats
    variance: Floats
    practice: Practice
    recall: Floats
    is_demonstrated: NDArray[np.bool_]


@dataclass(frozen=True)
class Worth:
    """The parts of the score of each competency, for choosing and for saying why."""

    readiness: Floats
    prerequisites_met: Floats
    expected_gain: Floats
    challenge: Floats
    review: Floats
    information: Floats
    score: Floats


def challenge_of(success: Floats) -> Floats:
    """Return how well a chance of success challenges: 1 from .6 to .8, falling off smoothly."""
    away = np.maximum(np.maximum(HARDEST - success, success - EASIEST), 0.0)
    fit: Floats = np.exp(-0.5 * (away / _FALL_OFF) ** 2)
    return fit


def prerequisites_met(p_mastered: Floats, prerequisites: Sequence[Ints]) -> Floats:
    """Return the chance that all prerequisites of each competency are mastered."""
    return np.array([p_mastered[places].prod() if len(places) else 1.0 for places in prerequisites])


def expected_gain(standing: Standing) -> Floats:
    """Return the rise in expected success that one more response brings on average."""
    p = standing.success
    rise = p * standing.practice.adds(1, 0) + (1 - p) * standing.practice.adds(0, 1)
    gained: Floats = np.maximum(rise, 0.0) * p * (1 - p)
    return gained


def information(standing: Standing) -> Floats:
    """Return the share of the variance that one more response would take away."""
    curvature = standing.success * (1 - standing.success)
    told: Floats = standing.variance * curvature / (1 + standing.variance * curvature)
    return told


def worth(
    standing: Standing, prerequisites: Sequence[Ints], relevance: Floats, *, least_recall: float
) -> Worth:
    """Return how worthwhile a step on each competency is now.

    `prerequisites[k]` holds the places of the competencies that precede k; `relevance` multiplies
    the score (window, goals, pins). Readiness is the outer fringe of what is mastered, under
    uncertainty (Doignon & Falmagne 1999): all prerequisites mastered, itself not yet. Raises
    ValueError unless `least_recall`, below which a review is due, lies in (0, 1].
    """
    if not 0 < least_recall <= 1:
        raise ValueError(f"least_recall must lie above 0 and up to 1; got {least_recall}")
    met = prerequisites_met(standing.p_mastered, prerequisites)
    readiness = met * (1 - standing.p_mastered)
    gain = expected_gain(standing)
    challenge = challenge_of(standing.success)
    known = information(standing)
    review = np.where(
        standing.is_demonstrated, np.maximum(least_recall - standing.recall, 0.0) / least_recall, 0
    )
    largest = max(float(gain.max(initial=0.0)), 1e-12)
    ahead = np.where(standing.is_demonstrated, 0.0, readiness * (gain / largest) * challenge)
    learned = np.where(standing.is_demonstrated, 0.0, met * known)
    score = (ahead + REVIEW_WEIGHT * review + INFORMATION_WEIGHT * learned) * relevance
    return Worth(readiness, met, gain, challenge, review, known, score)


def chance_after_practice(
    mean: Floats, sd: Floats, practice: Practice, mastered_from: float, n_more: int
) -> Floats:
    """Return P(mastered) after `n_more` further tries without help, as practice alone goes.

    As many of them succeed as are expected to now. `mean` and `sd` are of the standing.
    """
    p = 1 / (1 + np.exp(-np.clip(mean, -700, 700)))
    rise = practice.adds(n_more * p, n_more * (1 - p))
    return normal_tails((mastered_from - mean - rise) / sd)
