"""Logs are checked once, row by row; what passes is kept as it was given."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import Alignment, Event, ResponseLog, start, update
from manypaths.mastery.batch import final_beliefs, trace
from manypaths.mastery.model import Settings, unfitted
from manypaths.mastery.tests.logs import random_log, random_model

COLUMNS = ("instrument", "time", "day", "outcome", "role", "rater", "moves")
ALIGNMENT = Alignment.of([("item", [("a", 1.0)]), ("other", [("a", 1.0), ("b", 3.0)])])
NAN = math.nan

seeds = st.integers(0, 2**32 - 1)


def log_of(**changes: Any) -> ResponseLog:
    """Return a log of two learners, four events, of which the third is a rating."""
    columns: dict[str, Any] = {
        "learner": [0, 0, 0, 1],
        "instrument": [0, 1, 0, 1],
        "outcome": [1, 0.5, 3, 0],
        "role": [-1, -1, 4, -1],
        "rater": [-1, -1, 0, -1],
        "raters": ["Ben"],
        "n_levels": 5,
        **changes,
    }
    return ResponseLog.of(ALIGNMENT, **columns)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"learner": [1, 1, 1, 2]}, "row 0: learner is 1; learners are numbered from 0"),
        ({"learner": [0, 0, 2, 2]}, "row 2: learner is 2; .* without gaps"),
        ({"learner": [0, 1, 1, 0]}, "row 3: learner is 0; .* the events of each stand together"),
        (
            {"learner": [0.0, 0.0, 0.0, 1.0]},
            r"learner must be whole .* got float64 of shape \(4,\)",
        ),
        ({"learner": [[0, 0], [0, 1]]}, r"in one dimension; got int64 of shape \(2, 2\)"),
        ({"learner": [True, True, True, False]}, "whole numbers in one dimension; got bool"),
        ({"instrument": [0, 2, 0, 1]}, "row 1: instrument is 2; allowed: from 0 to 1"),
        ({"instrument": [0, 1, 0, -1]}, "row 3: instrument is -1; allowed: from 0 to 1"),
        ({"instrument": [0, 1, 0]}, r"instrument has shape \(3,\), learner \(4,\)"),
        (
            {"outcome": [1, 1.5, 3, 0]},
            r"row 1: outcome is 1.5; allowed: in \[0, 1\], or for a rating",
        ),
        ({"outcome": [1, 0, 3, -0.1]}, r"row 3: outcome is -0.1; allowed: in \[0, 1\]"),
        ({"outcome": [1, 0, 3, NAN]}, r"row 3: outcome is nan; allowed: in \[0, 1\]"),
        ({"outcome": [1, 0, 5, 0]}, "row 2: outcome is 5.0; .* a rating a level from 0 to 4"),
        ({"outcome": [1, 0, -1, 0]}, "row 2: outcome is -1.0; .* a level from 0 to 4"),
        (
            {"outcome": [1, 0, 2.5, 0]},
            "row 2: outcome is 2.5; allowed: a whole number for a rating",
        ),
        ({"outcome": [[1, 0, 3, 0]]}, r"outcome has shape \(1, 4\), learner \(4,\)"),
        (
            {"role": [-1, -1, 6, -1]},
            r"row 2: role is 6; allowed: one of \('self', .* by place, or -1",
        ),
        ({"role": [-2, -1, 4, -1]}, "row 0: role is -2; allowed: one of"),
        ({"rater": [-1, -1, 1, -1]}, "row 2: rater is 1; .* for a rating a place among 1 raters"),
        ({"rater": [-1, -1, -1, -1]}, "row 2: rater is -1; allowed: for a rating a place among"),
        ({"rater": [-1, 0, 0, -1]}, "row 1: rater is 0; .* for a response -1"),
        ({"raters": []}, "row 2: rater is 0; allowed: for a rating a place among 0 raters"),
        ({"time": [2, 1, 3, 4]}, "row 1: time is 1.0; allowed: never before an earlier event"),
        ({"time": [1, 2, NAN, 4]}, "row 2: time is nan; allowed: never before an earlier event"),
        ({"time": [1, 2, 3, math.inf]}, "row 3: time is inf; allowed: days, or NaN"),
        ({"time": [-math.inf, 2, 3, 4]}, "row 0: time is -inf; allowed: days, or NaN"),
        ({"day": [1.5, 2.5, 3.5, 4.5]}, "day must be whole numbers"),
        ({"moves": [True]}, r"moves has shape \(1,\), learner \(4,\)"),
    ],
)
def test_a_column_that_can_not_stand_is_refused_by_row_and_value(
    changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        log_of(**changes)


def test_a_time_may_be_missing_before_the_first_and_start_anew_with_each_learner() -> None:
    log = log_of(time=[NAN, NAN, 7, 1])
    assert log.has_clock
    assert not log_of().has_clock
    assert np.isnan(log.time[:2]).all()


def test_a_log_says_what_it_holds() -> None:
    log = log_of(moves=[True, False, True, True], day=[0, 5, 5, 0])
    assert (log.n_events, log.n_learners) == (4, 2)
    assert log.offsets.tolist() == [0, 3, 4]
    assert log.is_rating.tolist() == [False, False, True, False]
    assert log.moves.tolist() == [True, False, True, True]
    assert log.day.tolist() == [0, 5, 5, 0]
    assert log.raters == ("Ben",)


def test_a_log_keeps_its_columns_when_the_caller_changes_theirs() -> None:
    table = np.array([[1.0, 0.0, 3.0, 0.0], [1.0, 2.0, 3.0, 4.0]], order="F")
    moves = np.ones(4, bool)
    log = log_of(outcome=table[0], time=table[1], moves=moves)
    table[:] = NAN
    moves[:] = False
    assert log.outcome.tolist() == [1, 0, 3, 0]
    assert log.time.tolist() == [1, 2, 3, 4]
    assert log.moves.all()
    # The kernels are compiled for columns without gaps alone.
    assert all(getattr(log, name).flags.c_contiguous for name in COLUMNS)


# Alignments


def test_shares_are_scaled_and_competencies_stand_as_they_first_come() -> None:
    alignment = Alignment.of(
        [(7, [("b", 2), ("a", 6)]), ("7", [("a", 0.1)]), ("plain", [(1, 1), ("1", 1)])],
        without_difficulty=["plain"],
    )
    assert alignment.instruments == (7, "7", "plain")
    assert alignment.competencies == ("b", "a", 1, "1")
    assert alignment.starts.tolist() == [0, 2, 3, 5]
    assert alignment.competency.tolist() == [0, 1, 1, 2, 3]
    assert alignment.weight.tolist() == [0.25, 0.75, 1, 0.5, 0.5]
    assert alignment.has_difficulty.tolist() == [True, True, False]
    assert alignment.n_competencies == 4


@pytest.mark.parametrize(
    ("shown", "complaint"),
    [
        ([("i", [("a", 1)]), ("i", [("b", 1)])], "an instrument is named twice"),
        ([("i", [])], r"instrument 'i' needs shares above 0; got \[\]"),
        ([("i", [("a", 0)])], "instrument 'i' needs shares above 0; got .*0"),
        ([("i", [("a", 1), ("b", -1)])], "instrument 'i' needs shares above 0; got .*-1"),
        ([("i", [("a", NAN)])], "instrument 'i' needs shares above 0; got .*nan"),
        ([("i", [("a", math.inf)])], "instrument 'i' needs shares above 0; got .*inf"),
        ([("i", [("a", 1), ("a", 1)])], "instrument 'i' shows a competency twice"),
    ],
)
def test_an_alignment_that_can_not_stand_is_refused(shown: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Alignment.of(shown)


# Some of the learners


@st.composite
def logs_with_idle_learners(draw: st.DrawFn) -> ResponseLog:
    """Return a log in which some learners have no events at all."""
    log = random_log(np.random.default_rng(draw(seeds)), n_learners=4, n_events=5)
    at = draw(st.lists(st.integers(0, 4), max_size=3))
    return replace(log, offsets=np.sort(np.concatenate((log.offsets, log.offsets[at]))))


def rows_of(log: ResponseLog, learner: int) -> list[list[Any]]:
    span = range(log.offsets[learner], log.offsets[learner + 1])
    return [[getattr(log, name)[n] for name in COLUMNS] for n in span]


@settings(max_examples=50, deadline=None)
@given(log=logs_with_idle_learners(), choice=st.data())
def test_chosen_learners_keep_their_order_and_their_columns(
    log: ResponseLog, choice: st.DataObject
) -> None:
    chosen = choice.draw(st.lists(st.integers(0, log.n_learners - 1)))
    some = log.of_learners(chosen)
    assert some.n_learners == len(chosen)
    assert (some.alignment, some.raters) == (log.alignment, log.raters)
    for place, learner in enumerate(chosen):
        np.testing.assert_array_equal(rows_of(some, place), rows_of(log, learner))


@settings(max_examples=30, deadline=None)
@given(log=logs_with_idle_learners(), seed=seeds)
def test_learners_without_events_change_nothing_for_the_others(log: ResponseLog, seed: int) -> None:
    model = random_model(np.random.default_rng(seed), log)
    busy = log.of_learners(np.nonzero(np.diff(log.offsets))[0])
    np.testing.assert_array_equal(trace(model, log).chance, trace(model, busy).chance)
    finals, _ = final_beliefs(model, log)
    assert finals.begins.size == log.n_learners + 1
    for learner in np.nonzero(np.diff(log.offsets) == 0)[0]:
        assert finals.of_learner(log, int(learner)) == start(model)


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ([0, 2], "row 1: chosen is 2; allowed: from 0 to 1"),
        ([-1], "row 0: chosen is -1; allowed: from 0 to 1"),
        ([True, False], "chosen must be whole numbers in one dimension; got bool"),
        ([0.5], "chosen must be whole numbers in one dimension; got float64"),
    ],
)
def test_a_learner_who_is_not_there_can_not_be_chosen(chosen: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        log_of().of_learners(chosen)


# Nothing at all


@pytest.mark.parametrize("alignment", [ALIGNMENT, Alignment.of([])])
def test_a_log_without_events_is_a_log(alignment: Alignment) -> None:
    log = ResponseLog.of(alignment, learner=[], instrument=[], outcome=[])
    assert (log.n_events, log.n_learners, log.has_clock) == (0, 0, False)
    assert log.of_learners([]).n_learners == 0
    finals, traced = final_beliefs(unfitted(), log)
    assert traced.chance.size == finals.rows.size == trace(unfitted(), log).chance.size == 0


# The model's own bounds


def test_a_level_that_the_model_does_not_know_is_refused_before_the_kernels_run() -> None:
    log = log_of(outcome=[1, 0, 3, 0])
    model = unfitted(Settings(cut_points=(0.5, 0.8), target=1))
    with pytest.raises(
        ValueError, match="row 2: the level is 3; the model knows levels from 0 to 2"
    ):
        trace(model, log)
    with pytest.raises(ValueError, match="row 2: the level is 3"):
        final_beliefs(model, log)


@pytest.mark.parametrize(
    ("outcome", "role", "complaint"),
    [
        (1.01, -1, r"outcome is 1.01; allowed: in \[0, 1\]"),
        (NAN, -1, r"outcome is nan; allowed: in \[0, 1\]"),
        (5, 4, "outcome is 5; allowed: a level from 0 to 4"),
        (-1, 4, "outcome is -1; allowed: a level from 0 to 4"),
        (1.5, 4, "outcome is 1.5; allowed: a level from 0 to 4"),
    ],
)
def test_an_event_of_the_stream_is_held_to_the_same_bounds(
    outcome: float, role: int, complaint: str
) -> None:
    event = Event("item", (("a", 1.0),), outcome, role=role, rater="Ben")
    for moves in (True, False):
        with pytest.raises(ValueError, match=complaint):
            update(unfitted(), start(unfitted()), replace(event, moves=moves))
