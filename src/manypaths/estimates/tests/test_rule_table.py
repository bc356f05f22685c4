"""Whose status would differ if a school's rule spoke in the place of the model."""

import numpy as np
import pytest

from manypaths.base.errors import Refused
from manypaths.estimates.queries import estimates_with_evidence, rules_on
from manypaths.estimates.rule_table import RuleComparison, Terms, compare_rules
from manypaths.estimates.tests.test_candidates import newcomers, work_of
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.models import Response
from manypaths.frameworks.rules import StatusRules
from manypaths.frameworks.services import set_rules
from manypaths.mastery import ResponseLog, Settings
from manypaths.mastery.evaluation import KINDS, evaluate
from manypaths.mastery.rules import RULES
from manypaths.mastery.tests.schools import make_school
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast

LATER = day(40)
LENIENT = StatusRules(least_pieces=1, least_days=1)


@pytest.fixture(scope="module")
def log() -> ResponseLog:
    found, _ = make_school(3, n_learners=60, n_responses=40, n_competencies=4, n_items=12)
    return found


@pytest.fixture(scope="module")
def table(log: ResponseLog) -> RuleComparison:
    return compare_rules(log, Terms(LENIENT, Settings()), seed=1)


def test_there_is_a_row_for_each_kind_with_the_figures_of_its_evaluation(
    log: ResponseLog, table: RuleComparison
) -> None:
    assert [row.kind for row in table.rows] == list(KINDS)
    for kind, row in zip(KINDS, table.rows, strict=True):
        if kind in ("dynamic-irt", "mean", "best-x"):
            expected = evaluate(log, kind=kind, seed=1)
            assert row.figures.auc == pytest.approx(expected["auc"])
            assert row.figures.log_loss == pytest.approx(expected["log_loss"])


def test_without_a_model_in_force_statuses_are_held_against_the_first_row(
    table: RuleComparison,
) -> None:
    first = table.rows[0]
    assert table.reference.startswith(first.kind)
    assert (first.n_pairs_differ, first.n_learners_differ) == (0, 0)
    assert first.n_ready == table.n_ready > 0
    assert (table.n_learners, table.n_near_copies) == (60, 0)
    for row in table.rows[1:]:
        assert 0 < row.n_learners_differ <= row.n_pairs_differ <= table.n_pairs


def test_a_rule_that_passes_more_calls_more_ready(table: RuleComparison) -> None:
    ready = {row.kind: row.n_ready for row in table.rows}
    assert ready["highest"] >= ready["best-x"] >= ready["mean"]
    assert ready["highest"] > ready["mean"]


@pytest.mark.parametrize("rule", ["highest", "mean", "n-times"])
def test_what_is_ready_by_a_rule_is_what_it_calls_mastered_with_enough_evidence(
    log: ResponseLog, rule: str
) -> None:
    needed = StatusRules(least_pieces=9, least_days=1)
    found = compare_rules(log, Terms(needed, Settings()))
    row = next(row for row in found.rows if row.kind == rule)
    n_ready = 0
    for results in results_by_pair(log):
        score = RULES[rule].score(results)
        passes = score >= 0.8 - 1e-9 if rule != "n-times" else not np.isnan(score)
        n_ready += passes and len(results) >= 9
    assert row.n_ready == n_ready
    assert 0 < n_ready < found.n_pairs


def results_by_pair(log: ResponseLog) -> list[list[float]]:
    found: dict[tuple[int, int], list[float]] = {}
    learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))
    shown = log.alignment.competency[log.alignment.starts[log.instrument]]  # one an item here
    for who, what, outcome in zip(learner, shown, log.outcome, strict=True):
        found.setdefault((int(who), int(what)), []).append(float(outcome))
    return list(found.values())


# On a district's evidence


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def learners(cast: Cast, world: World) -> list[Person]:
    found = newcomers(cast, 40)
    work_of(cast, world, found, at=LATER, n=40)
    return found


def on(world: World) -> RuleComparison:
    return rules_on(world.framework, by=OPERATOR, at=LATER)


def test_in_a_district_statuses_are_held_against_those_on_its_screens(
    world: World, learners: list[Person]
) -> None:
    found = on(world)
    shown = estimates_with_evidence(learners, world.framework, by=OPERATOR, at=LATER)
    assert found.reference == shown.model.version
    assert (found.n_pairs, found.n_learners) == (len(shown), 40)
    ready = [shown.status(row) == "ready to show" for row in range(len(shown))]
    assert found.n_ready == sum(ready) > 0


def test_the_thresholds_of_the_framework_count(world: World, learners: list[Person]) -> None:
    before = {row.kind: row.n_ready for row in on(world).rows}
    set_rules(world.framework, {"tau": 0.5}, by=OPERATOR, at=LATER)
    after = {row.kind: row.n_ready for row in on(world).rows}
    assert after["mean"] > before["mean"]
    assert after["n-times"] == before["n-times"]
    set_rules(world.framework, {"tau": 0.5, "least_pieces": 1_000}, by=OPERATOR, at=LATER)
    assert {row.n_ready for row in on(world).rows} == {0}


def test_nothing_is_written(world: World, learners: list[Person]) -> None:
    n_before = Response.objects.count()
    shown = estimates_with_evidence(learners, world.framework, by=OPERATOR, at=LATER)
    on(world)
    again = estimates_with_evidence(learners, world.framework, by=OPERATOR, at=LATER)
    assert np.array_equal(shown.numbers.mean, again.numbers.mean)
    assert Response.objects.count() == n_before


def test_too_little_is_refused_in_words(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="Rules can't be compared on Fractions: a fifth of the"):
        on(world)
    work_of(cast, world, newcomers(cast, 4))
    with pytest.raises(Refused, match="there are 4 in all"):
        on(world)
