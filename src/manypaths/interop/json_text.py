"""Reads JSON that somebody hands in: every fault with its place, and nothing that can't be kept."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from manypaths.base.errors import Fault
from manypaths.base.worded import worded
from manypaths.frameworks.checks import is_storable, repeated, shortened

MOST_BYTES = 50_000_000
DEEPEST = 100

_MOST_DIGITS = 300
# From here on a fraction's binary and decimal forms differ by whole numbers.
_LARGEST_FRACTION = 2**53
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PLAIN_NAME = re.compile(r"[\w:-]{1,60}")


@dataclass(frozen=True)
class JsonReading:
    """The value, unless there are faults; and what was tolerated."""

    value: Any  # whatever the file holds
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _BadNumber:
    """A number as it was written that no table keeps: infinite, or with too many digits."""

    text: str


def read_json(content: bytes | str, *, file: str, most_bytes: int = MOST_BYTES) -> JsonReading:
    """Return the value that the file holds, or every fault that keeps it from being read.

    Accepts a byte order mark. Refuses what is too large or too deep, repeated names in an object,
    and texts and numbers that a database can't keep.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(raw) > most_bytes:
        allowed = worded("a file of at most {most_bytes:,} bytes", most_bytes=most_bytes)
        return JsonReading(None, (Fault(file, None, None, f"{len(raw):,} bytes", allowed),))
    try:
        text = raw.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        broken = raw.removeprefix(_BYTE_ORDER_MARK)[error.start : error.start + 1].hex()
        column = f"byte {error.start + 1}"
        return JsonReading(
            None, (Fault(file, None, column, f"0x{broken}", worded("text in UTF-8")),)
        )
    value, faults = _parsed(text, file)
    if raw.startswith(_BYTE_ORDER_MARK):
        notice = "The file begins with a byte order mark, which JSON does not allow."
        return JsonReading(value, faults, (notice,))
    return JsonReading(value, faults)


def under(place: str, step: str | int) -> str:
    """Return the place of a part of the value at `place`: CFItems[12].fullStatement, say."""
    if isinstance(step, int):
        return f"{place}[{step}]"
    if not _PLAIN_NAME.fullmatch(step):
        return f"{place}[{shortened(json.dumps(step))}]"
    return f"{place}.{step}" if place else step


def _parsed(text: str, file: str) -> tuple[Any, tuple[Fault, ...]]:
    twice: list[str] = []

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice.extend(pairs[index][0] for index, _ in repeated(name for name, _ in pairs))
        return made

    try:
        value = json.loads(
            text,
            object_pairs_hook=as_object,
            parse_float=_float,
            parse_int=_int,
            parse_constant=_BadNumber,
        )
    except json.JSONDecodeError as error:
        here = shortened(text[error.pos : error.pos + 20])
        return None, (
            Fault(
                file,
                error.lineno,
                str(error.colno),
                here,
                worded("JSON: {msg}", msg=error.msg),
            ),
        )
    except RecursionError:
        return None, (_too_deep(file),)
    if _is_too_deep(value):
        return None, (_too_deep(file),)
    faults = [
        *(
            Fault(file, None, under("", name), name, worded("each name once in an object"))
            for name in twice
        ),
        *(Fault(file, None, place, said, allowed) for place, said, allowed in _unstorable(value)),
    ]
    return value, tuple(faults)


def _float(text: str) -> float | _BadNumber:
    number = float(text)
    return number if abs(number) < _LARGEST_FRACTION else _BadNumber(text)


def _int(text: str) -> int | _BadNumber:
    return int(text) if len(text) <= _MOST_DIGITS else _BadNumber(text)


def _too_deep(file: str) -> Fault:
    return Fault(
        file,
        None,
        None,
        None,
        worded("JSON of at most {deepest} levels, one in the other", deepest=DEEPEST),
    )


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [part for whole in level for _, part in _parts(whole)]
    return bool(level)


def _parts(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _unstorable(value: object, place: str = "") -> Iterator[tuple[str, str | None, str]]:
    if isinstance(value, _BadNumber):
        yield place, shortened(value.text), "a number that every database keeps as it is"
    elif isinstance(value, str) and not is_storable(value):
        yield place, shortened(value), "a text without U+0000 and without half characters"
    for step, part in _parts(value):
        here = under(place, step)
        if isinstance(step, str) and not is_storable(step):
            yield here, shortened(step), "a name without U+0000 and without half characters"
        yield from _unstorable(part, here)
