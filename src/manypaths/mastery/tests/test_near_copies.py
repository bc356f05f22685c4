"""Copies are found and kept together; those who merely do alike are not copies."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from manypaths.mastery import Alignment, ResponseLog
from manypaths.mastery.evaluation import evaluate, split_learners
from manypaths.mastery.log import Floats
from manypaths.mastery.near_copies import clusters_of, near_copies
from manypaths.mastery.tests.schools import make_school

Claims = NDArray[np.bool_]


def table_log(right: Claims | Floats) -> ResponseLog:
    """Return the log of learners (rows) who tried all items (columns) once."""
    n_learners, n_items = right.shape
    alignment = Alignment.of((i, [("c", 1.0)]) for i in range(n_items))
    return ResponseLog.of(
        alignment,
        learner=np.repeat(np.arange(n_learners), n_items),
        instrument=np.tile(np.arange(n_items), n_learners),
        outcome=right.ravel(),
    )


def random_table(seed: int, n_learners: int, n_items: int) -> Claims:
    """Return who got what right at random; learner 2 is of middling ability."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(0, 1, (n_learners, 1))
    ability[2] = 0
    logit = ability + rng.normal(0, 1, n_items)
    found: Claims = rng.random((n_learners, n_items)) < 1 / (1 + np.exp(-logit))
    return found


def school_with_copies(seed: int) -> ResponseLog:
    """Return a school of 40 in which 40 and 41 are nearly 3 and 7, and 42 is nearly 3 too."""
    log, _ = make_school(seed, n_learners=40, n_responses=200)
    copied = log.of_learners([*range(40), 3, 7, 3])
    outcome = copied.outcome.copy()
    for n in copied.offsets[40:43]:
        outcome[n] = 1 - outcome[n]
    return replace(copied, outcome=outcome)


@pytest.mark.parametrize("seed", range(5))
def test_planted_copies_are_found_and_nobody_else(seed: int) -> None:
    assert near_copies(school_with_copies(seed)) == [(3, 40), (3, 42), (7, 41), (40, 42)]
    honest, _ = make_school(seed, n_learners=40, n_responses=200)
    assert near_copies(honest) == []


def test_copies_stay_on_one_side_for_every_seed() -> None:
    log = school_with_copies(1)
    sides = set()
    for seed in range(60):
        split = split_learners(log, seed)
        assert sorted([*split.train, *split.test]) == list(range(43))
        is_test = np.isin(np.arange(43), split.test)
        assert is_test[3] == is_test[40] == is_test[42]
        assert is_test[7] == is_test[41]
        # They follow the one of them whom the seed drew first.
        drawn = np.random.RandomState(seed).permutation(43).tolist()
        for cluster in ([3, 40, 42], [7, 41]):
            first = min(drawn.index(learner) for learner in cluster)
            assert is_test[cluster[0]] == (first < round(0.2 * 43))
        sides |= {(bool(is_test[3]), bool(is_test[7]))}
    assert len(sides) == 4
    assert evaluate(log)["n_near_copies"] == 4


@pytest.mark.parametrize("outcome", [0, 1])
def test_two_who_get_all_right_or_all_wrong_are_no_copies(outcome: int) -> None:
    right = random_table(3, 40, 100)
    right[:2] = bool(outcome)
    assert near_copies(table_log(right)) == []


def test_fewer_than_fifty_items_in_common_are_too_few_to_tell() -> None:
    right = random_table(4, 30, 50)
    right[9] = right[2]
    assert near_copies(table_log(right)) == [(2, 9)]
    assert near_copies(table_log(right[:, :49])) == []


def test_ninety_seven_of_a_hundred_alike_are_enough_and_one_less_is_not() -> None:
    right = random_table(5, 30, 100)
    right[9] = right[2]
    right[9, [4, 50, 80]] ^= True
    assert near_copies(table_log(right)) == [(2, 9)]
    right[9, 81] ^= True
    assert near_copies(table_log(right)) == []


def test_first_outcomes_count_alone_and_half_right_counts_as_right() -> None:
    right = random_table(6, 30, 60)
    right[9] = right[2]
    halves = np.where(right, 0.5, 0.49)
    first = table_log(halves)
    assert near_copies(first) == [(2, 9)]
    # Everyone tries all items again, and the two of them differ in all.
    again = random_table(7, 30, 60).astype(float)
    again[9] = 1 - again[2]
    both = table_log(np.concatenate((halves, again), axis=1))
    twice = ResponseLog.of(
        first.alignment,
        learner=np.repeat(np.arange(30), 120),
        instrument=both.instrument % 60,
        outcome=both.outcome,
    )
    assert near_copies(twice) == [(2, 9)]


def test_copies_are_found_among_many_learners_too() -> None:
    right = random_table(8, 1_100, 60)
    right[1_099] = right[5]
    right[1_050] = right[1_020]
    found = near_copies(table_log(right))
    assert {(5, 1_099), (1_020, 1_050)} <= set(found)
    assert len(found) == 2


def test_nobody_is_a_copy_in_an_empty_log() -> None:
    empty = ResponseLog.of(Alignment.of([]), learner=[], instrument=[], outcome=[])
    assert near_copies(empty) == []


@given(pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_clusters_hold_whoever_hangs_together(pairs: list[tuple[int, int]]) -> None:
    together = {learner: {learner} for pair in pairs for learner in pair}
    for _ in range(10):
        for one, other in pairs:
            joined = together[one] | together[other]
            for learner in joined:
                together[learner] = together[learner] | joined
    expected = {frozenset(cluster) for cluster in together.values()}
    found = clusters_of(pairs)
    assert {frozenset(cluster) for cluster in found} == expected
    assert sum(len(cluster) for cluster in found) == len(together)
