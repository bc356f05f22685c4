"""Response logs: `learner,item,time,correct,competencies` as CSV, plain or gzipped.

`competencies` are codes separated by `;`. `time` is a number (seconds from any origin), ISO 8601
with a zone, or empty: without a clock the order of the file counts. Numbers from 2000 to 2100 as
Unix time are taken for that; others have an origin that nobody knows. `correct` is in [0, 1].

A file is read in parts, so that its size is bounded by whole numbers in memory and not by text.
Rows are counted as a spreadsheet does: the header is row 1.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Fault, Refused
from manypaths.base.spreadsheets import restored
from manypaths.base.worded import worded
from manypaths.evidence.models import UNIX_SECONDS, Clock
from manypaths.interop.response_text import Part, Unsound, careful_parts, fast_parts, read_header
from manypaths.mastery import Alignment, ResponseLog

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("learner", "item", "time", "correct", "competencies")
# A report that names this many faults has said enough; the last one says how many more there are.
MOST_FAULTS = 10_000
LONGEST_ID = 200

_MICROSECONDS = 1_000_000
# Longer spans are no seconds: they lie beyond every calendar.
_LONGEST_SPAN = 5e10
_CALENDAR_YEARS = range(1900, 2100)
_NO_TIME = np.iinfo(np.int64).min
# What no id or code holds; a line break in one comes from quotes that are closed too late.
_CONTROLS = r"[\x00-\x1f\x7f]"


class FaultyRows(Refused):
    """A log was refused for its rows; their codes may have faults of their own."""

    def __init__(self, message: str, faults: list[Fault], first_row: dict[str, int]) -> None:
        """Take the faults of the rows, and the first row that names each code."""
        super().__init__(message, faults)
        self.first_row = first_row


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
    def first_row(self) -> dict[str, int]:
        """Return the first row that names each code, in the order of appearance."""
        return _first_rows(self.alignments, self.shown, self.row)

    @property
    def instruments(self) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        """Return the (item, alignment) pairs as the file brings them, and the place of each row's.

        An item that the file aligns in two ways counts as two instruments.
        """
        pairs = self.item * len(self.alignments) + self.shown
        found, place = np.unique(pairs, return_inverse=True)
        first = np.full(found.size, np.iinfo(np.int64).max)
        np.minimum.at(first, place, self.row)
        order = np.argsort(first)
        listed = [divmod(int(pair), len(self.alignments)) for pair in found[order]]
        return listed, np.argsort(order)[place]


# Told how many rows have been read.
Count = Callable[[int], None]


def read_response_log(path: Path, *, count: Count | None = None) -> ReadLog:
    """Return the log of a file. Raises FaultyRows with every fault, by row and column.

    Rows stand learner by learner, in the order of the work. A time that falls is put in order,
    and a notice says so.
    """
    header = read_header(path)
    _require_columns(path.name, header)
    try:
        return _read(path.name, fast_parts(path, header, COLUMNS), count)
    except Unsound:
        return _read(path.name, careful_parts(path, header, COLUMNS), count)


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


def _require_columns(file: str, header: list[str]) -> None:
    faults = [
        Fault(file, 1, name, None, worded("one column named {name} is needed", name=name))
        for name in COLUMNS
        if header.count(name) != 1
    ]
    if faults:
        raise Refused(gettext("{file} is no response log.").format(file=file), faults)


def _read(file: str, parts: Iterable[Part], count: Count | None) -> ReadLog:
    reader, n_rows = _Reader(file), 0
    for part in parts:
        reader.add(part)
        n_rows += part.rows.size
        if count:
            count(n_rows)
    return reader.finish()


@dataclass
class _Reader:
    """Codes and columns as they grow, batch by batch."""

    file: str
    learners: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    # By what is shown, in whatever order the codes stand.
    alignments: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    n_faults: int = 0

    def add(self, part: Part) -> None:
        """Take in the next rows; those that are blank say nothing."""
        import polars as pl

        self._note(part.faults)
        texts = part.texts.select(pl.all().str.strip_chars())
        filled = (texts.select(pl.any_horizontal(pl.all() != "")).to_series()).to_numpy()
        texts, rows = texts.filter(filled), part.rows[filled]
        if not rows.size:
            return
        time, clock = self._times(texts["time"], rows)
        self.parts.append(
            {
                "learner": self._ids(texts["learner"], self.learners, rows),
                "item": self._ids(texts["item"], self.items, rows),
                "shown": self._alignments(texts["competencies"], rows),
                "time": time,
                "clock": clock,
                "correct": self._corrects(texts["correct"], rows),
                "row": rows,
            }
        )

    def finish(self) -> ReadLog:
        """Return the log, learner by learner; raise Refused where there were faults."""
        if self.faults:
            raise FaultyRows(f"{self.file} has faults.", self._report(), self._first_row())
        if not self.parts:
            raise Refused(
                gettext("{file} holds no responses.").format(file=self.file),
                [
                    Fault(
                        self.file,
                        2,
                        None,
                        None,
                        worded("at least one row below the header is needed"),
                    )
                ],
            )
        columns = {
            name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]
        }
        order, notices = _order_of_work(columns)
        return ReadLog(
            # A file of ours may have marked what a spreadsheet would take for a formula.
            [restored(name) for name in self.learners],
            [restored(name) for name in self.items],
            list(self.alignments.values()),
            **{name: column[order] for name, column in columns.items()},
            notices=notices,
        )

    def _first_row(self) -> dict[str, int]:
        if not self.parts:
            return {}
        shown, row = (
            np.concatenate([part[name] for part in self.parts]) for name in ("shown", "row")
        )
        return _first_rows(list(self.alignments.values()), shown, row)

    def _report(self) -> list[Fault]:
        """Return the faults in the order of the rows, and how many more there are."""
        last = np.iinfo(np.int64).max
        faults = sorted(self.faults, key=lambda fault: last if fault.row is None else fault.row)
        more = self.n_faults - len(faults)
        if more:
            faults.append(
                Fault(self.file, None, None, None, worded("and {more} more faults", more=more))
            )
        return faults

    def _ids(
        self, column: "pl.Series", known: dict[str, int], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        is_long = column.str.len_chars() > LONGEST_ID
        wrong = ((column == "") | is_long | column.str.contains(_CONTROLS)).to_numpy()
        allowed = worded("an id of 1 to {longest} characters on one line", longest=LONGEST_ID)
        self._fault(column, wrong, rows, allowed)
        return _coded(column, known)

    def _alignments(self, column: "pl.Series", rows: NDArray[np.int64]) -> NDArray[np.int64]:
        place = _coded(column, self.codes)
        # Each distinct text is looked at once, however often it comes.
        shown = [_split(text) for text in self.codes]
        wrong = [number for number, codes in enumerate(shown) if not _are_codes(codes)]
        allowed = worded(
            "codes of 1 to {longest_id} characters each, separated by ;", longest_id=LONGEST_ID
        )
        self._fault(column, np.isin(place, wrong), rows, allowed)
        for codes in shown:
            self.alignments.setdefault(frozenset(codes), codes)
        places = {key: number for number, key in enumerate(self.alignments)}
        return np.array([places[frozenset(codes)] for codes in shown], np.int64)[place]

    def _corrects(self, column: "pl.Series", rows: NDArray[np.int64]) -> NDArray[np.float64]:
        import polars as pl

        numbers = column.cast(pl.Float64, strict=False).to_numpy()
        numbers = np.array(numbers, float)
        wrong = ~((numbers >= 0) & (numbers <= 1))
        self._fault(column, wrong, rows, worded("a number from 0 (wrong) to 1 (right)"))
        return numbers

    def _times(
        self, column: "pl.Series", rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return microseconds and clocks; without a clock both are empty words."""
        import polars as pl

        seconds = np.array(column.cast(pl.Float64, strict=False).to_numpy(), float)
        is_empty = (column == "").to_numpy()
        is_number = np.abs(seconds) < _LONGEST_SPAN
        is_unix = is_number & (seconds >= UNIX_SECONDS[0]) & (seconds < UNIX_SECONDS[1])
        time = np.full(rows.size, _NO_TIME)
        time[is_number] = np.rint(seconds[is_number] * _MICROSECONDS).astype(np.int64)
        clock = np.select([is_unix, is_number], [Clock.CALENDAR, Clock.RELATIVE], Clock.NONE)
        others = np.nonzero(~is_empty & ~is_number)[0]
        if others.size:
            texts = column.gather(others).to_list()
            moments = {text: _moment(text) for text in set(texts)}
            found = [moments[text] for text in texts]
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
                worded("seconds, ISO 8601 with a zone (2026-03-02T09:30:00+01:00), or nothing"),
            )
        return time, clock

    def _fault(
        self, column: "pl.Series", wrong: NDArray[np.bool_], rows: NDArray[np.int64], allowed: str
    ) -> None:
        places = np.nonzero(wrong)[0]
        shown = places[: max(0, MOST_FAULTS - len(self.faults))]
        self.n_faults += places.size - shown.size
        self._note(
            Fault(self.file, int(rows[place]), column.name, str(column[int(place)])[:80], allowed)
            for place in shown
        )

    def _note(self, faults: Iterable[Fault]) -> None:
        noted = list(faults)
        self.n_faults += len(noted)
        self.faults += noted[: max(0, MOST_FAULTS - len(self.faults))]


