"""How well learners never seen before are predicted, and that nobody peeks."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from manypaths.mastery import Alignment, Model, ResponseLog, predict, start, update
from manypaths.mastery.batch import trace
from manypaths.mastery.evaluation import (
    KINDS,
    auc,
    calibration_slope,
    evaluate,
    expected_calibration_error,
    scores,
    split_learners,
)
from manypaths.mastery.fitting import fit
from manypaths.mastery.log import Floats
from manypaths.mastery.model import read_model
from manypaths.mastery.rules import RULES
from manypaths.mastery.tests.logs import events_of, random_log
from manypaths.mastery.tests.schools import make_school

COUNTS = ["n_train", "n_test"]
SCORES = ["auc", "rmse", "log_loss", "ece", "calibration_slope"]
TIMES = ["fit_seconds", "fit_cpu_seconds", "predict_seconds", "ns_per_response"]
KEYS = COUNTS + SCORES + TIMES

seeds = st.integers(0, 2**32 - 1)
# Chances with ties, outcomes with partial credit.
chance = st.one_of(st.sampled_from([0.0, 0.2, 0.5, 0.75, 1.0]), st.floats(0, 1))
predictions = st.lists(
    st.tuples(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), chance),
    min_size=1,
    max_size=12,
).map(lambda rows: np.array(rows).T)


# Scores


@given(rows=predictions)
def test_auc_is_the_share_of_pairs_in_the_right_order_ties_counting_half(rows: Floats) -> None:
    right, p = rows[0] >= 0.5, rows[1]
    pairs = [
        1.0 if high > low else 0.5 if high == low else 0.0 for high in p[right] for low in p[~right]
    ]
    expected = np.mean(pairs) if pairs else math.nan
    assert auc(right, p) == pytest.approx(expected, nan_ok=True)


@given(rows=predictions)
def test_calibration_error_is_the_gap_in_each_of_twenty_bins(rows: Floats) -> None:
    right, p = rows[0] >= 0.5, rows[1]
    total = 0.0
    for place in range(20):
        within = [n for n in range(p.size) if min(int(p[n] * 20), 19) == place]
        if within:
            gap = p[within].mean() - right[within].mean()
            total += abs(gap) * len(within) / p.size
    assert expected_calibration_error(right, p) == pytest.approx(total, abs=1e-12)


@given(rows=predictions)
def test_losses_are_those_of_a_loop_and_certainty_is_held_to_one_in_a_million(rows: Floats) -> None:
    found = scores(*rows)
    squares, logs = 0.0, 0.0
    for outcome, p in rows.T.tolist():
        held = min(max(p, 1e-6), 1 - 1e-6)
        squares += (outcome - held) ** 2
        logs -= outcome * math.log(held) + (1 - outcome) * math.log(1 - held)
    assert found["rmse"] == pytest.approx(math.sqrt(squares / rows.shape[1]))
    assert found["log_loss"] == pytest.approx(logs / rows.shape[1])
    held_all = np.clip(rows[1], 1e-6, 1 - 1e-6)
    assert found["ece"] == expected_calibration_error(rows[0] >= 0.5, held_all)
    assert found["auc"] == pytest.approx(auc(rows[0] >= 0.5, held_all), nan_ok=True)
    assert set(found) == set(SCORES)


def coin(seed: int, n: int, *, spread: float = 1.2) -> tuple[Floats, Floats]:
    """Return true chances on the logit scale, and outcomes that happen with them."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(0.3, spread, n)
    return logit, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(float)


def as_chance(logit: Floats) -> Floats:
    p: Floats = np.clip(1 / (1 + np.exp(-logit)), 1e-6, 1 - 1e-6)
    return p


@pytest.mark.parametrize("seed", range(3))
def test_the_slope_is_one_for_true_chances_and_less_for_overconfident_ones(seed: int) -> None:
    logit, outcome = coin(seed, 20_000)
    slope = calibration_slope(outcome, as_chance(logit))
    assert slope == pytest.approx(1, abs=0.06)
    for factor in (0.2, 0.5, 2, 4, 6):
        assert calibration_slope(outcome, as_chance(factor * logit)) == pytest.approx(
            slope / factor, rel=0.05
        )
    # So sure of itself that nearly all chances are held to one in a million.
    assert 0 < calibration_slope(outcome, as_chance(100 * logit)) < 0.2


