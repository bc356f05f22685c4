import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from manypaths.mastery.rule_sequences import scores_before_each
from manypaths.mastery.rules import RULES

Sequences = list[list[float]]

outcome = st.one_of(
    st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 0.25, 0.5, 0.7, 0.75, 1.0]), st.floats(0, 1)
)
sequences = st.lists(st.lists(outcome, max_size=9), max_size=6)


def joined(sequences: Sequences) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    starts = np.cumsum([0, *map(len, sequences)])
    return np.array([o for sequence in sequences for o in sequence], dtype=float), starts


def by_brute_force(name: str, sequences: Sequences) -> list[float]:
    rule = RULES[name]
    return [
        rule.score(sequence[:n]) if n else math.nan
        for sequence in sequences
        for n in range(len(sequence))
    ]


@pytest.mark.parametrize("name", list(RULES))
@given(sequences=sequences)
def test_a_score_before_an_outcome_is_the_rule_on_the_outcomes_before(
    name: str, sequences: Sequences
) -> None:
    before = scores_before_each(name, *joined(sequences))
    np.testing.assert_allclose(before, by_brute_force(name, sequences), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", list(RULES))
def test_long_and_many_sequences_give_the_same_as_one_by_one(name: str) -> None:
    rng = np.random.default_rng(5)
    lengths = [0, 150, 1, 0, *rng.geometric(0.2, 60), 80, 0]
    sequences = [rng.choice([0, 0.4, 1], n).tolist() for n in lengths]
    before = scores_before_each(name, *joined(sequences))
    np.testing.assert_allclose(before, by_brute_force(name, sequences), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", list(RULES))
@given(sequences=sequences, changed=outcome)
def test_what_comes_later_changes_no_score_before(
    name: str, sequences: Sequences, changed: float
) -> None:
    longer = [[*sequence, 0.5] for sequence in sequences]
    other = [[*sequence, changed] for sequence in sequences]
    before, before_other = (scores_before_each(name, *joined(each)) for each in (longer, other))
    np.testing.assert_array_equal(before, before_other)


@pytest.mark.parametrize("name", list(RULES))
def test_nothing_is_known_where_nothing_was_seen(name: str) -> None:
    assert scores_before_each(name, [], [0]).shape == (0,)
    assert scores_before_each(name, [], [0, 0, 0]).shape == (0,)
    assert np.isnan(scores_before_each(name, [1, 0], [0, 1, 1, 2, 2])).all()


def test_a_hand_worked_case() -> None:
    outcomes, starts = [0, 1, 1, 1, 0], [0, 3, 5]
    before = scores_before_each("decaying-average", outcomes, starts)
    np.testing.assert_allclose(before, [math.nan, 0, 0.65, math.nan, 1])


def test_results_at_the_cut_are_not_averaged_below_it_here_either() -> None:
    assert scores_before_each("n-times", [0.7, 0.7, 0.7, 1], [0, 4])[3] == 0.7


def test_the_outcomes_are_left_as_they_were() -> None:
    outcomes = np.array([0.0, 1.0, 0.5, 1.0])
    for name in RULES:
        scores_before_each(name, outcomes, [0, 3, 4])
    assert outcomes.tolist() == [0, 1, 0.5, 1]


@pytest.mark.parametrize(
    ("name", "outcomes", "starts", "complaint"),
    [
        ("best", [1], [0, 1], "'best' is no rule; allowed are highest, latest"),
        ("mean", [[1]], [0, 1], r"one dimension; got shape \(1, 1\)"),
        ("mean", [1, math.nan], [0, 2], "0..1; got nan at position 1"),
        ("mean", [1, 0, 2], [0, 3], "0..1; got 2.0 at position 2"),
        ("mean", [1, 0], [], "whole numbers"),
        ("mean", [1, 0], [0.0, 2.0], "whole numbers, one a sequence and the end; got float64"),
        ("mean", [1, 0], [[0, 2]], r"shape \(1, 2\)"),
        ("mean", [1, 0], [1, 2], "from 0 to the number of outcomes, 2; got 1 to 2"),
        ("mean", [1, 0], [0, 1], "the number of outcomes, 2; got 0 to 1"),
        ("mean", [1, 0], [0, 2, 1, 2], "or a fall in between"),
    ],
)
def test_sequences_that_make_no_sense_are_refused(
    name: str, outcomes: list[float], starts: list[int], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        scores_before_each(name, outcomes, starts)
