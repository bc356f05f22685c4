import math
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.mastery import rules
from manypaths.mastery.rules import RULES, BestX

Formula = Callable[..., float]
Settings = dict[str, Any]  # values of every kind, also wrong ones

INSIDE = [name for name in RULES if name not in {"power-law", "linear", "best-fitting"}]
ORDER_BLIND = ["highest", "mean", "median", "n-times", "best-x"]
ORDER_BOUND = ["latest", "mode", "decaying-average", "weighted-latest", "power-law", "linear"]

hundredths = st.integers(0, 100).map(lambda n: n / 100)
outcome = st.one_of(st.sampled_from([0.0, 1.0]), hundredths, st.floats(0, 1))
outcomes = st.lists(outcome, min_size=1, max_size=12)
weight = st.floats(0.01, 0.99)


def two_times_3(scores: list[float]) -> float:
    return rules.n_times(scores, n=2, cut=3)


# practices.md 5.6: d = .65; n-times with N = 2, cut 3. To the digits given there.
TABLE = """
scores     mean  latest  highest  median  decaying  weighted  power    n-times
2,3        2.5   3       3        2.5     2.65      2.65      3.00     nan
2,3,4      3.0   4       4        3       3.5275    3.475     3.9479   3.5
1,2,3,4    2.5   4       4        2.5     3.4846    3.30      4.00     3.5
1,3,2,4    2.5   4       4        2.5     3.3367    3.30      3.66     3.5
2,4,1,3    2.5   3       4        2.5     2.5817    2.7667    2.16     3.5
4,3,2,1    2.5   1       4        2.5     1.5154    1.70      1.28     3.5
1,2,3,4,5  3.0   5       5        3       4.4696    4.125     5.00     4.0
"""
COLUMNS = [
    rules.mean,
    rules.latest,
    rules.highest,
    rules.median,
    rules.decaying_average,
    rules.weighted_latest,
    rules.power_law,
    two_times_3,
]
CELLS = [
    (rule, [float(score) for score in row.split()[0].split(",")], cell)
    for row in TABLE.strip().splitlines()[1:]
    for rule, cell in zip(COLUMNS, row.split()[1:], strict=True)
]


def half_a_unit_of(published: str) -> float:
    return 0.5 * 10.0 ** -len(published.partition(".")[2]) + 1e-9


@pytest.mark.parametrize(("rule", "scores", "published"), CELLS)
def test_a_rule_gives_the_value_of_the_table(
    rule: Formula, scores: list[float], published: str
) -> None:
    expected = pytest.approx(float(published), abs=half_a_unit_of(published), nan_ok=True)
    assert rule(scores) == expected


@pytest.mark.parametrize(
    ("scores", "published"), [([3, 3, 1, 3], "1.90"), ([3, 3, 1, 3, 4, 4], "3.07")]
)
def test_the_power_law_gives_a_teachers_published_complaint(
    scores: list[float], published: str
) -> None:
    # mrmathman.com, "Power failure", 15 May 2014.
    assert rules.power_law(scores) == pytest.approx(float(published), abs=0.005)


# One score, two scores, zeros, ties


@pytest.mark.parametrize("name", [name for name in RULES if name != "n-times"])
def test_a_single_result_stands_for_itself(name: str) -> None:
    assert [RULES[name].score([s]) for s in (0, 0.3, 1)] == [0, 0.3, 1]


@pytest.mark.parametrize("name", ["power-law", "linear", "best-fitting"])
@pytest.mark.parametrize("scores", [[0, 1], [1, 0], [0.9, 0.2], [0.2, 0.9]])
def test_two_results_put_every_trend_at_the_latest(name: str, scores: list[float]) -> None:
    assert RULES[name].score(scores) == pytest.approx(scores[1], abs=1e-12)


def test_a_zero_counts_as_the_floor_in_the_power_law() -> None:
    scores = [0, 1, 3, 0, 4]
    lifted = [0.25, 1, 3, 0.25, 4]
    assert rules.power_law(scores, floor=0.25) == rules.power_law(lifted)
    assert rules.power_law(scores) == rules.power_law(scores, floor=0.01)
    assert rules.power_law(scores, floor=0.25) != rules.power_law(scores)


def test_the_power_law_can_pass_every_score_and_is_capped_only_where_told() -> None:
    assert rules.power_law([1, 3, 4]) == pytest.approx(4.3859, abs=5e-5)
    assert rules.power_law([1, 3, 4], top=4) == 4


def test_the_line_can_leave_the_scores_and_is_capped_only_where_told() -> None:
    assert rules.linear([1, 4, 4]) == pytest.approx(4.5)
    assert rules.linear([1, 4, 4], top=4) == 4
    assert rules.linear([4, 1, 1]) == pytest.approx(0.5)
    assert rules.linear([4, 1, 1], bottom=1) == 1