def _first_rows(
    alignments: Sequence[tuple[str, ...]], shown: NDArray[np.int64], row: NDArray[np.int64]
) -> dict[str, int]:
    first = np.full(len(alignments), np.iinfo(np.int64).max)
    np.minimum.at(first, shown, row)
    found: dict[str, int] = {}
    for codes, place in zip(alignments, first.tolist(), strict=True):
        for code in codes:
            found[code] = min(found.get(code, place), place)
    return found


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


def _are_codes(codes: tuple[str, ...]) -> bool:
    """Say whether there are codes, none of which is too long or holds a control character."""
    return bool(codes) and all(
        len(code) <= LONGEST_ID and not re.search(_CONTROLS, code) for code in codes
    )


def _moment(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in _CALENDAR_YEARS:
        return None
    return to_microseconds(moment)


def _order_of_work(columns: dict[str, NDArray[Any]]) -> tuple[NDArray[np.int64], list[str]]:
    """Return the rows learner by learner in the order of the work, and what was noticed."""
    learner, time = columns["learner"], columns["time"]
    as_given = np.lexsort((columns["row"], learner))
    in_time = np.lexsort((columns["row"], time, learner))
    if np.array_equal(as_given, in_time):
        return as_given, []
    earlier, later = time[as_given][:-1], time[as_given][1:]
    is_same = np.diff(learner[as_given]) == 0
    n_falls = int(np.count_nonzero((later < earlier) & is_same))
    often = "once" if n_falls == 1 else f"{n_falls:,} times"
    return in_time, [f"The time falls within a learner {often}; the rows were put in its order."]
