"""The rows of a CSV file, plain or gzipped, as texts: in columns while the file is sound.

Where it is not, rows are read one by one, so that each fault can be named with its place.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from manypaths.base.errors import Fault, Refused
from manypaths.base.worded import worded

if TYPE_CHECKING:
    import polars as pl

_ROWS_AT_ONCE = 200_000
_GZIP = b"\x1f\x8b"
# No row is longer, in bytes. A small gzip file may hold one that no memory would.
_LONGEST_ROW = _CHUNK = 1 << 20
_UNREADABLE = (OSError, EOFError, zlib.error)


class Unsound(Exception):
    """The file can't be read in columns; `careful_parts` says why."""


@dataclass(frozen=True)
class Part:
    """Some rows as texts, with their numbers in the file (the header is row 1), and faults."""

    rows: NDArray[np.int64]
    texts: "pl.DataFrame"
    faults: Sequence[Fault] = ()


def read_header(path: Path) -> list[str]:
    """Return the names in the first row, without spaces. Raises Refused where there is no text."""
    if not path.is_file():
        raise _refused(path, None, "a file, no folder and no pipe")
    try:
        _require_short_rows(path)
        with _opened(path) as text:
            names = next(csv.reader(text, strict=True), [])
    except _UNREADABLE as error:
        raise _refused(path, None, _whole(error)) from error
    except csv.Error as error:
        raise _refused(path, 1, f"names of columns ({error})") from error
    if any(_cleaned(name) != name for name in names):
        raise _refused(path, 1, "text in UTF-8")
    return [name.strip() for name in names]


def fast_parts(path: Path, header: Sequence[str], columns: Sequence[str]) -> Iterator[Part]:
    """Yield the wanted columns, many rows at a time. Raises Unsound for a file with any fault."""
    import polars as pl  # large: only where a log is read

    frame = pl.scan_csv(path, infer_schema=False, glob=False)
    try:
        found = frame.collect_schema().names()
        if len(found) != len(header):
            raise Unsound
        wanted = [pl.col(found[header.index(name)]).fill_null("").alias(name) for name in columns]
        batches = frame.select(wanted).collect_batches(
            chunk_size=_ROWS_AT_ONCE, maintain_order=True
        )
        first = 2
        for texts in batches:
            yield Part(np.arange(first, first + texts.height), texts)
            first += texts.height
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unsound from error


def careful_parts(path: Path, header: Sequence[str], columns: Sequence[str]) -> Iterator[Part]:
    """Yield the wanted columns with every fault in the shape of the file, row by row."""
    rows = _rows(path, header)
    places = [header.index(name) for name in columns]
    while read := list(islice(rows, _ROWS_AT_ONCE)):
        yield _part(read, columns, places)


_Row = tuple[int, list[str] | None, list[Fault]]


def _part(read: Sequence[_Row], columns: Sequence[str], places: Sequence[int]) -> Part:
    import polars as pl

    sound = [(row, fields) for row, fields, _ in read if fields is not None]
    texts = {
        name: pl.Series(name, [_at(fields, place) for _, fields in sound], pl.String)
        for name, place in zip(columns, places, strict=True)
    }
    return Part(
        rows=np.array([row for row, _ in sound], np.int64),
        texts=pl.DataFrame(texts),
        faults=[fault for _, _, faults in read for fault in faults],
    )


def _rows(path: Path, header: Sequence[str]) -> Iterator[_Row]:
    """Yield each row below the header with its fields, None where they are of no use."""
    row = 1
    try:
        with _opened(path) as text:
            reader = csv.reader(text, strict=True)
            next(reader)
            while True:
                row += 1
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    allowed = worded("CSV with closed quotes ({error})", error=error)
                    yield row, None, [Fault(path.name, row, None, None, allowed)]
                else:
                    yield _checked(path.name, row, fields, header)
    except _UNREADABLE as error:
        yield row, None, [Fault(path.name, None, None, None, _whole(error))]


def _checked(file: str, row: int, fields: list[str], header: Sequence[str]) -> _Row:
    if len(fields) > len(header):
        allowed = worded("{n_header} fields, as the header", n_header=len(header))
        return row, None, [Fault(file, row, None, f"{len(fields)} fields", allowed)]
    cleaned = [_cleaned(field) for field in fields]
    faults = [
        Fault(file, row, name, clean[:80], worded("text in UTF-8"))
        for name, field, clean in zip(header, fields, cleaned, strict=False)
        if clean != field
    ]
    return row, cleaned, faults


def _opened(path: Path) -> io.TextIOWrapper:
    # Bytes that are no UTF-8 pass as surrogates, so that their row and column can be named.
    return io.TextIOWrapper(_raw(path), "utf-8-sig", errors="surrogateescape", newline="")


def _raw(path: Path) -> BinaryIO:
    """Open the bytes of the text; what the file holds counts, but a .gz that is none is refused."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == _GZIP
    if path.suffix.lower() == ".gz" and not is_gzip:
        raise _refused(path, None, "a gzip file, as its name says")
    return cast(BinaryIO, gzip.open(path)) if is_gzip else path.open("rb")


def _require_short_rows(path: Path) -> None:
    """Raise Refused for a row without end, before anything takes it into memory whole.

    Where the file is damaged, whoever reads it next says so.
    """
    row, length = 1, 0
    with _raw(path) as file, suppress(*_UNREADABLE):
        while chunk := file.read(_CHUNK):
            ends = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
            length += min(ends, default=len(chunk))
            if length > _LONGEST_ROW:
                raise _refused(path, row, f"a row of at most {_LONGEST_ROW:,} bytes")
            if ends:
                row += chunk.count(b"\n") or chunk.count(b"\r")
                length = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))


def _cleaned(text: str) -> str:
    """Return the text with a mark in place of each byte that is no UTF-8."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _at(fields: list[str], place: int) -> str:
    return fields[place] if place < len(fields) else ""


def _whole(error: BaseException) -> str:
    return f"a whole file that can be read ({error})"


def _refused(path: Path, row: int | None, allowed: str) -> Refused:
    return Refused(
        gettext("{path} can't be read.").format(path=path.name),
        [Fault(path.name, row, None, None, allowed)],
    )
