"""Suggested groups: the same need, fitting sizes, everyone once, and newly mixed."""

from collections.abc import Iterator
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.groups import (
    ADULTS,
    COST_OF_GROUP,
    COST_OF_PAIR,
    LeftOut,
    Sizes,
    Suggestion,
    suggest_groups,
)
from manypaths.mastery.log import Key

Fit = dict[Key, dict[Key, float]]
Pairs = dict[tuple[Key, Key], float]
Groups = list[tuple[Key, tuple[Key, ...]]]

# In hundredths, so that equal sums are equal.
suits = st.integers(0, 100).map(lambda n: n / 100)


@st.composite
def classes(draw: st.DrawFn, most: int = 14) -> tuple[Fit, Pairs, Sizes]:
    """Return any class: what suits whom, who was together, and sizes."""
    n = draw(st.integers(0, most))
    needs: st.SearchStrategy[dict[Key, float]] = st.dictionaries(
        st.sampled_from("abcd"), suits, max_size=4
    )
    fit: Fit = {who: draw(needs) for who in range(n)}
    pairs: Pairs = {}
    if n > 1:
        two = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
        pairs = draw(st.dictionaries(two, st.floats(0, 2), max_size=8))
    least = draw(st.integers(1, 4))
    return fit, pairs, Sizes(least, least + draw(st.integers(0, 3)))


def value_of(groups: Groups, fit: Fit, pairs: Pairs) -> float:
    """Return what a grouping is worth, added up by hand."""
    total = -COST_OF_GROUP * len(groups)
    for need, members in groups:
        total += sum(fit[who][need] for who in members)
        for one, other in combinations(members, 2):
            total -= COST_OF_PAIR * (pairs.get((one, other), 0) + pairs.get((other, one), 0))
    return total


def value(found: Suggestion, fit: Fit, pairs: Pairs) -> float:
    return value_of([(group.need, group.learners) for group in found.groups], fit, pairs)


@given(given_class=classes())
@settings(deadline=None, max_examples=60)
def test_sizes_are_kept_and_everyone_is_once_in_a_group_or_left_out_with_a_reason(
    given_class: tuple[Fit, Pairs, Sizes],
) -> None:
    fit, pairs, sizes = given_class
    found = suggest_groups(fit, pairs, sizes=sizes)
    placed = [who for group in found.groups for who in group.learners]
    assert sorted([*placed, *found.left_out]) == sorted(fit)
    for group in found.groups:
        assert sizes.least <= len(group.learners) <= sizes.most
        assert all(fit[who][group.need] > 0 for who in group.learners)
    for who, reason in found.left_out.items():
        assert (reason is LeftOut.NO_NEED) == (not any(fit[who].values()))


