"""The engine: how well it predicts, beside its peers, and what that costs."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.growth import best_seconds, copying_ns, learn, ns_each, repeated
from benchmarks.logs import WITH_COPIES, log_file, log_of, logs_here
from benchmarks.measure import COMMAND, ask
from benchmarks.page import Page, section, table
from benchmarks.peers.asking import PEERS, peer_scores, versions_of
from manypaths.mastery import Model, ResponseLog, fit, start, trace, update
from manypaths.mastery.evaluation import KINDS
from manypaths.mastery.tests.logs import events_of

SEEDS = (0, 1, 2)
# AUC and log-loss on seed 0: at least, at most.
LIMITS = {
    "assistments-2009-distinct": (0.789, 0.512),
    "statics-2011": (0.837, 0.402),
    "assistments-2015": (0.731, 0.5135),
    "algebra-2005": (0.829, 0.408),
}
# What others report, on splits of their own.
PUBLISHED = (
    ("assistments-2009", "AKT, MIKT", ".785-.789", "with near copies of learners in the log"),
    ("statics-2011", "QIKT", ".827", ""),
    ("assistments-2015", "DKT", ".730", "without items, as the log has none"),
)
_FEWEST_EVENTS = 2_000_000
_GROWTH = (1, 10, 50)
_N_UPDATES = 20_000
_LEFT_OUT = "Left out: the logs are not on this machine."

# Prints the seconds until the first prediction of a new process, once its code has been read.
_FIRST_CALL = """
import json, time
began = time.perf_counter()
from manypaths.mastery import School, simulate, trace
from manypaths.mastery.model import unfitted
trace(unfitted(), simulate(School(), seed=0)[0])
print(json.dumps(time.perf_counter() - began))
"""


def evaluate() -> str:
    """Score our models on real logs, learners held out."""
    if not logs_here():
        return section("Predictions", _LEFT_OUT)
    with_copies = [WITH_COPIES] if log_file(WITH_COPIES).exists() else []
    models = [
        table(
            ("log", "AUC", "log-loss", "ECE", "slope", "fit, CPU s", "limit of seed 0"),
            (list(_accuracy(name, kind)) for name in [*logs_here(), *with_copies]),
        )
        for kind in _our_kinds()
    ]
    about = (
        "`manypaths evaluate`: a fifth of the learners is held out and each of their responses "
        "predicted from those before it; seeds 0, 1 and 2. ECE has 20 bins; the slope is that of a "
        "logistic regression on the logit of the chance, and would be 1. Limits of ECE and slope: "
        f"at most .013, and from .95 to 1.06. `{WITH_COPIES}` holds near copies of learners, which "
        "are kept on one side here; it is reported, not aimed at."
    )
    titled = (f"`{kind}`:\n\n{found}" for kind, found in zip(_our_kinds(), models, strict=True))
    return section("Predictions", about, *titled)


def peers() -> str:
    """Score the peers beside ours, with what each spends."""
    missing = [peer.name for peer in PEERS if not peer.is_here]
    if missing:
        print(f"######## LEFT OUT: {', '.join(missing)}; `make bench-peers` ########")
    about = (
        "The same split (seed 0), and the same function scores. Each model is a process of its "
        "own, its numerical libraries on one thread. What is cheap ran three times (ours once a "
        "seed); medians are shown, and how many times ours that is. Predicting is timed on the "
        "wall. DKT stops when learners kept from training tell it to, or after 180 CPU seconds; "
        "its rate and decay are one of five settings tried on these logs with the tested learners' "
        "scores in view, which can only flatter it. The others were not tuned. pyBKT makes a row "
        "of each competency that a response shows, and fits five times from random starts, as it "
        "does unless told otherwise; its chances are means over the competencies. DAS3H needs a "
        "clock."
    )
    if missing:
        about += f" Left out here: {', '.join(missing)} (`make bench-peers` sets them up)."
    elif logs_here():
        bkt = versions_of("pybkt", ("pyBKT", "numpy"))
        about += f" {bkt}; {versions_of('torch', ('torch', 'scikit-learn', 'numpy'))}."
    scored = ("model", "AUC", "log-loss", "RMSE", "ECE")
    columns = (*scored, "fit, CPU s", "ns to predict a response", "memory, MB")
    tables = [f"{name}:\n\n{table(columns, _beside_peers(name))}" for name in logs_here()]
    published = table(("log", "model", "AUC", ""), PUBLISHED)
    reported = f"As reported by others, on splits of their own, not run here:\n\n{published}"
    return section("Beside other models", about, *tables, reported)


def passes() -> str:
    """Measure one pass over each log: predicting and learning, on one thread and on two."""
    return section(
        "A pass",
        "Nanoseconds of processor a response of `trace`, and of a pass of `fit`, which sums slopes "
        "and curvatures as well; each log repeated to two million responses. Two threads share the "
        "learners: nanoseconds on the wall, and how much faster that is. What memory alone would "
        "ask for is what it takes to copy a response's columns. Limits: 130 ns where few terms are "
        "active and 200 where many are; two threads 1.7 times as fast.",
        table(
            (
                *("log", "predicting", "learning", "predicting on two", "learning on two"),
                *("copying", "predicting / copying"),
            ),
            map(_passes_over, logs_here()),
        ),
    )


def growth() -> str:
    """Measure passes and memory as the learners of a log grow, each as a process of its own."""
    name = "assistments-2015"
    if not log_file(name).exists():
        return section("Growth", _LEFT_OUT)
    with tempfile.TemporaryDirectory() as folder:
        model_file = Path(folder) / "model.json"
        model_file.write_text(_model_of(name).as_text(), encoding="utf-8")
        grow = ("-m", "benchmarks.growth", name, model_file)
        grown = [ask([sys.executable, *grow, str(times)], {}) for times in _GROWTH]
    rows = [
        (
            f"{times} x",
            f"{found['n_events']:,}",
            *(f"{found[pass_]:.1f}" for pass_ in ("trace", "learn", "copy")),
            f"{cost.memory:,.0f}",
        )
        for times, (cost, found) in zip(_GROWTH, grown, strict=True)
    ]
    (less, before), (more, after) = grown[-2:]
    n_more = after["n_events"] - before["n_events"]
    return section(
        "Growth",
        f"`{name}` with its learners repeated: nanoseconds of processor a response, and the "
        "most memory that the process held. Between the last two rows it grew by "
        f"{(more.memory - less.memory) * 2**20 / n_more:.0f} bytes a response (limit: 100).",
        table(("learners", "responses", "predicting", "learning", "copying", "MB"), rows),
    )


def stream() -> str:
    """Measure single updates through the Python interface, and the first call of a process."""
    command = [sys.executable, "-c", _FIRST_CALL]
    ask(command, {})  # compiles, if need be
    first = statistics.median(ask(command, {})[1] for _ in range(3))
    rows = [("first prediction of a new process", f"{first:.2f} s", "1 s")]
    for name in logs_here():
        rows.append((f"one `update`, {name}", f"{_microseconds_an_update(name):.1f} us", "50 us"))
    return section(
        "Event by event",
        "Code that was compiled once is read from disk: the first prediction waits for that and "
        f"for imports. Updates: the mean of about {_N_UPDATES:,} responses, best of three.",
        table(("what", "measured", "limit"), rows),
    )


def _our_kinds() -> list[str]:
    """Return the models of ours that there are; school rules have a table of their own."""
    return [kind for kind in ("dynamic-irt", "bkt") if kind in KINDS]


@cache
def _evaluated(name: str, kind: str, seed: int) -> dict[str, Any]:
    """Return what `manypaths evaluate` prints, and the most memory that it held in MB."""
    options = ("--kind", kind, "--seed", str(seed), "--json")
    cost, found = ask([COMMAND, "evaluate", log_file(name), *options], {})
    return {**found, "memory": cost.memory}


def _accuracy(name: str, kind: str) -> Iterator[str]:
    found = [_evaluated(name, kind, seed) for seed in SEEDS]
    yield name
    for score, digits in (("auc", 4), ("log_loss", 4), ("ece", 4), ("calibration_slope", 3)):
        yield " ".join(_short(one[score], digits) for one in found)
    yield f"{statistics.median(one['fit_cpu_seconds'] for one in found):.1f}"
    if name in LIMITS and kind == KINDS[0]:
        auc, log_loss = LIMITS[name]
        yield f"AUC {_short(auc, 3)}, log-loss {_short(log_loss, 4)}"
    else:
        yield ""


def _beside_peers(name: str) -> Iterator[list[str]]:
    ours = {kind: _ours(name, kind) for kind in _our_kinds()}
    first = next(iter(ours.values()))
    for kind, found in ours.items():
        yield _row(f"`{kind}`", found, first)
    for peer in PEERS:
        if peer.is_here and (log_of(name).has_clock or not peer.needs_clock):
            print(f"  {name}: {peer.name} ...", flush=True)
            try:
                yield _row(peer.name, peer_scores(peer, log_of(name)), first)
            except subprocess.CalledProcessError:  # what else was measured is worth its page
                print(f"######## FAILED: {peer.name} on {name} ########", flush=True)
                yield [peer.name, "failed", *[""] * 6]


def _ours(name: str, kind: str) -> dict[str, float]:
    """Return the scores of seed 0, with the medians over the seeds of what was spent."""
    found = [_evaluated(name, kind, seed) for seed in SEEDS]
    spent = ("fit_cpu_seconds", "ns_per_response", "memory")
    medians = {what: statistics.median(one[what] for one in found) for what in spent}
    return {**found[0], **medians}


def _row(model: str, found: dict[str, float], ours: dict[str, float]) -> list[str]:
    return [
        model,
        *(_short(found[score], 4) for score in ("auc", "log_loss", "rmse", "ece")),
        *(
            f"{found[what]:,.{digits}f} ({found[what] / ours[what]:.1f} x)"
            for what, digits in (("fit_cpu_seconds", 1), ("ns_per_response", 0), ("memory", 0))
        ),
    ]


@cache
def _model_of(name: str) -> Model:
    return fit(log_of(name))


def _passes_over(name: str) -> list[str]:
    model, log = _model_of(name), log_of(name)
    log = repeated(log, -(-_FEWEST_EVENTS // log.n_events))
    predicting, learning, copying = (
        ns_each(log, lambda: trace(model, log)),
        ns_each(log, lambda: learn(model, log)),
        copying_ns(log),
    )
    return [
        name,
        f"{predicting:.0f}",
        f"{learning:.0f}",
        *(_on_two_threads(partial(work, model), log) for work in (trace, learn)),
        f"{copying:.1f}",
        f"{predicting / copying:.0f}",
    ]


def _on_two_threads(work: Callable[[ResponseLog], object], log: ResponseLog) -> str:
    """Return nanoseconds on the wall where two threads share the learners, and what that gains."""
    halves = [log.of_learners(np.arange(first, log.n_learners, 2)) for first in (0, 1)]
    with ThreadPoolExecutor(2) as pool:
        alone = ns_each(log, lambda: list(pool.map(work, [log])), perf_counter)
        shared = ns_each(log, lambda: list(pool.map(work, halves)), perf_counter)
    return f"{shared:.0f} ({alone / shared:.1f} x)"


def _microseconds_an_update(name: str) -> float:
    model, log = _model_of(name), log_of(name)
    n_learners = int(np.searchsorted(log.offsets, _N_UPDATES))
    learners = [events_of(log, learner) for learner in range(n_learners)]
    n_updates = sum(map(len, learners))

    def work() -> None:
        for events in learners:
            beliefs = start(model)
            for event in events:
                beliefs = update(model, beliefs, event)

    return 1e6 * best_seconds(work) / n_updates


def _short(value: float, digits: int) -> str:
    """Return a number without the zero before the point."""
    return f"{value:.{digits}f}".removeprefix("0")


PAGE = Page(
    title="The engine",
    about=(
        "Written by `make bench`. How well the engine predicts responses of learners whom it has "
        "never seen, beside other models, and what that costs. Limits are what we promise "
        "ourselves. The logs are public research sets: ASSISTments 2009-2010 and 2015, OLI "
        "Engineering Statics 2011, and a fifth of Algebra I 2005-2006 (KDD Cup 2010)."
    ),
    packages=("manypaths", "numpy", "numba"),
    parts={
        "evaluate": evaluate,
        "peers": peers,
        "passes": passes,
        "growth": growth,
        "stream": stream,
    },
)
