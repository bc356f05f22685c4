"""The exam is the one that `evaluate` sets, and the answers come back as they were given."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.asking import PEERS, Peer, answers_of, exam_of
from benchmarks.peers.exam import (
    Exam,
    Floats,
    Predict,
    Responses,
    read_answers,
    read_exam,
    sit,
    write_exam,
)
from manypaths.mastery import Alignment, ResponseLog, School, simulate
from manypaths.mastery.evaluation import evaluate, split_learners


def invented(n_learners: int = 40) -> ResponseLog:
    return simulate(School(n_learners=n_learners), seed=0)[0]


def with_a_copy() -> ResponseLog:
    """Return 50 learners of whom the last two gave the same answers to the same 60 items."""
    rng = np.random.default_rng(1)
    outcome = rng.integers(0, 2, (50, 60))
    outcome[49] = outcome[48]
    return ResponseLog.of(
        Alignment.of((f"i{n}", [("k", 1.0)]) for n in range(60)),
        learner=np.repeat(np.arange(50), 60),
        instrument=np.tile(np.arange(60), 50),
        outcome=outcome.ravel(),
    )


def columns(exam: Exam) -> list[np.ndarray]:
    return [getattr(part, c.name) for part in (exam.teaching, exam.testing) for c in fields(part)]


@pytest.mark.parametrize("seed", [0, 1])
def test_those_tested_are_a_fifth_by_the_seed(seed: int) -> None:
    log = invented()
    exam = exam_of(log, split_learners(log, seed))
    tested = np.sort(np.random.RandomState(seed).permutation(40)[:8])
    rows = np.concatenate([np.arange(*log.offsets[u : u + 2]) for u in tested])
    assert np.array_equal(exam.testing.right, log.outcome[rows] == 1)
    assert np.array_equal(exam.testing.item, log.instrument[rows])
    assert exam.testing.item.size == evaluate(log, kind="mean", seed=seed)["n_test"]


def test_near_copies_are_on_one_side() -> None:
    log = with_a_copy()
    for seed in range(10):
        split = split_learners(log, seed)
        exam = exam_of(log, split)
        assert split.near_copies == [(48, 49)]
        assert (48 in split.test) == (49 in split.test)
        assert exam.testing.learner.max() + 1 == split.test.size


def test_an_exam_is_read_as_it_was_written(tmp_path: Path) -> None:
    log = invented()
    exam = exam_of(log, split_learners(log, 0))
    write_exam(exam, tmp_path / "exam.npz")
    found = read_exam(tmp_path / "exam.npz")
    assert all(map(np.array_equal, columns(exam), columns(found)))


def test_cells_are_the_competencies_of_each_response() -> None:
    shown = Responses(
        learner=np.zeros(3, np.int64),
        item=np.array([1, 0, 1]),
        seconds=np.zeros(3, np.int64),
        right=np.zeros(3, bool),
        starts=np.array([0, 1, 3]),
        competency=np.array([5, 6, 7]),
    )
    row, competency = shown.cells()
    assert row.tolist() == [0, 0, 1, 2, 2]
    assert competency.tolist() == [6, 7, 5, 6, 7]


def share_right(teaching: Responses) -> Predict:
    """Fit the simplest of peers: everything is as likely as what it was taught."""

    def predict(testing: Responses) -> Floats:
        return np.full(testing.item.size, teaching.right.mean())

    return predict


def test_who_sits_an_exam_is_taught_by_some_and_tested_on_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = invented()
    exam = exam_of(log, split_learners(log, 0))
    write_exam(exam, tmp_path / "exam.npz")
    files = [str(tmp_path / name) for name in ("exam.npz", "answers.npz")]
    monkeypatch.setattr("sys.argv", ["peer", *files])
    sit(share_right)
    answers = read_answers(tmp_path / "answers.npz")
    assert np.array_equal(answers.chance, share_right(exam.teaching)(exam.testing))
    assert min(answers.fit_cpu_seconds, answers.predict_seconds) >= 0


@pytest.mark.sweep
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.module)
def test_no_peer_is_told_a_response_before_it_predicted_it(peer: Peer) -> None:
    if not peer.is_here:
        pytest.skip("the peers are not here: make bench-peers")
    log = invented(100)
    exam = exam_of(log, split_learners(log, 0))
    testing = exam.testing
    place = np.arange(testing.item.size) - np.searchsorted(testing.learner, testing.learner)
    middle = 30
    other = Exam(exam.teaching, replace(testing, right=testing.right ^ (place >= middle)))
    found, told = answers_of(peer, exam).chance, answers_of(peer, other).chance
    assert np.allclose(found[place <= middle], told[place <= middle], atol=1e-6)
    assert not np.allclose(found[place > middle], told[place > middle], atol=1e-3)