@given(given_class=classes(), order=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_in_which_a_class_is_given_does_not_matter(
    given_class: tuple[Fit, Pairs, Sizes], order: Random
) -> None:
    fit, pairs, sizes = given_class
    learners = list(fit)
    order.shuffle(learners)
    shuffled = {who: dict(reversed(fit[who].items())) for who in learners}
    turned: Pairs = {}
    for (one, other), weight in pairs.items():
        turned[other, one] = turned.get((other, one), 0.0) + weight
    assert suggest_groups(shuffled, turned, sizes=sizes) == suggest_groups(fit, pairs, sizes=sizes)


def groupings(
    learners: list[Key], fit: Fit, sizes: Sizes
) -> Iterator[tuple[int, list[tuple[Key, tuple[Key, ...]]]]]:
    """Yield every grouping there is: how many are placed, and the groups."""
    if not learners:
        yield 0, []
        return
    first, *others = learners
    yield from groupings(others, fit, sizes)
    for n_beside in range(sizes.least - 1, sizes.most):
        for beside in combinations(others, n_beside):
            members = (first, *beside)
            rest = [who for who in others if who not in beside]
            for need in fit[first]:
                if all(fit[who].get(need, 0) > 0 for who in members):
                    for n_placed, groups in groupings(rest, fit, sizes):
                        yield n_placed + len(members), [(need, members), *groups]


@given(given_class=classes(most=6))
@settings(deadline=None, max_examples=60)
def test_without_pairs_there_is_no_better_grouping(given_class: tuple[Fit, Pairs, Sizes]) -> None:
    fit, _, sizes = given_class
    found = suggest_groups(fit, {}, sizes=sizes)
    n_placed = len(fit) - len(found.left_out)
    best = max(
        (n, round(value_of(groups, fit, {}), 9)) for n, groups in groupings(list(fit), fit, sizes)
    )
    assert (n_placed, round(value(found, fit, {}), 9)) == best


def test_with_pairs_the_best_grouping_is_found_in_most_small_classes() -> None:
    rng = np.random.default_rng(1)
    sizes, n_best, lost = Sizes(3, 3), 0, []
    for _ in range(30):
        fit: Fit = {who: {"a": float(rng.uniform(0.2, 1)), "b": 0.5} for who in range(6)}
        pairs: Pairs = {pair: 1.0 for pair in combinations(range(6), 2) if rng.random() < 0.4}
        found = value(suggest_groups(fit, pairs, sizes=sizes), fit, pairs)
        best = max(
            value_of(groups, fit, pairs)
            for n, groups in groupings(list(fit), fit, sizes)
            if n == len(fit)
        )
        n_best += found > best - 1e-9
        lost.append(best - found)
    assert n_best >= 20
    assert max(lost) < 1.0


@given(given_class=classes(most=9))
@settings(deadline=None, max_examples=40)
def test_no_exchange_of_two_makes_it_better(given_class: tuple[Fit, Pairs, Sizes]) -> None:
    fit, pairs, sizes = given_class
    found = suggest_groups(fit, pairs, sizes=sizes)
    groups = [(group.need, group.learners) for group in found.groups]
    now = value_of(groups, fit, pairs)
    for (a, (need_a, in_a)), (b, (need_b, in_b)) in combinations(enumerate(groups), 2):
        for one in in_a:
            for other in in_b:
                if fit[one].get(need_b, 0) > 0 and fit[other].get(need_a, 0) > 0:
                    changed = list(groups)
                    changed[a] = need_a, tuple(other if who == one else who for who in in_a)
                    changed[b] = need_b, tuple(one if who == other else who for who in in_b)
                    assert value_of(changed, fit, pairs) <= now + 1e-6


def test_those_with_the_same_need_are_together() -> None:
    fit: Fit = {f"{need}{n}": {need: 1.0, "other": 0.4} for need in "ab" for n in range(4)}
    found = suggest_groups(fit, {})
    assert [(group.need, group.learners) for group in found.groups] == [
        ("a", ("a0", "a1", "a2", "a3")),
        ("b", ("b0", "b1", "b2", "b3")),
    ]


def test_who_was_together_is_parted_week_after_week() -> None:
    fit: Fit = {who: {"same": 1.0} for who in range(12)}
    together: Pairs = {}
    shared: dict[tuple[Key, Key], int] = {}
    for _ in range(4):
        found = suggest_groups(fit, together, sizes=Sizes(3, 4))
        together = {pair: weight / 2 for pair, weight in together.items()}
        for group in found.groups:
            for pair in combinations(group.learners, 2):
                together[pair] = together.get(pair, 0) + 1
                shared[pair] = shared.get(pair, 0) + 1
    # Of twelve in groups of four, in four weeks: each pair about once, none always.
    assert max(shared.values()) <= 2
    assert len(shared) >= 50


def test_whoever_is_left_out_is_told_why() -> None:
    fit: Fit = {1: {"a": 1.0}, 2: {"a": 1.0}, 3: {"a": 1.0}, 4: {"b": 1.0}, 5: {"a": 0.0}}
    found = suggest_groups(fit, {})
    assert found.left_out == {4: LeftOut.TOO_FEW, 5: LeftOut.NO_NEED}
    seven: Fit = {who: {"a": 1.0} for who in range(7)}
    assert set(suggest_groups(seven, {}, sizes=Sizes(4, 6)).left_out.values()) == {LeftOut.NO_ROOM}
    assert suggest_groups({}, {}) == Suggestion((), {})


def test_adults_work_in_larger_groups() -> None:
    fit: Fit = {who: {"a": 1.0} for who in range(16)}
    sizes = [len(group.learners) for group in suggest_groups(fit, {}, sizes=ADULTS).groups]
    assert sizes == [8, 8]


def test_a_large_class_is_wholly_placed() -> None:
    rng = np.random.default_rng(7)
    fit: Fit = {
        who: {need: float(s) for need, s in enumerate(rng.uniform(0, 1, 20)) if s > 0.6}
        for who in range(150)
    }
    pairs: Pairs = {(int(a), int(b)): 1.0 for a, b in rng.integers(0, 150, (300, 2))}
    found = suggest_groups(fit, pairs)
    assert not found.left_out
    met = sum(pairs.get((a, b), 0) for g in found.groups for a, b in combinations(g.learners, 2))
    unmixed = suggest_groups(fit, {})
    before = sum(
        pairs.get((a, b), 0) for g in unmixed.groups for a, b in combinations(g.learners, 2)
    )
    assert met < before or not before


@pytest.mark.parametrize(("least", "most"), [(0, 3), (4, 3), (-1, -1)])
def test_sizes_that_no_group_could_have_are_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="sizes go from 1 up"):
        Sizes(least, most)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_a_fit_outside_its_range_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        suggest_groups({1: {"a": wrong}}, {})


@pytest.mark.parametrize("wrong", [-1.0, float("inf"), float("nan")])
def test_a_weight_of_a_pair_that_is_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="were together"):
        suggest_groups({1: {"a": 1.0}, 2: {"a": 1.0}}, {(1, 2): wrong})