@settings(max_examples=40)
@given(seed=seeds, n=st.integers(20, 60))
def test_the_slope_is_that_of_the_best_logistic_regression(seed: int, n: int) -> None:
    logit, outcome = coin(seed, n, spread=0.5)

    def loss(line: Floats) -> float:
        bent = line[0] + line[1] * logit
        return float((np.logaddexp(0, bent) - outcome * bent).sum())

    if 0 < outcome.sum() < n:
        best = minimize(loss, np.zeros(2), method="BFGS").x[1]
        if abs(best) < 10:  # else right and wrong fall apart, and no slope is the best
            assert calibration_slope(outcome, as_chance(logit)) == pytest.approx(best, abs=1e-3)


def test_the_slope_has_no_value_where_nothing_varies() -> None:
    alike, varied = np.full(4, 0.6), np.array([0.2, 0.4, 0.6, 0.8])
    assert math.isnan(calibration_slope(np.array([0.0, 1, 1, 0]), alike))
    assert math.isnan(calibration_slope(np.ones(4), varied))
    assert math.isnan(calibration_slope(np.zeros(4), varied))
    assert calibration_slope(np.array([0.0, 0, 1, 1]), varied) > 5


def test_a_confident_mistake_neither_overflows_nor_counts_as_skill() -> None:
    p = np.array([1.0, 1.0, 0.0, 0.0])
    found = scores(np.array([1.0, 0, 0, 1]), p)
    assert found["auc"] == 0.5
    assert found["calibration_slope"] == pytest.approx(0, abs=1e-6)
    assert found["log_loss"] == pytest.approx(-math.log(1e-6) / 2, rel=1e-4)


# The split


@pytest.mark.parametrize(("n_learners", "n_test"), [(5, 1), (12, 2), (13, 3), (37, 7)])
def test_test_learners_are_the_first_fifth_of_the_permutation(n_learners: int, n_test: int) -> None:
    log, _ = make_school(0, n_learners=n_learners, n_responses=3)
    for seed in range(4):
        split = split_learners(log, seed)
        drawn = np.random.RandomState(seed).permutation(n_learners)
        assert split.test.tolist() == sorted(drawn[:n_test].tolist())
        assert split.train.tolist() == sorted(drawn[n_test:].tolist())
        assert split.near_copies == []


@pytest.mark.parametrize("n_new", [0, 1, 3, 20])
def test_of_learners_who_are_named_alone_a_fifth_of_all_is_drawn(n_new: int) -> None:
    log, _ = make_school(0, n_learners=30, n_responses=3)
    is_new = np.zeros(30, bool)
    is_new[np.random.default_rng(n_new).permutation(30)[:n_new]] = True
    split = split_learners(log, 1, among=is_new)
    assert split.test.size == min(6, n_new)
    assert is_new[split.test].all()
    assert sorted([*split.train, *split.test]) == list(range(30))
    again, other = (split_learners(log, seed, among=is_new).test.tolist() for seed in (1, 2))
    assert again == split.test.tolist()
    assert n_new < 20 or other != again


# The evaluation


@pytest.fixture(scope="module")
def learnable() -> ResponseLog:
    log, _ = make_school(4, n_learners=200, n_responses=50, n_items=40)
    return log


