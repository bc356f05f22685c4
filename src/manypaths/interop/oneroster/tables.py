"""One CSV file read into rows, with its faults and with what was tolerated."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from manypaths.base.errors import Fault
from manypaths.base.spreadsheets import restored
from manypaths.base.worded import worded
from manypaths.interop.oneroster.columns import NOT_READ, Column

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A cell beyond this is no name and no id.
_LONGEST_CELL = 100_000
_LONGEST_SHOWN = 80
MOST_FAULTS, MOST_COLUMNS = 10_000, 1_000

Values = dict[str, object]


@dataclass(frozen=True)
class Row:
    """A row of a table: where it stands in the file (the header is row 1), and what it says."""

    number: int
    values: Values

    def text(self, column: str) -> str:
        """Return a text or id; empty where the row has none."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    @property
    def is_gone(self) -> bool:
        """Say whether the row deletes what it names."""
        return self.values.get("status") in ("tobedeleted", "inactive")


@dataclass
class Table:
    """The rows of one file, in its order."""

    file: str
    rows: list[Row] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    # False where the file, or a row of it, can't be read: it may hold more than is here.
    is_whole: bool = True


@dataclass
class Findings:
    """What reading a bundle brought to light: faults, and how often what was tolerated."""

    faults: list[Fault] = field(default_factory=list)
    tolerated: Counter[str] = field(default_factory=Counter)

    def fault(
        self, file: str, row: int | None, column: str | None, value: str | None, allowed: str
    ) -> None:
        """Note a fault; after many, only that there are more."""
        if len(self.faults) < MOST_FAULTS:
            shown = value if value is None else value[:_LONGEST_SHOWN]
            self.faults.append(Fault(file, row, column, shown, allowed))

    def tolerate(self, what: str) -> None:
        """Note something that the standard forbids and that does no harm."""
        self.tolerated[what] += 1

    def notices(self) -> list[str]:
        """Return in sentences what was tolerated, and how often."""
        return [
            f"{what} (once)." if count == 1 else f"{what} ({count:,} times)."
            for what, count in sorted(self.tolerated.items())
        ]


def read_table(
    file: str, contents: bytes, columns: Mapping[str, Column], findings: Findings
) -> Table:
    """Read one CSV file; what is wrong with it goes to the findings."""
    contents = contents.removeprefix(_BOM) if _is_text(file, contents, findings) else b""
    if not contents:
        return Table(file, is_whole=False)
    n_faults = len(findings.faults)
    lines = _cells(file, contents, findings)
    header = next(lines, None)
    if header is None:
        findings.fault(
            file, 1, None, None, worded("the file is empty; its first row names the columns")
        )
        return Table(file, is_whole=False)
    names = _names(file, header[1], columns, findings)
    if not names:
        return Table(file, is_whole=False)
    rows = [
        Row(number, _values(file, number, names, cells, columns, findings))
        for number, cells in lines
        if _is_row(file, number, cells, names, findings)
    ]
    is_whole = all(fault.row and fault.column for fault in findings.faults[n_faults:])
    return Table(file, rows, frozenset(names), is_whole and "sourcedId" in names)


def header_of(contents: bytes) -> list[str]:
    """Return the names of a file's columns in lower case; none where they can't be read."""
    text = io.TextIOWrapper(
        io.BytesIO(contents.removeprefix(_BOM)), "utf-8", errors="replace", newline=""
    )
    try:
        rows = (cells for cells in csv.reader(text) if any(cell.strip() for cell in cells))
        return [cell.strip().lower() for cell in next(rows, [])]
    except csv.Error:
        return []


