"""School rules and models side by side: the figures of `evaluate`, and what each rule passes."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import ResponseLog
from manypaths.mastery.evaluation import KINDS, evaluate
from manypaths.mastery.model import Settings
from manypaths.mastery.rule_predictions import Sequences, shown_competencies
from manypaths.mastery.rule_table import Row, RuleTable
from manypaths.mastery.rules import RULES, calls_mastered
from manypaths.mastery.tests.logs import random_log
from manypaths.mastery.tests.schools import make_school

SCORES = ("auc", "log_loss", "ece", "calibration_slope")


@pytest.fixture(scope="module")
def log() -> ResponseLog:
    rng = np.random.default_rng(5)
    return random_log(rng, n_learners=40, n_events=25, share_of_ratings=0)


@pytest.fixture(scope="module")
def rows(log: ResponseLog) -> dict[str, Row]:
    return {row.kind: row for row in RuleTable.of(log, seed=2).rows(seed=2)}


def outcomes_by_pair(log: ResponseLog) -> dict[tuple[int, int], list[tuple[int, float]]]:
    """Return (event, outcome) of the responses of each learner on each competency."""
    found: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for learner in range(log.n_learners):
        for n in range(log.offsets[learner], log.offsets[learner + 1]):
            i = log.instrument[n]
            for cell in range(log.alignment.starts[i], log.alignment.starts[i + 1]):
                if log.role[n] < 0:
                    key = (learner, int(log.alignment.competency[cell]))
                    found.setdefault(key, []).append((n, float(log.outcome[n])))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_has_the_figures_of_its_evaluation(
    log: ResponseLog, rows: dict[str, Row], kind: str
) -> None:
    expected = evaluate(log, kind=kind, seed=2)
    found = rows[kind].figures
    assert found.n_responses == expected["n_test"]
    for name in SCORES:
        assert getattr(found, name) == pytest.approx(expected[name], abs=1e-9)
    first = rows[KINDS[0]].figures
    assert rows[kind].beyond.log_loss == pytest.approx(found.log_loss - first.log_loss, abs=1e-12)


def test_a_model_has_no_rule_and_a_rule_no_model(rows: dict[str, Row]) -> None:
    assert list(rows) == list(KINDS)
    for kind, row in rows.items():
        assert (row.model is None) == (row.p_mastered is not None) == (kind != "dynamic-irt")


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_sequences_hold_every_response_once_for_each_competency_that_it_shows(seed: int) -> None:
    log = random_log(np.random.default_rng(seed), n_learners=4, n_events=10)
    found, expected = Sequences.of(log), outcomes_by_pair(log)
    pairs = list(zip(found.learner.tolist(), found.competency.tolist(), strict=True))
    assert pairs == sorted(expected)
    for j, pair in enumerate(pairs):
        span = slice(found.starts[j], found.starts[j + 1])
        held = list(zip(found.event[span].tolist(), found.outcome[span].tolist(), strict=True))
        assert held == expected[pair]
    place, _ = shown_competencies(log, np.arange(log.n_events))
    sizes = np.diff(log.alignment.starts)[log.instrument]
    assert np.bincount(place, minlength=log.n_events).tolist() == sizes.tolist()


@pytest.mark.parametrize("rule", RULES)
def test_scores_are_those_of_the_rule_before_each_response_and_after_all(rule: str) -> None:
    log = random_log(np.random.default_rng(9), n_learners=4, n_events=12)
    before, after = Sequences.of(log).scores(rule)
    pairs = outcomes_by_pair(log)
    for n in range(log.n_events):
        earlier = [
            [outcome for m, outcome in held if m < n]
            for held in pairs.values()
            if any(m == n for m, _ in held)
        ]
        known = [x for some in earlier if some and not isnan(x := RULES[rule].score(some))]
        expected = np.mean(known) if known else np.nan
        assert before[n] == pytest.approx(expected, abs=1e-9, nan_ok=True)
    whole = [RULES[rule].score([x for _, x in pairs[key]]) for key in sorted(pairs)]
    assert after == pytest.approx(whole, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("rule", RULES)
def test_mastered_is_what_reaches_tau_has_a_score_or_is_complete(rule: str) -> None:
    log = random_log(np.random.default_rng(4), n_learners=12, n_events=16)
    settings_ = Settings(tau=0.7)
    rows = {row.kind: row for row in RuleTable.of(log).rows(settings=settings_)}
    pairs = outcomes_by_pair(log)
    found = rows[rule].p_mastered
    assert found is not None
    for passes, key in zip(found.tolist(), sorted(pairs), strict=True):
        results = [outcome for _, outcome in pairs[key]]
        score = RULES[rule].score(results)
        if rule == "n-times":
            expected = sum(x >= 0.7 for x in results) >= 2
        else:
            expected = score >= 0.7 - 1e-9 and (rule != "best-x" or len(results) >= 3)
        assert passes == expected
    assert 0 < found.sum() < found.size


def test_no_score_yet_is_not_mastered_and_an_unknown_rule_is_none() -> None:
    for rule in RULES:
        assert not calls_mastered(rule, [np.nan], [1], tau=0.5).any()
    with pytest.raises(ValueError, match="'gut-feeling' is no rule; allowed are highest,"):
        calls_mastered("gut-feeling", [1.0], [1], tau=0.5)


def test_ratings_teach_the_model_and_are_scored_for_nobody() -> None:
    log, _ = make_school(1, n_learners=30, n_responses=8, n_ratings=4)
    table = RuleTable.of(log)
    for row in table.rows():
        assert (row.figures.n_responses, row.figures.n_ratings) == (6 * 8, 0)
        assert row.model is None or row.model.n_ratings == 24 * 4


def test_a_log_that_nothing_can_be_told_from_is_refused() -> None:
    few, _ = make_school(0, n_learners=4, n_responses=3)
    with pytest.raises(ValueError, match="there are 4 in all"):
        RuleTable.of(few)
    rated, _ = make_school(0, n_learners=10, n_responses=0, n_ratings=3)
    with pytest.raises(ValueError, match="learners have none"):
        RuleTable.of(rated)
