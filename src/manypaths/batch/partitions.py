"""Logs as Parquet files of whole learners, with the alignment of their instruments beside.

The files hold what the engine's columns hold: numbers, and keys in place of names.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from manypaths.mastery.arrays import Columns
from manypaths.mastery.batch import columns_of
from manypaths.mastery.log import Alignment, ResponseLog
from manypaths.mastery.passes import part_of

_KEYS, _SHOWN = "keys.json", "shown.parquet"
_OF_EVENTS = ("instrument", "time", "day", "outcome", "role", "rater", "moves")
_N_LEARNERS, _N_INSTRUMENTS = "n_learners", "n_instruments"


def write_partitions(log: ResponseLog, folder: Path, *, n_parts: int) -> list[Path]:
    """Write a log into an empty folder, in parts of about as many events; return their files."""
    alignment, columns = log.alignment, columns_of(log)
    keys = {
        "competencies": alignment.competencies,
        "instruments": alignment.instruments,
        "has_difficulty": alignment.has_difficulty.tolist(),
        "raters": log.raters,
    }
    (folder / _KEYS).write_text(json.dumps(keys), encoding="utf-8")
    ends = np.searchsorted(log.offsets, np.linspace(0, log.n_events, n_parts + 1)[1:-1])
    # A learner with very much work may be a part alone, and leave nobody to the next one.
    bounds = np.unique([0, *ends, log.n_learners]).tolist()
    parts = [part_of(columns, *pair) for pair in pairwise(bounds)]
    return write_columns(parts, folder)


def read_partition(path: Path) -> ResponseLog:
    """Return the learners of one file as a log with all instruments and raters of the whole."""
    keys = json.loads((path.parent / _KEYS).read_text(encoding="utf-8"))
    columns = read_columns(path)
    alignment = Alignment(
        competencies=tuple(keys["competencies"]),
        instruments=tuple(keys["instruments"]),
        starts=columns.starts,
        competency=columns.competency,
        weight=columns.weight,
        has_difficulty=np.array(keys["has_difficulty"], bool),
    )
    of_events = {name: getattr(columns, name) for name in _OF_EVENTS}
    return ResponseLog(
        alignment=alignment, offsets=columns.offsets, raters=tuple(keys["raters"]), **of_events
    )


def write_columns(parts: Sequence[Columns], folder: Path) -> list[Path]:
    """Write the parts of one log into an empty folder, a file each; return the files in order."""
    for columns in parts[:1]:
        n_shown = np.diff(columns.starts)
        shown = {
            "instrument": np.repeat(np.arange(n_shown.size), n_shown),
            "competency": columns.competency,
            "weight": columns.weight,
        }
        metadata = {_N_INSTRUMENTS: str(n_shown.size)}
        pl.DataFrame(shown).write_parquet(folder / _SHOWN, metadata=metadata)
    return [_write_part(part, folder / f"{place:05}.parquet") for place, part in enumerate(parts)]


def read_columns(path: Path) -> Columns:
    """Return the columns of one file, in arrays of their own."""
    table, shown = pl.read_parquet(path), pl.read_parquet(path.parent / _SHOWN)
    cells = [name for name in table.columns if name.startswith("cell")]
    met = np.zeros((table.height, len(cells)), np.int32)
    for place, name in enumerate(cells):
        met[:, place] = table[name].to_numpy()
    return Columns(
        offsets=_bounds(table["learner"], _count(path, _N_LEARNERS)),
        **{name: _own(table[name]) for name in _OF_EVENTS},
        starts=_bounds(shown["instrument"], _count(path.parent / _SHOWN, _N_INSTRUMENTS)),
        competency=_own(shown["competency"]),
        weight=_own(shown["weight"]),
        cells=met,
    )


def _write_part(part: Columns, path: Path) -> Path:
    n_events = np.diff(part.offsets)
    table = pl.DataFrame(
        {"learner": np.repeat(np.arange(n_events.size), n_events)}
        | {name: getattr(part, name) for name in _OF_EVENTS}
        | {f"cell{place}": cell for place, cell in enumerate(part.cells.T)}
    )
    table.write_parquet(path, metadata={_N_LEARNERS: str(n_events.size)})
    return path


def _own(column: pl.Series) -> Any:  # noqa: ANN401  # an array of the column's kind
    # The kernels are compiled for arrays that can be written to.
    return np.array(column.to_numpy())


def _bounds(numbers: pl.Series, n: int) -> Any:  # noqa: ANN401  # whole numbers
    """Return where each number's rows begin; those of a number without rows begin and end there."""
    return np.searchsorted(numbers.to_numpy(), np.arange(n + 1)).astype(np.int64)


def _count(path: Path, name: str) -> int:
    return int(pl.read_parquet_metadata(path)[name])
