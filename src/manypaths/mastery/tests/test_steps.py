"""The arithmetic of one event: no overflow, chances that add up, and slopes that are slopes."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.mastery.steps import (
    bounded,
    chance,
    damping,
    fade,
    practice,
    rating_chances,
    rating_force,
    response_force,
    settle,
    share_kept,
)

EXTREMES = [-math.inf, -1e308, -745.2, -710.0, -1e-320, 0.0, 5e-324, 36.8, 709.9, 1e308, math.inf]

anything = st.floats(allow_nan=False)
logit = st.floats(-8, 8)
reliability = st.floats(0.1, 4)
thresholds = st.lists(st.floats(-4, 4), min_size=1, max_size=6, unique=True).map(
    lambda cuts: tuple(sorted(cuts))
)


@pytest.mark.parametrize("at", EXTREMES)
def test_a_chance_stands_for_every_number(at: float) -> None:
    assert 0 <= chance(at) <= 1
    assert chance(at) + chance(-at) == 1
    assert chance(at) == (0 if at < -40 else 1 if at > 40 else chance(at))


@given(low=anything, high=anything)
def test_a_chance_never_falls(low: float, high: float) -> None:
    low, high = min(low, high), max(low, high)
    assert 0 <= chance(low) <= chance(high) <= 1


@given(at=st.floats(-30, 30))
def test_a_chance_is_the_logistic_curve(at: float) -> None:
    assert chance(at) == pytest.approx(math.exp(at) / (1 + math.exp(at)), abs=1e-15)


@given(spread=anything)
def test_damping_stands_for_every_spread_and_never_sharpens(spread: float) -> None:
    assert 0 <= damping(spread) <= 1
    assert damping(0.0) == damping(-1e308) == 1
    assert damping(1e308) == pytest.approx((math.pi / 8 * 1e308) ** -0.5, rel=1e-12)


@given(spread=st.floats(0, 1e300))
def test_damping_is_that_of_the_moderated_output(spread: float) -> None:
    assert damping(spread) == pytest.approx((1 + math.pi * spread / 8) ** -0.5, rel=1e-12)


# Forces


def slope_of(curve: Callable[[float], float], at: float, step: float = 1e-4) -> float:
    """Return the derivative by a difference of the fifth order."""
    near, far = curve(at + step) - curve(at - step), curve(at + 2 * step) - curve(at - 2 * step)
    return (8 * near - far) / (12 * step)


@given(eta=logit, outcome=st.floats(0, 1))
def test_the_force_of_a_response_is_the_slope_of_its_log_likelihood(
    eta: float, outcome: float
) -> None:
    def log_likelihood(at: float) -> float:
        return -outcome * math.log1p(math.exp(-at)) - (1 - outcome) * math.log1p(math.exp(at))

    slope, curvature = response_force(eta, outcome)
    assert slope == pytest.approx(slope_of(log_likelihood, eta), abs=1e-7)
    bend = slope_of(lambda at: response_force(at, outcome)[0], eta)
    assert curvature == pytest.approx(-bend, abs=1e-7)


@given(eta=logit, alpha=reliability, cuts=thresholds, choice=st.data())
def test_the_force_of_a_rating_is_the_slope_of_its_log_likelihood(
    eta: float, alpha: float, cuts: tuple[float, ...], choice: st.DataObject
) -> None:
    level = choice.draw(st.integers(0, len(cuts)))

    def log_likelihood(at: float) -> float:
        # sinh(x) / (cosh(x) + cosh(y)) loses no digits where two thresholds all but meet.
        if level == 0:
            return -math.log1p(math.exp(alpha * (at - cuts[0])))
        if level == len(cuts):
            return -math.log1p(math.exp(-alpha * (at - cuts[-1])))
        half_gap = alpha * (cuts[level] - cuts[level - 1]) / 2
        off_middle = alpha * (at - (cuts[level] + cuts[level - 1]) / 2)
        return math.log(math.sinh(half_gap)) - math.log(math.cosh(half_gap) + math.cosh(off_middle))

    slope, curvature = rating_force(eta, level, alpha, cuts)
    assert slope == pytest.approx(slope_of(log_likelihood, eta), abs=1e-6)
    bend = slope_of(lambda at: rating_force(at, level, alpha, cuts)[0], eta)
    assert curvature == pytest.approx(-bend, abs=1e-6)


@given(eta=st.floats(-1e6, 1e6), alpha=reliability, cuts=thresholds)
def test_the_chances_of_all_levels_sum_to_one(
    eta: float, alpha: float, cuts: tuple[float, ...]
) -> None:
    chances = [rating_chances(eta, level, alpha, cuts) for level in range(len(cuts) + 1)]
    assert chances[0][0] == 1
    assert chances[-1][1] == 0
    for (at_least, above), (next_at_least, _) in pairwise(chances):
        assert above == next_at_least <= at_least
    assert sum(at_least - above for at_least, above in chances) == pytest.approx(1, abs=1e-12)


@given(eta=st.floats(-700, 700), level=st.integers(0, 1))
def test_a_rating_of_two_levels_is_a_response(eta: float, level: int) -> None:
    assert rating_force(eta, level, 1.0, (0.0,)) == pytest.approx(response_force(eta, level))
    at_least, above = rating_chances(eta, level, 1.0, (0.0,))
    assert at_least - above == pytest.approx(chance(eta) if level else chance(-eta))


@given(eta=anything, level=st.integers(0, 2))
def test_no_rating_is_out_of_the_forces_reach(eta: float, level: int) -> None:
    for slope, curvature in (
        rating_force(eta, level, 2.0, (-1.0, 1.0)),
        response_force(eta, level / 2),
    ):
        assert abs(slope) <= 2
        assert 0 <= curvature <= 4


# Forgetting, practice, bounds


@given(half_life=st.floats(1, 1e4), days=st.floats(0, 1e5), more=st.floats(0, 1e5))
def test_forgetting_in_two_steps_is_forgetting_in_one(
    half_life: float, days: float, more: float
) -> None:
    assert share_kept(half_life, half_life) == pytest.approx(0.5)
    kept, kept_then = share_kept(days, half_life), share_kept(more, half_life)
    assert kept * kept_then == pytest.approx(share_kept(days + more, half_life), abs=1e-12)
    twice = fade(*fade(1.3, 0.2, 0.1, kept, 0.7), kept_then, 0.7)
    assert twice == pytest.approx(fade(1.3, 0.2, 0.1, kept * kept_then, 0.7), abs=1e-12)


def test_without_a_half_life_or_a_clock_nothing_is_forgotten() -> None:
    assert share_kept(1e6, math.inf) == 1
    assert share_kept(-3.0, 10.0) == share_kept(0.0, 10.0) == share_kept(math.nan, 10.0) == 1
    assert fade(1.3, 0.2, 0.1, 1.0, 0.7) == pytest.approx((1.3, 0.2, 0.1))


def test_forgetting_ends_at_what_was_known_before_any_evidence() -> None:
    assert fade(1.3, 0.2, 0.1, share_kept(1e9, 30.0), 0.7) == pytest.approx((0, 0.7, 0))


@given(n_right=st.floats(0, 1e6), n_wrong=st.floats(0, 1e6))
def test_practice_adds_the_logarithm_of_one_more_than_its_number(
    n_right: float, n_wrong: float
) -> None:
    assert practice(0, 0, 0.3, 0.2) == 0
    right, wrong = math.log(1 + n_right), math.log(1 + n_wrong)
    assert practice(right, wrong, 0.3, 0.2) == pytest.approx(0.3 * right + 0.2 * wrong)


variance = st.one_of(st.just(0.0), st.floats(1e-6, 50))


@given(covariance=st.floats(-1e3, 1e3), own=variance, general=variance)
def test_a_covariance_stays_within_what_the_variances_allow(
    covariance: float, own: float, general: float
) -> None:
    held = bounded(covariance, own, general)
    most = math.sqrt(own * general)
    assert abs(held) <= 0.95 * most
    assert abs(held) <= abs(covariance)
    assert held * covariance >= 0
    if abs(covariance) <= 0.95 * most:
        assert held == covariance


def test_a_belief_that_waited_takes_over_what_the_general_one_did() -> None:
    assert settle(0.4, 0.5, 0.2, 1.5, 2.0) == pytest.approx((0.4 + 0.3, 0.5 - 0.08))
    assert settle(0.4, 0.5, 0.0, 1.5, 2.0) == (0.4, 0.5)