def _is_text(file: str, contents: bytes, findings: Findings) -> bool:
    if contents.startswith(_UTF_16):
        findings.fault(file, None, None, None, worded("the file is UTF-16; save it as UTF-8"))
        return False
    if contents.startswith(_BOM):
        findings.tolerate(f"{file} begins with a byte order mark")
    if not contents.removeprefix(_BOM).strip():
        findings.fault(
            file, 1, None, None, worded("the file is empty; its first row names the columns")
        )
        return False
    if b"\0" in contents:
        row = contents.count(b"\n", 0, contents.index(b"\0")) + 1
        findings.fault(file, row, None, None, worded("text; the file holds a zero byte"))
        return False
    try:
        contents.decode("utf-8")
    except UnicodeDecodeError as error:
        row = contents.count(b"\n", 0, error.start) + 1
        findings.fault(file, row, None, None, worded("text in UTF-8; save the file so"))
        return False
    return True


def _cells(file: str, contents: bytes, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with its number, as a spreadsheet counts."""
    # Decoded line by line: the text of a large file as a whole would take four times its bytes.
    lines = io.TextIOWrapper(io.BytesIO(contents), "utf-8", newline="")
    reader = csv.reader(lines, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            findings.fault(file, number + 1, None, None, _well_formed(error))
            return
        number += 1
        if any(cell.strip() for cell in cells):
            yield number, cells
        elif number > 1:
            findings.tolerate(f"{file} has blank rows")


def _well_formed(error: csv.Error) -> str:
    if "field limit" in str(error):
        return worded("cells of at most {most} characters", most=f"{csv.field_size_limit():,}")
    return worded("well-formed CSV ({error})", error=error)


def _names(
    file: str, header: Sequence[str], columns: Mapping[str, Column], findings: Findings
) -> list[str]:
    """Return the columns' names as the standard writes them; others keep theirs."""
    if len(header) > MOST_COLUMNS:
        allowed = worded("at most {most} columns", most=f"{MOST_COLUMNS:,}")
        findings.fault(file, 1, None, f"{len(header):,} columns", allowed)
        return []
    by_lower = {name.lower(): name for name in columns}
    names = []
    for cell in header:
        cell = cell.strip()
        name = by_lower.get(cell.lower(), cell)
        if name != cell:
            findings.tolerate(f"{file} writes the column {name} as {cell}")
        names.append(name)
    for name, count in Counter(name for name in names if name).items():
        if count > 1:
            findings.fault(file, 1, name, None, worded("each column once"))
    ours = {*columns, *NOT_READ}
    for name in names:
        if name and name not in ours and not name.lower().startswith("metadata."):
            findings.tolerate(f"{file} has the column {name[:80]}, which the standard has not")
    for name in columns:
        if columns[name].is_required and name not in names:
            findings.fault(file, 1, name, None, worded("this column is required"))
    return names


def _is_row(
    file: str, number: int, cells: Sequence[str], names: Sequence[str], findings: Findings
) -> bool:
    if len(cells) > len(names) and not any(cell.strip() for cell in cells[len(names) :]):
        findings.tolerate(f"{file} has rows with more commas than columns")
        return True
    if len(cells) > len(names):
        findings.fault(
            file,
            number,
            None,
            str(len(cells)),
            worded("a row of {n} cells, as in the header", n=len(names)),
        )
        return False
    if len(cells) < len(names):
        findings.tolerate(f"{file} has rows that end early")
    return True


def _values(
    file: str,
    number: int,
    names: Sequence[str],
    cells: Sequence[str],
    columns: Mapping[str, Column],
    findings: Findings,
) -> Values:
    values: Values = {}
    for name, cell in zip(names, cells, strict=False):
        column, value = columns.get(name), restored(cell.strip())
        if column is None:
            if value:
                values[name] = value
            continue
        if not value:
            continue
        if cell != value:
            findings.tolerate(f"{file} has blanks around what stands in its cells")
        try:
            if len(value) > _LONGEST_CELL:
                raise ValueError
            values[name] = column.read(value)
            for remark in column.oddities(value):
                findings.tolerate(f"{file} writes {remark}")
        except ValueError:
            findings.fault(file, number, name, value, column.allowed)
    for name, column in columns.items():
        if column.is_required and name in names and name not in values:
            place = names.index(name)
            if place >= len(cells) or not cells[place].strip():
                findings.fault(file, number, name, "", column.allowed)
    return values
