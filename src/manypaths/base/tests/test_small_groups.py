"""Whatever is computed from what is shown tells of nobody in a group below the minimum."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.base.small_groups import MINIMUM, Path, about, shown_groups

# Small numbers, so that every small set of people can be tried.
LEAST = 4
paths = st.lists(
    st.one_of(
        st.just(()),
        st.tuples(st.sampled_from("AB")),
        st.tuples(st.sampled_from("AB"), st.sampled_from("xyz")),
    ),
    max_size=24,
)


def members(people: list[Path], group: Path) -> list[int]:
    return [place for place, path in enumerate(people) if path[: len(group)] == group]


def told(people: list[Path], shown: frozenset[Path]) -> np.ndarray:
    """Return the shown sums, one a row, by how they add up people's own figures."""
    rows = [[float(path[: len(group)] == group) for path in people] for group in shown]
    return np.array(rows).reshape(len(rows), len(people))


def test_the_minimum_is_ten() -> None:
    assert MINIMUM == 10
    assert shown_groups([("A",)] * 9) == frozenset()
    assert shown_groups([("A",)] * 10) == {(), ("A",)}


def test_a_small_group_takes_the_smallest_beside_it_along() -> None:
    people = [("A",)] * 30 + [("B",)] * 12 + [("C",)] * 20 + [("D",)] * 3
    assert shown_groups(people) == {(), ("A",), ("C",)}


def test_of_two_parts_both_are_hidden() -> None:
    assert shown_groups([("A",)] * 30 + [("B",)] * 3) == {()}


def test_small_groups_that_are_many_together_need_no_other() -> None:
    people = [("A",)] * 30 + [(letter,) for letter in "BCD" for _ in range(4)]
    assert shown_groups(people) == {(), ("A",)}


def test_who_is_in_no_group_counts_as_a_part() -> None:
    assert shown_groups([("A",)] * 30 + [()] * 2) == {()}
    assert shown_groups([("A",)] * 30 + [()] * 12) == {(), ("A",)}


def test_a_school_that_is_shown_does_not_give_its_small_class_away() -> None:
    people = [("A", "x")] * 20 + [("A", "y")] * 3 + [("A", "z")] * 15 + [("B", "x")] * 11
    # Hiding 11 of another school would not help: A less x and z would tell of y.
    assert shown_groups(people) == {(), ("A",), ("B",), ("A", "x"), ("B", "x")}


def test_groups_in_a_hidden_group_are_hidden() -> None:
    people = [("A", "x")] * 12 + [("B", "x")] * 3 + [("C", "x")] * 40
    assert shown_groups(people) == {(), ("C",), ("C", "x")}


@settings(max_examples=150, deadline=None)
@given(people=paths)
def test_no_shown_group_is_small(people: list[Path]) -> None:
    for group in shown_groups(people, minimum=LEAST):
        assert len(members(people, group)) >= LEAST


@settings(max_examples=60, deadline=None)
@given(people=paths)
def test_no_sum_or_difference_of_what_is_shown_tells_of_few(people: list[Path]) -> None:
    # Something is told of a few people alone exactly where, without their columns, the shown sums
    # lose rank: then some combination of them is zero for all others.
    sums = told(people, shown_groups(people, minimum=LEAST))
    rank = np.linalg.matrix_rank(sums) if sums.size else 0
    groups = sorted({*people}, key=str)
    for size in range(1, LEAST):
        for chosen in combinations(groups, size):
            few = {place for place, path in enumerate(people) if path in chosen}
            if few and len(few) < LEAST:
                others = [place for place in range(len(people)) if place not in few]
                left = sums[:, others]
                assert (np.linalg.matrix_rank(left) if left.size else 0) == rank


@settings(max_examples=60, deadline=None)
@given(people=paths, seed=st.integers(0, 2**32 - 1))
def test_the_figures_of_a_hidden_small_group_can_not_be_solved_for(
    people: list[Path], seed: int
) -> None:
    shown = shown_groups(people, minimum=LEAST)
    figures = np.random.default_rng(seed).normal(size=len(people))
    groups = {path[:depth] for path in people for depth in range(len(path) + 1)}
    for group in groups - shown:
        inside = members(people, group)
        if len(inside) >= LEAST:
            continue
        # Other figures that give every shown sum, and another sum of the hidden group.
        wanted = np.zeros(len(people))
        wanted[inside] = 1.0
        sums = told(people, shown)
        free = wanted - (np.linalg.pinv(sums) @ (sums @ wanted) if sums.size else 0.0)
        other = figures + 7.0 * free
        np.testing.assert_allclose(sums @ other, sums @ figures, atol=1e-8)
        assert abs(other[inside].sum() - figures[inside].sum()) > 0.1


@settings(max_examples=60, deadline=None)
@given(people=paths, seed=st.integers(0, 2**32 - 1))
def test_what_is_shown_does_not_hang_on_the_order_of_people(people: list[Path], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(people))
    shuffled = [people[place] for place in order]
    assert shown_groups(shuffled, minimum=LEAST) == shown_groups(people, minimum=LEAST)


@pytest.mark.parametrize(("n", "told_of"), [(0, 0), (9, 0), (10, 10), (119, 110), (120, 120)])
def test_counts_are_told_in_tens(n: int, told_of: int) -> None:
    assert about(n) == told_of
