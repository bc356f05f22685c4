"""Why: prior and pieces sum to the estimate, in the order of the work."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import Event, Model, estimate, start, update
from manypaths.mastery.explain import why
from manypaths.mastery.model import unfitted, with_spread
from manypaths.mastery.tests.logs import events_of, random_log, random_model

seeds = st.integers(0, 2**32 - 1)
ORDER = {"evidence": 0, "practice": 1, "other": 2, "time": 3}


def a_learner(seed: int, *, has_clock: bool, half_life: float) -> tuple[Model, list[Event], float]:
    """Return a model, one learner's events, and the time of the last (NaN without a clock)."""
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=1, has_clock=has_clock)
    model = random_model(rng, log, half_life=half_life)
    return model, events_of(log, 0), float(log.time[-1])


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    has_clock=st.booleans(),
    half_life=st.sampled_from([math.inf, 400.0, 20.0]),
    days=st.one_of(st.none(), st.floats(0, 500)),
)
def test_prior_and_shifts_sum_to_the_estimate_of_the_stream(
    seed: int, has_clock: bool, half_life: float, days: float | None
) -> None:
    model, events, last = a_learner(seed, has_clock=has_clock, half_life=half_life)
    at = math.nan if days is None else last + days
    beliefs = start(model)
    for event in events:
        beliefs = update(model, beliefs, event)
    for key in ("c0", "c1", "c3", "never seen"):
        told = why(model, events, key, at=at)
        assert told.prior == estimate(model, start(model), key)
        assert told.beliefs == beliefs
        assert told.estimate == estimate(model, beliefs, key, at=at)
        mean = told.prior.mean + sum(piece.shift_mean for piece in told.pieces)
        p_mastered = told.prior.p_mastered + sum(piece.shift_p for piece in told.pieces)
        assert mean == pytest.approx(told.estimate.mean, abs=1e-9)
        assert p_mastered == pytest.approx(told.estimate.p_mastered, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, has_clock=st.booleans(), half_life=st.sampled_from([math.inf, 20.0]))
def test_evidence_stands_in_the_order_of_the_work_then_what_has_a_row_for_all(
    seed: int, has_clock: bool, half_life: float
) -> None:
    model, events, last = a_learner(seed, has_clock=has_clock, half_life=half_life)
    pieces = why(model, events, "c0", at=last + 30).pieces
    kinds = [piece.kind for piece in pieces]
    assert kinds == sorted(kinds, key=ORDER.__getitem__)
    assert kinds.count("other") <= 1
    showing = [n for n, event in enumerate(events) if "c0" in dict(event.shown)]
    tried = any(events[n].moves and events[n].role < 0 for n in showing)
    assert kinds.count("practice") == tried
    assert [piece.event for piece in pieces if piece.kind == "evidence"] == showing
    assert all(piece.event is None for piece in pieces if piece.kind != "evidence")
    moved = [n for n in showing if events[n].moves]
    passed = has_clock and half_life < math.inf and bool(moved)
    assert kinds.count("time") == passed


ON_A = Event("i", (("a", 1.0),), 1.0, time=10.0)
ON_B = Event("j", (("b", 1.0),), 1.0, time=12.0)


def test_time_that_takes_nothing_away_has_no_row() -> None:
    forgetful = with_spread(unfitted(), half_life=30.0)
    undated = replace(ON_A, time=math.nan)
    kinds = [piece.kind for piece in why(forgetful, [ON_A], "a", at=40.0).pieces]
    assert kinds == ["evidence", "practice", "time"]
    for model, event, at in (
        (unfitted(), ON_A, 400.0),
        (forgetful, ON_A, 10.0),
        (forgetful, ON_A, math.nan),
        (forgetful, undated, 40.0),
    ):
        kinds = [piece.kind for piece in why(model, [event], "a", at=at).pieces]
        assert kinds == ["evidence", "practice"]


def test_what_was_forgotten_between_two_pieces_is_no_ones_fault_but_times() -> None:
    model = with_spread(unfitted(), half_life=30.0)
    events = [ON_A, replace(ON_A, time=70.0)]
    first, second, practice, time = why(model, events, "a", at=70.0).pieces
    kinds = [piece.kind for piece in (first, second, practice, time)]
    assert kinds == ["evidence", "evidence", "practice", "time"]
    beliefs = update(model, start(model), ON_A)
    at_once, faded = (estimate(model, beliefs, "a", at=at) for at in (10.0, 70.0))
    assert time.shift_mean == pytest.approx(faded.mean - at_once.mean)
    assert time.shift_mean < 0
    again = estimate(model, update(model, beliefs, events[1]), "a", at=70.0)
    _, gain_right, _, _ = model.terms_of("a")
    assert practice.shift_mean == pytest.approx(gain_right * math.log(3))
    assert second.shift_mean == pytest.approx(
        again.mean - faded.mean - gain_right * math.log(3 / 2)
    )


def test_a_success_elsewhere_lifts_in_one_row_and_a_silent_piece_shows_with_no_shift() -> None:
    silent = replace(ON_A, time=14.0, moves=False)
    evidence, unheard, practice, other = why(unfitted(), [ON_A, ON_B, ON_B, silent], "a").pieces
    kinds = [piece.kind for piece in (evidence, unheard, practice, other)]
    assert kinds == ["evidence", "evidence", "practice", "other"]
    assert evidence.shift_mean > other.shift_mean > 0
    assert evidence.shift_p > 0
    assert (unheard.event, unheard.shift_mean, unheard.shift_p) == (3, 0, 0)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, gain_wrong=st.floats(0, 2))
def test_a_wrong_answer_never_lifts_and_a_right_one_never_lowers(
    seed: int, gain_wrong: float
) -> None:
    rng = np.random.default_rng(seed)
    model = replace(unfitted(), typical=(0.3, 0.1, gain_wrong))
    events = [
        Event(f"i{n}", (("a", 1.0),), float(right), time=float(n))
        for n, right in enumerate(rng.integers(0, 2, 12))
    ]
    for piece in why(model, events, "a").pieces:
        if piece.event is not None:
            lifts = events[piece.event].outcome == 1
            assert (piece.shift_mean > 0) == lifts
            assert (piece.shift_p > 0) == lifts


def test_without_evidence_the_estimate_is_the_prior() -> None:
    told = why(unfitted(), [], "a", at=100.0)
    assert told.pieces == ()
    assert told.prior == told.estimate
    assert told.beliefs == start(unfitted())
