"""What `calibration` says of subgroups, and what it keeps to itself."""

from pathlib import Path

import numpy as np
import pytest

from manypaths.cli.tests.commands import answer, run, said
from manypaths.interop.tests.response_logs import log_of, take_in, written
from manypaths.people.tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(cast: Cast, tmp_path: Path) -> Path:
    """Take in a log of 40 learners, and return a file of their subgroups, one of them of three."""
    rng = np.random.default_rng(3)
    ability = rng.normal(0.5, 1, 40)
    rows = [
        f"p{learner},i{item},,{int(rng.random() < 1 / (1 + np.exp(-ability[learner])))},K{item % 3}"
        for learner in range(40)
        for item in range(12)
    ]
    take_in(written(tmp_path, log_of(*rows)), "5B")
    file = tmp_path / "subgroups.csv"
    kinds = ["few" if n < 3 else ("one", "other", "third")[n % 3] for n in range(40)]
    lines = [f"p{n},{kind}" for n, kind in enumerate(kinds)]
    file.write_text("\n".join(["learner,subgroup", *lines]))
    return file


def test_subgroups_of_a_file_are_told_of_where_nobody_can_be_worked_out(log: Path) -> None:
    found = answer("calibration", "--groups", log)
    assert tuple(found) == ("framework", "everyone", "subgroups", "items", "is_partial")
    assert found["everyone"]["learners"] == 40
    assert found["everyone"]["responses"] == 480
    names = [subgroup["name"][0] for subgroup in found["subgroups"]]
    assert len(names) == 2
    assert "few" not in names
    assert found["is_partial"]
    for subgroup in found["subgroups"]:
        assert set(subgroup["auc"]) == {"value", "low", "high"}
        assert set(subgroup["gaps"]) == {"auc", "log_loss", "ece", "intercept", "slope"}
        assert set(subgroup["differs"]) <= set(subgroup["gaps"])
        assert subgroup["learners"] == 10


def test_one_class_is_everyone_and_not_told_of_twice(log: Path) -> None:
    found = answer("calibration")
    assert found["subgroups"] == []
    assert not found["is_partial"]
    words = said("calibration")
    assert words.startswith("\nFor whom are the estimates worse?")
    assert "No subgroup that can be told of differs clearly" in " ".join(words.split())


def test_the_same_seed_says_the_same_again(log: Path) -> None:
    once, again = (answer("calibration", "--groups", log, "--seed", 4) for _ in range(2))
    assert once == again


def test_an_unknown_learner_is_refused(log: Path) -> None:
    log.write_text("learner,subgroup\nnobody,one\n")
    refused = answer("calibration", "--groups", log, exit_code=1)
    assert refused["error"]["code"] == "not_found"
    assert "subgroups.csv" in refused["error"]["message"]


def test_without_evidence_it_is_refused(cast: Cast) -> None:
    assert run("calibration").exit_code == 1
    assert "There is no evidence yet." in run("calibration").stderr
