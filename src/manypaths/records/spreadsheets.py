"""CSV that spreadsheets open without running anything in it.

Whoever reads such a table by a program takes one leading apostrophe away from a text that begins
with one.
"""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula, or skips to get to one.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> object:
    """Return a value as a cell: a text that begins like a formula gets a mark before it.

    Numbers stay as they are, for a negative one is no formula.
    """
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(_BEGINS_A_FORMULA) else value


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
