"""`make faults`: break the machine many times, and write docs/reference/faults.md.

    python -m benchmarks.faults [--rounds 200] [--only kill_app,...] [--no-postgres]

With `--only` nothing is written: what was found is printed.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

from benchmarks.faults import conditions, scenarios
from benchmarks.faults.conditions import N_STALLED, Observed, Slowness, faketime, may_mount
from benchmarks.faults.machines import cluster, make_home, postgres_binaries
from benchmarks.faults.scenarios import Rounds, Site
from benchmarks.load import Outcome
from benchmarks.page import Page, section, table

ROOT = Path(__file__).resolve().parents[2]
_PAGE = ROOT / "docs" / "reference" / "faults.md"
_ROUNDS: dict[str, Callable[[Site, int], Rounds]] = {
    "kill_app": scenarios.kill_app,
    "kill_process": scenarios.kill_process,
    "kill_database": scenarios.kill_database,
    "lose_replies": scenarios.lose_replies,
}
_COLUMNS = (
    *("fault", "database", "rounds", "acknowledged", "lost", "doubled", "half deeds"),
    *("estimates that differ", "s to serve again, p50 / most"),
)
_NOT_TESTED = (
    "a real loss of power, or a disk that says a write is kept when it is not: to kill a process "
    "leaves the system's own memory of files as it was",
    "a disk or memory that gives back other bits than were written",
    "a machine that dies while its database is moved, restored or upgraded by hand",
    "several servers on one database whose clocks differ",
    "a network share under SQLite, which the guide for hosts rules out",
    "a proxy other than nginx",
)

ABOUT = (
    "Written by `make faults`. While four writers answer tasks through the pages of the installed "
    "program, as learners do, something breaks. Each keeps a ledger outside of the program of what "
    "was acknowledged, and sends again what was not, to the same address. After each fault the "
    "ledger is compared with what is on record: every acknowledged answer is there once, none "
    "twice; evidence, its entry in the audit log and the estimate agree; the database's own check "
    "finds it whole; every estimate equals a replay of its evidence to 1e-9; no achievement is "
    "gone. Whatever is not 0 in a column that counts faults is an error of ours."
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="a database, over all kinds")
    parser.add_argument("--only", default="", help=f"of {', '.join([*_ROUNDS, 'conditions'])}")
    parser.add_argument("--no-postgres", action="store_true")
    wanted = parser.parse_args()
    # What was started is ended on the way out, also when somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    only = {part for part in wanted.only.split(",") if part}
    if not wanted.no_postgres and postgres_binaries() is None:
        parser.error("PostgreSQL is not here; install it, or leave it out with --no-postgres")
    parts = [_kills(wanted.rounds, only, has_postgres=not wanted.no_postgres)]
    if not only or "conditions" in only:
        parts += _conditions(has_postgres=not wanted.no_postgres)
    if only or wanted.no_postgres:
        print("\n".join(parts))
        return
    page = Page("Faults", ABOUT, ("manypaths", "Django", "granian", "psycopg"), {})
    _PAGE.write_text("\n".join((page.head(), *parts, _not_tested())), encoding="utf-8")
    print(f"Wrote {_PAGE.relative_to(ROOT)}.")


@contextmanager
def sites(*, has_postgres: bool) -> Iterator[list[Site]]:
    """Make a home full of learners on each database."""
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as folder:
        embedded = Site(make_home(_below(folder, "sqlite")))
        if not has_postgres:
            yield [embedded]
            return
        with cluster() as own:
            home = make_home(_below(folder, "postgres"), url=own.url)
            yield [embedded, Site(home, own)]


def _below(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir(mode=0o700)
    return path


def _kills(n: int, only: set[str], *, has_postgres: bool) -> str:
    rows = []
    with sites(has_postgres=has_postgres) as found:
        for site in found:
            kinds = [kind for kind in _ROUNDS if kind != "kill_database" or site.cluster]
            for kind in kinds:
                if only and kind not in only:
                    continue
                _say(f"{kind} on {site.database}")
                rows.append(_ROUNDS[kind](site, ceil(n / len(kinds))).row())
                _say(" | ".join(rows[-1]))
    return section(
        "Killed, and replies that are lost",
        "Rounds begin at a random moment. A round of lost replies loses ten of them, every third "
        "one, and sends every fifth request twice. Killed is all of a program's processes at once, "
        "or one of them after the other: those that serve pages and the one in the background. "
        "Acknowledged counts on from one fault of a database to the next.",
        table(_COLUMNS, rows),
    )


def _conditions(*, has_postgres: bool) -> list[str]:
    rows: list[tuple[str, ...]] = []
    with sites(has_postgres=has_postgres) as found:
        for name, look in _looks(found):
            _say(name)
            rows.append(_row(look()))
            _say(" | ".join(rows[-1]))
        _say("slow bodies")
        slow = conditions.slow_bodies(found[0])
    lasting = section(
        "Conditions that last",
        "What people got while it lasted, by status, and what the comparison found after. 503 is a "
        "page that says what to do; an error of ours would be a 500.",
        table(
            ("condition", "database", "statuses", "acknowledged", "wrong", "s to serve again"), rows
        ),
    )
    stalled = section(
        "Bodies that stall",
        f"{N_STALLED} senders stop half-way through a body; meanwhile a page is asked for 5 times "
        "a second. With nginx set up as in the guide for hosts, and without any proxy.",
        table(
            ("in front", "p50 / p95 before, ms", "while they stall", "not answered"),
            [_slow_row(one) for one in slow],
        ),
    )
    return [lasting, stalled]


def _looks(found: list[Site]) -> Iterator[tuple[str, Callable[[], Observed]]]:
    if may_mount():
        yield "disk full", conditions.disk_full
        yield "read-only disk", conditions.read_only
    if faketime() is not None:
        yield "clock", lambda: conditions.clock_jumps(found[0])
    if len(found) > 1:
        if may_mount():
            yield "disk full of PostgreSQL", conditions.disk_full_of_postgres
        yield "read-only PostgreSQL", lambda: conditions.read_only_postgres(found[1])
        yield "hanging PostgreSQL", lambda: conditions.hanging_database(found[1])


def _row(seen: Observed) -> tuple[str, ...]:
    assert seen.verdict is not None
    found = seen.verdict
    wrong = found.lost + found.doubled + found.half_deeds + found.drifted + found.broken
    statuses = ", ".join(f"{n} x {kind}" for kind, n in sorted(seen.met.items()))
    served = f"{seen.seconds:.1f}"
    return seen.fault, seen.database, statuses, str(found.acknowledged), str(wrong), served


def _slow_row(found: Slowness) -> tuple[str, ...]:
    missing = found.during.offered - len(found.during.times)
    return found.name, _times(found.before), _times(found.during), str(missing)


def _times(outcome: Outcome) -> str:
    return f"{1000 * outcome.percentile(0.5):.0f} / {1000 * outcome.percentile(0.95):.0f}"


def _not_tested() -> str:
    lines = "".join(f"- {fault}\n" for fault in _NOT_TESTED)
    return section("Not tested", "Nothing here says what happens at:", lines)


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
