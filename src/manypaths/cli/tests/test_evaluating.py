"""How well a model or a rule predicts a log, by command: no home is needed, none is touched."""

from pathlib import Path

import numpy as np
import pytest

from manypaths.cli.tests.commands import answer, run
from manypaths.interop.tests.conformance import conformance_file
from manypaths.interop.tests.response_logs import log_of, written
from manypaths.mastery.rules import RULES

DOCUMENTED = {
    "n_train",
    "n_test",
    "auc",
    "rmse",
    "log_loss",
    "ece",
    "calibration_slope",
    "fit_seconds",
    "fit_cpu_seconds",
    "predict_seconds",
    "ns_per_response",
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Let twenty learners, from weak to strong, answer ten items."""
    rng = np.random.default_rng(3)
    rows = [
        f"u{learner},i{item},{100 * item},{int(rng.random() < 0.2 + learner / 30)},K{item % 2}"
        for learner in range(20)
        for item in rng.permutation(10)
    ]
    return written(tmp_path, log_of(*rows))


def test_the_answer_has_the_documented_numbers(log: Path) -> None:
    found = answer("evaluate", log)
    assert set(found) >= DOCUMENTED
    assert (found["n_train"], found["n_test"]) == (160, 40)
    assert 0 <= found["auc"] <= 1
    assert found["log_loss"] > 0


def test_with_or_without_json_the_answer_is_one_object(log: Path) -> None:
    assert run("evaluate", log).stdout.startswith("{")


def test_the_same_seed_gives_the_same_scores(log: Path) -> None:
    scores = ("auc", "rmse", "log_loss", "ece", "calibration_slope")
    one, same, other = (answer("evaluate", log, "--seed", seed) for seed in (4, 4, 5))
    assert [one[name] for name in scores] == [same[name] for name in scores]
    assert [one[name] for name in scores] != [other[name] for name in scores]


@pytest.mark.parametrize("kind", ["bkt", *RULES])
def test_each_other_kind_and_each_rule_of_schools_can_be_evaluated(log: Path, kind: str) -> None:
    found = answer("evaluate", log, "--kind", kind)
    assert set(found) >= DOCUMENTED
    assert found["kind"] == kind


def test_a_score_that_is_not_defined_is_null(tmp_path: Path) -> None:
    rows = [f"u{learner},i{item},,1,K" for learner in range(10) for item in range(3)]
    assert answer("evaluate", written(tmp_path, log_of(*rows)))["auc"] is None


def test_falling_times_are_told_on_the_side(tmp_path: Path) -> None:
    rows = [f"u{n},i{k},{-k},{(n + k) % 2},K" for n in range(10) for k in range(3)]
    result = run("evaluate", written(tmp_path, log_of(*rows)), "--json")
    assert "The time falls within a learner 20 times" in result.stderr
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [("--kind", "astrology"), ("--seed", "-1"), ("--seed", str(2**32)), ("--seed", "x")],
)
def test_what_is_not_allowed_is_wrong_use(log: Path, words: tuple[str, str]) -> None:
    result = run("evaluate", log, *words, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    if words[0] == "--kind":
        assert "decaying-average" in result.stderr


def test_a_log_that_is_too_small_is_refused(tmp_path: Path) -> None:
    log = written(tmp_path, log_of("u,i,1,1,K", "v,i,1,0,K"))
    error = answer("evaluate", log, exit_code=1)["error"]
    assert "there are 2 in all" in error["message"]


def test_a_faulty_log_is_refused_with_its_faults(tmp_path: Path) -> None:
    found = answer("evaluate", written(tmp_path, log_of("u,i,1,9,K")), exit_code=1)
    assert tuple(found) == ("error", "faults")
    (fault,) = found["faults"]
    assert (fault["row"], fault["column"], fault["value"]) == (2, "correct", "9")


@pytest.mark.sweep
def test_a_log_of_the_field_is_predicted_better_than_by_a_regression_on_counts() -> None:
    found = answer("evaluate", conformance_file("data/responses/statics-2011.csv.gz"))
    assert found["n_train"] + found["n_test"] == 189_297
    assert found["auc"] > 0.82


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "auc"), [("assistments-2015", 0.703), ("algebra-2005", 0.791)])
def test_knowledge_tracing_with_items_predicts_logs_of_the_field(name: str, auc: float) -> None:
    file = conformance_file(f"data/responses/{name}.csv.gz")
    found = answer("evaluate", file, "--kind", "bkt")
    assert found["auc"] > auc
    assert found["ece"] < 0.02
