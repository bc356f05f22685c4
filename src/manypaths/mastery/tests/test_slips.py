"""Slips that a class shows are found; none are found in answers picked at random."""

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.log import Key
from manypaths.mastery.slips import SlipFound, WrongAnswer, chance_of_at_least, find_slips

N_ITEMS, N_SLIPS = 30, 10

chances = st.lists(st.floats(0, 1), max_size=8)


def offered_by(item: int) -> dict[Key, float]:
    """Return what an item's three wrong answers show: two slips, and one nothing."""
    return {f"slip {item % N_SLIPS}": 1 / 3, f"slip {(item + 3) % N_SLIPS}": 1 / 3}


def random_class(
    rng: np.random.Generator,
    *,
    n_learners: int = 25,
    planted: str | None = None,
    n_slipping: int = 0,
    share_wrong: float = 0.4,
) -> list[WrongAnswer]:
    """Return the wrong answers of a class; the first `n_slipping` learners have a slip."""
    answers = []
    for learner, item in product(range(n_learners), range(N_ITEMS)):
        offered = offered_by(item)
        if learner < n_slipping and planted in offered:
            answers.append(WrongAnswer(learner, item, planted, offered))
        elif rng.random() < share_wrong:
            shown = [*offered, None][rng.integers(3)]
            answers.append(WrongAnswer(learner, item, shown, offered))
    return answers


def test_no_slip_is_found_in_the_random_wrong_answers_of_a_hundred_classes() -> None:
    # 100 classes of 25 learners and 30 items, ten slips each: at most 1 false report in all.
    rng = np.random.default_rng(20)
    shares = rng.uniform(0.1, 0.9, 100)
    found = [find_slips(random_class(rng, share_wrong=share)) for share in shares]
    assert sum(len(slips) for slips in found) <= 1


@pytest.mark.parametrize("seed", range(10))
def test_a_planted_slip_is_found_alone_with_those_who_have_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = random_class(rng, planted="slip 4", n_slipping=5, share_wrong=0.25)
    (found,) = find_slips(answers)
    assert found.slip == "slip 4"
    assert set(range(5)) <= set(found.learners)
    assert found.n_items == 6
    assert found.chance < 1e-3


def told(slip: str, learner: int, item: int, share: float = 0.25) -> WrongAnswer:
    return WrongAnswer(learner, item, slip, {slip: share})


def test_the_numbers_of_a_slip_are_those_of_its_answers() -> None:
    answers = [told("half", who, item) for who in range(4) for item in (1, 2)]
    answers += [
        told("half", 9, 1),  # on one item alone
        WrongAnswer(9, 2, None, {"half": 0.25}),
        WrongAnswer(9, 3, "other", {"half": 0.25, "other": 0.75}),
        WrongAnswer(9, 4, "other", {"other": 1.0}),
        WrongAnswer(9, 5, None, {}),
    ]
    (found,) = find_slips(answers)
    expected = chance_of_at_least(9, [0.25] * 11)
    assert found == SlipFound("half", (0, 1, 2, 3), 2, 9, 9 / 11, expected)


def test_fewer_than_three_learners_or_two_items_are_no_slip_of_a_class() -> None:
    two_learners = [told("half", who, item, 0.1) for who in range(2) for item in range(9)]
    one_item = [told("half", who, 1, 0.1) for who in range(20)]
    one_item_twice = one_item + one_item
    assert find_slips(two_learners) == find_slips(one_item) == find_slips(one_item_twice) == []
    assert find_slips([]) == []
    assert len(find_slips([*two_learners, *(told("half", 2, n, 0.1) for n in (0, 1))])) == 1


def test_an_answer_that_all_wrong_answers_show_says_nothing() -> None:
    assert find_slips([told("only", who, item, 1.0) for who in range(9) for item in range(9)]) == []


def test_the_most_widespread_slip_comes_first() -> None:
    rare = [told("rare", who, item) for who in range(3) for item in range(6)]
    common = [told("common", who, item) for who in range(8) for item in range(2)]
    assert [found.slip for found in find_slips(rare + common)] == ["common", "rare"]


def test_many_slips_looked_at_together_need_stronger_evidence_each() -> None:
    # Holm: the smallest chance of m must be within .01 / m, the next within .01 / (m - 1), ...
    shown = [told("mild", who, item, 0.48) for who in range(4) for item in (1, 2)]
    assert 0.01 / 20 < chance_of_at_least(8, [0.48] * 8) < 0.01 / 2
    others = [WrongAnswer(0, 50 + n, None, {f"unseen {n}": 0.5}) for n in range(19)]
    assert [found.slip for found in find_slips([*shown, *others[:1]])] == ["mild"]
    assert find_slips([*shown, *others]) == []
    strong = [
        told(f"strong {n}", who, 100 * n + item, 0.01)
        for n in range(1, 19)
        for who, item in pairs(4)
    ]
    # With 18 stronger ones accepted before it, it is one of the last two again.
    found = find_slips([*shown, *strong, *others[:1]])
    assert len(found) == 19
    # After one that is not accepted, no weaker one is.
    milder = [told("milder", who, 10 + item, 0.52) for who, item in pairs(4)]
    assert 0.01 / 2 < chance_of_at_least(8, [0.52] * 8) < 0.01
    assert [found.slip for found in find_slips([*shown, *milder])] == ["mild", "milder"]
    mildest = [told("mildest", who, 20 + item, 0.54) for who, item in pairs(4)]
    assert 0.01 / 2 < chance_of_at_least(8, [0.54] * 8) < 0.01
    assert find_slips([*milder, *mildest]) == []


def pairs(n_learners: int) -> list[tuple[int, int]]:
    return [(who, item) for who in range(n_learners) for item in (1, 2)]


@settings(max_examples=60)
@given(chances=chances, count=st.integers(-2, 10))
def test_the_chance_of_so_many_is_that_of_all_ways_to_get_there(
    chances: list[float], count: int
) -> None:
    ways = product((0, 1), repeat=len(chances))
    expected = sum(
        prod(p if happens else 1 - p for p, happens in zip(chances, way, strict=True))
        for way in ways
        if sum(way) >= count
    )
    assert chance_of_at_least(count, chances) == pytest.approx(expected, abs=1e-12)


def test_the_chance_of_none_or_more_is_certain_and_of_too_many_nil() -> None:
    assert chance_of_at_least(0, []) == chance_of_at_least(0, [0.3]) == 1
    assert chance_of_at_least(2, [0.3]) == 0
    assert chance_of_at_least(40, [0.01] * 40) == pytest.approx(1e-80, rel=1e-9)


def test_trying_the_same_item_again_is_no_further_evidence() -> None:
    once = [told("adds", who, item, 0.3) for who in range(5) for item in (1, 2)]
    again = [answer for answer in once for _ in range(4)]
    assert find_slips(again) == find_slips(once) != []
