"""The engine's arithmetic for one event, in plain scalar functions.

The stream calls them as they are, the kernels compile them: both therefore give the same numbers.
They check nothing; the public functions above them do.

A competency's belief waits between touches while the general belief moves on. What it will have to
take over is kept in three general sums: `shrink` F, by which all waiting covariances have shrunk,
`moved` M and `settled` S. A waiting belief holds its covariance divided by F, and M and S as they
were at its last touch; `settle` then gives its present state exactly (ENGINE reference, "arrow").
"""

from math import exp, pi, sqrt

from manypaths.mastery.log import Floats

# Covariances stay within this share of what the variances allow: rounding never breaks them.
_LARGEST_CORRELATION = 0.95
LEAST_LEFT = 1 - _LARGEST_CORRELATION**2
# Below this the waiting covariances are written out anew: each power of ten costs a digit.
SMALLEST_SHRINK = 0.01


def chance(logit: float) -> float:
    """Return 1 / (1 + exp(-logit)) without overflow."""
    # Worked out for the farther side alone, so that there is no branch to foresee.
    likelier = 1 / (1 + exp(-abs(logit)))
    return likelier if logit >= 0 else 1 - likelier


def damping(spread: float) -> float:
    """Return the factor by which a variance on the logit scale pulls a prediction to the middle.

    A spread below 0, which covariances left out of the arrow can feign, counts as 0. Source: MacKay
    (1992), Neural Computation 4, 720-736, equation for the moderated output.
    """
    return 1 / sqrt(1 + pi / 8 * max(spread, 0.0))


def response_force(eta: float, outcome: float) -> tuple[float, float]:
    """Return the slope of the log-likelihood of a response at eta, and minus its curvature."""
    p = chance(eta)
    return outcome - p, p * (1 - p)


def rating_chances(
    eta: float, level: int, reliability: float, thresholds: tuple[float, ...] | Floats
) -> tuple[float, float]:
    """Return P(at or above `level`) and P(above `level`) of a rating.

    Source: Samejima (1969), the graded response model.
    """
    top = len(thresholds)
    at_least = 1.0 if level == 0 else chance(reliability * (eta - thresholds[level - 1]))
    above = 0.0 if level == top else chance(reliability * (eta - thresholds[level]))
    return at_least, above


def rating_force(
    eta: float, level: int, reliability: float, thresholds: tuple[float, ...] | Floats
) -> tuple[float, float]:
    """Return the slope of the log-likelihood of a rating at eta, and minus its curvature."""
    at_least, above = rating_chances(eta, level, reliability, thresholds)
    slope = reliability * (1 - at_least - above)
    curvature = reliability**2 * (at_least * (1 - at_least) + above * (1 - above))
    return slope, curvature


def settle(
    mean: float, variance: float, coupling: float, moved: float, settled: float
) -> tuple[float, float]:
    """Return mean and variance after what the general belief did since the last touch.

    `moved` and `settled` are by how much the general sums have grown since. What waits learns no
    more than general ability known for certain would tell; covariances between competencies, which
    the arrow leaves out, would else take it below that after many sharp ratings.
    """
    left = max(variance - coupling * coupling * settled, LEAST_LEFT * variance)
    return mean + coupling * moved, left


def fade(
    mean: float, variance: float, covariance: float, kept: float, prior_variance: float
) -> tuple[float, float, float]:
    """Return mean, variance and covariance after forgetting: `kept` of the mean is left.

    The variance returns to the prior one (an Ornstein-Uhlenbeck process).
    """
    faded = prior_variance + (variance - prior_variance) * kept * kept
    return mean * kept, faded, covariance * kept


def share_kept(days: float, half_life: float) -> float:
    """Return what forgetting leaves after some days: a half after each half-life."""
    return exp(-0.6931471805599453 * days / half_life) if days > 0 else 1.0


def practice(right: float, wrong: float, gain_right: float, gain_wrong: float) -> float:
    """Return what earlier successes and failures have added on the logit scale.

    `right` and `wrong` are the logarithms of one more than their numbers. Source: Pavlik, Cen &
    Koedinger (2009), with the logarithm of DAS3H (Choffin et al. 2019).
    """
    return gain_right * right + gain_wrong * wrong


def bounded(covariance: float, variance: float, general_variance: float) -> float:
    """Return the covariance, held within what the two variances allow."""
    most = _LARGEST_CORRELATION * sqrt(variance * general_variance)
    return min(most, max(-most, covariance))
