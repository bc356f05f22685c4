"""Response logs: `learner,item,time,correct,competencies` as CSV, plain or gzipped.

`competencies` are codes separated by `;`. `time` is a number (seconds from any origin), ISO 8601
with a zone, or empty: without a clock the order of the file counts. Numbers from 2000 to 2100 as
Unix time are taken for that; others have an origin that nobody knows. `correct` is in [0, 1].

A file is read in parts, so that its size is bounded by whole numbers in memory and not by text.
Rows are counted as a spreadsheet does: the header is row 1.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Fault, Refused
from manypaths.evidence.models import Clock
from manypaths.mastery import Alignment, ResponseLog

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("learner", "item", "time", "correct", "competencies")
# A report that names this many faults has said enough; the last one says how many more there are.
MOST_FAULTS = 10_000
LONGEST_ID = 200

_ROWS_AT_ONCE = 200_000
_MICROSECONDS = 1_000_000
# Numbers in this span are Unix time: 2000-01-01 to 2100-01-01.
_UNIX_SPAN = (946_684_800.0, 4_102_444_800.0)
_NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class ReadLog:
    """The rows of a log as columns of the shape (n_rows,), and the names that they point to.

    `learner`, `item` and `shown` are places in `learners`, `items` and `alignments`, which stand
    in the order of their first appearance; an alignment is a tuple of competency codes. `time` is
    in microseconds where `clock` says so (see Clock). `row` is the row of the file.
    """

    learners: list[str]
    items: list[str]
    alignments: list[tuple[str, ...]]
    learner: NDArray[np.int64]
    item: NDArray[np.int64]
    shown: NDArray[np.int64]
    time: NDArray[np.int64]
    clock: NDArray[np.int64]
    correct: NDArray[np.float64]
    row: NDArray[np.int64]
    notices: list[str] = field(default_factory=list)

    @property
    def instruments(self) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        """Return the (item, alignment) pairs that come, and the place of each row's pair.

        An item that the file aligns in two ways counts as two instruments.
        """
        pairs = self.item * len(self.alignments) + self.shown
        found, first, place = np.unique(pairs, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first))
        listed = [divmod(int(pair), len(self.alignments)) for pair in found[np.argsort(first)]]
        return listed, order[place]


def read_response_log(path: Path) -> ReadLog:
    """Return the log of a file. Raises Refused with every fault, by row and column.

    Rows stand learner by learner, in the order of the work. A time that falls is put in order,
    and a notice says so.
    """
    import polars as pl  # large: only where a log is read

    reader = _Reader(path.name)
    try:
        for batch in _batches(path):
            reader.add(batch)
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError, OSError) as error:
        raise Refused(f"{path.name} can't be read.", _shape_faults(path, error)) from error
    return reader.finish()


def engine_log(log: ReadLog) -> ResponseLog:
    """Return the log as the engine takes it, competencies and items keyed by their names."""
    pairs, instrument = log.instruments
    alignment = Alignment.of(
        (f"{log.items[item]} {shown}", [(code, 1.0) for code in log.alignments[shown]])
        for item, shown in pairs
    )
    time = log.time / (86_400 * _MICROSECONDS)
    return ResponseLog.of(
        alignment,
        learner=log.learner,
        instrument=instrument,
        outcome=log.correct,
        time=np.where(log.clock == Clock.NONE, np.nan, time),
    )


def _batches(path: Path) -> "Iterator[pl.DataFrame]":
    import polars as pl

    frame = pl.scan_csv(path, infer_schema=False)
    found = frame.collect_schema().names()
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise Refused(
            f"{path.name} is no response log.",
            [
                Fault(path.name, 1, name, None, f"a column named {name} is needed")
                for name in missing
            ],
        )
    texts = frame.select(pl.col(COLUMNS).fill_null(""))
    yield from texts.collect_batches(chunk_size=_ROWS_AT_ONCE, maintain_order=True)


@dataclass
class _Reader:
    """Codes and columns as they grow, batch by batch."""

    file: str
    learners: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    alignments: dict[tuple[str, ...], int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    n_faults: int = 0
    n_rows: int = 0

    def add(self, batch: "pl.DataFrame") -> None:
        """Take in the next rows."""
        rows = np.arange(self.n_rows, self.n_rows + batch.height) + 2
        self.n_rows += batch.height
        time, clock = self._times(batch["time"], rows)
        self.parts.append(
            {
                "learner": self._ids(batch["learner"], self.learners, rows),
                "item": self._ids(batch["item"], self.items, rows),
                "shown": self._alignments(batch["competencies"], rows),
                "time": time,
                "clock": clock,
                "correct": self._corrects(batch["correct"], rows),
                "row": rows,
            }
        )

    def finish(self) -> ReadLog:
        """Return the log, learner by learner; raise Refused where there were faults."""
        if not self.n_rows:
            raise Refused(
                f"{self.file} holds no responses.",
                [Fault(self.file, 2, None, None, "at least one row below the header is needed")],
            )
        if self.n_faults > len(self.faults):
            more = self.n_faults - len(self.faults)
            self.faults.append(Fault(self.file, None, None, None, f"and {more} more faults"))
        if self.faults:
            raise Refused(f"{self.file} has faults; nothing was taken in.", self.faults)
        columns = {
            name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]
        }
        order, notices = _order_of_work(columns)
        return ReadLog(
            list(self.learners),
            list(self.items),
            list(self.alignments),
            **{name: column[order] for name, column in columns.items()},
            notices=notices,
        )

    def _ids(
        self, column: "pl.Series", known: dict[str, int], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        texts = column.str.strip_chars()
        wrong = ((texts == "") | (texts.str.len_chars() > LONGEST_ID)).to_numpy()
        self._fault(column, wrong, rows, f"an id of 1 to {LONGEST_ID} characters")
        return _coded(texts, known)

    def _alignments(self, column: "pl.Series", rows: NDArray[np.int64]) -> NDArray[np.int64]:
        place = _coded(column, self.codes)
        # Each distinct text is looked at once, however often it comes.
        shown = [_split(text) for text in self.codes]
        empty = [number for number, codes in enumerate(shown) if not codes]
        self._fault(column, np.isin(place, empty), rows, "codes of competencies, separated by ;")
        known = [self.alignments.setdefault(codes, len(self.alignments)) for codes in shown]
        return np.array(known, np.int64)[place]

    def _corrects(self, column: "pl.Series", rows: NDArray[np.int64]) -> NDArray[np.float64]:
        import polars as pl

        numbers = column.str.strip_chars().cast(pl.Float64, strict=False).to_numpy()
        numbers = np.array(numbers, float)
        wrong = ~((numbers >= 0) & (numbers <= 1))
        self._fault(column, wrong, rows, "a number from 0 (wrong) to 1 (right)")
        return numbers

    def _times(
        self, column: "pl.Series", rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return microseconds and clocks; without a clock both are empty words."""
        import polars as pl

        texts = column.str.strip_chars()
        seconds = np.array(texts.cast(pl.Float64, strict=False).to_numpy(), float)
        is_empty = (texts == "").to_numpy()
        is_number = np.isfinite(seconds) & (np.abs(seconds) < 1e11)
        is_unix = is_number & (seconds >= _UNIX_SPAN[0]) & (seconds < _UNIX_SPAN[1])
        time = np.full(rows.size, _NO_TIME)
        time[is_number] = np.rint(seconds[is_number] * _MICROSECONDS).astype(np.int64)
        clock = np.select([is_unix, is_number], [Clock.CALENDAR, Clock.RELATIVE], Clock.NONE)
        others = np.nonzero(~is_empty & ~is_number)[0]
        if others.size:
            moments = {text: _moment(text) for text in set(texts.gather(others).to_list())}
            found = [moments[text] for text in texts.gather(others).to_list()]
            wrong = np.zeros(rows.size, bool)
            for place, moment in zip(others, found, strict=True):
                if moment is None:
                    wrong[place] = True
                else:
                    time[place], clock[place] = moment, Clock.CALENDAR
            self._fault(
                column,
                wrong,
                rows,
                "seconds, ISO 8601 with a zone (2026-03-02T09:30:00+01:00), or nothing",
            )
        return time, clock

    def _fault(
        self, column: "pl.Series", wrong: NDArray[np.bool_], rows: NDArray[np.int64], allowed: str
    ) -> None:
        places = np.nonzero(wrong)[0]
        self.n_faults += places.size
        for place in places[: max(0, MOST_FAULTS - len(self.faults))]:
            value = str(column[int(place)])[:80]
            self.faults.append(Fault(self.file, int(rows[place]), column.name, value, allowed))


