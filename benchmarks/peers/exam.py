"""The files between us and a peer: the exam, and the answers."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Responses:
    """Responses in columns of shape (n_responses,), by learner and in the order of the work.

    `learner` never falls. `seconds` never fall within a learner; without a clock all are 0. Item i
    shows the competencies `competency[starts[i]:starts[i + 1]]`.
    """

    learner: Ints
    item: Ints
    seconds: Ints
    right: Bools
    starts: Ints
    competency: Ints

    @property
    def n_items(self) -> int:
        return self.starts.size - 1

    @property
    def n_competencies(self) -> int:
        return int(self.competency.max()) + 1

    def cells(self) -> tuple[Ints, Ints]:
        """Return the row and the competency of every competency that a response shows."""
        sizes = np.diff(self.starts)[self.item]
        row = np.repeat(np.arange(self.item.size), sizes)
        first = np.repeat(np.cumsum(sizes) - sizes, sizes)
        return row, self.competency[self.starts[self.item[row]] + np.arange(row.size) - first]

    def of(self, chosen: Bools) -> "Responses":
        """Return some of the rows."""
        return Responses(
            self.learner[chosen],
            self.item[chosen],
            self.seconds[chosen],
            self.right[chosen],
            self.starts,
            self.competency,
        )


@dataclass(frozen=True)
class Exam:
    """Responses of learners who teach, and of those who are tested; items are numbered alike."""

    teaching: Responses
    testing: Responses


@dataclass(frozen=True)
class Answers:
    """The chance of each response of the test, before it was seen, and what the peer spent."""

    chance: Floats
    fit_cpu_seconds: float
    predict_seconds: float


# Returns the chance of each response, told only what stands before it.
Predict = Callable[[Responses], Floats]


def write_exam(exam: Exam, path: Path) -> None:
    """Write an exam; what both parts tell of the items is written with each."""
    columns = {
        f"{part.name} {column.name}": getattr(getattr(exam, part.name), column.name)
        for part in fields(Exam)
        for column in fields(Responses)
    }
    np.savez(path, **columns)


def read_exam(path: Path) -> Exam:
    with np.load(path) as columns:
        teaching, testing = (
            Responses(**{c.name: columns[f"{part.name} {c.name}"] for c in fields(Responses)})
            for part in fields(Exam)
        )
    return Exam(teaching, testing)


def sit(fit: Callable[[Responses], Predict]) -> None:
    """Sit the exam in the file of the first argument; write the answers to that of the second."""
    exam_file, answers_file = map(Path, sys.argv[1:])
    exam = read_exam(exam_file)
    began_cpu = time.process_time()
    predict = fit(exam.teaching)
    fit_cpu_seconds = time.process_time() - began_cpu
    began = time.perf_counter()
    chance = predict(exam.testing)
    predict_seconds = time.perf_counter() - began
    np.savez(
        answers_file,
        chance=chance,
        fit_cpu_seconds=fit_cpu_seconds,
        predict_seconds=predict_seconds,
    )


def read_answers(path: Path) -> Answers:
    with np.load(path) as found:
        return Answers(
            chance=found["chance"].astype(np.float64),
            fit_cpu_seconds=float(found["fit_cpu_seconds"]),
            predict_seconds=float(found["predict_seconds"]),
        )
