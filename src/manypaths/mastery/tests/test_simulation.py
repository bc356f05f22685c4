"""A school's log comes from what its truth says, and each oddity shows in it."""

from dataclasses import replace

import numpy as np
import pytest

from manypaths.mastery.log import ROLES, Floats, ResponseLog
from manypaths.mastery.simulation import RATERS_PER_ROLE, Oddities, School, Truth, simulate

PLAIN = School(n_learners=300, n_responses=30)


def by_learner(log: ResponseLog, column: str) -> Floats:
    values: Floats = getattr(log, column).reshape(log.n_learners, -1)
    return values


def test_what_is_not_asked_for_draws_as_if_it_were_not_there() -> None:
    log, truth = simulate(PLAIN, seed=1)
    odd, _ = simulate(replace(PLAIN, oddities=Oddities(days_apart=3.0)), seed=1)
    np.testing.assert_array_equal(log.outcome, odd.outcome)
    np.testing.assert_array_equal(log.instrument, odd.instrument)
    assert not log.has_clock
    gaps = np.diff(by_learner(odd, "time"), axis=1)
    assert (gaps >= 0).all()
    assert gaps.mean() == pytest.approx(3, rel=0.05)
    # Nothing moved but practice, so standing is easiness, ability and what practice added.
    assert (truth.standing >= truth.easiness + truth.ability - 1e-12).all()


def test_standing_is_what_the_next_response_to_an_average_item_comes_from() -> None:
    _, truth = simulate(PLAIN, seed=2)
    log, _ = simulate(PLAIN, seed=2)
    counts = np.zeros((2, *truth.ability.shape))
    learner = np.repeat(np.arange(log.n_learners), 30)
    np.add.at(counts, ((1 - log.outcome).astype(int), learner, truth.shown[log.instrument]), 1)
    practised = np.tensordot(truth.gains, np.log1p(counts), axes=1)
    np.testing.assert_allclose(truth.standing, truth.easiness + truth.ability + practised)


def test_items_that_show_several_share_equally_and_are_of_their_own_first() -> None:
    log, truth = simulate(replace(PLAIN, n_shown=3), seed=0)
    assert truth.shares.sum(axis=1) == pytest.approx(1)
    assert set(truth.shares.ravel().tolist()) == {0.0, 1 / 3}
    alignment = log.alignment
    for i in range(truth.item.size):
        span = slice(alignment.starts[i], alignment.starts[i + 1])
        keys = [alignment.competencies[k] for k in alignment.competency[span]]
        assert keys[0] == f"c{truth.shown[i]}"
        assert {int(str(key)[1:]) for key in keys} == set(np.flatnonzero(truth.shares[i]))
    # Each item's whole easiness is best told by its competencies' average easiness.
    whole = truth.item + truth.shares @ truth.easiness
    left = whole - truth.shares @ truth.average_easiness
    np.testing.assert_allclose(truth.shares.T @ left, 0, atol=1e-9)


