"""How worthwhile each competency is to a learner now: readiness, gain, challenge, review.

All arrays have the shape (n_competencies,), or (n_learners, n_competencies) for many learners at
once.
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
REVIEW_WEIGHT, INFORMATION_WEIGHT = 0.6, 0.1
# How much of a step's worth hangs on what the next answer is expected to add.
GAIN_SHARE = 0.6
# A prerequisite is missing, or stands there wrongly, about so often: no framework is sure of it.
WRONG_EDGE = 0.05
# Somebody who is ready, and answers wrongly once more, is still on the way with this chance.
STILL_ON_THE_WAY = 0.975
# Evidence lags behind what is learned: whoever waits for proof stays too long on what is known,
# and begins too late on what it opens. Both powers of P(mastered) lean the other way.
_OPENS_AT, _LEAVES_AT = 0.7, 1.25
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
    met = np.ones_like(p_mastered)
    for place, before in enumerate(prerequisites):
        met[..., place] = p_mastered[..., before].prod(axis=-1)
    return met


def ready_to_learn(standing: Standing, prerequisites: Sequence[Ints]) -> Floats:
    """Return the chance that practice of each competency bears fruit now.

    What precedes it speaks first, as the graph has it. Then each wrong answer speaks against
    readiness, and so against a graph that is never believed altogether.
    """
    met = prerequisites_met(standing.p_mastered**_OPENS_AT, prerequisites)
    before = WRONG_EDGE + (1 - 2 * WRONG_EDGE) * met
    patience = before * STILL_ON_THE_WAY**standing.practice.n_wrong
    ready: Floats = patience / (patience + 1 - before)
    return ready


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
    uncertainty (Doignon & Falmagne 1999): ready to learn, and not mastered yet. How well a chance
    of success challenges chooses the task, not the competency: as a factor here it kept learners
    on what they had mastered already (docs/reference/next-steps.md). Raises ValueError unless
    `least_recall`, below which a review is due, lies in (0, 1].
    """
    if not 0 < least_recall <= 1:
        raise ValueError(f"least_recall must lie above 0 and up to 1; got {least_recall}")
    met = prerequisites_met(standing.p_mastered, prerequisites)
    ready = ready_to_learn(standing, prerequisites)
    readiness = ready * (1 - standing.p_mastered) ** _LEAVES_AT
    gain = expected_gain(standing)
    known = information(standing)
    review = np.where(
        standing.is_demonstrated, np.maximum(least_recall - standing.recall, 0.0) / least_recall, 0
    )
    largest = np.maximum(gain.max(axis=-1, initial=0.0, keepdims=True), 1e-12)
    ahead = readiness * (1 - GAIN_SHARE + GAIN_SHARE * gain / largest)
    step = np.where(standing.is_demonstrated, 0.0, ahead + INFORMATION_WEIGHT * ready * known)
    score = (step + REVIEW_WEIGHT * review) * relevance
    return Worth(readiness, met, gain, review, known, score)


def chance_after_practice(
    mean: Floats, sd: Floats, practice: Practice, mastered_from: float, n_more: int
) -> Floats:
    """Return P(mastered) after `n_more` further tries without help, as practice alone goes.

    As many of them succeed as are expected to now. `mean` and `sd` are of the standing.
    """
    p = 1 / (1 + np.exp(-np.clip(mean, -700, 700)))
    rise = practice.adds(n_more * p, n_more * (1 - p))
    return normal_tails((mastered_from - mean - rise) / sd)