def test_an_evaluation_has_the_keys_that_are_promised(learnable: ResponseLog) -> None:
    found = evaluate(learnable, seed=1)
    assert [key for key in found if key in KEYS] == KEYS
    assert (found["kind"], found["seed"], found["n_near_copies"]) == ("dynamic-irt", 1, 0)
    assert (found["n_train"], found["n_test"]) == (160 * 50, 40 * 50)
    assert found["ns_per_response"] == pytest.approx(found["predict_seconds"] * 1e9 / 2_000)
    assert all(found[key] >= 0 for key in KEYS)
    again = evaluate(learnable, seed=1)
    other = evaluate(learnable, seed=2)
    assert all(again[key] == found[key] != other[key] for key in SCORES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_predicts_a_learnable_log_better_than_chance(
    kind: str, learnable: ResponseLog
) -> None:
    found = evaluate(learnable, kind=kind)
    assert 0.5 < found["auc"] < 1
    assert 0 < found["log_loss"] < 1
    assert 0 <= found["ece"] < 0.1
    assert set(KEYS) <= set(found)


def test_the_model_predicts_better_than_every_rule(learnable: ResponseLog) -> None:
    of_model = evaluate(learnable)
    for rule in RULES:
        of_rule = evaluate(learnable, kind=rule)
        assert of_model["auc"] > of_rule["auc"] + 0.02
        assert of_model["log_loss"] < of_rule["log_loss"]


def streamed_chances(model: Model, log: ResponseLog) -> Floats:
    """Return the chance of every response, as one event after the other comes in."""
    chances = []
    for learner in range(log.n_learners):
        beliefs = start(model)
        for event in events_of(log, learner):
            chances.append(predict(model, beliefs, event.instrument, event.shown, at=event.time))
            beliefs = update(model, beliefs, event)
    return np.array(chances)


@pytest.mark.parametrize("has_clock", [True, False])
def test_what_is_evaluated_is_the_model_that_is_stored_and_streamed(has_clock: bool) -> None:
    rng = np.random.default_rng(8)
    log = random_log(rng, n_learners=45, n_events=30, has_clock=has_clock, share_of_ratings=0)
    split = split_learners(log, 3)
    train, test = log.of_learners(split.train), log.of_learners(split.test)
    stored = fit(train, seed=3).as_text()
    chances = streamed_chances(read_model(stored), test)
    np.testing.assert_allclose(chances, trace(fit(train, seed=3), test).chance, atol=1e-9, rtol=0)
    found, expected = evaluate(log, seed=3), scores(test.outcome, chances)
    for key in SCORES:
        assert found[key] == pytest.approx(expected[key], abs=1e-8)


@pytest.mark.parametrize("n_learners", [4, 1])
def test_too_few_learners_are_refused(n_learners: int) -> None:
    log, _ = make_school(0, n_learners=n_learners, n_responses=3)
    with pytest.raises(ValueError, match=f"there are {n_learners} in all"):
        evaluate(log)


def test_an_unknown_kind_and_a_log_with_ratings_are_refused(learnable: ResponseLog) -> None:
    with pytest.raises(
        ValueError, match="no such kind of model: 'oracle'; allowed are dynamic-irt,"
    ):
        evaluate(learnable, kind="oracle")
    rated, _ = make_school(0, n_learners=10, n_responses=3, n_ratings=1)
    with pytest.raises(ValueError, match="holds responses alone; this one has ratings"):
        evaluate(rated)


def test_five_learners_of_one_response_are_enough() -> None:
    log, _ = make_school(0, n_learners=5, n_responses=1)
    for kind in ("dynamic-irt", "mean", "n-times"):
        found = evaluate(log, kind=kind)
        assert (found["n_train"], found["n_test"]) == (4, 1)
        assert 0 < found["log_loss"] < 15


# Nobody peeks


@settings(max_examples=40, deadline=None)
@given(seed=seeds, choice=st.data())
def test_the_outcome_of_a_response_changes_no_chance_up_to_its_own(
    seed: int, choice: st.DataObject
) -> None:
    log = random_log(np.random.default_rng(seed), share_of_ratings=0)
    model = fit(log.of_learners([0, 1, 2]))
    tested = log.of_learners([3, 4, 5])
    n = choice.draw(st.integers(0, tested.n_events - 1))
    outcome = tested.outcome.copy()
    outcome[n] = 1 - outcome[n]
    before, after = (
        trace(model, some).chance for some in (tested, replace(tested, outcome=outcome))
    )
    learner = int(np.searchsorted(tested.offsets, n, side="right"))
    later = np.zeros(tested.n_events, bool)
    later[n + 1 : tested.offsets[learner]] = True
    np.testing.assert_array_equal(before[~later], after[~later])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_in_coins_that_show_several_competencies(kind: str) -> None:
    # A label that leaked from one competency of a response to the next would be found here.
    rng = np.random.default_rng(6)
    alignment = Alignment.of((i, [(f"c{i % 4}", 1), (f"c{(i + 1) % 4}", 1)]) for i in range(12))
    log = ResponseLog.of(
        alignment,
        learner=np.repeat(np.arange(150), 80),
        instrument=rng.integers(0, 12, 12_000),
        outcome=rng.integers(0, 2, 12_000),
    )
    found = evaluate(log, kind=kind)
    assert found["auc"] == pytest.approx(0.5, abs=0.05)
    assert found["log_loss"] == pytest.approx(math.log(2), abs=0.02)
