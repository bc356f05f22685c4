"""What a regression is told: counts by brute force, and nothing of what is still to come."""

from dataclasses import replace
from math import log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.exam import Bools, Ints, Responses
from benchmarks.peers.features import DAY, WINDOWS, MakeDesign, before, best_lr, das3h, within

# Item 0 shows one competency, item 1 the other, item 2 both.
STARTS, COMPETENCY = np.array([0, 1, 2, 4]), np.array([0, 1, 0, 1])
SHOWN = ((0,), (1,), (0, 1))


@st.composite
def responses(draw: st.DrawFn) -> Responses:
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    n = sum(sizes)

    def column(values: st.SearchStrategy[int]) -> Ints:
        return np.array(draw(st.lists(values, min_size=n, max_size=n)), np.int64)

    pauses = column(st.sampled_from([0, 1, 1_800, 3_600, DAY, 7 * DAY, 40 * DAY]))
    learner = np.repeat(np.arange(len(sizes)), sizes)
    seconds = np.concatenate([np.cumsum(pauses[learner == u]) for u in range(len(sizes))])
    return Responses(
        learner,
        column(st.integers(0, 2)),
        seconds,
        column(st.integers(0, 1)) == 1,
        STARTS,
        COMPETENCY,
    )


def earlier(known: Responses, n: int, competency: int | None, window: int | None) -> list[bool]:
    """Return the outcomes before a response, found one by one."""
    return [
        bool(known.right[m])
        for m in range(n)
        if known.learner[m] == known.learner[n]
        and (competency is None or competency in SHOWN[known.item[m]])
        and (window is None or known.seconds[m] >= known.seconds[n] - window)
    ]


def identity(known: Responses, n: int) -> list[float]:
    item = known.item[n]
    return [float(item == i) for i in range(3)] + [float(k in SHOWN[item]) for k in range(2)]


@given(known=responses())
def test_best_lr_is_told_item_competencies_and_counts_before(known: Responses) -> None:
    found = best_lr(known).toarray()
    for n in range(known.item.size):
        told = identity(known, n)
        for outcome in (True, False):
            for k in range(2):
                count = earlier(known, n, k, None).count(outcome)
                told.append(log1p(count) * (k in SHOWN[known.item[n]]))
            told.append(log1p(earlier(known, n, None, None).count(outcome)))
        assert found[n].tolist() == pytest.approx(told)


@given(known=responses())
def test_das3h_is_told_successes_and_tries_in_each_window(known: Responses) -> None:
    found = das3h(known).toarray()
    for n in range(known.item.size):
        told = identity(known, n)
        for window in WINDOWS:
            outcomes = [earlier(known, n, k, window) for k in range(2)]
            shown = [k in SHOWN[known.item[n]] for k in range(2)]
            told += [log1p(sum(outcomes[k])) * shown[k] for k in range(2)]
            told += [log1p(len(outcomes[k])) * shown[k] for k in range(2)]
        assert found[n].tolist() == pytest.approx(told)


@pytest.mark.parametrize("design", [best_lr, das3h])
@given(known=responses(), place=st.integers(0))
def test_no_response_tells_of_itself_or_of_what_came_before_it(
    design: MakeDesign, known: Responses, place: int
) -> None:
    n = place % known.item.size
    later: Bools = np.arange(known.item.size) >= n
    other = replace(known, right=known.right ^ later)
    assert np.array_equal(design(known)[: n + 1].toarray(), design(other)[: n + 1].toarray())


@given(known=responses())
def test_a_window_that_reaches_back_to_the_first_response_sees_all_before(known: Responses) -> None:
    values = known.right.astype(np.int64)
    reach = int(known.seconds.max())
    seen = within(known.learner, known.seconds, values, reach)
    assert np.array_equal(seen, before(known.learner, values))
