"""What a call for documents asks: which of them, in what order, which fields, how many at once.

Filters are those of OneRoster: field='value', with = != > >= < <= and ~ (contains), joined by AND
or OR, of which AND binds more tightly.
"""

import operator
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http.request import QueryDict

from manypaths.api.case.failures import Failure

MOST_ROWS, MOST_FILTERS, LONGEST_FILTER = 200, 8, 2000
_NUMBER = re.compile(r"\d{1,9}")
_TERM = re.compile(r"\s*(\w{1,60})\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'\s*")
_JOINT = re.compile(r"(AND|OR)\b")
_KNOWN = ("limit", "offset", "sort", "orderBy", "filter", "fields")

_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "~": operator.contains,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

Row = dict[str, Any]  # Any: an object of JSON


@dataclass(frozen=True)
class Term:
    """One condition of a filter."""

    field: str
    operator: str
    value: str

    def holds(self, row: Row) -> bool:
        """Say whether a row meets it; a list does where one of its values does, != where all do."""
        said = row.get(self.field, "")
        values = [str(one).casefold() for one in (said if isinstance(said, list) else [said])]
        wanted = self.value.casefold()
        if self.operator == "!=":
            return all(value != wanted for value in values)
        return any(_COMPARISONS[self.operator](value, wanted) for value in values)


@dataclass(frozen=True)
class Asked:
    """What is asked for; `alternatives` are sets of conditions, of which one must hold whole."""

    limit: int
    offset: int
    sort: str
    is_descending: bool
    alternatives: Sequence[Sequence[Term]]
    fields: Sequence[str]

    def chosen(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that meet the filter, in order."""
        found = [row for row in rows if self._is_wanted(row)]
        found.sort(key=lambda row: (str(row.get(self.sort, "")), str(row["identifier"])))
        return found[::-1] if self.is_descending else found

    def page(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows of the page, with the fields that were asked for."""
        page = rows[self.offset : self.offset + self.limit]
        if not self.fields:
            return list(page)
        return [{name: row[name] for name in self.fields if name in row} for row in page]

    def links(self, address: str, query: QueryDict, n_rows: int) -> str:
        """Return the Link header: next, last, first and prev, as far as there are such."""
        last = max(0, (n_rows - 1) // self.limit * self.limit)
        places = {"first": 0, "last": last}
        if self.offset + self.limit < n_rows:
            places["next"] = self.offset + self.limit
        if self.offset > 0:
            places["prev"] = max(0, self.offset - self.limit)
        rest = [(k, v) for k, v in query.lists() if k not in ("limit", "offset")]
        return ", ".join(
            f"<{address}?{urlencode([*rest, ('limit', self.limit), ('offset', at)], True)}>; "
            f'rel="{name}"'
            for name, at in places.items()
        )

    def _is_wanted(self, row: Row) -> bool:
        if not self.alternatives:
            return True
        return any(all(term.holds(row) for term in terms) for terms in self.alternatives)


def read_query(query: QueryDict, known: Collection[str]) -> Asked:
    """Return what a query asks of objects with the known fields; raise Failure for nonsense."""
    for name in query:
        if name not in _KNOWN:
            raise Failure(
                400, "invalid_selection_field", f"Ask with {', '.join(_KNOWN)}.", about=name[:100]
            )
        if name != "fields" and len(query.getlist(name)) > 1:
            raise Failure(400, "invalid_selection_field", f"{name} stands there twice.", about=name)
    sort = query.get("sort", "title")
    if sort not in known:
        raise Failure(400, "invalid_sort_field", "There is no such field.", about="sort")
    order = query.get("orderBy", "asc")
    if order not in ("asc", "desc"):
        raise Failure(400, "invalid_sort_field", "Order by asc or desc.", about="orderBy")
    limit = _number(query, "limit", MOST_ROWS)
    if limit < 1:
        raise Failure(400, "invalid_selection_field", "A limit is 1 or more.", about="limit")
    return Asked(
        limit=min(limit, MOST_ROWS),
        offset=_number(query, "offset", 0),
        sort=sort,
        is_descending=order == "desc",
        alternatives=_alternatives(query.get("filter", ""), known),
        fields=_fields(query.getlist("fields"), known),
    )


def _number(query: QueryDict, name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not text.isascii():
        raise Failure(400, "invalid_selection_field", f"{name} is a whole number.", about=name)
    return int(text)


def _fields(given: Sequence[str], known: Collection[str]) -> list[str]:
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    if any(name not in known for name in names):
        raise Failure(400, "invalid_selection_field", "There is no such field.", about="fields")
    return list(dict.fromkeys(names))


def _alternatives(text: str, known: Collection[str]) -> list[list[Term]]:
    if not text.strip():
        return []
    found: list[list[Term]] = [[]]
    place = 0
    while True:
        term = _TERM.match(text, place)
        n_terms = sum(map(len, found))
        if term is None or len(text) > LONGEST_FILTER or n_terms >= MOST_FILTERS:
            raise Failure(
                400,
                "invalid_selection_field",
                "A filter is like title~'math' AND language='en', of up to 8 parts.",
                about="filter",
            )
        field, operator, value = term.groups()
        if field not in known:
            raise Failure(400, "invalid_selection_field", "There is no such field.", about="filter")
        found[-1].append(Term(field, operator, value.replace("''", "'")))
        place = term.end()
        if place == len(text):
            return found
        joint = _JOINT.match(text, place)
        if joint is None:
            place = len(text)  # the next term is missing
            continue
        if joint.group(1) == "OR":
            found.append([])
        place = joint.end()