@pytest.mark.parametrize(
    ("scores", "most_recent"),
    [([1, 2], 2), ([2, 1], 1), ([1, 2, 2, 1], 1), ([2, 1, 1, 2, 3], 2), ([1, 3, 3, 2, 2, 1, 3], 3)],
)
def test_among_equally_frequent_scores_the_most_recent_is_the_mode(
    scores: list[float], most_recent: float
) -> None:
    assert rules.mode(scores) == most_recent


def test_a_mean_of_more_than_there_are_takes_all() -> None:
    assert rules.mean_of_last([1, 2, 6], k=2) == 4
    assert rules.mean_of_last([1, 2, 6], k=3) == 3
    assert rules.mean_of_last([1, 2, 6], k=9) == 3


def test_results_at_the_cut_are_not_averaged_below_it() -> None:
    assert RULES["n-times"].score([0.7, 0.7, 0.7]) == 0.7  # a plain mean gives .6999999999999998


# Best-fitting model


@pytest.mark.parametrize(
    ("scores", "average", "line", "power", "nearest"),
    [
        # Misses: 2, 2.4 and 2.32 in sum.
        ([2, 1, 3, 2], 2, 2.3, 2.0686, 2),
        ([2, 3, 4], 3, 4, 3.9479, 4),
        ([2, 2 * 2**0.5, 2 * 3**0.5, 4], 3.0731, 4.0685, 4, 4),
    ],
    ids=["average", "line", "power law"],
)
def test_the_best_fitting_model_is_the_one_nearest_to_the_scores(
    scores: list[float], average: float, line: float, power: float, nearest: float
) -> None:
    ends = [rules.mean(scores), rules.linear(scores), rules.power_law(scores)]
    assert ends == pytest.approx([average, line, power], abs=5e-5)
    assert rules.best_fitting(scores) == pytest.approx(nearest, abs=1e-12)


def test_a_tie_of_models_goes_to_the_average() -> None:
    # Worked by hand: mean .5 misses by .5, 0.5 and 0; the line .75, .5, .25 by .25, .5 and .25.
    assert rules.best_fitting([1, 0, 0.5]) == 0.5
    assert rules.linear([1, 0, 0.5]) == 0.25


def test_the_best_fitting_model_follows_the_order() -> None:
    assert rules.best_fitting([1, 2, 3, 4]) == pytest.approx(4)
    assert rules.best_fitting([4, 3, 2, 1]) == pytest.approx(1)


def test_the_best_fitting_model_is_capped_only_where_told() -> None:
    assert rules.best_fitting([1, 3, 4, 4]) == pytest.approx(4.5)
    assert rules.best_fitting([1, 3, 4, 4], top=4) == 4
    assert rules.linear([1, 0.4, 0, 0]) == pytest.approx(-0.16)
    assert rules.best_fitting([1, 0.4, 0, 0]) == 0


# Best-X with gates


three_good_ones = partial(
    rules.best_x_with_gates, required=3, minimum_average=8.5, minimum_rating=7
)


@pytest.mark.parametrize(
    ("ratings", "says"),
    [
        ([7, 9, 8, 10], BestX(average=9, n_kept=3, is_complete=True)),
        ([8, 9], BestX(average=8.5, n_kept=2, is_complete=False)),
        ([8, 8, 9], BestX(average=25 / 3, n_kept=3, is_complete=False)),
        ([12, 12, 6], BestX(average=10, n_kept=3, is_complete=False)),
        ([12, 12, 6, 7], BestX(average=31 / 3, n_kept=3, is_complete=True)),
    ],
    ids=["all gates", "too few", "average too low", "one rating too low", "a better one replaces"],
)
def test_a_level_is_complete_when_enough_good_ratings_are_kept(
    ratings: list[float], says: BestX
) -> None:
    assert three_good_ones(ratings) == says


def test_rounding_keeps_nobody_from_the_minimum_average() -> None:
    ratings = [0.6, 0.7, 0.8]
    assert np.mean(ratings) < 0.7
    gated = rules.best_x_with_gates(ratings, required=3, minimum_average=0.7, minimum_rating=0)
    assert gated.is_complete


# Laws


@pytest.mark.parametrize("name", INSIDE)
@given(scores=outcomes)
def test_a_score_lies_within_the_results(name: str, scores: list[float]) -> None:
    score = RULES[name].score(scores)
    assert min(scores) - 1e-12 <= score <= max(scores) + 1e-12 or (
        name == "n-times" and math.isnan(score)
    )


