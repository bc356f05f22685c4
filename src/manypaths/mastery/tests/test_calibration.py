"""What is said of subgroups is what can be worked out by hand, and finds what was planted."""

from math import log, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.calibration import (
    DELTA,
    Answers,
    calibration_by_group,
    calibration_intercept,
    calibration_of,
    calibration_within,
    coverage_by_group,
    ece_by_chance,
    false_discovery,
    first_answers,
    item_differences,
    letter_of,
    mean_outcome_interval,
)
from manypaths.mastery.log import Floats, Ints

seeds = st.integers(0, 2**32 - 1)


def logit(p: float) -> float:
    return log(p / (1 - p))


def drawn(
    seed: int, *, n_learners: int = 400, n: int = 25, tilt: float = 1.0, lift: float = 0.0
) -> tuple[Floats, Floats, Ints]:
    """Return outcomes, chances and learners; true logits are `tilt` times those said, plus `lift`.

    Each learner also has luck of their own, so that their responses hang together.
    """
    rng = np.random.default_rng(seed)
    said = rng.normal(0.4, 1.0, (n_learners, n))
    true = lift + tilt * said + rng.normal(0, 0.3, (n_learners, 1))
    outcome = (rng.random(said.shape) < 1 / (1 + np.exp(-true))).astype(np.float64)
    learner = np.repeat(np.arange(n_learners), n).astype(np.int64)
    return outcome.ravel(), 1 / (1 + np.exp(-said.ravel())), learner


# Figures of one subgroup


def test_the_intercept_is_what_hand_work_gives() -> None:
    # All were said to have 1 in 2, and 3 in 4 were right: the logits were too low by log 3.
    assert calibration_intercept(np.array([1.0, 1, 1, 0]), np.full(4, 0.5)) == pytest.approx(log(3))
    assert calibration_intercept(np.array([1.0, 0]), np.array([0.8, 0.2])) == pytest.approx(0)
    assert np.isnan(calibration_intercept(np.ones(3), np.full(3, 0.5)))


def test_the_slope_and_intercept_are_those_of_two_points() -> None:
    # At the logit -1 a quarter was right, at 1 nine tenths: a line through two points.
    chance = np.repeat([1 / (1 + np.exp(1)), 1 / (1 + np.exp(-1))], [8, 20])
    outcome = np.repeat([1.0, 0, 1, 0], [2, 6, 18, 2])
    figures = calibration_of(outcome, chance, np.arange(28)).figures
    assert figures["slope"].value == pytest.approx((logit(0.9) - logit(0.25)) / 2)


def test_the_error_of_a_mean_is_that_of_the_learners_and_not_of_the_responses() -> None:
    # Three learners of two responses each, all said to have 1 in 2: losses are alike, so exact.
    outcome, learner = np.array([1.0, 1, 0, 0, 1, 0]), np.repeat([0, 1, 2], 2)
    chance = np.array([0.8, 0.8, 0.5, 0.5, 0.6, 0.6])
    means = np.array([-log(0.8), -log(0.5), -(log(0.6) + log(0.4)) / 2])
    found = calibration_of(outcome, chance, learner).figures["log_loss"]
    assert found.value == pytest.approx(means.mean())
    assert found.error == pytest.approx(means.std(ddof=1) / sqrt(3))
    # Student's quantile with two degrees of freedom is 4.3027.
    assert found.high - found.value == pytest.approx(4.3027 * found.error, rel=1e-4)


def test_one_learner_has_figures_without_an_error() -> None:
    found = calibration_of(np.array([1.0, 0]), np.array([0.7, 0.4]), np.zeros(2, int))
    assert found.figures["log_loss"].value == pytest.approx(-(log(0.7) + log(0.6)) / 2)
    assert np.isnan(found.figures["log_loss"].error)


@pytest.mark.parametrize("seed", range(2))
def test_planted_faults_of_calibration_are_found_within_their_errors(seed: int) -> None:
    outcome, chance, learner = drawn(seed, tilt=0.7, lift=0.5)
    figures = calibration_of(outcome, chance, learner).figures
    assert abs(figures["slope"].value - 0.7) < 4 * figures["slope"].error + 0.02
    assert figures["slope"].high < 1
    assert figures["intercept"].low > 0.2


def test_errors_are_those_of_drawing_the_school_anew() -> None:
    found = [
        calibration_of(*drawn(seed, n_learners=40, n=10)).figures["log_loss"] for seed in range(40)
    ]
    spread = np.std([figure.value for figure in found])
    assert np.mean([figure.error for figure in found]) == pytest.approx(spread, rel=0.35)


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_perfect_chances_show_the_calibration_error_of_chance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.05, 0.95, 2000)
    eces = [
        calibration_of((rng.random(2000) < chance).astype(np.float64), chance, np.zeros(2000, int))
        .figures["ece"]
        .value
        for _ in range(10)
    ]
    assert np.mean(eces) == pytest.approx(ece_by_chance(chance), rel=0.35)