def _coded(texts: "pl.Series", known: dict[str, int]) -> NDArray[np.int64]:
    """Return the place of each text among the known ones, which grow."""
    codes = texts.unique(maintain_order=True).to_list()
    for text in codes:
        known.setdefault(text, len(known))
    return texts.replace_strict(
        codes, [known[text] for text in codes], return_dtype=_int64()
    ).to_numpy()


def _int64() -> "pl.DataType":
    import polars as pl

    return pl.Int64()


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for part in text.split(";") if (code := part.strip())))


def _moment(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else to_microseconds(moment)


def _order_of_work(columns: dict[str, NDArray[Any]]) -> tuple[NDArray[np.int64], list[str]]:
    """Return the rows learner by learner in the order of the work, and what was noticed."""
    learner, time = columns["learner"], columns["time"]
    as_given = np.lexsort((columns["row"], learner))
    in_time = np.lexsort((columns["row"], time, learner))
    if np.array_equal(as_given, in_time):
        return as_given, []
    steps, is_same = np.diff(time[as_given]), np.diff(learner[as_given]) == 0
    n_falls = int(np.count_nonzero((steps < 0) & is_same))
    return in_time, [
        f"In {n_falls} places the time falls within a learner; the rows were put in its order."
    ]


def _shape_faults(path: Path, error: Exception) -> list[Fault]:
    """Return where the file is no table of text, found by reading it line by line."""
    faults = list(_ragged_rows(path))
    return faults or [Fault(path.name, None, None, None, f"a readable CSV file ({error})")]


def _ragged_rows(path: Path) -> Iterator[Fault]:
    opener = gzip.open if path.suffix == ".gz" else open
    n_fields, row = 0, 0
    try:
        with opener(path, "rb") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
            for row, fields in enumerate(csv.reader(text, strict=True), start=1):
                n_fields = n_fields or len(fields)
                if fields and len(fields) != n_fields:
                    yield Fault(
                        path.name, row, None, str(len(fields)), f"{n_fields} fields, as the header"
                    )
    except UnicodeDecodeError:
        yield Fault(path.name, row + 1, None, None, "text in UTF-8")
    except csv.Error as error:
        yield Fault(path.name, row + 1, None, None, f"CSV with closed quotes ({error})")
    except (OSError, EOFError) as error:
        yield Fault(path.name, None, None, None, f"a whole file that can be opened ({error})")
