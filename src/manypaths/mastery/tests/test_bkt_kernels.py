"""The sums of an EM step are those of all paths of states that could have been."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.bkt_kernels import (
    COULD_FORGET,
    COULD_LEARN,
    FORGOT,
    KNOWN_FIRST,
    KNOWN_RIGHT,
    KNOWN_WRONG,
    LEARNED,
    N_FIRST,
    UNKNOWN_RIGHT,
    UNKNOWN_WRONG,
    Counts,
    Numbers,
    Sequences,
    expect_pass,
)
from manypaths.mastery.bkt_model import Answering, Skill
from manypaths.mastery.log import Floats
from manypaths.mastery.tests.bkt import by_all_paths

seeds = st.integers(0, 2**32 - 1)


def counted(rows: Sequences, weight: Floats, numbers: Numbers, *, has_parts: bool) -> Counts:
    counts = Counts(np.zeros((weight.size, 4)), np.zeros((numbers.prior.size, 6)))
    scratch = np.zeros((int(np.diff(rows.begins).max()), 3))
    p_known = np.zeros(rows.rest.size)
    expect_pass(rows, weight, numbers, counts, p_known, scratch, has_parts or None)
    return counts


@settings(max_examples=40, deadline=None)
@given(seed=seeds, fades=st.booleans(), has_parts=st.booleans())
def test_counts_are_those_of_all_paths(seed: int, fades: bool, has_parts: bool) -> None:
    rng = np.random.default_rng(seed)
    skills = [Skill(*rng.uniform(0.05, 0.45, 5)) for _ in range(2)]
    items = [Answering(*rng.uniform(0.05, 0.45, 2)) for _ in range(3)]
    sizes, of = [4, 1, 3], np.array([0, 1, 1])
    n = sum(sizes)
    begins = np.cumsum([0, *sizes])
    item = rng.integers(0, 3, n)
    outcome = rng.choice([0.0, 1.0, 0.3] if has_parts else [0.0, 1.0], n)
    lost = rng.uniform(0, 0.5, n) * fades
    lost[begins[:-1]] = 0.0
    empty = np.zeros(0)
    numbers = Numbers(
        *(np.array([getattr(skill, name) for skill in skills]) for name in Skill._fields[:3]),
        *np.array(items).T.copy(),
    )
    rows = Sequences(begins, of, item, item, outcome, lost if fades else empty, empty)
    found = counted(rows, np.ones(3), numbers, has_parts=has_parts)

    answers, states = np.zeros((3, 4)), np.zeros((2, 6))
    for q, k in enumerate(of):
        span = slice(begins[q], begins[q + 1])
        told = by_all_paths(
            skills[k],
            [items[i] for i in item[span]],
            outcome[span].tolist(),
            lost[span].tolist(),
        )
        between = told.smoothed[:-1]
        states[k, KNOWN_FIRST] += told.smoothed[0]
        states[k, N_FIRST] += 1
        states[k, LEARNED] += told.learned
        states[k, COULD_LEARN] += len(between) - sum(between)
        states[k, FORGOT] += told.forgot
        states[k, COULD_FORGET] += sum(between)
        for i, y, known in zip(item[span], outcome[span], told.smoothed, strict=True):
            answers[i, KNOWN_RIGHT] += known * y
            answers[i, KNOWN_WRONG] += known * (1 - y)
            answers[i, UNKNOWN_RIGHT] += (1 - known) * y
            answers[i, UNKNOWN_WRONG] += (1 - known) * (1 - y)
    np.testing.assert_allclose(found.answers, answers, atol=1e-9)
    np.testing.assert_allclose(found.states, states, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, y=st.sampled_from([0.0, 1.0]))
def test_an_answer_counts_as_far_as_it_drew_on_the_competency(seed: int, y: float) -> None:
    rng = np.random.default_rng(seed)
    known, guess, slip, share = rng.uniform(0.05, 0.45, 4)
    others = (1 - share) * rng.uniform()  # what is known of the others, times their shares
    numbers = Numbers(*np.array([[known], [0.1], [0.1], [guess], [slip]]))
    row = np.zeros(1, np.int64)
    rows = Sequences(
        np.array([0, 1]), row, row, row, np.array([y]), np.zeros(0), np.array([others])
    )
    found = counted(rows, np.array([share]), numbers, has_parts=False).answers[0]

    expected, total = np.zeros(4), 0.0
    for state, drawn in product((0, 1), repeat=2):
        p = known if state else 1 - known
        right = share * (1 - slip if state else guess)
        if not drawn:
            right = (1 - share) * guess + (1 - slip - guess) * others
        p *= right if y else (share if drawn else 1 - share) - right
        total += p
        if drawn:
            place = (KNOWN_RIGHT, KNOWN_WRONG) if state else (UNKNOWN_RIGHT, UNKNOWN_WRONG)
            expected[place[int(1 - y)]] += p
    np.testing.assert_allclose(found, expected / total, atol=1e-9)


@pytest.mark.parametrize("forget", [0.01, 0.0])
@pytest.mark.parametrize("outcomes", [(0.0, 1.0), (1.0,), (0.0,)])
def test_a_sequence_so_long_that_its_likelihood_is_no_number_is_still_counted(
    forget: float, outcomes: tuple[float, ...]
) -> None:
    n = 20_000
    row = np.zeros(n, np.int64)
    outcome = np.random.default_rng(0).choice(outcomes, n)
    numbers = Numbers(*np.array([[0.5], [0.01], [forget], [0.1], [0.1]]))
    empty = np.zeros(0)
    rows = Sequences(np.array([0, n]), row[:1], row, row, outcome, empty, empty)
    answers, states = counted(rows, np.ones(1), numbers, has_parts=False)
    assert answers.sum() == pytest.approx(n)
    assert states[0, COULD_LEARN] + states[0, COULD_FORGET] == pytest.approx(n - 1)
