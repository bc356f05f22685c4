"""Following what is worth most masters more than simple policies do, in worlds of three kinds."""

from functools import cache
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.next_step_trials import (
    ORACLE,
    OURS,
    POLICIES,
    RIGHT_GRAPH,
    WRONG_GRAPH,
    Outcome,
    Trial,
    try_policies,
)
from manypaths.mastery.trial_worlds import (
    WORLDS,
    FadingWorld,
    KnowingWorld,
    OrdinalWorld,
    World,
    all_before,
    draw_graph,
    mistaken,
    prerequisite_places,
)

seeds = st.integers(0, 2**32 - 1)
SMALL = Trial(n_learners=4, n_competencies=6, n_lessons=5, items_a_lesson=2)


def world_of(kind: str, seed: int, n_learners: int = 20) -> World:
    rng = np.random.default_rng(seed)
    return WORLDS[kind](n_learners, draw_graph(10, rng), rng, rng)


# The graph


@given(seed=seeds, n=st.integers(1, 25))
def test_a_graph_has_no_circle_and_something_to_begin_with(seed: int, n: int) -> None:
    before = draw_graph(n, np.random.default_rng(seed))
    assert not np.triu(before).any()
    assert not before[0].any()
    assert before.sum(axis=1).max() <= 3


@given(seed=seeds, share=st.floats(0.05, 0.5))
def test_a_mistaken_graph_misses_turns_and_invents_alike(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    right = draw_graph(20, rng)
    wrong = mistaken(right, rng, share=share)
    n_wrong = max(1, round(share * right.sum() / 3))
    turned = wrong & right.T
    assert (right & ~wrong).sum() == 2 * n_wrong
    assert turned.sum() == n_wrong
    assert (wrong & ~right & ~turned).sum() == n_wrong
    assert not wrong.diagonal().any()


def test_what_precedes_is_named_by_its_places() -> None:
    before = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], bool)
    assert [places.tolist() for places in prerequisite_places(before)] == [[], [0], [0, 1]]
    known = np.array([[1, 0, 0], [0, 1, 0]], bool)
    assert all_before(known, before).tolist() == [[True, True, False], [True, False, False]]


# The worlds


@pytest.mark.parametrize("kind", ["ordinal", "knowing"])  # the third knows more and less ready
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_nobody_learns_what_is_not_ready(kind: str, seed: int) -> None:
    world, rng = world_of(kind, seed), np.random.default_rng(seed)
    unready = ~world.is_ready() & ~world.is_mastered()
    places = np.argmax(unready, axis=1)
    stuck = unready[np.arange(20), places]
    for _ in range(40):
        world.try_at(places, rng)
    still_unready = ~world.is_ready()[np.arange(20), places]
    learned = world.is_mastered()[np.arange(20), places] & stuck & still_unready
    # An ability wanders by itself, and may carry somebody over the edge.
    assert learned.mean() <= (0 if kind == "knowing" else 0.1)


@pytest.mark.parametrize("kind", WORLDS)
def test_who_works_on_what_is_open_masters_it_in_about_as_many_tries_as_told(kind: str) -> None:
    world, rng = world_of(kind, 5, n_learners=400), np.random.default_rng(5)
    who = np.arange(400)
    left = np.where(world.is_mastered(), np.inf, world.tries_left())
    places = np.argmin(left, axis=1)
    told = left[who, places]
    took = np.zeros(400)
    for _ in range(300):
        took += ~world.is_mastered()[who, places]
        world.try_at(places, rng)
    assert np.isfinite(told).all()
    assert np.median(took) == pytest.approx(np.median(told), rel=0.4)


@pytest.mark.parametrize("kind", WORLDS)
def test_who_has_mastered_a_competency_is_right_on_eight_of_ten(kind: str) -> None:
    world, rng = world_of(kind, 2, n_learners=300), np.random.default_rng(2)
    places = np.zeros(300, np.int64)
    for _ in range(200):
        world.try_at(places, rng)
    mastered = world.is_mastered()[:, 0]
    right = np.mean([world.try_at(places, rng).right[mastered] for _ in range(60)])
    assert mastered.mean() > 0.5
    assert right > 0.78


def test_what_is_not_used_fades_and_what_was_recalled_late_fades_slower() -> None:
    world, rng = world_of("fading", 4), np.random.default_rng(4)
    assert isinstance(world, FadingWorld)
    first, other = np.zeros(20, np.int64), np.ones(20, np.int64)
    for _ in range(80):
        world.try_at(first, rng)
    strong, lasts = world.peak[:, 0].copy(), world.lasts[:, 0].copy()
    for _ in range(400):
        world.try_at(other, rng)
    assert (world.tries_left()[:, 0] >= 0).all()
    world.try_at(first, rng)
    assert (world.peak[:, 0] < strong).all()
    assert (world.lasts[:, 0] > lasts).all()


def test_the_worlds_are_of_three_kinds() -> None:
    assert set(WORLDS.values()) == {OrdinalWorld, KnowingWorld, FadingWorld}


# Trials


def test_a_trial_says_the_same_for_the_same_seed() -> None:
    first, again, other = (try_policies(SMALL, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_a_trial_has_an_outcome_for_each_policy_and_graph() -> None:
    found = try_policies(SMALL, seed=3)
    policies = [(ORACLE, RIGHT_GRAPH)]
    policies += [(policy, graph) for graph in (RIGHT_GRAPH, WRONG_GRAPH) for policy in POLICIES]
    assert [(o.world, o.policy, o.graph) for o in found] == [
        (world, *policy) for world in WORLDS for policy in policies
    ]
    for outcome in found:
        assert 0 <= outcome.mastered <= 1
        assert 0 <= outcome.unready + outcome.known <= 1 + 1e-9


@pytest.mark.parametrize("wrong", [{"n_learners": 0}, {"n_lessons": 0}, {"share_wrong": 1.5}])
def test_a_trial_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="got"):
        Trial(**wrong)


@cache
def tried() -> list[Outcome]:
    schools = (try_policies(Trial(n_learners=40), seed=seed) for seed in (1, 2, 3))
    return [outcome for school in schools for outcome in school]


def average(what: str, world: str, graph: str, policy: str) -> float:
    wanted = (world, graph, policy)
    own = [o for o in tried() if (o.world, o.graph, o.policy) == wanted]
    return mean(float(getattr(o, what)) for o in own)


# Of the share that the oracle masters, on its own kind of world and on others.
LARGEST_REGRET = {"ordinal": 0.2, "knowing": 0.3, "fading": 0.3}
# By how much a share may be smaller by chance.
CHANCE = 0.03


@pytest.mark.simulation
@pytest.mark.parametrize("world", WORLDS)
def test_little_is_lost_against_one_who_knows_the_truth(world: str) -> None:
    assert average("regret", world, RIGHT_GRAPH, OURS) <= LARGEST_REGRET[world]


@pytest.mark.simulation
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy != OURS])
def test_no_simple_policy_masters_more(world: str, policy: str) -> None:
    ours = average("mastered", world, RIGHT_GRAPH, OURS)
    assert ours >= average("mastered", world, RIGHT_GRAPH, policy) - CHANCE


@pytest.mark.simulation
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy != OURS])
def test_with_a_partly_wrong_graph_ours_masters_most(world: str, policy: str) -> None:
    ours = average("mastered", world, WRONG_GRAPH, OURS)
    assert ours > average("mastered", world, WRONG_GRAPH, policy)
