"""Set a peer the exam that `evaluate` sets our own models, and score its answers as ours."""

import json
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.measure import ask, run
from benchmarks.peers.exam import Answers, Exam, Responses, read_answers, write_exam
from manypaths.mastery import ResponseLog
from manypaths.mastery.evaluation import Split, scores, split_learners

ROOT = Path(__file__).resolve().parent.parent.parent
_SECONDS_A_DAY = 86_400
# A peer that needs no longer is asked three times, for the medians of what it spends.
_CHEAP_CPU_SECONDS = 10.0
# Waiting threads of numerical libraries would turn on the spot and be counted as work.
_QUIET_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Peer:
    """A model of others: the module that sits the exam, and the environment it runs in."""

    name: str
    module: str
    environment: str
    needs_clock: bool = False

    @property
    def python(self) -> Path:
        return ROOT / ".peers" / self.environment / "bin" / "python"

    @property
    def is_here(self) -> bool:
        return self.python.exists()


PEERS = (
    Peer("pyBKT", "bkt_plain", "pybkt"),
    Peer("pyBKT, forgetting", "bkt_forgets", "pybkt"),
    Peer("Best-LR", "best_lr", "torch"),
    Peer("DAS3H", "das3h", "torch", needs_clock=True),
    Peer("DKT with items", "dkt", "torch"),
)


def peer_scores(peer: Peer, log: ResponseLog, *, seed: int = 0) -> dict[str, float]:
    """Return the scores of a peer on a log (see `evaluate`), and what it spent.

    `memory` is the most that its process held, in MB. What is cheap is asked three times.
    """
    exam = exam_of(log, split_learners(log, seed))
    found = [_ask(peer, exam)]
    if found[0][0].fit_cpu_seconds <= _CHEAP_CPU_SECONDS:
        found += [_ask(peer, exam), _ask(peer, exam)]
    answers = found[0][0]
    predict_seconds = statistics.median(one.predict_seconds for one, _ in found)
    return {
        **scores(exam.testing.right.astype(float), answers.chance),
        "fit_cpu_seconds": statistics.median(one.fit_cpu_seconds for one, _ in found),
        "ns_per_response": 1e9 * predict_seconds / answers.chance.size,
        "memory": statistics.median(memory for _, memory in found),
    }


def answers_of(peer: Peer, exam: Exam) -> Answers:
    """Return what a peer answers."""
    return _ask(peer, exam)[0]


def versions_of(environment: str, packages: tuple[str, ...]) -> str:
    """Return the versions of packages in an environment of the peers."""
    python = ROOT / ".peers" / environment / "bin" / "python"
    names = json.dumps(packages)
    said = f"[f'{{name}} {{version(name)}}' for name in {names}]"
    program = f"import json; from importlib.metadata import version; print(json.dumps({said}))"
    return ", ".join(ask([python, "-c", program], {})[1])


def exam_of(log: ResponseLog, split: Split) -> Exam:
    """Return the exam of a log of responses: those train and those are tested whom we choose.

    Partial credit is right from a half on, as it is for the AUC.
    """
    return Exam(_responses(log.of_learners(split.train)), _responses(log.of_learners(split.test)))


def _ask(peer: Peer, exam: Exam) -> tuple[Answers, float]:
    """Return a peer's answers, and the most memory that its process held in MB."""
    with tempfile.TemporaryDirectory() as folder:
        exam_file, answers_file = Path(folder, "exam.npz"), Path(folder, "answers.npz")
        write_exam(exam, exam_file)
        sits = ("-m", f"benchmarks.peers.{peer.module}", exam_file, answers_file)
        cost = run([peer.python, *sits], {"PYTHONPATH": str(ROOT), **_QUIET_THREADS})
        return read_answers(answers_file), cost.memory


def _responses(log: ResponseLog) -> Responses:
    return Responses(
        learner=np.repeat(np.arange(log.n_learners), np.diff(log.offsets)),
        item=log.instrument,
        seconds=np.rint(np.nan_to_num(log.time) * _SECONDS_A_DAY).astype(np.int64),
        right=log.outcome >= 0.5,
        starts=log.alignment.starts,
        competency=log.alignment.competency,
    )
