"""Contexts correct predictions, are fitted where they help, and move no estimate."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import Alignment, Model, ResponseLog, fit
from manypaths.mastery.batch import final_beliefs, trace
from manypaths.mastery.cell_numbers import MOST_PLACES, code_of, parts_of
from manypaths.mastery.contexts import Contexts, pause_of
from manypaths.mastery.evaluation import scores
from manypaths.mastery.simulation import School, simulate
from manypaths.mastery.tests.logs import random_log, random_model

seeds = st.integers(0, 2**32 - 1)
places = st.integers(-1, MOST_PLACES - 1)


@given(table=st.integers(0, 15), first=places, second=places, situation=st.integers(0, 1023))
def test_a_code_tells_its_parts(table: int, first: int, second: int, situation: int) -> None:
    code = code_of(table, first, second, situation)
    parts = parts_of(np.array([code]))
    assert [int(part[0]) for part in parts] == [table, first, second, situation]
    assert code >= 0


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (float("nan"), 0),
        (0, 1),
        (1 / 1440, 2),
        (0.02, 3),
        (0.4, 4),
        (1, 5),
        (6, 6),
        (29, 7),
        (30, 8),
    ],
)
def test_pauses_go_in_steps_from_a_minute_to_a_month(days: float, step: int) -> None:
    assert pause_of(days) == step


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_beliefs_move_as_if_there_were_no_contexts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng)
    model = random_model(rng, log)
    with_them, _ = final_beliefs(model, log)
    without, _ = final_beliefs(replace(model, contexts=Contexts()), log)
    np.testing.assert_array_equal(with_them.general, without.general)
    np.testing.assert_array_equal(with_them.rows, without.rows)


def retried(seed: int, n_learners: int = 300, n_items: int = 20) -> ResponseLog:
    """Return a log in which everyone tries each item twice; the second try is far easier."""
    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(size=n_learners), rng.normal(size=n_items)
    item = np.repeat(np.array([rng.permutation(n_items) for _ in range(n_learners)]), 2, axis=1)
    again = np.tile([0.0, 2.5], n_items)
    logit = ability[:, np.newaxis] - difficulty[item] + again
    right = rng.random(item.shape) < 1 / (1 + np.exp(-logit))
    return ResponseLog.of(
        Alignment.of((i, [(f"c{i % 2}", 1.0)]) for i in range(n_items)),
        learner=np.repeat(np.arange(n_learners), 2 * n_items),
        instrument=item.ravel(),
        outcome=right.ravel().astype(float),
    )


def held_out(model: Model, log: ResponseLog) -> dict[str, float]:
    return scores(log.outcome, trace(model, log).chance)


def test_what_a_second_try_adds_is_learned_and_stays_out_of_the_estimates() -> None:
    log = retried(0)
    train, others = log.of_learners(range(240)), log.of_learners(range(240, 300))
    model = fit(train)
    plain = replace(model, contexts=Contexts())
    assert held_out(model, others)["auc"] > held_out(plain, others)["auc"] + 0.05
    assert held_out(model, others)["log_loss"] < held_out(plain, others)["log_loss"] - 0.05
    assert held_out(model, others)["ece"] < 0.05
    assert held_out(plain, others)["ece"] < 0.05


def test_tables_that_say_nothing_are_left_out() -> None:
    log, _ = simulate(School(n_learners=400, n_responses=60), seed=1)
    model = fit(log.of_learners(range(320)))
    others = log.of_learners(range(320, 400))
    kept = [table for table in model.contexts.tables if table.first]
    assert len(kept) <= 4
    plain = replace(model, contexts=Contexts())
    assert held_out(model, others)["log_loss"] < held_out(plain, others)["log_loss"] + 0.002


def test_with_few_learners_there_are_no_contexts() -> None:
    log, _ = simulate(School(n_learners=29, n_responses=60), seed=1)
    assert fit(log).contexts == Contexts()
