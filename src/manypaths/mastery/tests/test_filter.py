"""The filter three ways: compiled over a log, as a stream, and as its dense twin."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import Beliefs, Event, Model, ResponseLog, estimate, predict, start, update
from manypaths.mastery.batch import final_beliefs, trace
from manypaths.mastery.beliefs import CompetencyBelief, GeneralBelief
from manypaths.mastery.tests.dense import DenseLearner
from manypaths.mastery.tests.logs import events_of, random_log, random_model

seeds = st.integers(0, 2**32 - 1)


def streamed(model: Model, log: ResponseLog, learner: int) -> Beliefs:
    beliefs = start(model)
    for event in events_of(log, learner):
        beliefs = update(model, beliefs, event)
    return beliefs


@settings(max_examples=30, deadline=None)
@given(seed=seeds, has_clock=st.booleans())
def test_stream_and_batch_hold_the_same_beliefs(seed: int, has_clock: bool) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, has_clock=has_clock)
    model = random_model(rng, log)
    finals, _ = final_beliefs(model, log)
    for learner in range(log.n_learners):
        batch, stream = finals.of_learner(log, learner), streamed(model, log, learner)
        assert batch.competencies.keys() == stream.competencies.keys()
        assert numbers(batch.general) == pytest.approx(numbers(stream.general), abs=1e-9)
        for key, belief in stream.competencies.items():
            assert numbers(batch.competencies[key]) == pytest.approx(
                numbers(belief), abs=1e-9, nan_ok=True
            )


@pytest.mark.simulation
@settings(max_examples=30, deadline=None)
@given(seed=seeds, has_clock=st.booleans())
def test_the_batch_expects_what_the_dense_twin_expects(seed: int, has_clock: bool) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, has_clock=has_clock)
    model = random_model(rng, log)
    traced = trace(model, log)
    for learner in range(log.n_learners):
        twin = DenseLearner(model, log.alignment.competencies)
        for n, event in enumerate(events_of(log, learner)):
            twin.forget(event.time, [twin.place[key] for key, _ in event.shown])
            expected = twin.expect(event)
            twin.see(event)
            got = traced.log_likelihood[log.offsets[learner] + n]
            assert got == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, days=st.floats(0, 400))
def test_an_estimate_is_what_the_dense_twin_believes(seed: int, days: float) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=1)
    model = random_model(rng, log)
    twin = DenseLearner(model, log.alignment.competencies)
    for event in events_of(log, 0):
        twin.see(event)
    beliefs = streamed(model, log, 0)
    at = float(log.time[-1]) + days
    for key in log.alignment.competencies:
        mean, variance = twin.standing(key, at)
        believed = estimate(model, beliefs, key, at=at)
        assert believed.mean == pytest.approx(mean, abs=1e-9)
        assert believed.sd**2 == pytest.approx(variance, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_a_prediction_is_what_the_trace_expects_next(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=1, share_of_ratings=0.0)
    model = random_model(rng, log)
    traced = trace(model, log)
    beliefs = start(model)
    for n, event in enumerate(events_of(log, 0)):
        chance = predict(model, beliefs, event.instrument, event.shown, at=event.time)
        assert chance == pytest.approx(traced.chance[n], abs=1e-12)
        beliefs = update(model, beliefs, event)


def test_long_logs_keep_their_digits_when_covariances_shrink_away() -> None:
    rng = np.random.default_rng(3)
    log = random_log(rng, n_learners=1, n_events=6_000, has_clock=False)
    model = random_model(rng, log)
    finals, _ = final_beliefs(model, log)
    twin = DenseLearner(model, log.alignment.competencies)
    for event in events_of(log, 0):
        twin.see(event)
    batch = finals.of_learner(log, 0)
    for key in log.alignment.competencies:
        mean, variance = twin.standing(key, math.nan)
        believed = estimate(model, batch, key)
        assert (believed.mean, believed.sd**2) == pytest.approx((mean, variance), abs=1e-8)


@given(seed=seeds)
def test_a_right_answer_never_lowers_the_estimate_below_a_wrong_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=1, n_events=5, share_of_ratings=0.0)
    model = random_model(rng, log)
    beliefs = streamed(model, log, 0)
    event = events_of(log, 0)[-1]
    key = event.shown[0][0]
    means = [
        estimate(model, update(model, beliefs, _with_outcome(event, outcome)), key).mean
        for outcome in (0.0, 1.0)
    ]
    gains = model.terms_of(key)
    if gains.gain_right >= gains.gain_wrong:
        assert means[0] <= means[1] + 1e-12


def _with_outcome(event: Event, outcome: float) -> Event:
    return replace(event, outcome=outcome, moves=True)


def numbers(belief: GeneralBelief | CompetencyBelief) -> list[float]:
    return [float(getattr(belief, name)) for name in belief.__slots__]
