"""Fitting Bayesian knowledge tracing: what was put in is found, and nothing odd breaks it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import Alignment, BktModel, ResponseLog
from manypaths.mastery.bkt_batch import trace
from manypaths.mastery.bkt_fitting import fit
from manypaths.mastery.bkt_model import Answering, Skill
from manypaths.mastery.tests.logs import random_log

seeds = st.integers(0, 2**32 - 1)


def taught(
    rng: np.random.Generator,
    skill: Skill,
    answerings: list[Answering],
    *,
    n_learners: int,
    n_responses: int,
    half_life: float = math.inf,
) -> ResponseLog:
    """Return a log of learners who come to know one competency as the model says.

    With a half-life some responses follow at once, others after two months.
    """
    known = rng.random(n_learners) < skill.prior
    items = rng.integers(0, len(answerings), (n_learners, n_responses))
    outcome = np.zeros((n_learners, n_responses))
    days = rng.choice([0.0, 60.0], (n_learners, n_responses))
    guess, slip = np.array(answerings).T
    for t in range(n_responses):
        right = np.where(known, 1 - slip[items[:, t]], guess[items[:, t]])
        outcome[:, t] = rng.random(n_learners) < right
        known = np.where(
            known, rng.random(n_learners) >= skill.forget, rng.random(n_learners) < skill.learn
        )
        if t + 1 < n_responses:
            known &= rng.random(n_learners) < 0.5 ** (days[:, t + 1] / half_life)
    return ResponseLog.of(
        Alignment.of((f"i{i}", [("a", 1.0)]) for i in range(len(answerings))),
        learner=np.repeat(np.arange(n_learners), n_responses),
        instrument=items.ravel(),
        outcome=outcome.ravel(),
        time=np.cumsum(days, axis=1).ravel() if half_life < math.inf else None,
    )


ITEMS = [Answering(0.1, 0.25), Answering(0.25, 0.1), Answering(0.4, 0.05)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("forget", [0.0, 0.1])
def test_the_numbers_of_competency_and_items_are_found(seed: int, forget: float) -> None:
    skill = Skill(0.3, 0.2, forget, 0.25, 0.13)
    log = taught(np.random.default_rng(seed), skill, ITEMS, n_learners=3_000, n_responses=10)
    model = fit(log, seed=seed)
    found = model.competencies["a"]
    assert found.prior == pytest.approx(skill.prior, abs=0.06)
    assert found.learn == pytest.approx(skill.learn, abs=0.05)
    assert found.forget == pytest.approx(forget, abs=0.04)
    for i, item in enumerate(ITEMS):
        assert model.instruments[f"i{i}"] == pytest.approx(item, abs=0.05)
    assert (model.n_learners, model.n_responses) == (3_000, 30_000)


def test_what_time_takes_is_found_where_there_is_a_clock() -> None:
    skill = Skill(0.5, 0.5, 0.0, 0.15, 0.05)
    log = taught(
        *(np.random.default_rng(2), skill, ITEMS),
        n_learners=1_000,
        n_responses=8,
        half_life=30.0,
    )
    assert fit(log).half_life == 30.0
    assert fit(replace(log, time=np.full(log.n_events, np.nan))).half_life == math.inf
    classic = fit(log, forgets=False)
    assert (classic.half_life, classic.competencies["a"].forget) == (math.inf, 0.0)


def test_an_item_with_little_evidence_stays_near_its_competency() -> None:
    rng = np.random.default_rng(0)
    skill = Skill(0.3, 0.2, 0.0, 0.2, 0.1)
    many = taught(rng, skill, ITEMS[1:2], n_learners=300, n_responses=10)
    alignment = Alignment.of((i, [("a", 1.0)]) for i in ("i0", "rare", "never"))
    instrument, outcome = many.instrument.copy(), many.outcome.copy()
    instrument[0], outcome[0] = 1, 1.0
    log = replace(many, alignment=alignment, instrument=instrument, outcome=outcome)
    model = fit(log)
    own, rare = model.competencies["a"], model.instruments["rare"]
    # Right once: easier than the others, but by no more than a few responses can say.
    assert own.guess <= rare.guess < own.guess + 0.3
    assert own.slip - 0.1 < rare.slip <= own.slip
    assert model.answering_of("never", [("a", 1.0)]) == Answering(own.guess, own.slip)
    assert "never" not in model.instruments


def test_instruments_without_difficulty_have_the_numbers_of_their_competencies() -> None:
    log = taught(
        np.random.default_rng(0),
        Skill(0.3, 0.2, 0.0, 0.2, 0.1),
        ITEMS,
        n_learners=20,
        n_responses=5,
    )
    alignment = replace(log.alignment, has_difficulty=np.array([True, False, True]))
    assert sorted(fit(replace(log, alignment=alignment)).instruments) == ["i0", "i2"]


@settings(max_examples=25, deadline=None)
@given(
    seed=seeds,
    outcomes=st.sampled_from([(0.0,), (1.0,), (0.5,), (0.0, 1.0), (0.0, 0.25, 1.0)]),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 6)),
    has_clock=st.booleans(),
)
def test_a_fit_of_anything_expects_chances_and_keeps_apart_guess_and_slip(
    seed: int, outcomes: tuple[float, ...], shape: tuple[int, int], has_clock: bool
) -> None:
    rng = np.random.default_rng(seed)
    n_learners, n_events = shape
    log = random_log(
        rng, n_learners=n_learners, n_events=n_events, has_clock=has_clock, share_of_ratings=0.0
    )
    model = fit(replace(log, outcome=rng.choice(outcomes, log.n_events)))
    answerings = [Answering(skill.guess, skill.slip) for skill in model.competencies.values()]
    for guess, slip in (*answerings, *model.instruments.values()):
        assert 0 < guess < guess + slip < 1
    # Another log, with items and competencies that the model has not seen.
    other = random_log(rng, n_competencies=9, n_items=20, share_of_ratings=0.0)
    chances = trace(model, other).chance
    assert ((chances > 0) & (chances < 1)).all()


def test_a_fit_predicts_new_learners_better_than_the_classic_model_where_items_differ() -> None:
    items = [Answering(0.05, 0.4), Answering(0.5, 0.02)]
    log = taught(
        *(np.random.default_rng(1), Skill(0.3, 0.15, 0.05, 0.3, 0.2), items),
        n_learners=300,
        n_responses=10,
    )
    train, test = log.of_learners(np.arange(200)), log.of_learners(np.arange(200, 300))
    model = fit(train)
    without_items = BktModel(model.typical, model.competencies, {})
    loss, loss_without = (-trace(one, test).log_likelihood.mean() for one in (model, without_items))
    assert loss < loss_without - 0.02


def test_the_same_seed_gives_the_same_model() -> None:
    log = random_log(np.random.default_rng(0), n_learners=40, share_of_ratings=0.0)
    assert fit(log, seed=1) == fit(log, seed=1)


def test_silent_responses_are_left_out() -> None:
    log = random_log(np.random.default_rng(0), share_of_ratings=0.0)
    silent = replace(log, moves=np.zeros(log.n_events, bool))
    model = fit(silent)
    assert (model.competencies, model.instruments) == ({}, {})
    turned = np.where(log.moves, log.outcome, 1 - log.outcome)
    assert fit(replace(log, outcome=turned)).instruments == fit(log).instruments


def test_a_log_without_events_or_with_ratings_is_refused() -> None:
    log = random_log(np.random.default_rng(0), share_of_ratings=0.5)
    with pytest.raises(ValueError, match="the log has none"):
        fit(log.of_learners([]))
    with pytest.raises(ValueError, match=r"row \d+: a rating; .* reads responses alone"):
        fit(log)