# Subgroups and their gaps


def test_a_gap_is_the_difference_to_all_others_who_have_a_subgroup() -> None:
    outcome, chance, learner = drawn(3, n_learners=30, n=6)
    group = np.arange(30) % 3 - 1  # a third has none
    found = calibration_by_group(outcome, chance, learner, group)
    assert sorted(found) == [0, 1]
    alone = {
        g: calibration_of(*(column[group[learner] == g] for column in (outcome, chance, learner)))
        for g in (0, 1)
    }
    for name, gap in found[0].gaps.items():
        own, other = (alone[g].figures[name] for g in (0, 1))
        assert gap.value == pytest.approx(own.value - other.value)
        assert gap.error == pytest.approx(sqrt(own.error**2 + other.error**2))
        assert found[1].gaps[name].value == pytest.approx(-gap.value)
    assert (found[0].n_learners, found[0].n_events) == (10, 60)


def test_a_subgroup_that_is_predicted_worse_is_seen_and_others_are_not() -> None:
    fair, unfair = drawn(5), drawn(6, tilt=0.4, lift=-0.4)
    outcome: Floats = np.concatenate((fair[0], unfair[0]))
    chance: Floats = np.concatenate((fair[1], unfair[1]))
    learner = np.concatenate((fair[2], unfair[2] + 400))
    found = calibration_by_group(outcome, chance, learner, np.repeat([0, 1], 400))
    assert found[1].gaps["auc"].high < 0
    assert found[1].gaps["log_loss"].low > 0
    assert found[1].gaps["intercept"].high < 0
    assert found[0].figures["slope"].value == pytest.approx(1, abs=0.12)
    halves = calibration_by_group(*fair, np.arange(400) % 2)
    for gap in halves[0].gaps.values():
        assert abs(gap.value) < 4 * gap.error


def test_errors_of_all_others_may_be_taken_from_those_of_everyone() -> None:
    outcome, chance, learner = drawn(8, n_learners=200, n=10)
    inside = learner < 30
    everyone = calibration_of(outcome, chance, learner)
    quick = calibration_within(outcome, chance, learner, inside, everyone=everyone)
    slow = calibration_within(outcome, chance, learner, inside)
    for name, gap in slow.gaps.items():
        assert quick.gaps[name].value == pytest.approx(gap.value)
        assert quick.gaps[name].error == pytest.approx(gap.error, rel=0.15)


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no response"):
        calibration_of(np.zeros(0), np.zeros(0), np.zeros(0, int))
    with pytest.raises(ValueError, match="differ"):
        calibration_of(np.zeros(2), np.zeros(3), np.zeros(2, int))
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        calibration_of(np.zeros(1), np.array([nan]), np.zeros(1, int))
    with pytest.raises(ValueError, match="learner 4 has no subgroup"):
        calibration_by_group(np.zeros(1), np.zeros(1), np.array([4]), np.zeros(2, int))


# Items


def cells(table: dict[tuple[float, bool], tuple[int, int]], item: int = 0) -> Answers:
    """Return answers of (matched, focal): (right, wrong)."""
    outcome, matched, focal = [], [], []
    for (x, is_focal), (right, wrong) in table.items():
        outcome += [1.0] * right + [0.0] * wrong
        matched += [x] * (right + wrong)
        focal += [is_focal] * (right + wrong)
    n = len(outcome)
    return Answers(np.full(n, item), np.array(outcome), np.array(matched), np.array(focal))


def joined(*parts: Answers) -> Answers:
    return Answers(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("item", "outcome", "matched", "is_focal")
        )
    )


def test_the_delta_of_equal_odds_ratios_is_theirs() -> None:
    # Two levels of ability; in both the odds of the focal subgroup are a quarter of the others'.
    odd = cells(
        {
            (-1.0, False): (400, 400),
            (-1.0, True): (160, 640),
            (1.0, False): (640, 160),
            (1.0, True): (400, 400),
        }
    )
    fair = [
        cells({(x, f): (400, 400) for x in (-1.0, 1.0) for f in (True, False)}, item)
        for item in (1, 2)
    ]
    found = {d.item: d for d in item_differences(joined(odd, *fair))}
    assert found[0].delta == pytest.approx(-DELTA * log(4), rel=1e-3)
    # The variance of a log-odds ratio is the sum of the inverse counts; two levels halve it.
    error = DELTA * sqrt((1 / 400 + 1 / 400 + 1 / 160 + 1 / 640) / 2)
    assert found[0].error == pytest.approx(error, rel=0.01)
    assert found[0].letter == "C"
    assert found[0].p_slope > 0.9
    assert {found[n].letter for n in (1, 2)} == {"A"}


def test_an_item_that_sets_a_subgroup_apart_differently_is_found() -> None:
    crossing = cells(
        {
            (-1.0, False): (160, 640),
            (-1.0, True): (400, 400),
            (1.0, False): (640, 160),
            (1.0, True): (400, 400),
        }
    )
    [found] = item_differences(crossing)
    assert found.delta == pytest.approx(0, abs=1e-9)
    assert found.letter == "A"
    assert found.q_slope < 1e-6
    assert found.r2 > 0.05


