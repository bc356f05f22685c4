"""Hold the engine's intervals against known truth, and write docs/reference/calibration.md.

    python -m benchmarks.calibration [--schools 8] [--learners 500]

A few minutes: every cell of the grid draws its schools anew, fits a model to each, and compares.
"""

import argparse
from datetime import UTC, datetime
from importlib.metadata import version
from math import isnan
from pathlib import Path

from benchmarks.measure import machine, python_version
from manypaths.mastery.calibration_trials import Cell, foreign_grid, grid, run_cell
from manypaths.mastery.simulation import School

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "calibration.md"
LOW, HIGH, WIDEST = 0.86, 0.94, 1.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=8, help="how many are drawn a cell")
    parser.add_argument("--learners", type=int, default=500, help="how many a school has")
    options = parser.parse_args()
    usual = School(n_learners=options.learners)
    own, foreign = (
        cells_of(schools, options.schools) for schools in (grid(usual), foreign_grid(usual))
    )
    page = [
        head(usual, options.schools),
        "## Schools drawn from the engine's model\n",
        table(own),
        "## Schools drawn from another model\n",
        "Learners are of two kinds instead of a bell curve, competencies hang together in two "
        "strands,\nchances are an ogive with slips and lucky guesses, learning comes in leaps.\n",
        table(foreign),
        verdict([*own, *foreign]),
    ]
    PAGE.write_text("\n".join(page), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}.")


def cells_of(schools: dict[str, School], n: int) -> list[Cell]:
    cells = []
    for name, school in schools.items():
        cells.append(run_cell(name, school, seeds=range(n)))
        print(row(cells[-1]), flush=True)
    return cells


def head(usual: School, n_schools: int) -> str:
    general, own = usual.spread
    versions = ", ".join(f"{name} {version(name)}" for name in ("manypaths", "numpy", "numba"))
    sizes = (
        f"{usual.n_learners} learners, {usual.n_competencies} competencies and {usual.n_items} "
        f"items (variances {general:g} between\nlearners and {own:g} between a learner's "
        "competencies unless a line says otherwise)"
    )
    return f"""# Calibration

Written by `python -m benchmarks.calibration`. Do nine of ten intervals hold the truth? Each line
draws {n_schools} schools of {sizes},
fits a model to each, and compares everyone's 90 % interval on every competency with their true
standing on its average item. Evidence is counted a learner, over all competencies.

*Held* should lie between .86 and .94; beside it stands its standard error over schools. *Off* is
the mean of estimate less truth on the logit scale. *Width* is that of the intervals over that of
the exact posterior, computed on a grid by somebody who was told the school's numbers; it should be
at most 1.15. Where items show several competencies, or the school is drawn from another model,
there is no exact posterior to compute.

Measured on {datetime.now(UTC):%Y-%m-%d} with {machine()}; Python {python_version()}, {versions}.
"""


def table(cells: list[Cell]) -> str:
    lines = ["| evidence a learner | held | ± | off | width |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *map(row, cells)]) + "\n"


def row(cell: Cell) -> str:
    width = "" if isnan(cell.width_ratio) else f"{cell.width_ratio:.2f}"
    return (
        f"| {cell.name} | {cell.covered:.3f} | {cell.covered_error:.3f} | {cell.bias:+.2f} "
        f"| {width} |"
    )


def verdict(cells: list[Cell]) -> str:
    outside = [cell.name for cell in cells if not LOW <= cell.covered <= HIGH]
    wide = [cell.name for cell in cells if cell.width_ratio > WIDEST]
    return (
        f"{len(cells) - len(outside)} of {len(cells)} cells hold between .86 and .94"
        f"{told('outside', outside)}; {len(wide)} are wider than 1.15{told('these', wide)}.\n"
    )


def told(what: str, names: list[str]) -> str:
    return f" ({what}: {'; '.join(names)})" if names else ""


if __name__ == "__main__":
    main()
