"""A fit finds what a school was drawn from, stays calm with little, and is the same each time."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from manypaths.mastery import Alignment, Model, ResponseLog, Settings, estimate, start
from manypaths.mastery.arrays import OF_ROLES, Parameters, Sums, no_sums
from manypaths.mastery.batch import columns_of, final_beliefs, parameters_for, run_pass, trace
from manypaths.mastery.beliefs import REACH
from manypaths.mastery.fitting import fit
from manypaths.mastery.log import ROLES, Floats, Ints
from manypaths.mastery.model import Spread, read_model, unfitted
from manypaths.mastery.simulation import RATERS_PER_ROLE, School, Truth
from manypaths.mastery.standing import N_OWN, estimate_rows
from manypaths.mastery.tests.logs import random_log, random_model
from manypaths.mastery.tests.schools import make_school

SELF_LENIENT = (0.8, 0.0, 0.0, 0.0, 0.0, 0.0)

seeds = st.integers(0, 2**32 - 1)


def items_of(model: Model, truth: Truth) -> Floats:
    return np.array([model.instruments[place][0] for place in range(truth.item.size)])


def terms_of(model: Model) -> Floats:
    """Return easiness, gains and sampling variance, shape (n_competencies, 4)."""
    return np.array([tuple(terms) for terms in model.competencies.values()])


# Recovery


@pytest.mark.parametrize("seed", range(4))
def test_items_and_competencies_are_recovered_from_500_learners_of_60_responses(
    seed: int,
) -> None:
    log, truth = make_school(seed)
    model = fit(log, seed=seed)
    assert np.corrcoef(items_of(model, truth), truth.item)[0, 1] > 0.9
    easiness, _, _, variance = terms_of(model).T
    off = (easiness - truth.easiness - truth.ability.mean(axis=0)) / np.sqrt(variance)
    assert np.abs(off).max() < 3.5
    assert np.sqrt((off**2).mean()) < 1.6
    # A competency's easiness on the average of its own items is known far better.
    of_items = np.bincount(truth.shown, weights=items_of(model, truth)) / np.bincount(truth.shown)
    known = truth.average_easiness + truth.ability.mean(axis=0)
    assert easiness + of_items == pytest.approx(known, abs=0.35)


@pytest.mark.parametrize("seed", range(2))
def test_what_practice_adds_and_how_far_learners_differ_are_recovered(seed: int) -> None:
    log, truth = make_school(seed, gains=(0.4, 0.2))
    model = fit(log)
    assert terms_of(model)[:, 1:3].mean(axis=0) == pytest.approx(truth.gains, abs=0.2)
    # One step-ahead prediction says little of variances: they are right within a factor of three.
    assert 0.8 / 3 < model.spread.general < 0.8 * 3
    assert 0.6 / 3 < model.spread.competency < 0.6 * 3


@pytest.mark.parametrize("seed", range(3))
def test_leniency_of_roles_is_recovered_and_thresholds_rise(seed: int) -> None:
    log, truth = make_school(seed, n_ratings=20, leniency=SELF_LENIENT)
    model = fit(log)
    of_raters = truth.rater.reshape(len(ROLES), RATERS_PER_ROLE).mean(axis=1)
    assert np.array(model.leniency_of_role) == pytest.approx(truth.leniency + of_raters, abs=0.25)
    assert np.array(model.thresholds) == pytest.approx(School().thresholds, abs=0.25)
    assert (np.diff(model.thresholds) >= 0.1 - 1e-12).all()
    assert np.array(model.reliability_of_role) == pytest.approx(np.ones(len(ROLES)), abs=0.3)
    fitted = [model.raters[rater][0] for rater in range(truth.rater.size)]
    assert np.corrcoef(fitted, truth.rater)[0, 1] > 0.4
    assert model.has_ratings


def consistent_ratings(seed: int, *, reliability: float = 3.0) -> tuple[ResponseLog, Floats]:
    """Return ratings by raters who seldom err, and true standings (n_learners, n_competencies).

    They are of two roles, the first of which is lenient by half a level.
    """
    rng = np.random.default_rng(seed)
    n_learners, n_competencies, n = 60, 8, 32
    standing = rng.normal(1, 0.8, (n_learners, 1)) + rng.normal(0, 0.5, (1, n_competencies))
    competency = rng.integers(0, n_competencies, (n_learners, n))
    role = 2 * rng.integers(0, 2, (n_learners, n))
    eta = np.take_along_axis(standing, competency, axis=1) + 0.5 * (role == 0)
    eta += rng.logistic(0, 1 / reliability, eta.shape)
    log = ResponseLog.of(
        Alignment.of(
            [(k, [(f"c{k}", 1.0)]) for k in range(n_competencies)],
            without_difficulty=range(n_competencies),
        ),
        learner=np.repeat(np.arange(n_learners), n),
        instrument=competency.ravel(),
        outcome=np.digitize(eta.ravel(), unfitted().thresholds),
        role=role.ravel(),
        rater=(role.ravel() > 0).astype(int),
        raters=["themself", "a coach"],
        n_levels=5,
    )
    return log, standing


@pytest.mark.parametrize("seed", range(3))
def test_terms_do_not_drift_where_ratings_agree_with_each_other(seed: int) -> None:
    log, standing = consistent_ratings(seed)
    model = fit(log)
    finals, _ = final_beliefs(model, log)
    assert abs(finals.general[:, 0].mean()) < 0.3
    assert np.corrcoef(finals.general[:, 0], standing.mean(axis=1))[0, 1] > 0.95
    lenient, _, strict, *_ = model.leniency_of_role
    assert lenient - strict + model.raters["themself"][0] - model.raters["a coach"][0] == (
        pytest.approx(0.5, abs=0.35)
    )
    assert max(np.abs(model.leniency_of_role)) < 0.7
    assert np.array(model.thresholds) == pytest.approx(unfitted().thresholds, abs=0.7)
    assert model.reliability_of_role[0] == pytest.approx(3, abs=1)


def test_raters_who_never_err_are_not_believed_without_end() -> None:
    log, _ = consistent_ratings(0, reliability=1000.0)
    model = fit(log)
    assert max(model.reliability_of_role) <= 4
    assert read_model(model.as_text()) == model
    finals, traced = final_beliefs(model, log)
    assert np.isfinite(traced.log_likelihood).all()
    assert (finals.general[:, 1] > 0).all()
    assert (finals.rows[:, 1] > 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_fit_predicts_held_out_learners_better_than_priors_alone(seed: int) -> None:
    log, _ = make_school(seed, n_learners=300, n_ratings=5)
    model = fit(log.of_learners(range(240)))
    others = log.of_learners(range(240, 300))
    fitted, before = (trace(m, others).log_likelihood.mean() for m in (model, unfitted()))
    assert fitted > before + 0.02


@pytest.mark.simulation
@pytest.mark.parametrize("spread", [(0.8, 0.6), (2.0, 0.2)])
@pytest.mark.parametrize("n_responses", [60, 100])
def test_nine_of_ten_intervals_hold_the_truth(
    spread: tuple[float, float], n_responses: int
) -> None:
    covered = [coverage(seed, spread, n_responses) for seed in range(8)]
    assert 0.86 <= np.mean(covered) <= 0.94


def coverage(seed: int, spread: tuple[float, float], n_responses: int) -> float:
    """Return the share of 90 % intervals of a fit that hold the true standing."""
    log, truth = make_school(seed, spread=spread, n_responses=n_responses)
    model = fit(log, seed=seed)
    finals, _ = final_beliefs(model, log)
    who = np.repeat(np.arange(log.n_learners), np.diff(finals.begins))
    keys = log.alignment.competencies
    own = finals.rows[:, :N_OWN]
    found = estimate_rows(model, keys, finals.competency, finals.general[who], own, at=float("nan"))
    k = np.array([int(str(key)[1:]) for key in keys])[finals.competency]
    true = truth.easiness[k] + truth.ability[who, k] + truth.gains @ np.log1p(own[:, 6:8].T)
    return float((np.abs(found.mean - true) <= REACH[0.9] * found.sd).mean())


@pytest.mark.parametrize("seed", range(2))
def test_by_how_much_items_tell_of_ability_is_recovered_around_1(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_learners, n_items = 800, 24
    loading = np.tile([0.4, 1.0, 1.6], n_items // 3)
    item = np.array([rng.permutation(n_items) for _ in range(n_learners)])
    ability = rng.normal(0, 1.2, (n_learners, 1))
    logit = loading[item] * ability + rng.normal(size=n_items)[item]
    log = ResponseLog.of(
        Alignment.of((i, [("c", 1.0)]) for i in range(n_items)),
        learner=np.repeat(np.arange(n_learners), n_items),
        instrument=item.ravel(),
        outcome=(rng.random(item.shape) < 1 / (1 + np.exp(-logit))).ravel().astype(float),
    )
    model = fit(log, seed=seed)
    found = np.array([model.instruments[i].loading for i in range(n_items)])
    assert np.corrcoef(found, loading)[0, 1] > 0.8
    assert found.mean() == pytest.approx(1, abs=0.1)
    assert found[::3].max() < found[2::3].min()


# Little evidence, and evidence of one kind


@pytest.mark.parametrize("n_learners", [1, 3, 29])
def test_with_few_learners_the_variances_stay_as_they_were(n_learners: int) -> None:
    log, _ = make_school(5, n_learners=n_learners, n_responses=20, n_ratings=3)
    model = fit(log)
    assert model.spread == Spread()
    assert model.n_learners == n_learners
    assert (model.n_responses, model.n_ratings) == (20 * n_learners, 3 * n_learners)


def plain_log(
    outcomes: list[list[int]], *, n_competencies: int = 1, n_items: int = 10
) -> ResponseLog:
    alignment = Alignment.of((i, [(f"c{i % n_competencies}", 1.0)]) for i in range(n_items))
    sizes = [len(mine) for mine in outcomes]
    return ResponseLog.of(
        alignment,
        learner=np.repeat(np.arange(len(outcomes)), sizes),
        instrument=np.concatenate([np.arange(size) % n_items for size in sizes]),
        outcome=np.concatenate(outcomes),
    )


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_response_does_not_settle_how_others_stand(outcome: int) -> None:
    model = fit(plain_log([[outcome]], n_items=1))
    for key in ("c0", "another"):
        before, after = (estimate(m, start(m), key) for m in (unfitted(), model))
        assert abs(after.mean - before.mean) < 0.5
        assert abs(after.p_mastered - before.p_mastered) < 0.1


PATTERNS: dict[str, Callable[[int], Ints]] = {
    "all right": lambda n: np.ones(n, int),
    "all wrong": lambda n: np.zeros(n, int),
    "rising": lambda n: (np.arange(n) >= n // 2).astype(int),
    "falling": lambda n: (np.arange(n) < n // 2).astype(int),
    "to and fro": lambda n: np.arange(n) % 2,
}


@pytest.mark.parametrize("pattern", list(PATTERNS))
@pytest.mark.parametrize(
    ("n_learners", "n", "k"), [(1, 200, 1), (3, 20, 3), (60, 100, 1), (60, 60, 5)]
)
def test_numbers_stay_in_bounds_whatever_the_log(
    pattern: str, n_learners: int, n: int, k: int
) -> None:
    log = plain_log([PATTERNS[pattern](n).tolist()] * n_learners, n_competencies=k)
    model = fit(log)
    assert read_model(model.as_text()) == model  # which refuses what is no number
    assert np.abs(terms_of(model)[:, 0]).max() < 10
    assert np.abs(terms_of(model)[:, 1:3]).max() < 8
    assert 0.05 <= model.spread.general <= 4
    assert 0.02 <= model.spread.competency <= 4
    assert all(0.05 <= sd <= 2 for sd in vars(model.cold).values())
    traced = trace(model, log)
    assert np.isfinite(traced.log_likelihood).all()
    assert ((traced.chance >= 0) & (traced.chance <= 1)).all()


@pytest.mark.parametrize("seed", range(2))
def test_a_log_of_ratings_alone_is_enough(seed: int) -> None:
    log, _ = make_school(seed, n_learners=120, n_responses=0, n_ratings=15, leniency=SELF_LENIENT)
    model = fit(log)
    assert model.has_ratings
    assert (model.n_responses, model.n_ratings) == (0, log.n_events)
    assert model.mastered_from == model.thresholds[2]
    assert model.leniency_of_role[0] > max(model.leniency_of_role[1:])
    fitted, before = (trace(m, log).log_likelihood.mean() for m in (model, unfitted()))
    assert fitted > before


def test_a_log_without_events_is_refused() -> None:
    log = ResponseLog.of(Alignment.of([]), learner=[], instrument=[], outcome=[])
    with pytest.raises(ValueError, match="fitted to at least one event; the log has none"):
        fit(log)


def test_a_level_above_the_cut_points_is_refused() -> None:
    log, _ = make_school(0, n_learners=20, n_responses=5, n_ratings=5)
    with pytest.raises(ValueError, match="the model knows levels from 0 to 1"):
        fit(log, settings=Settings(cut_points=(0.8,), target=0))


def test_thresholds_keep_apart_where_levels_between_are_never_given() -> None:
    log, _ = make_school(2, n_learners=40, n_responses=5, n_ratings=10)
    extremes = np.where(log.is_rating, 4 * (log.outcome >= 2), log.outcome)
    model = fit(
        replace(log, outcome=extremes), settings=Settings(cut_points=(0.5, 0.505, 0.51, 0.515))
    )
    assert (np.diff(model.thresholds) >= 0.1 - 1e-12).all()


# Forgetting


def two_terms(seed: int, *, is_forgotten: bool) -> ResponseLog:
    """Return a log of two terms, a year apart; of the first one all or nothing is forgotten."""
    rng = np.random.default_rng(seed)
    n_learners, n_items, n = 250, 40, 40
    own = rng.normal(0, 1.2, (2, n_learners, 4))
    item = rng.integers(0, n_items, (n_learners, 2, n))
    who = np.arange(n_learners)[:, np.newaxis]
    ability = np.stack(
        [own[term * is_forgotten][who, item[:, term] % 4] for term in (0, 1)], axis=1
    )
    chance = 1 / (1 + np.exp(-ability - rng.normal(0, 0.5, n_items)[item]))
    alignment = Alignment.of((i, [(f"c{i % 4}", 1.0)]) for i in range(n_items))
    days = np.tile(np.repeat([0.0, 365.0], n), n_learners) + np.tile(np.arange(n), 2 * n_learners)
    return ResponseLog.of(
        alignment,
        learner=np.repeat(np.arange(n_learners), 2 * n),
        instrument=item.ravel(),
        outcome=(rng.random(chance.shape) < chance).ravel(),
        time=days,
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_half_life_is_found_where_much_is_forgotten_and_none_without_a_clock(seed: int) -> None:
    forgetful, lasting = (two_terms(seed, is_forgotten=f) for f in (True, False))
    assert fit(forgetful).spread.half_life <= 360
    assert fit(lasting).spread.half_life > 360
    undated = replace(forgetful, time=np.full(forgetful.n_events, np.nan))
    assert fit(undated).spread.half_life == np.inf


# Silent events


def test_silent_ratings_move_nothing_but_the_leniency_of_their_role() -> None:
    log, _ = make_school(
        1,
        n_learners=25,
        n_responses=30,
        n_ratings=10,
        leniency=SELF_LENIENT,
        self_ratings_move=False,
    )
    silent = ~log.moves
    assert silent.sum() > 10
    told = fit(without(log, log.is_rating & log.moves))
    untold = fit(without(log, log.is_rating))
    assert told.leniency_of_role[0] > 0.3
    assert untold.leniency_of_role == unfitted().leniency_of_role
    for name in ("competencies", "instruments", "thresholds", "typical", "spread", "has_ratings"):
        assert getattr(told, name) == getattr(untold, name)


def test_silent_ratings_move_no_belief_and_are_counted() -> None:
    log, _ = make_school(1, n_learners=25, n_responses=10, n_ratings=10, self_ratings_move=False)
    model = fit(log)
    heard = without(log, ~log.moves)
    with_silent, _ = final_beliefs(model, log)
    spoken, _ = final_beliefs(model, heard)
    np.testing.assert_allclose(with_silent.general, spoken.general, atol=1e-12)
    for learner in range(log.n_learners):
        for key in heard.alignment.competencies:
            found, expected = (
                estimate(model, finals.of_learner(some, learner), key)
                for finals, some in ((with_silent, log), (spoken, heard))
            )
            assert (found.mean, found.sd) == pytest.approx((expected.mean, expected.sd))
    n_pieces = sum(int(finals.rows[:, 8].sum()) for finals in (with_silent, spoken))
    assert n_pieces == log.n_events + heard.n_events


def test_a_log_of_silent_ratings_alone_has_no_ratings_that_spoke() -> None:
    log, _ = make_school(1, n_learners=5, n_responses=0, n_ratings=10)
    model = fit(replace(log, moves=np.zeros(log.n_events, bool)))
    assert not model.has_ratings
    assert not model.instruments
    assert model.thresholds == unfitted().thresholds


def without(log: ResponseLog, left_out: NDArray[np.bool_]) -> ResponseLog:
    """Return the log without some events; every learner must keep one."""
    kept = ~left_out
    learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))[kept]
    names = ("instrument", "time", "day", "outcome", "role", "rater", "moves")
    columns = {name: getattr(log, name)[kept] for name in names}
    return ResponseLog.of(log.alignment, learner=learner, raters=log.raters, n_levels=5, **columns)


# The same each time


def test_a_fit_is_the_same_for_a_seed_and_changes_nothing_that_it_was_given() -> None:
    log, _ = make_school(3, n_learners=60, n_responses=20, n_ratings=5)
    before = {name: np.array(column) for name, column in vars(log).items() if name != "alignment"}
    first, second, other = fit(log, seed=1), fit(log, seed=1), fit(log, seed=2)
    assert first.as_text() == second.as_text()
    assert first.version == second.version
    assert other.version != first.version
    for name, column in before.items():
        np.testing.assert_array_equal(getattr(log, name), column)


def test_a_fit_does_not_hang_on_the_global_random_state() -> None:
    log, _ = make_school(3, n_learners=40, n_responses=10)
    np.random.seed(1)
    state = str(np.random.get_state())
    first = fit(log)
    assert str(np.random.get_state()) == state
    np.random.seed(2)
    assert fit(log).version == first.version


# The sums that it steps by


def sums_of(log: ResponseLog, parameters: Parameters) -> Sums:
    sums = no_sums(parameters)
    run_pass(columns_of(log), parameters, sums=sums)
    return sums


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_sums_are_slopes_of_the_log_likelihood(seed: int) -> None:
    # One event a learner, so that no belief has moved by what a term did to earlier events.
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=40, n_events=1, share_of_ratings=0.7)
    parameters = parameters_for(random_model(rng, log), log)[0]
    sums = sums_of(log, parameters)
    heard = log.moves

    def likelihood(counts: NDArray[np.bool_]) -> float:
        traced = run_pass(columns_of(log), parameters)
        return float(traced.log_likelihood[counts].sum())

    everything: NDArray[np.bool_] = np.ones(log.n_events, bool)
    for terms, (slope, *_), counts in (
        (parameters.instrument[:8], sums.instrument[:, :8], heard),
        (parameters.thresholds, sums.thresholds, heard & log.is_rating),
        (parameters.rater, sums.rater, everything),
        (parameters.leniency_of_role, sums.common[:, OF_ROLES:], everything),
    ):
        for place, term in enumerate(terms.tolist()):
            terms[place] = term + 1e-5
            above = likelihood(counts)
            terms[place] = term - 1e-5
            assert slope[place] == pytest.approx((above - likelihood(counts)) / 2e-5, abs=1e-6)
            terms[place] = term
    for role, alpha in enumerate(parameters.reliability_of_role.tolist()):
        parameters.reliability_of_role[role] = alpha * np.exp(1e-5)
        above = likelihood(everything)
        parameters.reliability_of_role[role] = alpha * np.exp(-1e-5)
        expected = (above - likelihood(everything)) / 2e-5
        assert sums.reliability[0, role] == pytest.approx(expected, abs=1e-6)
        parameters.reliability_of_role[role] = alpha


@settings(max_examples=10, deadline=None)
@given(seed=seeds, n_first=st.integers(0, 6))
def test_sums_of_two_parts_of_the_learners_add_up(seed: int, n_first: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng)
    parameters = parameters_for(random_model(rng, log), log)[0]
    whole = sums_of(log, parameters)
    first = sums_of(log.of_learners(range(n_first)), parameters)
    second = sums_of(log.of_learners(range(n_first, log.n_learners)), parameters)
    for one, other, both in zip(first, second, whole, strict=True):
        np.testing.assert_allclose(one + other, both, atol=1e-9)
    assert whole.n_events[0] == log.n_events
