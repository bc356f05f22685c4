"""Everyone is expected by a model that has not seen them, and intervals of later work hold."""

from dataclasses import replace

import numpy as np
import pytest

from manypaths.mastery import start
from manypaths.mastery.batch import trace
from manypaths.mastery.beliefs import predict
from manypaths.mastery.fitting import fit
from manypaths.mastery.held_out import _first_events, _forecast, held_out, later_means
from manypaths.mastery.stream import update
from manypaths.mastery.tests.logs import events_of, random_log, random_model
from manypaths.mastery.tests.schools import make_school


def test_nobody_is_expected_by_a_model_that_has_seen_them() -> None:
    log, _ = make_school(0, n_learners=60, n_responses=12)
    found = held_out(log, seed=1)
    # Whatever a learner did, the models of the others' parts are the same: turn one around.
    turned = log.outcome.copy()
    own = slice(log.offsets[7], log.offsets[8])
    turned[own] = 1 - turned[own]
    other = held_out(replace(log, outcome=turned), seed=1)
    assert other.chance[own][0] == found.chance[own][0]
    seen = fit(log), fit(replace(log, outcome=turned))
    assert trace(seen[0], log).chance[own][0] != trace(seen[1], log).chance[own][0]
    assert ((found.chance > 0) & (found.chance < 1)).all()
    assert sorted(found.learner.tolist()) == list(range(60))


def test_near_copies_are_in_one_part() -> None:
    log, _ = make_school(0, n_learners=12, n_responses=150, n_items=150)
    twice = log.of_learners([*range(12), 3])
    copied = held_out(twice, seed=0)
    first = copied.chance[twice.offsets[3] : twice.offsets[4]]
    np.testing.assert_array_equal(first, copied.chance[twice.offsets[12] :])


def test_too_few_learners_are_refused() -> None:
    log, _ = make_school(0, n_learners=4, n_responses=3)
    with pytest.raises(ValueError, match="there are 4"):
        held_out(log)


@pytest.mark.parametrize("seed", range(3))
def test_a_forecast_begins_as_the_stream_predicts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=1, n_events=14, share_of_ratings=0.3)
    model = random_model(rng, log, has_contexts=False)
    events = events_of(log, 0)
    beliefs = start(model)
    for event in events[:7]:
        beliefs = update(model, beliefs, event)
    later = [n for n in range(7, 14) if log.role[n] < 0]
    mean, covariance = _forecast(model, beliefs, log, later)
    for place, n in enumerate(later):
        soft = 1 / np.sqrt(1 + np.pi / 8 * covariance[place, place])
        of = events[n]
        expected = predict(model, beliefs, of.instrument, of.shown, at=float(log.time[later[0]]))
        assert 1 / (1 + np.exp(-soft * mean[place])) == pytest.approx(expected, abs=1e-9)
    np.testing.assert_allclose(covariance, covariance.T)


def test_the_first_events_are_those() -> None:
    log, _ = make_school(0, n_learners=3, n_responses=6)
    first = _first_events(log, np.array([1, 0, 4]))
    assert first.offsets.tolist() == [0, 1, 1, 5]
    assert first.outcome.tolist() == [log.outcome[0], *log.outcome[12:16]]


def test_nine_of_ten_later_means_lie_within() -> None:
    log, _ = make_school(0, n_learners=400, n_responses=30)
    bounds = np.array(list(later_means(fit(log), log)))
    inside = (bounds[:, 1] <= bounds[:, 3]) & (bounds[:, 3] <= bounds[:, 2])
    assert len(bounds) == 400
    assert 0.85 <= inside.mean() <= 0.98
