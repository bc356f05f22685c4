"""The pages, served and asked for as by readers: processor, waiting, queries and bytes of each."""

import asyncio
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.load import Outcome, Target, fetch, offer
from benchmarks.measure import COMMAND, run
from benchmarks.page import Page, section, table
from benchmarks.peers.kolibri_served import PROGRAM, serving_kolibri

ROOT = Path(__file__).resolve().parent.parent
_RATE, _CLIENTS = 45, 8
_SLOW_RATE = 5
# Six pages on two databases, each in several rounds: a machine that others use too is slower now
# and then for a minute.
_ROUNDS, _WARM_SECONDS, _SECONDS = 3, 2, 6
# Beside another system: at a rate that both bear.
_RATE_BESIDE, _ROUNDS_BESIDE = 10, 7
_KOLIBRI = "Kolibri 0.19.5, a learning platform for schools with a coach's page of a class"
# An empty home gets its tables first, which takes a quarter of a minute on idle cores.
_SECONDS_TO_START, _SECONDS_TO_END, _SECONDS_TO_FETCH = 120, 30, 30
_STATIC = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
_TICKS = os.sysconf("SC_CLK_TCK")
# What is said of a process that has ended since it was listed.
_ENDED = (FileNotFoundError, ProcessLookupError)

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Load:
    """What became of requests at one rate, and the seconds of processor that each cost.

    `yards` is that cost in yardsticks, as long as these were just before and after.
    """

    outcome: Outcome
    cpu: float
    database_cpu: float
    yards: float

    @classmethod
    def of_rounds(cls, rounds: "Sequence[Load]") -> "Load":
        """Return all requests of several rounds, and what one costs in the middle one."""
        return cls(
            Outcome(
                offered=sum(one.outcome.offered for one in rounds),
                seconds=sum(one.outcome.seconds for one in rounds),
                times=[time for one in rounds for time in one.outcome.times],
                n_failed=sum(one.outcome.n_failed for one in rounds),
            ),
            median(one.cpu for one in rounds),
            median(one.database_cpu for one in rounds),
            median(one.yards for one in rounds),
        )


@dataclass(frozen=True)
class Measured:
    """What one kind of page cost."""

    name: str
    queries: str
    alone: Load
    together: Load
    n_raw: int
    n_gzip: int
    n_cold: int

    def row(self, yard: float) -> tuple[str, ...]:
        """Return the cells of a page, where a yardstick takes so many seconds on a free core."""
        return (
            self.name,
            f"{1000 * self.alone.cpu:.1f} / {1000 * self.together.cpu:.1f}",
            f"{1000 * yard * self.alone.yards:.1f} / {1000 * yard * self.together.yards:.1f}",
            f"{1000 * self.alone.database_cpu:.1f} / {1000 * self.together.database_cpu:.1f}",
            _times(self.alone.outcome),
            _times(self.together.outcome),
            self.queries,
            f"{self.n_raw:,}",
            f"{self.n_gzip:,}",
            f"{self.n_cold:,}",
        )


_COLUMNS = (
    "page",
    f"CPU, ms, alone / at {_RATE} a second",
    "on free cores",
    "of the database besides",
    "p50 / p95 alone, ms",
    f"at {_CLIENTS} clients, {_RATE} a second",
    "queries",
    "bytes, HTML + styles",
    "gzip",
    "all, cold",
)


def _times(outcome: Outcome) -> str:
    if outcome.is_saturated:
        return "saturated"
    return f"{1000 * outcome.percentile(0.5):.0f} / {1000 * outcome.percentile(0.95):.0f}"


