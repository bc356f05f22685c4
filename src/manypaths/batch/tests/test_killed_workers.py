"""A worker that is killed in the middle of a job changes nothing; without any, a job is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from distributed import wait

from manypaths.base.errors import Refused
from manypaths.batch import clusters, sites, tasks
from manypaths.batch.clusters import open_site
from manypaths.batch.sites import ClusterSite
from manypaths.batch.tests.same import BELIEFS, assert_same, in_parts
from manypaths.mastery import Model, ResponseLog
from manypaths.mastery.batch import final_beliefs, parameters_for, trace
from manypaths.mastery.fitting import fit
from manypaths.mastery.passes import LocalPasses
from manypaths.mastery.tests.logs import random_log, random_model

pytestmark = pytest.mark.fault

_LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")
_SECONDS_TO_START = 60


@dataclass
class OurCluster:
    """A scheduler and workers as an operator starts them, with nobody who restarts them."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def kill_a_worker(self) -> None:
        """Kill the first worker that lives, as the kernel does when memory is short."""
        living = [worker for worker in self.workers if worker.poll() is None]
        assert len(living) > 1
        living[0].send_signal(signal.SIGKILL)
        living[0].wait()

    def kill_all_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[OurCluster]:
    file = tmp_path / "scheduler.json"
    with ExitStack() as stack:

        def start(*words: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + words[0], *words[1:], *_LOOPBACK],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=tmp_path,
                env={**os.environ, "DASK_TEMPORARY_DIRECTORY": str(tmp_path)},
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        scheduler = start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.exists() and file.stat().st_size > 0)
        made = OurCluster(json.loads(file.read_text())["address"], scheduler)
        for _ in range(2):
            words = ("--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path))
            made.workers.append(start("dask_worker", made.address, *words))
        yield made


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, for a minute at most."""
    patience = time.monotonic() + _SECONDS_TO_START
    while not is_so():
        assert time.monotonic() < patience
        time.sleep(0.05)


@pytest.fixture
def site(cluster: OurCluster, tmp_path: Path) -> Iterator[ClusterSite]:
    shared = tmp_path / "shared"
    shared.mkdir()
    with open_site(cluster.address, folder=shared) as opened:
        opened.client.wait_for_workers(2, timeout=_SECONDS_TO_START)
        yield opened


@dataclass
class AtTheFirstOf:
    """Tells nobody, but does something once, as soon as a part of the job is done."""

    what: str
    at_least: int
    deed: Callable[[], None]
    is_done: bool = False

    def __call__(self, what: str, done: int, total: int) -> None:
        if not self.is_done and what == self.what and done >= self.at_least:
            assert total == 0 or done < total
            self.is_done = True
            self.deed()


def log_and_model() -> tuple[ResponseLog, Model]:
    rng = np.random.default_rng(11)
    log = random_log(rng, n_learners=400)
    return log, random_model(rng, log)


def test_beliefs_stay_the_same_when_a_worker_is_killed(
    cluster: OurCluster, site: ClusterSite
) -> None:
    log, model = log_and_model()
    killer = AtTheFirstOf("Partitions", 1, cluster.kill_a_worker)
    site = replace(site, tell=killer)
    assert_same(site.final_beliefs(model, log), final_beliefs(model, log)[0], BELIEFS)
    assert killer.is_done


def test_a_trace_stays_the_same_when_a_worker_is_killed(
    cluster: OurCluster, site: ClusterSite
) -> None:
    log, model = log_and_model()
    killer = AtTheFirstOf("Partitions", 1, cluster.kill_a_worker)
    site = replace(site, tell=killer)
    assert_same(site.trace(model, log), trace(model, log), ("chance", "log_likelihood"))
    assert killer.is_done


def test_sums_stay_the_same_when_a_worker_is_killed_with_its_parts(
    cluster: OurCluster, site: ClusterSite
) -> None:
    log, model = log_and_model()
    parameters, columns = parameters_for(model, log)
    parts = in_parts(columns, 6)
    here = LocalPasses(parts).learn(parameters, with_roles=True)
    passes = site.passes_over(parts)
    whole = passes.learn(parameters, with_roles=True)
    holders = site.client.who_has(passes.parts).values()
    assert {worker for workers in holders for worker in workers} == set(site.client.nthreads())
    cluster.kill_a_worker()
    bereft = passes.learn(parameters, with_roles=True)
    assert len(site.client.nthreads()) == 1
    for sums in (whole, bereft):
        assert_same(sums, here, here._fields)


def test_a_fit_ends_in_the_same_model_when_a_worker_is_killed(
    cluster: OurCluster, site: ClusterSite
) -> None:
    log, _ = log_and_model()
    killer = AtTheFirstOf("Passes over the log", 5, cluster.kill_a_worker)
    site = replace(site, tell=killer)
    ours = fit(log, over=lambda columns: site.passes_over(in_parts(columns, 4)))
    assert killer.is_done
    assert ours == fit(log, over=lambda columns: LocalPasses(in_parts(columns, 4)))


def test_a_job_that_no_worker_is_left_for_is_refused(
    cluster: OurCluster, site: ClusterSite
) -> None:
    log, model = log_and_model()
    killer = AtTheFirstOf("Partitions", 1, cluster.kill_all_workers)
    site = replace(site, tell=killer, patience_seconds=1.0)
    with pytest.raises(Refused, match="No worker of the cluster is left"):
        site.final_beliefs(model, log)
    assert list(site.folder.iterdir()) == []


def test_what_was_found_and_lost_before_it_was_fetched_is_refused(
    cluster: OurCluster, site: ClusterSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    futures = [site.submit(tasks.given, number) for number in range(4)]
    wait(futures, timeout=_SECONDS_TO_START)
    assert site.results(futures) == [0, 1, 2, 3]
    cluster.kill_all_workers()
    until(lambda: not site.client.nthreads())
    monkeypatch.setattr(sites, "_FETCH_SECONDS", 0.2)
    with pytest.raises(Refused, match="No worker of the cluster is left"):
        replace(site, patience_seconds=0.5).results(futures)


def test_a_job_whose_scheduler_is_gone_is_refused(cluster: OurCluster, site: ClusterSite) -> None:
    log, model = log_and_model()
    killer = AtTheFirstOf("Partitions", 1, cluster.scheduler.kill)
    site = replace(site, tell=killer)
    with pytest.raises(Refused, match="scheduler doesn't answer any more"):
        site.final_beliefs(model, log)


def test_a_cluster_without_workers_is_refused(
    cluster: OurCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.kill_all_workers()
    monkeypatch.setattr(clusters, "_WAIT_SECONDS", 1)
    with pytest.raises(Refused, match="has no workers"), open_site(cluster.address):
        pass


def test_workers_know_nothing_of_records_and_their_database(site: ClusterSite) -> None:
    log, model = log_and_model()
    site.final_beliefs(model, log)
    assert site.client.run(lambda: "django" in sys.modules).values() != []
    assert not any(site.client.run(lambda: "django" in sys.modules).values())
