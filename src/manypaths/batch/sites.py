"""A cluster as a place where passes are made: with the same figures as in this process."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, TypeVar

import numpy as np
from distributed import Client, Future, wait
from distributed.client import FutureCancelledError, FuturesCancelledError
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from manypaths.base.errors import Refused
from manypaths.base.progress import Tell, silence
from manypaths.batch import tasks
from manypaths.batch.partitions import read_columns, write_columns, write_partitions
from manypaths.mastery.arrays import Columns, Parameters, Sums, merge
from manypaths.mastery.batch import FinalBeliefs, Trace, final_beliefs
from manypaths.mastery.kinds import AnyModel
from manypaths.mastery.log import ResponseLog
from manypaths.mastery.model import Model
from manypaths.mastery.passes import divided, learned, likelihood

_EVENTS_A_PART = 150_000
_PARTS_A_WORKER = 4  # so that whoever is faster, or outlives another, has something to take over
_RETRIES = 2
_LOOK_SECONDS, _FETCH_SECONDS, PATIENCE_SECONDS = 1.0, 60.0, 60.0

T = TypeVar("T")


@dataclass(frozen=True)
class ClusterSite:
    """A cluster, and a folder that its workers and this process see.

    `tell` is told how far work has come. When no worker was there for `patience_seconds`, whatever
    waits for one raises Refused.
    """

    client: Client
    folder: Path
    tell: Tell = silence
    patience_seconds: float = PATIENCE_SECONDS
    _pass_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def passes(self, columns: Columns) -> "ClusterPasses":
        """Return passes over a log, for a fit."""
        return self.passes_over(divided(columns))

    def passes_over(self, parts: Sequence[Columns]) -> "ClusterPasses":
        """Return passes over the parts of a log, which are laid out on the workers."""
        files = write_columns(parts, Path(mkdtemp(dir=self.folder)))
        return ClusterPasses(self, [self.submit(read_columns, file) for file in files])

    def final_beliefs(self, model: Model, log: ResponseLog) -> FinalBeliefs:
        """Return every learner's beliefs after their last event."""
        parts = self._for_each_part(tasks.beliefs_in, model, log)
        if not parts:
            return final_beliefs(model, log)[0]
        sizes = np.concatenate([np.diff(part.begins) for part in parts])
        return FinalBeliefs(
            begins=np.concatenate(([0], np.cumsum(sizes))),
            general=np.concatenate([part.general for part in parts]),
            competency=np.concatenate([part.competency for part in parts]),
            rows=np.concatenate([part.rows for part in parts]),
        )

    def trace(self, model: AnyModel, log: ResponseLog) -> Trace:
        """Return what the model expected of each event, before it was seen."""
        parts = self._for_each_part(tasks.chances_in, model, log)
        return Trace(np.concatenate([np.zeros(0), *parts]), log.outcome, log.role)

    def submit(self, work: Callable[..., Any], *arguments: object, **named: object) -> Future[Any]:
        """Have something done by a worker; it is done again where a worker dies with it."""
        return self.client.submit(work, *arguments, **named, pure=False, retries=_RETRIES)

    def tell_pass(self) -> None:
        """Tell that one more pass begins; how many a fit takes is not known before."""
        self.tell("Passes over the log", next(self._pass_numbers), 0)

    def results(
        self, futures: Sequence[Future[Any]], *, tell: Callable[[int], None] = lambda _: None
    ) -> list[Any]:
        """Return what was found, in order. Raises Refused where the cluster can't find it."""
        waiting: set[Future[Any]] = set(futures)
        try:
            while waiting:
                _, waiting = self._patiently(
                    partial(wait, waiting, return_when="FIRST_COMPLETED"), _LOOK_SECONDS
                )
                tell(len(futures) - len(waiting))
            return [self._patiently(future.result, _FETCH_SECONDS) for future in futures]
        except KilledWorker as error:
            raise Refused(_KILLED) from error
        except _LOST as error:
            raise Refused(_NO_SCHEDULER) from error

    def _patiently(self, look: Callable[..., T], seconds: float) -> T:
        """Wait for something, as many seconds at a time, while there are workers that may do it."""
        last_worker_seen = time.monotonic()
        while True:
            try:
                return look(timeout=seconds)
            except TimeoutError:
                if self.client.nthreads():
                    last_worker_seen = time.monotonic()
                elif time.monotonic() > last_worker_seen + self.patience_seconds:
                    raise Refused(_NO_WORKER) from None

    def _for_each_part(
        self, work: Callable[..., Any], model: AnyModel, log: ResponseLog
    ) -> list[Any]:
        if not log.n_learners:
            return []
        n_workers = max(len(self.client.nthreads()), 1)
        n_parts = max(_PARTS_A_WORKER * n_workers, round(log.n_events / _EVENTS_A_PART))
        self.tell("Writing partitions", 0, 0)
        with TemporaryDirectory(dir=self.folder) as folder:
            files = write_partitions(log, Path(folder), n_parts=min(n_parts, log.n_learners))
            sent = self.submit(tasks.given, model)
            futures = [self.submit(work, file, sent) for file in files]
            told = partial(self._tell_parts, n_parts=len(files))
            told(0)
            return self.results(futures, tell=told)

    def _tell_parts(self, n_done: int, *, n_parts: int) -> None:
        self.tell("Partitions", n_done, n_parts)


@dataclass(frozen=True)
class ClusterPasses:
    """Passes over a log whose parts lie on workers (see mastery.passes.Passes)."""

    site: ClusterSite
    parts: Sequence[Future[Any]]

    def learn(self, parameters: Parameters, *, with_roles: bool) -> Sums:
        """Return the sums of one pass, added part after part."""
        self.site.tell_pass()
        sent = self.site.submit(tasks.given, parameters)
        sums = [
            self.site.submit(learned, part, parameters=sent, with_roles=with_roles)
            for part in self.parts
        ]
        (whole,) = self.site.results([reduce(partial(self.site.submit, merge), sums)])
        return Sums(*whole)

    def log_likelihood(self, parameters: Parameters) -> float:
        """Return the log-likelihood of all events, as expected before each."""
        self.site.tell_pass()
        sent = self.site.submit(tasks.given, parameters)
        found = [self.site.submit(likelihood, part, parameters=sent) for part in self.parts]
        return float(sum(self.site.results(found)))


_LOST = (FutureCancelledError, FuturesCancelledError, CommClosedError, TimeoutError)
_NO_SCHEDULER = (
    "The cluster's scheduler doesn't answer any more; what was under way changed nothing."
)
_NO_WORKER = (
    "No worker of the cluster is left; what was under way changed nothing. "
    "Start workers, and try again."
)
_KILLED = (
    "A part of the log was lost with one worker after another; what was under way changed nothing. "
    "Workers may have too little memory."
)
