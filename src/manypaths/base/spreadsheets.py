"""CSV that spreadsheets open without running anything in it, and that we read back as it was."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula, or skips to get to one.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_MARK = "'"


def safe_cell(value: object) -> object:
    """Return a value as a cell: a text that begins like a formula gets a mark before it.

    Numbers stay as they are, for a negative one is no formula. A text that would be mistaken for a
    marked one gets a mark as well, so that `restored` gives back every text.
    """
    if not isinstance(value, str):
        return value
    is_mistakable = value.startswith(_MARK) and _is_marked(value)
    return f"{_MARK}{value}" if _is_formula(value) or is_mistakable else value


def restored(cell: str) -> str:
    """Return the text of a cell, without the mark that `safe_cell` puts before one."""
    return cell[1:] if cell.startswith(_MARK) and _is_marked(cell) else cell


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[bytes]:
    """Yield a table as CSV (RFC 4180, UTF-8 with a mark that spreadsheets know it by)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow(["" if value is None else safe_cell(value) for value in row])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(_BEGINS_A_FORMULA)


def _is_marked(text: str) -> bool:
    """Say whether what follows the mark of a text needs it."""
    rest = text[1:]
    return _is_formula(rest) or rest.startswith(_MARK)
