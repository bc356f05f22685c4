"""Rows of estimates are the estimates that the stream gives one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import estimate
from manypaths.mastery.batch import final_beliefs
from manypaths.mastery.standing import N_OWN, estimate_rows, untouched_rows
from manypaths.mastery.tests.logs import random_log, random_model

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, days=st.floats(0, 300), has_clock=st.booleans())
def test_rows_say_what_single_estimates_say(seed: int, days: float, has_clock: bool) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_events=12, has_clock=has_clock)
    model = random_model(rng, log)
    finals, _ = final_beliefs(model, log)
    at = float(np.nanmax(log.time)) + days if has_clock else float("nan")
    keys = log.alignment.competencies
    who = np.repeat(np.arange(log.n_learners), np.diff(finals.begins))
    rows = estimate_rows(
        model, keys, finals.competency, finals.general[who], finals.rows[:, :N_OWN], at=at
    )
    for n, learner in enumerate(who):
        beliefs = finals.of_learner(log, int(learner))
        single = estimate(model, beliefs, keys[finals.competency[n]], at=at)
        assert (rows.mean[n], rows.sd[n]) == pytest.approx((single.mean, single.sd), abs=1e-9)
        assert rows.p_mastered[n] == pytest.approx(single.p_mastered, abs=1e-9)
        assert rows.success[n] == pytest.approx(single.success, abs=1e-9)
        assert rows.half_width[n] == pytest.approx(single.half_width, abs=1e-9)


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_rows_without_evidence_are_what_general_ability_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = random_log(rng, n_events=6, n_competencies=5, n_items=3)
    model = random_model(rng, log)
    finals, _ = final_beliefs(model, log)
    place = np.zeros(log.n_learners, np.int64)
    own = untouched_rows(model, ["never seen"], place)
    own[:, 3:5] = finals.general[:, 3:5]
    rows = estimate_rows(model, ["never seen"], place, finals.general, own, at=21_000.0)
    for learner in range(log.n_learners):
        single = estimate(model, finals.of_learner(log, learner), "never seen", at=21_000.0)
        assert (rows.mean[learner], rows.sd[learner]) == pytest.approx((single.mean, single.sd))
