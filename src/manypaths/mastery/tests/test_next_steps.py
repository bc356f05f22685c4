"""What a step is worth: its parts one by one."""

import math
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from manypaths.mastery.beliefs import normal_tail
from manypaths.mastery.log import Floats, Ints
from manypaths.mastery.next_steps import (
    GAIN_SHARE,
    INFORMATION_WEIGHT,
    REVIEW_WEIGHT,
    WRONG_EDGE,
    Standing,
    Worth,
    challenge_of,
    chance_after_practice,
    expected_gain,
    information,
    prerequisites_met,
    ready_to_learn,
    worth,
)
from manypaths.mastery.standing import Practice

N = 4
NOTHING_BEFORE: list[Ints] = [np.zeros(0, np.int64)] * N
CHAIN: list[Ints] = [np.arange(k)[-1:] for k in range(N)]

chance = st.floats(0, 1)
chances = st.lists(chance, min_size=N, max_size=N).map(np.array)


def first_tries(right: ArrayLike, wrong: ArrayLike) -> Practice:
    """Return a practice without tries so far, whose first success and failure add these."""
    gains = [np.broadcast_to(np.asarray(first) / math.log(2), N) for first in (right, wrong)]
    return Practice(np.zeros(N), np.zeros(N), *gains)


def practised(gain: float, n: int = N, tries: float = 0.0) -> Practice:
    """Return a practice in which every try adds the same."""
    return Practice(np.full(n, tries), np.full(n, tries), np.full(n, gain), np.full(n, gain))


def standing(**changes: Any) -> Standing:
    """Return a standing in the middle of everything, the same on four competencies."""
    usual = {
        "p_mastered": np.full(N, 0.5),
        "success": np.full(N, 0.7),
        "variance": np.ones(N),
        "practice": practised(0.1),
        "recall": np.ones(N),
        "is_demonstrated": np.zeros(N, bool),
    }
    return Standing(**{**usual, **changes})


