"""Bayesian knowledge tracing of one learner: by every path, by the compiled pass, and why."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import BktModel, Event
from manypaths.mastery.bkt_batch import p_known_before, trace
from manypaths.mastery.bkt_model import Answering, Skill
from manypaths.mastery.bkt_stream import estimate, predict, start, update, why
from manypaths.mastery.log import Key
from manypaths.mastery.tests.bkt import by_all_paths, random_bkt_model
from manypaths.mastery.tests.logs import events_of, random_log

seeds = st.integers(0, 2**32 - 1)
probability = st.floats(0.001, 0.999)
telling = st.tuples(st.floats(0.01, 0.6), st.floats(0.01, 0.39))
skills = st.builds(
    lambda prior, learn, forget, own: Skill(prior, learn, forget, *own),
    *(probability, probability, st.one_of(st.just(0.0), probability), telling),
)
outcome = st.sampled_from([0.0, 1.0, 1.0, 0.0, 0.3])
responses = st.lists(
    st.tuples(st.sampled_from("ij"), outcome, st.sampled_from([0.0, 1.0, 30.0])),
    min_size=1,
    max_size=5,
)
A_SKILL = Skill(0.4, 0.2, 0.05, 0.25, 0.1)
A_MODEL = BktModel(A_SKILL, {}, {}, half_life=30.0)
ON_A = Event("i", (("a", 1.0),), 1.0, time=10.0)


# One competency: all paths


@settings(max_examples=60, deadline=None)
@given(
    skill=skills,
    answerings=st.tuples(telling, telling),
    work=responses,
    half_life=st.sampled_from([math.inf, 20.0]),
)
def test_beliefs_are_those_of_all_paths_together(
    skill: Skill,
    answerings: tuple[tuple[float, float], ...],
    work: list[tuple[str, float, float]],
    half_life: float,
) -> None:
    items: dict[Key, Answering] = {
        item: Answering(*found) for item, found in zip("ij", answerings, strict=True)
    }
    model = BktModel(skill, {"a": skill}, items, half_life=half_life)
    gaps = [0.0, *(days for _, _, days in work[1:])]
    told = by_all_paths(
        skill,
        [items[item] for item, _, _ in work],
        [outcome for _, outcome, _ in work],
        [1 - 0.5 ** (days / half_life) for days in gaps],
    )
    beliefs, at = start(model), 100.0
    for n, (item, outcome, _) in enumerate(work):
        at += gaps[n]
        found = estimate(model, beliefs, "a", at=at)
        assert found.p_known == pytest.approx(told.before[n], abs=1e-9)
        p = predict(model, beliefs, item, (("a", 1.0),), at=at)
        assert p == pytest.approx(told.chances[n], abs=1e-9)
        beliefs = update(model, beliefs, Event(item, (("a", 1.0),), outcome, time=at))


def test_a_case_worked_by_hand() -> None:
    beliefs = update(A_MODEL, start(A_MODEL), ON_A)
    posterior = 0.4 * 0.9 / (0.4 * 0.9 + 0.6 * 0.25)
    now = estimate(A_MODEL, beliefs, "a")
    assert now.p_known == pytest.approx(posterior * 0.95 + (1 - posterior) * 0.2)
    assert now.success == pytest.approx(0.25 + 0.65 * now.p_known)
    assert now.mean == now.p_mastered == now.p_known
    assert now.sd == pytest.approx(math.sqrt(now.p_known * (1 - now.p_known)))
    month_later = estimate(A_MODEL, beliefs, "a", at=40.0)
    assert month_later.p_known == pytest.approx(now.p_known / 2)


@given(skill=skills, before=st.integers(0, 4))
def test_a_right_answer_never_lowers_belief_below_a_wrong_one(skill: Skill, before: int) -> None:
    model = BktModel(skill, {}, {})
    beliefs = start(model)
    for n in range(before):
        beliefs = update(model, beliefs, replace(ON_A, outcome=float(n % 2)))
    # Where more is lost than learned in a step, known before means less likely known after.
    keeps = 1 - skill.forget >= skill.learn
    wrong, half, right = (
        estimate(model, update(model, beliefs, replace(ON_A, outcome=y)), "a").p_known
        for y in (0.0, 0.5, 1.0)
    )
    assert wrong <= right + 1e-12 if keeps else right <= wrong + 1e-12
    assert min(wrong, right) - 1e-12 <= half <= max(wrong, right) + 1e-12


# Several competencies


@given(
    numbers=telling,
    known=st.lists(probability, min_size=2, max_size=3),
    outcome=st.sampled_from([0.0, 1.0]),
    seed=seeds,
)
def test_an_answer_that_draws_on_one_of_several_tells_of_each_what_all_cases_say(
    numbers: tuple[float, float], known: list[float], outcome: float, seed: int
) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(known))).tolist()
    shown = tuple((f"c{k}", share) for k, share in enumerate(shares))
    guess, slip = numbers
    table: dict[Key, Skill] = {
        f"c{k}": Skill(prior, 0.0, 0.0, 0.2, 0.1) for k, prior in enumerate(known)
    }
    model = BktModel(A_SKILL, table, {"i": Answering(guess, slip)})
    total, right, is_known = 0.0, 0.0, np.zeros(len(known))
    for states in product((0, 1), repeat=len(known)):
        for drawn, share in enumerate(shares):
            p = share * math.prod(q if z else 1 - q for q, z in zip(known, states, strict=True))
            p_right = 1 - slip if states[drawn] else guess
            right += p * p_right
            p *= p_right if outcome else 1 - p_right
            total += p
            is_known += p * np.array(states)
    assert predict(model, start(model), "i", shown) == pytest.approx(right, abs=1e-9)
    beliefs = update(model, start(model), Event("i", shown, outcome))
    for k, expected in enumerate(is_known / total):
        found = estimate(model, beliefs, f"c{k}").p_known
        assert found == pytest.approx(expected, abs=1e-9)


# The compiled pass


@settings(max_examples=60, deadline=None)
@given(seed=seeds, has_clock=st.booleans(), half_life=st.sampled_from([math.inf, 400.0, 20.0]))
def test_stream_and_batch_expect_the_same(seed: int, has_clock: bool, half_life: float) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, has_clock=has_clock, share_of_ratings=0.0)
    model = random_bkt_model(rng, log, half_life=half_life)
    chances, known = [], []
    for learner in range(log.n_learners):
        beliefs = start(model)
        for event in events_of(log, learner):
            chances.append(predict(model, beliefs, event.instrument, event.shown, at=event.time))
            known += [
                estimate(model, beliefs, key, at=event.time).p_known for key, _ in event.shown
            ]
            beliefs = update(model, beliefs, event)
    traced = trace(model, log)
    np.testing.assert_allclose(traced.chance, chances, atol=1e-9, rtol=0)
    np.testing.assert_allclose(p_known_before(model, log), known, atol=1e-9, rtol=0)
    y, p = log.outcome, traced.chance
    expected = y * np.log(p) + (1 - y) * np.log(1 - p)
    np.testing.assert_allclose(traced.log_likelihood, expected, atol=1e-9)


def test_a_long_run_loses_no_digits_and_keeps_its_bounds() -> None:
    rng = np.random.default_rng(1)
    log = random_log(rng, n_learners=1, n_events=3_000, share_of_ratings=0.0, has_clock=False)
    # What can hardly be: answers that nearly always tell the contrary.
    model = BktModel(Skill(0.5, 1e-6, 1e-6, 0.01, 0.01), {}, {})
    beliefs, chances = start(model), []
    for event in events_of(log, 0):
        chances.append(predict(model, beliefs, event.instrument, event.shown))
        beliefs = update(model, beliefs, event)
    np.testing.assert_allclose(trace(model, log).chance, chances, atol=1e-9, rtol=0)


def test_what_the_model_holds_for_impossible_tells_it_nothing() -> None:
    model = BktModel(Skill(0.0, 0.0, 0.0, 0.0, 0.0), {}, {})
    beliefs = update(model, start(model), ON_A)
    assert estimate(model, beliefs, "a").p_known == 0
    rng = np.random.default_rng(0)
    log = random_log(rng, share_of_ratings=0.0)
    assert trace(model, log).chance.tolist() == [0.0] * log.n_events


# Why


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    has_clock=st.booleans(),
    half_life=st.sampled_from([math.inf, 20.0]),
    days=st.one_of(st.none(), st.floats(0, 500)),
)
def test_prior_and_shifts_sum_to_the_estimate_of_the_stream(
    seed: int, has_clock: bool, half_life: float, days: float | None
) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_learners=1, has_clock=has_clock, share_of_ratings=0.0)
    model, events = random_bkt_model(rng, log, half_life=half_life), events_of(log, 0)
    at = math.nan if days is None else float(log.time[-1]) + days
    beliefs = start(model)
    for event in events:
        beliefs = update(model, beliefs, event)
    for key in ("c0", "c3", "never seen"):
        told = why(model, events, key, at=at)
        assert told.prior == estimate(model, start(model), key)
        assert told.beliefs == beliefs
        assert told.estimate == estimate(model, beliefs, key, at=at)
        total = told.prior.mean + sum(piece.shift_mean for piece in told.pieces)
        assert total == pytest.approx(told.estimate.mean, abs=1e-9)
        assert all(piece.shift_p == piece.shift_mean for piece in told.pieces)
        showing = [n for n, event in enumerate(events) if key in dict(event.shown)]
        assert [piece.event for piece in told.pieces if piece.kind == "evidence"] == showing


def test_learning_and_time_have_a_row_each_where_they_did_anything() -> None:
    kinds = [piece.kind for piece in why(A_MODEL, [ON_A], "a", at=40.0).pieces]
    assert kinds == ["evidence", "practice", "time"]
    certain = BktModel(Skill(0.4, 0.0, 0.0, 0.25, 0.1), {}, {})
    (piece,) = why(certain, [ON_A], "a", at=40.0).pieces
    assert piece.shift_p == pytest.approx(0.36 / 0.51 - 0.4)
    assert why(A_MODEL, [ON_A], "b", at=40.0).pieces == ()


# What is refused, and what is not counted


def test_a_rating_or_an_outcome_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="reads responses alone; this event is a rating"):
        update(A_MODEL, start(A_MODEL), replace(ON_A, role=4))
    with pytest.raises(ValueError, match=r"outcome is 2; allowed: in \[0, 1\]"):
        update(A_MODEL, start(A_MODEL), replace(ON_A, outcome=2))
    rated = random_log(np.random.default_rng(0), share_of_ratings=0.5)
    row = int(np.argmax(rated.is_rating))
    with pytest.raises(ValueError, match=f"row {row}: a rating"):
        trace(A_MODEL, rated)


def test_a_silent_event_changes_nothing() -> None:
    beliefs = update(A_MODEL, start(A_MODEL), ON_A)
    assert update(A_MODEL, beliefs, replace(ON_A, moves=False, time=50.0)) == beliefs


def test_responses_are_counted_and_dated() -> None:
    beliefs = start(A_MODEL)
    for at in (1.0, 3.0, math.nan):
        beliefs = update(A_MODEL, beliefs, replace(ON_A, time=at))
    belief = beliefs.competencies["a"]
    assert (belief.n_responses, belief.touched_at) == (3, 3.0)
