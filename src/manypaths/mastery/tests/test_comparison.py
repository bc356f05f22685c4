"""How well models predict the same responses, and how sure that is with so many learners."""

from dataclasses import asdict, replace
from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.batch import trace
from manypaths.mastery.comparison import Predictions, difference, figures
from manypaths.mastery.evaluation import auc, calibration_slope, scores
from manypaths.mastery.log import Floats, Ints
from manypaths.mastery.tests.logs import random_log, random_model

chance = st.one_of(st.sampled_from([0.25, 0.5, 0.75]), st.floats(0.01, 0.99))
rows = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0]), chance, chance),
    min_size=1,
    max_size=14,
).map(lambda found: np.array(found).T)


def predicted(learner: Floats | Ints, outcome: Floats, p: Floats) -> Predictions:
    loss = -(outcome * np.log(p) + (1 - outcome) * np.log(1 - p))
    return Predictions(learner.astype(np.int64), np.zeros(p.size, bool), outcome, p, loss)


def world(seed: int, *, n_learners: int = 60, n_events: int = 25) -> tuple[Predictions, Floats]:
    """Return responses of learners who differ, predicted by half the truth; and the whole truth."""
    rng = np.random.default_rng(seed)
    ability = np.repeat(rng.normal(0, 1, n_learners), n_events)
    truth = 1 / (1 + np.exp(-ability - rng.normal(0, 0.7, ability.size)))
    outcome = (rng.random(truth.size) < truth).astype(float)
    p = 1 / (1 + np.exp(-0.5 * np.log(truth / (1 - truth))))
    return predicted(np.repeat(np.arange(n_learners), n_events), outcome, p), truth


def by_learner(found: Predictions, contribution: Floats) -> list[float]:
    return [contribution[found.learner == learner].sum() for learner in set(found.learner)]


def error_of(sums: list[float]) -> float:
    n = len(sums)
    return sqrt(n / (n - 1) * sum(x * x for x in sums)) if n > 1 else float("nan")


@given(found=rows)
def test_the_error_of_a_mean_loss_is_that_of_sums_over_learners(found: Floats) -> None:
    given_ = predicted(*found[:3])
    expected = error_of(by_learner(given_, given_.loss - given_.loss.mean())) / given_.loss.size
    assert figures(given_).log_loss_error == pytest.approx(expected, nan_ok=True, abs=1e-12)


@given(found=rows)
def test_the_error_of_an_auc_sums_what_each_learner_has_in_order(found: Floats) -> None:
    given_ = predicted(*found[:3])
    right = given_.outcome >= 0.5
    highs, lows = given_.chance[right], given_.chance[~right]
    if not highs.size or not lows.size:
        assert isnan(figures(given_).auc_error)
        return
    in_order = (highs[:, None] > lows) + 0.5 * (highs[:, None] == lows)
    drawn = np.empty(given_.chance.size)
    drawn[right] = (in_order.mean(axis=1) - in_order.mean()) / highs.size
    drawn[~right] = (in_order.mean(axis=0) - in_order.mean()) / lows.size
    expected = error_of(by_learner(given_, drawn))
    assert figures(given_).auc_error == pytest.approx(expected, nan_ok=True, abs=1e-12)


@given(found=rows)
def test_a_difference_is_that_of_the_figures_and_none_from_oneself(found: Floats) -> None:
    learner, outcome, p, q = found
    one, other = predicted(learner, outcome, p), predicted(learner, outcome, q)
    between, ones, others = difference(one, other), figures(one), figures(other)
    assert between.log_loss == pytest.approx(ones.log_loss - others.log_loss, abs=1e-12)
    assert between.auc == pytest.approx(ones.auc - others.auc, nan_ok=True, abs=1e-12)
    own = asdict(difference(one, one))
    assert all(number == 0 or isnan(number) for number in own.values())


@pytest.mark.parametrize("seed", range(2))
def test_errors_are_those_that_drawing_learners_anew_would_show(seed: int) -> None:
    found, truth = world(seed)
    better = replace(found, chance=truth, loss=predicted(found.learner, found.outcome, truth).loss)
    rng = np.random.default_rng(seed)
    spans = [np.nonzero(found.learner == learner)[0] for learner in range(60)]
    drawn: list[list[float]] = []
    for _ in range(400):
        rows_ = np.concatenate([spans[u] for u in rng.integers(0, 60, 60)])
        right = found.outcome[rows_] >= 0.5
        gap = auc(right, truth[rows_]) - auc(right, found.chance[rows_])
        loss = found.loss[rows_].mean()
        slope = calibration_slope(found.outcome[rows_], found.chance[rows_])
        drawn.append([auc(right, found.chance[rows_]), loss, slope, gap])
    shown, between = figures(found), difference(better, found)
    errors = [shown.auc_error, shown.log_loss_error, shown.calibration_slope_error]
    assert [*errors, between.auc_error] == pytest.approx(np.std(drawn, axis=0), rel=0.15)
    # What both models share in luck says nothing of which is better.
    assert between.auc_error < 0.7 * shown.auc_error


def test_more_work_of_the_same_learners_is_less_than_more_learners() -> None:
    found, _ = world(3)
    again = {part: np.concatenate([getattr(found, part)] * 2) for part in asdict(found)}
    same = figures(Predictions(**again))
    again["learner"] = np.concatenate((found.learner, found.learner + 60))
    others = figures(Predictions(**again))
    alone = figures(found)
    for name in ("auc_error", "log_loss_error", "calibration_slope_error"):
        assert getattr(same, name) == pytest.approx(getattr(alone, name), rel=1e-6)
        assert getattr(others, name) == pytest.approx(getattr(alone, name) / sqrt(2), rel=0.01)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_ratings_are_scored_by_themselves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=3, n_events=12)
    traced = trace(random_model(rng, log), log)
    found = figures(Predictions.of(log, traced.chance, traced.log_likelihood))
    assert (found.n_responses, found.n_ratings) == ((~log.is_rating).sum(), log.is_rating.sum())
    if log.is_rating.any():
        expected = -traced.log_likelihood[log.is_rating].mean()
        assert found.rating_log_loss == pytest.approx(expected)
    if not log.is_rating.all():
        expected_ = scores(log.outcome[~log.is_rating], traced.chance[~log.is_rating])
        assert found.log_loss == pytest.approx(expected_["log_loss"])
        assert found.ece == pytest.approx(expected_["ece"])


def test_of_ratings_alone_nothing_is_said_of_responses() -> None:
    rng = np.random.default_rng(1)
    log = random_log(rng, share_of_ratings=1.0)
    traced = trace(random_model(rng, log), log)
    found = Predictions.of(log, traced.chance, traced.log_likelihood)
    assert isnan(figures(found).auc)
    assert figures(found).rating_log_loss > 0
    assert isnan(difference(found, found).log_loss)
    assert difference(found, found).rating_log_loss == 0


def test_of_one_learner_nobody_knows_how_sure_it_is() -> None:
    found, _ = world(0, n_learners=1)
    shown = figures(found)
    assert shown.log_loss > 0
    assert isnan(shown.log_loss_error)
    assert isnan(shown.auc_error)