def test_of_few_answers_nothing_is_said() -> None:
    few = cells({(0.0, True): (10, 9), (0.0, False): (30, 30)})
    assert item_differences(few) == []


@pytest.mark.parametrize(
    ("delta", "error", "q", "letter"),
    [
        (0.9, 0.01, 0.0, "A"),
        (-3.0, 2.0, 0.2, "A"),
        (-1.2, 0.1, 0.001, "B"),
        (1.6, 0.5, 0.01, "B"),  # large, but not clearly above 1
        (1.6, 0.3, 0.001, "C"),
        (-1.6, 0.3, 0.001, "C"),
        (1.0, 0.1, 0.001, "B"),
        (2.0, 0.1, nan, "A"),
    ],
)
def test_letters_are_those_of_ets(delta: float, error: float, q: float, letter: str) -> None:
    assert letter_of(delta, error, q) == letter


def test_false_discovery_is_that_of_the_paper() -> None:
    # Benjamini & Hochberg (1995), section 3.2: of 15 tests four stand at .05, three by Bonferroni.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
    ]
    q = false_discovery(np.array([*p, 0.7590, 1.0]))
    assert (q < 0.05).sum() == 4
    assert q[:3] == pytest.approx([0.0015, 0.003, 0.0095])
    assert (np.diff(q) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_false_discovery_is_the_rule_told_slowly(p: list[float]) -> None:
    n = len(p)
    ranked = sorted(p)
    q = false_discovery(np.array(p))
    for value, own in zip(p, q.tolist(), strict=True):
        later = [r * n / (place + 1) for place, r in enumerate(ranked) if r >= value]
        assert own == pytest.approx(min(1.0, *later, 1.0))


@pytest.mark.parametrize("seed", range(2))
def test_planted_items_are_found_and_a_subgroup_behind_is_no_fault_of_items(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_learners, n_items = 600, 40
    group = np.arange(n_learners) % 2
    ability = rng.normal(0, 1, n_learners) - 0.8 * group
    difficulty = rng.uniform(-1, 1, n_items)
    planted = np.zeros(n_items)
    planted[[3, 17]] = [-1.2, 1.2]
    learner, item = (grid.ravel() for grid in np.indices((n_learners, n_items)))
    true = ability[learner] - difficulty[item] + planted[item] * group[learner]
    outcome = (rng.random(true.size) < 1 / (1 + np.exp(-true))).astype(np.float64)
    # What an engine would expect: the ability pulled to the middle, with an error.
    believed = 0.7 * (ability + rng.normal(0, 0.5, n_learners))[learner] - difficulty[item]
    answers = first_answers(item, outcome, 1 / (1 + np.exp(-believed)), learner, group, focal=1)
    found = {d.item: d for d in item_differences(answers)}
    assert found[3].letter == found[17].letter == "C"
    assert found[3].delta < 0 < found[17].delta
    assert found[3].delta == pytest.approx(-DELTA * 1.2, abs=1.2)
    assert sum(d.letter != "A" for d in found.values()) <= 3


def test_only_the_first_answer_of_those_with_a_subgroup_counts() -> None:
    answers = first_answers(
        np.array([5, 5, 6, 5]),
        np.array([0.0, 1.0, 1.0, 1.0]),
        np.full(4, 0.5),
        np.array([0, 0, 0, 1]),
        np.array([1, -1]),
        focal=1,
    )
    assert answers.item.tolist() == [5, 6]
    assert answers.outcome.tolist() == [0.0, 1.0]


# Intervals


def test_coverage_counts_by_subgroup() -> None:
    low, high = np.zeros(4), np.array([1.0, 1, 2, 2])
    found = coverage_by_group(low, high, np.array([0.5, 1.5, 1.5, 3]), [0, 0, 1, -1])
    assert (found[0].n, found[0].covered, found[0].width) == (2, 0.5, 1.0)
    assert (found[1].n, found[1].covered, found[1].width) == (1, 1.0, 2.0)
    assert set(found) == {0, 1}


@pytest.mark.parametrize("sd", [0.2, 1.0])
def test_intervals_of_a_mean_outcome_hold_nine_of_ten(sd: float) -> None:
    rng = np.random.default_rng(0)
    n, n_learners = 10, 4000
    covariance = np.full((n, n), sd**2) + 0.2 * np.eye(n)
    mean = rng.normal(0.5, 0.8, n)
    low, high = mean_outcome_interval(mean, covariance, reach=1.6449)
    eta = rng.multivariate_normal(mean, covariance, n_learners)
    outcome = (rng.random(eta.shape) < 1 / (1 + np.exp(-eta))).mean(axis=1)
    assert 0.86 <= ((low <= outcome) & (outcome <= high)).mean() <= 0.97
