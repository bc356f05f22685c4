"""`make bench`: measure the main job as whole processes and write docs/reference/performance.md.

    python -m benchmarks.run [--only install,demo,log,evaluate]

Real logs are read from the folder of others' files; without it those parts are left out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Cost, folder_megabytes, machine, median_of, python_version, run

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "performance.md"
COMMAND = Path(sys.executable).parent / "manypaths"
LOGS = ("assistments-2009-distinct", "statics-2011", "assistments-2015", "algebra-2005")
PARTS = ("install", "demo", "log", "evaluate")

Rows = Iterator[tuple[str, str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    wanted = parser.parse_args().only.split(",")
    parts = {"install": install, "demo": demo, "log": log, "evaluate": evaluate}
    page = [head()]
    for name in PARTS:
        if name in wanted:
            print(f"{name} ...", flush=True)
            page.append(parts[name]())
    if set(wanted) == set(PARTS):
        PAGE.write_text("\n".join(page), encoding="utf-8")
        print(f"Wrote {PAGE.relative_to(ROOT)}.")
    else:
        print("\n".join(page[1:]))


def head() -> str:
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("manypaths", "Django", "numpy", "numba", "polars")
    )
    return (
        "# Performance\n\n"
        "Written by `make bench`. Whole processes from start to end, as the system accounts for "
        "them; short commands are medians of three. Limits are what we promise ourselves.\n\n"
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {machine()}; Python {python_version()}, "
        f"{versions}.\n"
    )


def install() -> str:
    """Measure an installation from nothing: its time without a package cache, and its weight."""
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        made = run([sys.executable, "-m", "venv", venv], {})
        packages = ROOT / "requirements" / "run.txt"
        options = ("install", "-q", "-q", "--no-cache-dir", "--require-hashes", "-r")
        installed = run([venv / "bin" / "python", "-m", "pip", *options, packages], {})
        weight = folder_megabytes(venv / "lib")
    return table(
        "Installation",
        "A new environment from `requirements/run.txt`, nothing cached.",
        iter(
            [
                ("environment and packages", f"{made.wall + installed.wall:.0f} s", ""),
                ("weight of the packages", f"{weight:,.0f} MB", "800 MB"),
            ]
        ),
    )


def demo() -> str:
    """Measure the demo district: made for the first time, and opened again."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"MANYPATHS_HOME": folder, "NUMBA_CACHE_DIR": str(Path(folder) / "compiled")}
        first = run([COMMAND, "demo"], home)
        again = median_of(3, [COMMAND, "demo"], home)
        rows = [
            ("first time, compiling included", words(first), "120 s with the installation"),
            ("again", words(again), "20 s"),
        ]
    return table("The demo district", "`manypaths demo` in an empty home.", iter(rows))


def log() -> str:
    """Measure a large log: import with all estimates, then the commands that read, then rebuild."""
    file = conformance() / "assistments-2015.csv.gz"
    if not file.exists():
        return table("A large log", "Left out: the log is not on this machine.", iter(()))
    with tempfile.TemporaryDirectory() as folder:
        rows = list(log_rows(file, Path(folder)))
    return table(
        "A large log",
        "683,801 responses of 19,840 learners (assistments-2015), with all estimates, on SQLite.",
        iter(rows),
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


def evaluate() -> str:
    """Score the engine on real logs, learners held out, seed 0."""
    rows = []
    for name in LOGS:
        file = conformance() / f"{name}.csv.gz"
        if file.exists():
            said = subprocess.run(
                [COMMAND, "evaluate", file], capture_output=True, text=True, check=True
            )
            found = json.loads(said.stdout)
            figures = (
                f"AUC {found['auc']:.4f}, log-loss {found['log_loss']:.4f}, ECE "
                f"{found['ece']:.4f}, slope {found['calibration_slope']:.3f}; fit "
                f"{found['fit_cpu_seconds']:.1f} s CPU, {found['ns_per_response']:.0f} ns each"
            )
            rows.append((name, figures, ""))
    return table(
        "Predictions on real logs",
        "`manypaths evaluate`, a fifth of the learners held out, seed 0.",
        iter(rows),
    )


def conformance() -> Path:
    from django.conf import settings  # read from the environment, as everywhere

    return Path(settings.CONFORMANCE) / "data" / "responses"


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("manypaths.sqlite3*"))


def words(cost: Cost) -> str:
    return f"{cost.wall:.2f} s ({cost.cpu:.2f} s CPU), {cost.memory:,.0f} MB"


def table(title: str, about: str, rows: Rows) -> str:
    lines = [f"## {title}", "", about, "", "| what | measured | limit |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")
    main()