@pytest.mark.parametrize("name", ["power-law", "linear", "best-fitting"])
@given(scores=outcomes)
def test_a_trend_lies_within_the_scale(name: str, scores: list[float]) -> None:
    assert 0 <= RULES[name].score(scores) <= 1


@pytest.mark.parametrize("name", list(RULES))
@given(result=outcome, n=st.integers(2, 12))
def test_constant_results_give_that_result(name: str, result: float, n: int) -> None:
    constant = result if name != "n-times" or result >= 0.7 else math.nan
    assert RULES[name].score([result] * n) == pytest.approx(constant, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", ORDER_BLIND)
@given(scores=outcomes, rng=st.randoms())
def test_order_does_not_matter_where_all_results_count_alike(
    name: str, scores: list[float], rng: Random
) -> None:
    shuffled = rng.sample(scores, len(scores))
    expected = RULES[name].score(scores)
    assert RULES[name].score(shuffled) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", ORDER_BOUND)
@given(percents=st.sets(st.integers(1, 100), min_size=2, max_size=12))
def test_rising_results_score_higher_than_the_same_ones_falling(
    name: str, percents: set[int]
) -> None:
    rising = [percent / 100 for percent in sorted(percents)]
    assert RULES[name].score(rising) > RULES[name].score(rising[::-1])


@given(scores=st.lists(outcome, min_size=4, max_size=12), k=st.integers(1, 3))
def test_the_mean_of_the_last_forgets_what_came_before(scores: list[float], k: int) -> None:
    forgotten = [1 - score for score in scores[:-k]] + scores[-k:]
    assert rules.mean_of_last(forgotten, k=k) == rules.mean_of_last(scores, k=k)
    assert rules.mean_of_last(scores, k=k) == pytest.approx(sum(scores[-k:]) / k, abs=1e-12)


@given(scores=outcomes, d=weight)
def test_the_decaying_average_weighs_the_newest_d_the_one_before_d_of_the_rest(
    scores: list[float], d: float
) -> None:
    n = len(scores)
    weights = [(1 - d) ** (n - 1)] + [d * (1 - d) ** (n - 1 - i) for i in range(1, n)]
    assert sum(weights) == pytest.approx(1)
    expected = sum(w * s for w, s in zip(weights, scores, strict=True))
    assert rules.decaying_average(scores, d=d) == pytest.approx(expected, abs=1e-12)


@given(scores=st.lists(outcome, min_size=2, max_size=12), d=weight)
def test_the_weighted_latest_sets_the_newest_against_the_mean_of_the_rest(
    scores: list[float], d: float
) -> None:
    earlier = sum(scores[:-1]) / (len(scores) - 1)
    expected = d * scores[-1] + (1 - d) * earlier
    assert rules.weighted_latest(scores, d=d) == pytest.approx(expected, abs=1e-12)


@given(scores=outcomes, n=st.integers(1, 4), cut=hundredths)
def test_n_times_needs_n_results_at_the_cut_and_never_falls_below_it(
    scores: list[float], n: int, cut: float
) -> None:
    score = rules.n_times(scores, n=n, cut=cut)
    n_reached = sum(s >= cut for s in scores)
    assert score >= cut if n_reached >= n else math.isnan(score)


@given(scores=outcomes, further=outcome, cut=hundredths)
def test_n_times_once_reached_is_moved_only_by_results_at_the_cut(
    scores: list[float], further: float, cut: float
) -> None:
    before = rules.n_times([*scores, cut, 1], n=2, cut=cut)
    after = rules.n_times([*scores, cut, 1, further], n=2, cut=cut)
    if further < cut:
        assert after == before
    else:
        low, high = sorted([before, further])
        assert low - 1e-12 <= after <= high + 1e-12


@given(scores=st.lists(hundredths, min_size=3, max_size=12))
def test_the_line_is_the_least_squares_line(scores: list[float]) -> None:
    attempts = np.arange(1, len(scores) + 1)
    fitted = np.polyval(np.polyfit(attempts, scores, 1), attempts[-1])
    assert rules.linear(scores) == pytest.approx(fitted, abs=1e-9)


@given(scores=st.lists(st.integers(1, 100).map(float), min_size=3, max_size=12))
def test_the_power_law_is_the_line_of_the_logarithms(scores: list[float]) -> None:
    logs = np.log(np.arange(1, len(scores) + 1))
    fitted = np.polyval(np.polyfit(logs, np.log(scores), 1), logs[-1])
    assert rules.power_law(scores) == pytest.approx(math.exp(fitted), rel=1e-9)


@given(scores=outcomes, required=st.integers(1, 5), minimum=hundredths)
def test_a_further_demonstration_never_undoes_a_complete_level(
    scores: list[float], required: int, minimum: float
) -> None:
    gated = partial(
        rules.best_x_with_gates,
        required=required,
        minimum_average=minimum,
        minimum_rating=minimum / 2,
    )
    for n in range(1, len(scores)):
        before = gated(scores[:n])
        after = gated(scores[: n + 1])
        assert after.n_kept == min(n + 1, required)
        assert after.is_complete or not before.is_complete


# What is refused


@pytest.mark.parametrize("name", list(RULES))
@pytest.mark.parametrize(
    ("scores", "complaint"),
    [
        ([], r"one or more numbers; got .* \(0,\)"),
        ([[0.5]], r"\(1, 1\)"),
        (0.5, r"got an array of shape \(\)"),
        ([0.5, math.nan], "finite; got nan at position 1"),
        ([None], "finite; got nan at position 0"),
        ([math.inf], "finite; got inf"),
        ([0.5, 1.5], "scale from 0 to 1; got 0.5 to 1.5"),
        ([-0.1, 1], "scale from 0 to 1; got -0.1 to 1"),
    ],
)
def test_a_rule_refuses_what_are_no_outcomes(
    name: str, scores: list[float], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        RULES[name].score(scores)


@pytest.mark.parametrize(
    ("rule", "settings", "complaint"),
    [
        (rules.decaying_average, {"d": 0}, "between 0 and 1; got 0"),
        (rules.decaying_average, {"d": math.nan}, "got nan"),
        (rules.weighted_latest, {"d": 1}, "between 0 and 1; got 1"),
        (rules.mean_of_last, {"k": 0}, "k must be a whole number from 1; got 0"),
        (rules.mean_of_last, {"k": 2.5}, "got 2.5"),
        (rules.n_times, {"n": 0, "cut": 1}, "n must be a whole number from 1; got 0"),
        (rules.n_times, {"n": 1, "cut": math.nan}, "cut must be a finite number .* got nan"),
        (rules.power_law, {"floor": 0}, "floor must lie above 0 .* got 0"),
        (rules.power_law, {"top": 2}, "scale from 0 to 2; got 1.0 to 3.0"),
        (rules.power_law, {"top": 4, "floor": 4}, "below top=4; got 4"),
        (rules.linear, {"bottom": 2}, "scale from 2 to inf; got 1.0 to 3.0"),
        (rules.linear, {"bottom": 4, "top": 1}, "bottom must lie below top"),
        (rules.linear, {"top": math.nan}, "bottom must lie below top"),
        (rules.best_fitting, {"bottom": -1}, "bottom must be 0 or more"),
        (rules.best_fitting, {"floor": -1}, "floor must lie above 0"),
    ],
)
def test_a_rule_refuses_settings_out_of_range(
    rule: Formula, settings: Settings, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        rule([1, 2, 3], **settings)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"required": 0}, "required must be a whole number from 1; got 0"),
        ({"minimum_average": math.nan}, "minimum_average .* got nan and 7"),
        ({"minimum_rating": math.nan}, "minimum_rating .* got 8.5 and nan"),
    ],
)
def test_gates_out_of_range_are_refused(changed: Settings, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        three_good_ones([7, 9], **changed)


def test_negative_scores_have_no_power_law() -> None:
    with pytest.raises(ValueError, match=r"scale from 0 to inf; got -1\.0 to 2\.0"):
        rules.power_law([-1, 2])


# The list of rules


def test_every_rule_is_listed_under_its_own_name() -> None:
    assert " ".join(RULES) == (
        "highest latest mean median mode mean-of-last decaying-average weighted-latest n-times "
        "power-law linear best-fitting best-x"
    )
    assert all(rule.name == name for name, rule in RULES.items())


def test_every_rule_is_told_in_a_sentence_of_its_own() -> None:
    sentences = [rule.sentence for rule in RULES.values()]
    assert len(set(sentences)) == len(sentences)
    assert all(text[0].isupper() and text.endswith(".") and len(text) < 200 for text in sentences)


@pytest.mark.parametrize(
    ("name", "told", "scores", "score"),
    [
        ("mean-of-last", "the last 3 results", [1, 0, 0, 1], 1 / 3),
        ("decaying-average", "65 % of the score", [0, 1], 0.65),
        ("weighted-latest", "65 % of the score", [1, 0, 0, 1], 0.65 + 0.35 / 3),
        ("n-times", "once 2 results have reached 0.7", [0.69, 0.7, 0.8], 0.75),
        ("best-x", "The 3 best results", [1, 0.1, 0.5, 0, 0.9], 0.8),
    ],
)
def test_the_numbers_in_a_sentence_are_those_of_the_rule(
    name: str, told: str, scores: list[float], score: float
) -> None:
    assert told in RULES[name].sentence
    assert RULES[name].score(scores) == pytest.approx(score)
