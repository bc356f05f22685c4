"""What a cluster costs beside one process, on an invented log: `python -m benchmarks.cluster`.

Prints seconds on the wall and of processor for the same passes here, and by one and two local
workers; the figures of the guide to clusters come from it. Compiling is left out.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.measure import machine
from manypaths.batch.clusters import local_client
from manypaths.batch.sites import ClusterSite
from manypaths.mastery import Model, ResponseLog, School, simulate
from manypaths.mastery.batch import final_beliefs, parameters_for
from manypaths.mastery.fitting import fit
from manypaths.mastery.passes import LocalPasses, divided

_TIMES, _PASSES = 3, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=40_000)
    n_learners = parser.parse_args().learners
    school = School(n_learners=n_learners, n_responses=50, n_items=400, n_competencies=40)
    log, _ = simulate(school, seed=1)
    model = fit(log.of_learners(np.arange(500)))
    print(f"{log.n_events:,} responses of {log.n_learners:,} learners on {machine()}")
    told("one process", *in_one_process(model, log))
    for n_workers in (1, 2):
        words = f"{n_workers} local worker{'s' if n_workers > 1 else ''}"
        told(words, *on_workers(model, log, n_workers))


Costs = tuple[float, float]


def in_one_process(model: Model, log: ResponseLog) -> tuple[Costs, Costs]:
    parameters, columns = parameters_for(model, log)
    passes = LocalPasses(divided(columns))
    return (
        cost(lambda: final_beliefs(model, log)),
        cost(lambda: [passes.learn(parameters, with_roles=False) for _ in range(_PASSES)]),
    )


def on_workers(model: Model, log: ResponseLog, n_workers: int) -> tuple[Costs, Costs]:
    with local_client(n_workers) as client, TemporaryDirectory() as folder:

        def cpu() -> float:
            workers: dict[str, float] = client.run(time.process_time)
            return time.process_time() + sum(workers.values())

        site = ClusterSite(client, Path(folder))
        parameters, columns = parameters_for(model, log)
        passes = site.passes(columns)
        return (
            cost(lambda: site.final_beliefs(model, log), cpu),
            cost(lambda: [passes.learn(parameters, with_roles=False) for _ in range(_PASSES)], cpu),
        )


def cost(work: Callable[[], object], cpu: Callable[[], float] = time.process_time) -> Costs:
    """Return the median seconds on the wall and of processor, after once that is not counted."""
    work()
    walls, cpus = [], []
    for _ in range(_TIMES):
        began, cpu_began = time.perf_counter(), cpu()
        work()
        walls.append(time.perf_counter() - began)
        cpus.append(cpu() - cpu_began)
    return statistics.median(walls), statistics.median(cpus)


def told(where: str, beliefs: Costs, passes: Costs) -> None:
    (wall, cpu), (wall_of_passes, cpu_of_passes) = beliefs, passes
    print(
        f"{where:16} beliefs {wall:5.2f} s ({cpu:5.2f} s CPU), "
        f"{_PASSES} passes of a fit {wall_of_passes:5.2f} s ({cpu_of_passes:5.2f} s CPU)"
    )


if __name__ == "__main__":
    main()
