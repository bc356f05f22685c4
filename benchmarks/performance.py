"""The main job, measured as whole processes: installing, the demo, a large log."""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.logs import log_file
from benchmarks.measure import COMMAND, Cost, folder_megabytes, median_of, run
from benchmarks.page import Page, section, table

ROOT = Path(__file__).resolve().parent.parent

Rows = Iterator[tuple[str, str, str]]


def install() -> str:
    """Measure an installation from nothing: its time without a package cache, and its weight."""
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        made = run([sys.executable, "-m", "venv", venv], {})
        packages = ROOT / "requirements" / "run.txt"
        options = ("install", "-q", "-q", "--no-cache-dir", "--require-hashes", "-r")
        installed = run([venv / "bin" / "python", "-m", "pip", *options, packages], {})
        weight = folder_megabytes(venv / "lib")
    return told(
        "Installation",
        "A new environment from `requirements/run.txt`, nothing cached.",
        [
            ("environment and packages", f"{made.wall + installed.wall:.0f} s", ""),
            ("weight of the packages", f"{weight:,.0f} MB", "800 MB"),
        ],
    )


def demo() -> str:
    """Measure the demo district: made for the first time, and opened again."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"MANYPATHS_HOME": folder, "NUMBA_CACHE_DIR": str(Path(folder) / "compiled")}
        first = run([COMMAND, "demo", "--no-serve"], home)
        again = median_of(3, [COMMAND, "demo", "--no-serve"], home)
        rows = [
            ("first time, compiling included", words(first), "120 s with the installation"),
            ("again", words(again), "20 s"),
        ]
    return told("The demo district", "`manypaths demo --no-serve` in an empty home.", rows)


def log() -> str:
    """Measure a large log: import with all estimates, then the commands that read, then rebuild."""
    file = log_file("assistments-2015")
    if not file.exists():
        return section("A large log", "Left out: the log is not on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        rows = list(log_rows(file, Path(folder)))
    return told(
        "A large log",
        "683,801 responses of 19,840 learners (assistments-2015), with all estimates, on SQLite.",
        rows,
    )


def log_rows(file: Path, folder: Path) -> Rows:
    home = {"MANYPATHS_HOME": str(folder)}
    run([COMMAND, "init"], home)
    before = size(folder)
    cost = run([COMMAND, "import", "responses", file, "--group", "A15", "--quiet"], home)
    yield ("import with all estimates", words(cost), "60 s, 2,000 MB")
    yield ("bytes a response on disk", f"{(size(folder) - before) / 683_801:.0f}", "200")
    again = run([COMMAND, "import", "responses", file, "--group", "A15", "--quiet"], home)
    yield ("the same file again, nothing new", words(again), "60 s, 2,000 MB")
    yield (
        "rebuild of all estimates",
        words(run([COMMAND, "estimate", "--rebuild", "--quiet"], home)),
        "60 s, 2,000 MB",
    )
    for name, command in (
        ("class of 19,840", ("class", "--group", "A15", "--json")),
        ("next", ("next", "--learner", "u0", "--json")),
        ("why", ("why", "--learner", "u0", "--competency", "k0", "--json")),
    ):
        yield (name, words(median_of(3, [COMMAND, *command], home)), "2 s")


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("manypaths.sqlite3*"))


def words(cost: Cost) -> str:
    return f"{cost.wall:.2f} s ({cost.cpu:.2f} s CPU), {cost.memory:,.0f} MB"


def told(title: str, about: str, rows: Iterable[tuple[str, str, str]]) -> str:
    return section(title, about, table(("what", "measured", "limit"), rows))


PAGE = Page(
    title="Performance",
    about=(
        "Written by `make bench`. Whole processes from start to end, as the system accounts for "
        "them; short commands are medians of three. Limits are what we promise ourselves. How well "
        "and how fast the engine predicts stands on [its own page](engine.md)."
    ),
    packages=("manypaths", "Django", "numpy", "numba", "polars"),
    parts={"install": install, "demo": demo, "log": log},
)
