"""The exact posterior is exact, and the engine's intervals keep what they promise."""

from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
import pytest

from manypaths.mastery.calibration_trials import (
    Cell,
    Trial,
    all_estimates,
    exact_interval,
    foreign_grid,
    grid,
    has_exact_posterior,
    run_cell,
    run_trial,
)
from manypaths.mastery.log import Floats, ResponseLog
from manypaths.mastery.model import Cold, Spread, unfitted
from manypaths.mastery.simulation import Oddities, School, Truth, simulate

TINY = School(n_learners=3, n_competencies=2, n_items=4, n_responses=5, n_ratings=2)


def brute_force(school: School, log: ResponseLog, truth: Truth, learner: int) -> Floats:
    """Return the 5 % and 95 % points of a learner's two standings, from a grid in three dimensions.

    The likelihood is multiplied up event by event, as one would by hand. Shape (2, 2).
    """
    general, own = school.spread
    grids = [np.linspace(-4.5, 4.5, 91) * np.sqrt(v) for v in (general, own, own)]
    theta, a, b = np.meshgrid(*grids, indexing="ij")
    ability = (theta + a, theta + b)
    weight = np.exp(-(theta**2) / general / 2 - (a**2 + b**2) / own / 2)
    counts = np.zeros((2, 2))
    for n in range(log.offsets[learner], log.offsets[learner + 1]):
        i = int(log.instrument[n])
        is_rating = log.role[n] >= 0
        k = i - truth.item.size if is_rating else int(truth.shown[i])
        eta = truth.easiness[k] + truth.gains @ np.log1p(counts[:, k]) + ability[k]
        if is_rating:
            eta = eta + truth.rater[log.rater[n]] + truth.leniency[log.role[n]]
            sharp = school.oddities.reliability[log.role[n]]
            cuts = [-inf, *school.thresholds, inf]
            level = int(log.outcome[n])
            above, beyond = (1 / (1 + np.exp(-sharp * (eta - cuts[level + j]))) for j in (0, 1))
            weight = weight * (above - beyond)
        else:
            p = 1 / (1 + np.exp(-eta - truth.item[i]))
            weight = weight * (p if log.outcome[n] else 1 - p)
            counts[int(1 - log.outcome[n]), k] += 1
    found = []
    for k in range(2):
        order = np.argsort(ability[k].ravel())
        reached = np.cumsum(weight.ravel()[order]) / weight.sum()
        points = np.interp([0.05, 0.95], reached, ability[k].ravel()[order])
        fixed = truth.easiness[k] + truth.gains @ np.log1p(counts[:, k])
        found.append(points + fixed)
    return np.array(found)


@pytest.mark.parametrize("seed", range(2))
def test_the_exact_posterior_is_that_of_brute_force(seed: int) -> None:
    school = replace(
        TINY,
        leniency=(0.5, 0.0, 0.0, 0.0, 0.0, -0.4),
        oddities=Oddities(reliability=(0.5, 1.0, 1.0, 1.0, 1.5, 2.0)),
    )
    log, truth = simulate(school, seed=seed)
    low, high = exact_interval(school, log, truth)
    for learner in range(school.n_learners):
        slow = brute_force(school, log, truth, learner)
        np.testing.assert_allclose(np.stack((low[learner], high[learner]), axis=1), slow, atol=0.01)


def test_silent_ratings_tell_the_exact_posterior_nothing() -> None:
    school = replace(TINY, self_ratings_move=False, rating_roles=(0,))
    log, truth = simulate(school, seed=3)
    spoken = np.flatnonzero(log.moves).reshape(school.n_learners, 5)
    without = replace(
        log,
        offsets=np.arange(0, spoken.size + 1, 5),
        **{
            name: getattr(log, name)[spoken.ravel()]
            for name in ("instrument", "time", "day", "outcome", "role", "rater", "moves")
        },
    )
    np.testing.assert_allclose(
        exact_interval(school, log, truth), exact_interval(school, without, truth)
    )


def test_exact_intervals_hold_nine_of_ten() -> None:
    school = School(n_learners=400, n_responses=15, n_ratings=5)
    held = []
    for seed in range(3):
        log, truth = simulate(school, seed=seed)
        low, high = exact_interval(school, log, truth)
        held.append(((low <= truth.standing) & (truth.standing <= high)).mean())
    assert np.mean(held) == pytest.approx(0.9, abs=0.015)


@pytest.mark.parametrize(
    "school",
    [
        replace(TINY, n_shown=2),
        replace(TINY, is_foreign=True),
        replace(TINY, oddities=Oddities(wander=(0.01, 0.0))),
        replace(TINY, oddities=Oddities(habit=0.5)),
        replace(TINY, oddities=Oddities(days_apart=1.0, half_life=30.0)),
    ],
)
def test_without_an_exact_posterior_none_is_claimed(school: School) -> None:
    assert not has_exact_posterior(school)
    with pytest.raises(ValueError, match="items that show one"):
        exact_interval(school, *simulate(school, seed=0))
    assert np.isnan(run_trial(school, seed=0, fitted=lambda log: unfitted()).exact_width)


def test_everyone_has_an_estimate_of_every_competency() -> None:
    school = replace(TINY, n_competencies=4, n_responses=1, n_ratings=0)
    log, truth = simulate(school, seed=0)
    found, learner, competency = all_estimates(unfitted(), log)
    assert sorted(zip(learner.tolist(), competency.tolist(), strict=True)) == list(
        product(range(3), range(4))
    )
    assert found.mean.shape == (truth.standing.size,)
    assert (found.sd > 0).all()


def test_a_model_that_is_too_sure_is_found_out() -> None:
    school = School(n_learners=100, n_responses=10)
    too_sure = replace(
        unfitted(), spread=Spread(general=0.05, competency=0.05), cold=Cold(easiness=0.1)
    )
    cell = run_cell("too sure", school, seeds=range(2), fitted=lambda log: too_sure)
    assert cell.covered < 0.7
    assert cell.width_ratio < 0.8


def test_a_cell_weighs_its_schools_by_their_intervals() -> None:
    cell = Cell("x", TINY, [Trial(10, 0.8, 0.1, 2.0, 1.0), Trial(30, 1.0, 0.3, 4.0, 2.0)])
    assert cell.covered == pytest.approx(0.95)
    assert cell.bias == pytest.approx(0.2)
    assert cell.width_ratio == pytest.approx(2.0)
    assert cell.covered_error == pytest.approx(0.1)


def test_the_grid_has_a_cell_for_each_setting() -> None:
    cells = grid(School(n_learners=50))
    assert len(cells) == 24
    assert all(school.n_learners == 50 for school in cells.values())
    assert cells["20 self-ratings"].rating_roles == (0,)
    assert (cells["20 of both"].n_responses, cells["20 of both"].n_ratings) == (10, 10)
    assert cells["5 responses, 3 an item"].n_shown == 3
    assert all(school.is_foreign for school in foreign_grid().values())


USUAL = School(n_learners=500)


@pytest.mark.simulation
@pytest.mark.parametrize("name", grid(USUAL))
def test_nine_of_ten_intervals_hold_the_truth_in_every_cell(name: str) -> None:
    school = grid(USUAL)[name]
    cell = run_cell(name, school, seeds=range(8))
    assert 0.86 <= round(cell.covered, 2) <= 0.94
    if has_exact_posterior(school):
        assert round(cell.width_ratio, 2) <= 1.15