def test_ratings_come_from_the_roles_that_rate_and_sharp_ones_spread_less() -> None:
    ratings = School(n_learners=400, n_responses=0, n_ratings=30, rating_roles=(0, 4))
    reliability = (0.5, 1.0, 1.0, 1.0, 3.0, 1.0)
    log, truth = simulate(replace(ratings, oddities=Oddities(reliability=reliability)), seed=0)
    assert set(log.role.tolist()) == {0, 4}
    assert (log.rater // RATERS_PER_ROLE == log.role).all()
    k = np.array([int(str(key).split("c")[1]) for key in log.alignment.instruments[80:]])
    competency = k[log.instrument - 80]
    learner = np.repeat(np.arange(log.n_learners), 30)
    fixed = truth.standing[learner, competency] + truth.rater[log.rater]
    explained = [
        np.corrcoef(fixed[log.role == role], log.outcome[log.role == role])[0, 1] for role in (0, 4)
    ]
    assert explained[0] + 0.15 < explained[1]


def test_habits_make_an_outcome_hang_on_the_one_before() -> None:
    one = replace(PLAIN, n_competencies=1, n_items=1, spread=(0.0, 0.0), gains=(0.0, 0.0))

    def memory(school: School) -> float:
        outcome = by_learner(simulate(school, seed=4)[0], "outcome")
        return abs(float(np.corrcoef(outcome[:, 1:].ravel(), outcome[:, :-1].ravel())[0, 1]))

    assert memory(one) < 0.03
    assert memory(replace(one, oddities=Oddities(habit=2.0))) > 0.1


def test_items_of_high_discrimination_set_learners_further_apart() -> None:
    sharp = replace(PLAIN, spread=(2.0, 0.0), oddities=Oddities(discrimination=0.4))
    spreads = [
        item_reach(*simulate(school, seed=0)).std()
        for school in (sharp, replace(sharp, oddities=Oddities()))
    ]
    assert spreads[0] > 1.3 * spreads[1]


def item_reach(log: ResponseLog, truth: Truth) -> Floats:
    """Return how steeply the outcome of each item rises with ability."""
    learner = np.repeat(np.arange(log.n_learners), log.n_events // log.n_learners)
    general = truth.ability.mean(axis=1)[learner]
    return np.array(
        [
            np.polyfit(general[log.instrument == i], log.outcome[log.instrument == i], 1)[0]
            for i in range(truth.item.size)
        ]
    )


def test_abilities_wander_and_fade_as_told() -> None:
    still = replace(PLAIN, n_learners=2000, n_responses=20, gains=(0.0, 0.0), n_items=8)

    def moved(oddities: Oddities) -> Floats:
        _, truth = simulate(replace(still, oddities=oddities), seed=0)
        change: Floats = truth.standing - truth.easiness - truth.ability
        return change

    assert np.abs(moved(Oddities())).max() < 1e-12
    assert moved(Oddities(wander=(0.01, 0.0))).var() == pytest.approx(20 * 0.01, rel=0.15)
    # Every competency is practised by an eighth of the events.
    assert moved(Oddities(wander=(0.0, 0.08))).var() == pytest.approx(20 * 0.08 / 8, rel=0.15)
    # After many half-lives own parts are drawn anew, and as spread as before.
    anew = moved(Oddities(days_apart=50.0, half_life=20.0))
    assert anew.var() == pytest.approx(2 * 0.6, rel=0.15)


def test_a_foreign_school_is_of_two_kinds_in_two_strands_and_nobody_is_certain() -> None:
    log, truth = simulate(
        School(n_learners=1500, n_responses=40, is_foreign=True, spread=(1.0, 1.0)), seed=0
    )
    general = truth.ability.mean(axis=1)
    assert general.mean() == pytest.approx(0, abs=0.12)
    own = truth.ability - general[:, np.newaxis]
    together = np.corrcoef(own.T)
    assert together[0, 2] > together[0, 1] + 0.2
    chance = 1 / (1 + np.exp(-truth.standing))
    assert 0.04 <= chance.min() < chance.max() <= 0.96
    outcome = by_learner(log, "outcome")
    assert outcome[:, 30:].mean() > outcome[:, :10].mean() + 0.02


@pytest.mark.parametrize(
    "numbers",
    [
        {"n_learners": 0},
        {"n_items": 3},
        {"n_responses": 0},
        {"leniency": (0.0,)},
        {"n_shown": 9},
        {"n_shown": 0},
        {"rating_roles": ()},
        {"rating_roles": (len(ROLES),)},
    ],
)
def test_schools_that_nobody_could_go_to_are_refused(numbers: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        School(**numbers)  # type: ignore[arg-type]  # each is one of the school's


@pytest.mark.parametrize(
    "numbers",
    [
        {"reliability": (1.0,)},
        {"reliability": (0.0,) * len(ROLES)},
        {"habit": -1.0},
        {"wander": (0.0, -0.1)},
        {"half_life": 0.0},
    ],
)
def test_oddities_that_no_school_has_are_refused(numbers: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Oddities(**numbers)  # type: ignore[arg-type]  # each is one of theirs