def demo_pages() -> str:
    """Measure the pages on the demo district, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"MANYPATHS_HOME": folder}
        run([COMMAND, "demo", "--no-serve", "--quiet"], home)
        return _told(
            "The demo district, on SQLite",
            "900 students with a year of work; larger classes are put together from several.",
            *_measure(home),
        )


def district_pages() -> str:
    """Measure the pages on a district of 100,000 learners and 5 M responses, on PostgreSQL."""
    command = [sys.executable, "-m", "benchmarks.pages"]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as found:
        done = subprocess.run(
            [ROOT / "tools" / "with-postgres", *command],
            cwd=ROOT,
            env={**os.environ, "MANYPATHS_HOME": folder, "MANYPATHS_POSTGRES_DURABLE": "1"},
            stdout=found,
            check=True,
        )
        assert done.returncode == 0
        found.seek(0)
        rows, speeds = json.loads(found.read().splitlines()[-1])
    return _told(
        "A district of 100,000 learners and 5 M responses, on PostgreSQL",
        "PostgreSQL as Debian sets it, every commit on the disk.",
        rows,
        speeds,
    )


def main() -> None:
    """Build the district on the database at hand, measure, and print the rows as JSON."""
    environment = {"MANYPATHS_HOME": os.environ["MANYPATHS_HOME"]}
    subprocess.run(
        [sys.executable, "-m", "benchmarks.district"], cwd=ROOT, check=True, stdout=sys.stderr
    )
    print(json.dumps(_measure(environment)))


def _told(title: str, about: str, rows: list[tuple[str, ...]], speeds: Sequence[float]) -> str:
    best, middle, worst = (1000 * take(speeds) for take in (min, median, max))
    swing = (
        f"Meanwhile a fixed piece of Python, on a core that did nothing else of ours, took "
        f"{best:.1f} ms at best, {middle:.1f} in the middle and {worst:.1f} at worst."
    )
    return section(title, f"{about} {swing}", table(_COLUMNS, rows))


def yardstick() -> float:
    """Return the seconds of processor that a fixed piece of work takes: how quick cores are now."""
    before = time.process_time()
    for number in range(40):
        told = json.dumps([{"number": number, "squares": [n * n for n in range(500)]}] * 5)
        assert len(json.loads(told)) == 5
    return time.process_time() - before


def _measure(environment: Environment) -> tuple[list[tuple[str, ...]], list[float]]:
    """Return a row for each kind of page, and what the yardstick took before each load."""
    run([COMMAND, "init", "--quiet"], environment)
    visits = _visits(environment)
    with serving(environment) as (port, processes):
        speeds: list[float] = []
        rounds = [
            [_loads(visit, port, processes, speeds) for visit in visits] for _ in range(_ROUNDS)
        ]
        each = zip(visits, zip(*rounds, strict=True), strict=True)
        return [_measured(visit, loads, port).row(min(speeds)) for visit, loads in each], speeds


def _visits(environment: Environment) -> list[dict[str, Any]]:
    """Return who asks for which pages of a home, signed in."""
    found: list[dict[str, Any]] = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.visits"],
            cwd=ROOT,
            env={**os.environ, **environment, "MANYPATHS_ADDRESS": "http://127.0.0.1"},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    )
    return found


@contextmanager
def serving(environment: Environment) -> Iterator[tuple[int, int]]:
    """Serve a home while the block runs; give the port, and the id of the first process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [COMMAND, "serve", "--port", str(port)],
        env={**os.environ, **environment, "MANYPATHS_LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        told, _, _ = select.select([process.stdout], [], [], _SECONDS_TO_START)
        if not told or b"Manypaths is at" not in process.stdout.readline():
            raise RuntimeError(f"no server within {_SECONDS_TO_START} s in {dict(environment)}")
        yield port, process.pid
    finally:
        _end(process)
        if process.stdout is not None:
            process.stdout.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a server, and all of its processes where it takes too long."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _loads(visit: dict[str, Any], port: int, server: int, speeds: list[float]) -> tuple[Load, Load]:
    """Ask for a kind of page seldom, then often; note how quick the cores are meanwhile."""
    target, paths = Target("127.0.0.1", port, visit["cookie"]), visit["paths"]
    print(f"  {visit['name']}", file=sys.stderr, flush=True)
    # Starts threads and opens connections, which a day does once.
    asyncio.run(offer(target, paths, rate=10, n_clients=_CLIENTS, seconds=_WARM_SECONDS))
    alone = _load(target, paths, server, speeds, rate=_SLOW_RATE, n_clients=1)
    return alone, _load(target, paths, server, speeds, rate=_RATE, n_clients=_CLIENTS)


def _measured(visit: dict[str, Any], rounds: Sequence[tuple[Load, Load]], port: int) -> Measured:
    target = Target("127.0.0.1", port, visit["cookie"])
    fetched = asyncio.wait_for(_bytes_of(target, visit["paths"][0]), _SECONDS_TO_FETCH)
    raw, gzip, cold = asyncio.run(fetched)
    queries = visit["queries"]
    alone, together = zip(*rounds, strict=True)
    return Measured(
        name=visit["name"],
        queries=str(queries[0]) if len(queries) == 1 else f"{queries[0]} to {queries[-1]}",
        alone=Load.of_rounds(alone),
        together=Load.of_rounds(together),
        n_raw=raw,
        n_gzip=gzip,
        n_cold=cold,
    )


def _load(
    target: Target,
    paths: list[str],
    server: int,
    speeds: list[float],
    *,
    rate: float,
    n_clients: int,
) -> Load:
    yards = [median(yardstick() for _ in range(3))]
    before = cpu_of(server), database_cpu()
    outcome = asyncio.run(offer(target, paths, rate=rate, n_clients=n_clients, seconds=_SECONDS))
    n = len(outcome.times)
    cpu, of_database = (cpu_of(server) - before[0]) / n, (database_cpu() - before[1]) / n
    yards.append(median(yardstick() for _ in range(3)))
    speeds += yards
    return Load(outcome, cpu, of_database, cpu / fmean(yards))


async def _bytes_of(target: Target, path: str) -> tuple[int, int, int]:
    """Return the bytes of HTML and styles, the HTML's as gzip, and all over a cold wire."""
    plain = await fetch(target, path, encoding="identity")
    packed = await fetch(target, path)
    parts = sorted({found.decode() for found in _STATIC.findall(plain.body)})
    raw, cold = len(plain.body), packed.n_bytes
    for part in parts:
        if part.endswith(".css"):
            raw += len((await fetch(target, part, encoding="identity")).body)
        cold += (await fetch(target, part)).n_bytes
    return raw, len(packed.body), cold


def cpu_of(process: int) -> float:
    """Return the seconds of processor of a process and of all that live below it."""
    spent = 0.0
    for one in (process, *_below(process)):
        try:
            stat = Path(f"/proc/{one}/stat").read_text()
        except _ENDED:
            continue
        user, system = stat.rpartition(")")[2].split()[11:13]
        spent += (int(user) + int(system)) / _TICKS
    return spent


def database_cpu() -> float:
    """Return the seconds of processor of the PostgreSQL at hand; 0 where SQLite is within us."""
    url = os.environ.get("MANYPATHS_DATABASE_URL")
    if not url:
        return 0.0
    import psycopg

    with psycopg.connect(url) as connection:
        (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        status = Path(f"/proc/{backend}/status").read_text()
    parent = int(re.findall(r"^PPid:\s+(\d+)", status, re.MULTILINE)[0])
    return _cpu_of_database(parent)


def _cpu_of_database(postmaster: int) -> float:
    # Backends that ended are in the sum of children whom the first process has buried.
    stat = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()
    return cpu_of(postmaster) + (int(stat[13]) + int(stat[14])) / _TICKS


def _below(process: int) -> list[int]:
    own: list[int] = []
    with suppress(*_ENDED):
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            own += [int(child) for child in children.read_text().split()]
    return own + [deeper for child in own for deeper in _below(child)]


def generator() -> str:
    """Prove that the generator could ask far more than it does: against a page that is nothing."""
    print("  an empty home, for the generator", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder, serving({"MANYPATHS_HOME": folder}) as served:
        port, _ = served
        print("  the generator", file=sys.stderr, flush=True)
        before = time.process_time()
        rate = 5 * _RATE
        outcome = asyncio.run(
            offer(Target("127.0.0.1", port), ["/health"], rate=rate, n_clients=_CLIENTS, seconds=10)
        )
        busy = (time.process_time() - before) / outcome.seconds
    rows = [
        ("asked for, a second", f"{rate}"),
        ("came back", f"{len(outcome.times)} of {outcome.offered}"),
        ("p95, ms", f"{1000 * outcome.percentile(0.95):.1f}"),
        ("of one core, the generator", f"{100 * busy:.0f} %"),
    ]
    return section(
        "The generator alone",
        "`benchmarks/load.py` against `/health`, which asks no database: five times the rate of "
        "the tables above.",
        table(("what", "measured"), rows),
    )


def peers() -> str:
    """Measure another system's call for a class beside our page of one, in turn."""
    return beside_kolibri() if PROGRAM.exists() else kolibri_elsewhere()


def kolibri_elsewhere() -> str:
    """Return what Kolibri was measured at on another day."""
    rows = [
        ("the call behind a class page alone", "52 ms CPU"),
        ("that call at its limit", "13 requests a second, p95 860 ms"),
        ("its class page, cold", "2,582 KiB in 35 requests"),
    ]
    about = f"{_KOLIBRI}, on two such cores (`make bench-peers` sets it up to be measured)."
    return section("Beside it", about, table(("what", "measured"), rows))


def beside_kolibri() -> str:
    """Ask Kolibri and this program for a class in turn."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"MANYPATHS_HOME": folder}
        run([COMMAND, "demo", "--no-serve", "--quiet"], home)
        visit = _visits(home)[0]
        print(f"  {visit['name']}, beside Kolibri", file=sys.stderr, flush=True)
        with serving(home) as (port, process), serving_kolibri() as kolibri:
            ours = Target("127.0.0.1", port, visit["cookie"]), visit["paths"], process
            theirs = kolibri.target, [kolibri.path], kolibri.process
            asyncio.run(offer(*ours[:2], rate=10, n_clients=_CLIENTS, seconds=_WARM_SECONDS))
            rounds = [_beside(ours, theirs) for _ in range(_ROUNDS_BESIDE)]
            at_limit = _load(*theirs, [], rate=_RATE, n_clients=_CLIENTS).outcome
    own, other = (Load.of_rounds(loads) for loads in zip(*rounds, strict=True))
    ratio = median(one.cpu / beside.cpu for one, beside in rounds)
    rows = [
        ("CPU, ms", f"{1000 * own.cpu:.1f}", f"{1000 * other.cpu:.1f}", f"{ratio:.2f}"),
        ("p50 / p95, ms", _times(own.outcome), _times(other.outcome), ""),
    ]
    return section(
        "Beside it",
        f"{_KOLIBRI}: the call behind that page, without the page itself, for a class of 30 with "
        "twenty exercises in five lessons and three quizzes, on SQLite. Ours is the whole page of "
        f"a class of 30 of the demo district. In turn, {_RATE_BESIDE} requests a second from "
        f"{_CLIENTS} clients, {_ROUNDS_BESIDE} rounds of {_SECONDS} s; the ratio is that of the "
        f"middle round. Asked {_RATE} times a second, Kolibri gave {len(at_limit.times)} of "
        f"{at_limit.offered} answers in the time. On another day, on two such cores, the call was "
        "measured at 52 ms, and its whole page, cold, at 2,582 KiB in 35 requests.",
        table(("what", "My class, 30 learners", "Kolibri's call", "ratio"), rows),
    )


Asked = tuple[Target, list[str], int]


def _beside(ours: Asked, theirs: Asked) -> tuple[Load, Load]:
    own = _load(*ours, [], rate=_RATE_BESIDE, n_clients=_CLIENTS)
    return own, _load(*theirs, [], rate=_RATE_BESIDE, n_clients=_CLIENTS)


PAGE = Page(
    title="Pages",
    about=(
        "Written by `make bench`. The installed program serves over loopback, two processes on two "
        "cores, without a proxy and TLS; the load generator, `benchmarks/load.py`, is our own and "
        "shares those two cores. It is an open loop: requests are due at fixed moments, and a "
        "time is counted from then, so that waiting behind a slow answer counts. CPU is what the "
        "server's processes spent on each request, each look written to the access log included, "
        "and what they and the work in the background spend while they wait: between few requests "
        "that is more for each. Alone: one connection, "
        f"{_SLOW_RATE} requests a second. Eight classes of each size have one teacher. Each page "
        f"in {_ROUNDS} rounds of {_SECONDS} s, in turn with the others: CPU is that of the middle "
        "round, times are of all requests. On free cores: what that comes to at the pace of the "
        "quickest fixed piece of Python; one runs before and after each load, for what shares "
        "these cores with us makes the same work take up to twice as long. Where fewer than 99 % "
        "came back no time is given. "
        "Cold: the page with all that it links to, compressed, headers included."
    ),
    packages=("manypaths", "Django", "granian"),
    parts={
        "pages-demo": demo_pages,
        "pages-district": district_pages,
        "pages-generator": generator,
        "pages-peers": peers,
    },
)


if __name__ == "__main__":
    main()