def worth_of(
    where: Standing,
    prerequisites: Sequence[Ints] = CHAIN,
    relevance: Floats | None = None,
    least_recall: float = 0.85,
) -> Worth:
    relevance = np.ones(N) if relevance is None else relevance
    return worth(where, prerequisites, relevance, least_recall=least_recall)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Return any standing, extremes included."""
    number = st.floats(-1e3, 1e3)
    variance = st.floats(0, 1e12)
    return Standing(
        p_mastered=draw(chances),
        success=draw(chances),
        variance=np.array(draw(st.lists(variance, min_size=N, max_size=N))),
        practice=first_tries(*(draw(st.lists(number, min_size=N, max_size=N)) for _ in range(2))),
        recall=draw(chances),
        is_demonstrated=np.array(draw(st.lists(st.booleans(), min_size=N, max_size=N))),
    )


# Readiness


@given(p_mastered=chances, place=st.integers(0, N - 1), fall=chance)
def test_readiness_falls_with_a_prerequisite_and_never_with_another(
    p_mastered: Floats, place: int, fall: float
) -> None:
    lower = p_mastered.copy()
    lower[place] *= fall
    before, after = (worth_of(standing(p_mastered=p)).readiness for p in (p_mastered, lower))
    others = np.arange(N) != place
    assert (after[others] <= before[others]).all()
    not_after = others & (np.arange(N) != place + 1)
    np.testing.assert_array_equal(after[not_after], before[not_after])


def test_what_is_mastered_is_no_step_and_what_waits_for_all_is_ready() -> None:
    found = worth_of(standing(p_mastered=np.array([1.0, 0.0, 0.0, 0.0])))
    sure = 1 - WRONG_EDGE
    assert found.readiness == pytest.approx([0, sure, WRONG_EDGE, WRONG_EDGE])
    assert found.prerequisites_met.tolist() == [1, 1, 0, 0]


@given(where=standings(), wrong=st.floats(0, 1e4))
def test_wrong_answers_speak_against_readiness_whatever_the_graph_says(
    where: Standing, wrong: float
) -> None:
    more = replace(where.practice, n_wrong=where.practice.n_wrong + wrong)
    before = ready_to_learn(where, CHAIN)
    after = ready_to_learn(replace(where, practice=more), CHAIN)
    assert (after <= before + 1e-12).all()
    assert ((before >= 0) & (before <= 1)).all()


def test_after_many_wrong_answers_a_step_that_was_held_for_too_early_is_tried() -> None:
    stuck = Practice(np.zeros(N), np.array([200.0, 0, 0, 0]), np.full(N, 0.1), np.full(N, 0.1))
    where = standing(p_mastered=np.full(N, 0.05), practice=stuck)
    assert np.argmax(worth_of(where).score) != 0
    assert np.argmax(worth_of(replace(where, practice=practised(0.1))).score) == 0


def test_many_learners_at_once_are_worth_what_each_is_alone() -> None:
    rng = np.random.default_rng(3)
    many = rng.uniform(0.01, 0.99, (5, 6, N))
    right, wrong = rng.integers(0, 9, (2, 6, N)).astype(float)
    together = Standing(
        p_mastered=many[0],
        success=many[1],
        variance=many[2],
        practice=Practice(right, wrong, many[3], many[3]),
        recall=many[4],
        is_demonstrated=rng.random((6, N)) < 0.3,
    )
    found = worth_of(together).score
    for row in range(6):
        alone = Standing(
            p_mastered=many[0, row],
            success=many[1, row],
            variance=many[2, row],
            practice=Practice(right[row], wrong[row], many[3, row], many[3, row]),
            recall=many[4, row],
            is_demonstrated=together.is_demonstrated[row],
        )
        np.testing.assert_allclose(found[row], worth_of(alone).score, rtol=1e-12)


def test_several_prerequisites_are_met_together() -> None:
    p = np.array([0.5, 0.4, 0.1, 1.0])
    before = [*NOTHING_BEFORE[:2], np.array([0, 1]), np.array([0, 1, 3])]
    assert prerequisites_met(p, before) == pytest.approx([1, 1, 0.2, 0.2])
    assert prerequisites_met(np.zeros(0), []).size == 0


# Challenge


@given(success=chance)
def test_a_challenge_is_whole_from_six_to_eight_of_ten_and_falls_off_alike(success: float) -> None:
    here, mirrored = challenge_of(np.array([success, 1.4 - success]))
    assert here == pytest.approx(mirrored, abs=1e-12)
    assert 0 < here <= 1
    assert (here == 1) == (0.6 <= success <= 0.8)


@given(success=chance, nearer=chance)
def test_a_challenge_falls_the_further_away_it_is(success: float, nearer: float) -> None:
    between = 0.7 + (success - 0.7) * nearer
    assert challenge_of(np.array([between]))[0] >= challenge_of(np.array([success]))[0] - 1e-12


def test_a_challenge_has_no_steps() -> None:
    curve = challenge_of(np.linspace(0, 1, 1_001))
    assert np.abs(np.diff(curve)).max() < 0.005
    assert curve[[0, -1]] == pytest.approx(np.exp([-8, -8 / 9]))


# Gain and information


def test_the_gain_is_that_of_success_and_failure_by_their_chances() -> None:
    where = standing(success=np.array([0.2, 0.5, 1.0, 0.0]), practice=first_tries(0.3, 0.1))
    assert expected_gain(where) == pytest.approx([0.14 * 0.16, 0.2 * 0.25, 0, 0])
    assert (expected_gain(standing(practice=practised(-0.1))) == 0).all()


def test_the_information_is_the_share_of_variance_that_a_response_takes() -> None:
    where = standing(variance=np.array([0.0, 1, 4, 1e9]), success=np.full(N, 0.5))
    assert information(where) == pytest.approx([0, 0.2, 0.5, 1])
    assert information(standing(success=np.array([0.0, 1, 0, 1]))).tolist() == [0] * N


# The score


@given(where=standings(), least_recall=st.floats(0.01, 1))
def test_only_what_was_demonstrated_is_reviewed_and_only_that(
    where: Standing, least_recall: float
) -> None:
    found = worth_of(where, least_recall=least_recall)
    shown = where.is_demonstrated
    due = shown & (where.recall < least_recall)
    assert ((found.review > 0) <= due).all()
    assert ((found.review >= 0) & (found.review <= 1)).all()
    np.testing.assert_allclose(found.score[shown], REVIEW_WEIGHT * found.review[shown])
    assert (found.review[~shown] == 0).all()


def test_a_review_weighs_more_the_more_was_forgotten() -> None:
    where = standing(is_demonstrated=np.ones(N, bool), recall=np.array([1.0, 0.85, 0.425, 0.0]))
    assert worth_of(where).review == pytest.approx([0, 0, 0.5, 1])


@given(where=standings(), relevance=st.lists(st.floats(0, 10), min_size=N, max_size=N))
def test_relevance_multiplies(where: Standing, relevance: list[float]) -> None:
    plain, weighted = worth_of(where), worth_of(where, relevance=np.array(relevance))
    np.testing.assert_allclose(weighted.score, plain.score * relevance)
    np.testing.assert_array_equal(weighted.readiness, plain.readiness)


@given(where=standings())
def test_no_extreme_makes_a_score_that_is_no_number(where: Standing) -> None:
    found = worth_of(where)
    for part in vars(found).values():
        assert np.isfinite(part).all()
        assert (part >= 0).all()
    most = 1 + REVIEW_WEIGHT + INFORMATION_WEIGHT
    assert (found.score <= most + 1e-9).all()


def test_a_score_is_the_sum_of_its_weighted_parts() -> None:
    where = standing(practice=first_tries([0.1, 0.2, 0.1, 0.1], [0.1, 0.2, 0.1, 0.1]))
    found = worth_of(where)
    gain = found.expected_gain / found.expected_gain[1]
    expected = found.readiness * (1 - GAIN_SHARE + GAIN_SHARE * gain)
    expected += INFORMATION_WEIGHT * ready_to_learn(where, CHAIN) * found.information
    assert found.score == pytest.approx(expected)
    assert np.argmax(found.score) == 0


@pytest.mark.parametrize("least_recall", [0.0, -0.5, 1.5, math.nan])
def test_a_recall_that_makes_no_sense_is_refused(least_recall: float) -> None:
    with pytest.raises(ValueError, match="least_recall must lie above 0 and up to 1; got"):
        worth_of(standing(), least_recall=least_recall)


def test_what_is_given_stays_as_it_was() -> None:
    where = standing()
    before = {name: deepcopy(part) for name, part in vars(where).items()}
    relevance = np.full(N, 0.5)
    worth_of(where, relevance=relevance)
    for name, part in before.items():
        np.testing.assert_equal(_numbers(getattr(where, name)), _numbers(part))
    assert (relevance == 0.5).all()


def _numbers(part: Practice | Floats) -> Any:
    return vars(part) if isinstance(part, Practice) else part


# Practice alone

logits = st.floats(-800, 800)


@given(mean=logits, sd=st.floats(1e-3, 50), gain=st.floats(0, 5), n=st.integers(0, 1_000))
def test_chances_after_practice_rise_with_its_amount_and_its_gain(
    mean: float, sd: float, gain: float, n: int
) -> None:
    def after(gain: float, n_more: int) -> float:
        practice = practised(gain, n=1, tries=3.0)
        where = np.array([mean]), np.array([sd])
        return float(chance_after_practice(*where, practice, 1.4, n_more)[0])

    now = after(0.0, 0)
    assert after(gain, 0) == now == after(0.0, n)
    assert 0 <= now <= after(gain, n) <= after(gain, n + 1) <= 1
    assert after(gain, n) <= after(gain + 0.5, n)


def test_chances_after_practice_stand_for_all_extremes() -> None:
    mean = np.array([-1e300, -800.0, 0.0, 800.0, 1e300])
    found = chance_after_practice(mean, np.full(5, 1e-6), practised(0.1, n=5), 1.4, 10)
    assert found.tolist() == [0, 0, 0, 1, 1]
    none = practised(0.1, n=0)
    assert chance_after_practice(np.zeros(0), np.zeros(0), none, 1.4, 10).size == 0


@given(seed=st.integers(0, 2**32 - 1), n_before=st.integers(0, 15), n_right=st.integers(0, 10))
def test_practice_adds_what_it_adds_in_the_stream(seed: int, n_before: int, n_right: int) -> None:
    rng = np.random.default_rng(seed)
    outcomes = (rng.random(n_before) < 0.6).astype(float)
    gains = rng.uniform(-0.5, 1.0, 2)
    right, wrong = outcomes.sum(), (1 - outcomes).sum()
    added = Practice(np.array([right]), np.array([wrong]), gains[:1], gains[1:]).adds(n_right, 2)
    in_stream = gains[0] * math.log1p(right + n_right) + gains[1] * math.log1p(wrong + 2)
    before = gains[0] * math.log1p(right) + gains[1] * math.log1p(wrong)
    assert added[0] == pytest.approx(in_stream - before, abs=1e-12)


def test_practice_from_the_beginning_adds_the_logarithm_of_its_number() -> None:
    practice = Practice(np.zeros(1), np.zeros(1), np.array([0.3]), np.array([0.3]))
    after = chance_after_practice(np.zeros(1), np.ones(1), practice, 1.4, 10)
    # Of ten tries at even odds five succeed and five fail.
    assert after[0] == pytest.approx(normal_tail(1.4 - 2 * 0.3 * math.log(6)))
