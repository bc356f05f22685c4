"""What a pass costs as learners grow, as a process of its own, so that its memory can be told.

    python -m benchmarks.growth LOG MODEL TIMES

Repeats the learners of a log so many times, and prints the number of responses and nanoseconds of
processor a response: of a predicting pass, of a learning pass, and of a copy of the log's columns.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.logs import log_of
from manypaths.mastery import Model, ResponseLog, trace
from manypaths.mastery.arrays import no_sums
from manypaths.mastery.batch import parameters_for, run_pass
from manypaths.mastery.model import read_model as read_dynamic

Clock = Callable[[], float]

_N_RUNS = 3


def main() -> None:
    name, model_file, times = sys.argv[1:]
    log = repeated(log_of(name), int(times))
    model = read_dynamic(Path(model_file).read_text(encoding="utf-8"))
    found = {
        "n_events": log.n_events,
        "trace": ns_each(log, lambda: trace(model, log)),
        "learn": ns_each(log, lambda: learn(model, log)),
        "copy": copying_ns(log),
    }
    print(json.dumps(found))


def repeated(log: ResponseLog, times: int) -> ResponseLog:
    """Return a log with all learners so many times."""
    return log.of_learners(np.tile(np.arange(log.n_learners), times))


def learn(model: Model, log: ResponseLog) -> None:
    """Go over the log as a pass of fitting does: predict, and sum slopes and curvatures."""
    parameters, columns = parameters_for(model, log)
    run_pass(columns, parameters, sums=no_sums(parameters, with_roles=False))


def ns_each(log: ResponseLog, work: Callable[[], object], clock: Clock = process_time) -> float:
    """Return nanoseconds a response, the best of some runs: what disturbs a run only adds."""
    return 1e9 * best_seconds(work, clock) / log.n_events


def best_seconds(work: Callable[[], object], clock: Clock = process_time) -> float:
    """Return the least seconds that some work took, of processor unless another clock is given."""

    def seconds() -> float:
        began = clock()
        work()
        return clock() - began

    return min(seconds() for _ in range(_N_RUNS))


def copying_ns(log: ResponseLog) -> float:
    """Return the nanoseconds to read a response's columns and write them elsewhere.

    This is what memory alone would ask of a pass.
    """
    columns = [getattr(log, field.name) for field in fields(log)]
    by_event = [c for c in columns if isinstance(c, np.ndarray) and c.size == log.n_events]
    room = np.zeros(max(column.nbytes for column in by_event), np.uint8)

    def copy() -> None:
        for column in by_event:
            np.copyto(room[: column.nbytes], column.view(np.uint8))

    return ns_each(log, copy)


if __name__ == "__main__":
    main()
