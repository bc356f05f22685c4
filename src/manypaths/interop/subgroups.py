"""Subgroups of learners from a file: what a district knows of them and we don't store.

CSV with the columns `learner` (our id, or one of a source) and `subgroup`, in any order.
"""

import csv
from io import StringIO
from itertools import zip_longest
from pathlib import Path

from django.utils.translation import gettext

from manypaths.base.errors import Fault, Refused
from manypaths.base.worded import worded

_COLUMNS = ("learner", "subgroup")
_LONGEST = 200


def read_subgroups(file: Path) -> dict[str, str]:
    """Return the subgroup of each learner, by the id that stands in the file.

    Raises Refused, with each fault in its place, for a file without these columns or learners, and
    for a learner without a subgroup or with two. Rows are counted without empty lines.
    """
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(gettext("{file} is no text in UTF-8.").format(file=file.name)) from error
    try:
        rows = list(csv.reader(StringIO(text, newline="")))
    except csv.Error as error:
        raise Refused(
            gettext("{file} is no CSV file: {error}.").format(file=file.name, error=error)
        ) from error
    if not rows or not set(_COLUMNS) <= set(rows[0]):
        raise Refused(
            gettext("{file} needs the columns {names}.").format(
                file=file.name, names=" and ".join(_COLUMNS)
            )
        )
    return _checked(file.name, [dict(zip_longest(rows[0], row)) for row in rows[1:] if row])


def _checked(name: str, rows: list[dict[str | None, str | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    faults = []
    for number, row in enumerate(rows, start=2):
        learner, subgroup = ((row[column] or "").strip() for column in _COLUMNS)
        for column, value in zip(_COLUMNS, (learner, subgroup), strict=True):
            if not (0 < len(value) <= _LONGEST and value.isprintable()):
                allowed = worded("takes from 1 to {longest} letters", longest=_LONGEST)
                faults.append(Fault(name, number, column, value[:80], allowed))
        if found.setdefault(learner, subgroup) != subgroup:
            faults.append(Fault(name, number, "subgroup", subgroup, worded("differs from before")))
    if faults or not found:
        raise Refused(gettext("{name} can't be used.").format(name=name), faults)
    return found
