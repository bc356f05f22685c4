"""Queries that are built and put into SQL once a process, then asked again with other values.

To build a query of a few conditions and to write its SQL takes Django some ten times as long as
the database needs to answer it: of a page with twenty queries that was most.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, update_wrapper
from itertools import count
from operator import attrgetter
from typing import Any, Generic, ParamSpec, Self, TypeVar, cast
from uuid import UUID

import psycopg
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler

from manypaths.base.clock import today
from manypaths.base.reading import remembered
from manypaths.base.scope import district_scope, scope_if_any

Asked = ParamSpec("Asked")
Row = TypeVar("Row")

# Values that no row has: where they stand among the SQL's parameters, those asked for are put in.
# Far from each other, so that a query which counts on from one does not hit upon the next.
_DISTRICT, _STEP = 0x6D61_6E79_7061_0000, 1_000_003
# A list has 4, 8, 16 ... places in SQL, up to so many; its last value fills those left.
_FEWEST_PLACES, _MOST_PLACES = 4, 2_048

_Form = tuple[str, Any]  # Any: whatever a query may be kept apart for


class Prepared(Generic[Asked, Row]):
    """A query that is kept as SQL: called with values by their places, it returns its rows.

    Whole numbers, texts, public ids and lists of whole numbers are put in anew each time, as is the
    district of the scope; for anything else (a kind, None), and for each day, it is kept apart.
    What builds it may look at nothing else that changes, and hands the values on as they are, or
    the first call raises ValueError. It may not prefetch.
    """

    def __init__(self, build: Callable[Asked, "models.QuerySet[Any, Row]"]) -> None:
        self._build = build
        self._kept = lru_cache(maxsize=128)(self._written)
        update_wrapper(self, build)

    def __call__(self, *asked: Asked.args, **named: Asked.kwargs) -> list[Row]:
        """Return the rows for these values. One query; within one reading, once."""
        forms = tuple(_form_of(one) for one in asked)
        if named or any(kind == "list" and not places for kind, places in forms):
            return list(self._build(*asked, **named))
        scope = scope_if_any()
        owner = scope.district_id if scope else None
        kept = self._kept(owner is not None, today() if scope else None, forms)
        values = (owner, *_values(asked, forms))
        memory = remembered()
        if memory is None:
            return kept.rows(values)
        if (kept, values) not in memory:
            memory[kept, values] = kept.rows(values)
        return list(cast("list[Row]", memory[kept, values]))

    def first(self, *asked: Asked.args, **named: Asked.kwargs) -> Row | None:
        """Return the first row for these values, None without any. One query."""
        return next(iter(self(*asked, **named)), None)

    def _written(self, is_inside: bool, _day: date | None, forms: Sequence[_Form]) -> "_Written":
        marks = count(_DISTRICT + _STEP, _STEP)
        asked: tuple[Any, ...] = tuple(_marked(form, marks) for form in forms)
        n_marks = (next(marks) - _DISTRICT) // _STEP
        scope = scope_if_any()
        build: Callable[..., models.QuerySet[Any, Row]] = self._build
        if scope is None or not is_inside:
            return _Written.of(build(*asked), n_marks)
        with district_scope(_DISTRICT, scope.zone):
            return _Written.of(build(*asked), n_marks)


prepared = Prepared


@dataclass(frozen=True, eq=False)
class _Written:
    """A query as SQL; `places` say where among its parameters which values stand, and how."""

    queryset: Any  # Any: what Django's iterators read of a query set is not in its stubs
    compiler: SQLCompiler
    sql: str
    parameters: Sequence[Any]  # Any: as databases take them
    places: Sequence[tuple[int, int, Callable[[Any], Any] | None]]
    # How values of the database become ours, by column: in Django's form.
    converters: Mapping[int, Any]
    # Whether rows are wanted as the database gives them.
    is_plain: bool

    @classmethod
    def of(cls, queryset: Any, n_marks: int) -> "_Written":  # noqa: ANN401  # as above
        """Write a query with so many marks, the district's among them.

        Raises ValueError for one that can't be kept.
        """
        kinds = (ModelIterable, ValuesListIterable, FlatValuesListIterable)
        if queryset._iterable_class not in kinds or queryset._prefetch_related_lookups:
            raise ValueError("a query that is kept returns rows or lists of values, and no more")
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        by_form = {form: number for number in range(n_marks) for form in _forms_of(_mark(number))}
        places = {
            n: by_form[value]
            for n, value in enumerate(parameters)
            if isinstance(value, int | str | UUID) and value in by_form
        }
        if {0, *places.values()} != set(range(n_marks)):
            raise ValueError(f"not all values that are asked for are in the query: {sql}")
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(columns)
        # PostgreSQL plans for types: of one type, small numbers and large share a plan.
        as_number = compiler.connection.ops.adapt_integerfield_value
        typed = [
            as_number(value, "BigIntegerField") if n in places and isinstance(value, int) else value
            for n, value in enumerate(parameters)
        ]
        is_plain = (
            queryset._iterable_class is ValuesListIterable
            and not converters
            and not compiler.has_extra_select
        )
        sent = [(n, number, _as_sent(typed[n], number)) for n, number in places.items()]
        return cls(queryset, compiler, sql, typed, sent, converters, is_plain)

    def rows(self, values: Sequence[Any]) -> list[Any]:
        """Return the rows for these values."""
        connection = connections[self.queryset.db]
        with _cursor(connection) as cursor:
            cursor.execute(self.sql, self._filled_in(values))
            found: list[Any] = cursor.fetchall()
        # Most of what could wait for somebody does not: to make ready for rows takes longer.
        return found if self.is_plain or not found else self._as_asked(found, connection)

    def _filled_in(self, values: Sequence[Any]) -> list[Any]:
        parameters = list(self.parameters)
        for place, number, as_sent in self.places:
            value = values[number]
            parameters[place] = as_sent(value) if as_sent else value
        return parameters

    def _as_asked(self, found: list[Any], connection: BaseDatabaseWrapper) -> list[Any]:
        """Return what Django makes of rows of the database: models, or values of ours."""
        compiler = copy(self.compiler)
        compiler.connection = connection
        if compiler.has_extra_select:
            found = [row[: compiler.col_count] for row in found]
        vars(compiler)["execute_sql"] = lambda *_asked, **_how: [found]
        vars(compiler)["get_converters"] = lambda _columns: self.converters
        asking = _Asking(self.queryset.db, self.queryset.model, compiler)
        return list(self.queryset._iterable_class(asking))


def _cursor(connection: Any) -> CursorWrapper:  # noqa: ANN401  # each database has its own
    """Return a cursor: to PostgreSQL one that sends values apart, so that it plans once.

    Other queries are not sent so: lists of more than 65,535 values would be too long for it, and an
    expression that is written twice, in what is selected and what is grouped by, would be two.
    """
    connection.ensure_connection()
    line = connection.connection
    if not isinstance(line, psycopg.Connection):
        return cast("CursorWrapper", connection._prepare_cursor(line.cursor(factory=_SQLiteCursor)))
    usual, line.cursor_factory = line.cursor_factory, psycopg.Cursor
    try:
        return cast("CursorWrapper", connection.cursor())
    finally:
        line.cursor_factory = usual


class _SQLiteCursor(SQLiteCursorWrapper):
    """A cursor that knows SQL again: to mark the places in it anew took as long as many answers."""

    def execute(self, query: str, params: Sequence[Any]) -> Self:  # type: ignore[override]
        """Ask, as Django's cursor does of values without names."""
        return super(SQLiteCursorWrapper, self).execute(_with_marks(query), params)


@lru_cache(maxsize=1024)
def _with_marks(sql: str) -> str:
    """Return SQL with the marks of SQLite, `?`, for Django's."""
    return sql.replace("%%", "\0").replace("%s", "?").replace("\0", "%")


@dataclass(frozen=True)
class _Asking:
    """As much of a query set as its iterators look at."""

    db: str
    model: type[models.Model]
    compiler: SQLCompiler
    _known_related_objects: Mapping[object, object] = field(default_factory=dict)

    @property
    def query(self) -> "_Asking":
        return self

    def get_compiler(self, using: str) -> SQLCompiler:
        return self.compiler


def _form_of(value: object) -> _Form:
    if isinstance(value, int) and not isinstance(value, bool):
        return "number", None
    if isinstance(value, UUID):
        return "id", None
    if type(value) is str:  # a member of a choice is kept apart
        return "text", None
    if not isinstance(value, list | tuple):
        return "same", value
    places = _FEWEST_PLACES
    while places < len(value):
        places *= 2
    return "list", places if 0 < len(value) <= _MOST_PLACES else 0


def _marked(form: _Form, marks: Iterator[int]) -> Any:  # noqa: ANN401  # as queries take it
    kind, about = form
    if kind == "number":
        return next(marks)
    if kind == "id":
        return UUID(int=next(marks))
    if kind == "text":
        return str(next(marks))
    return [next(marks) for _ in range(about)] if kind == "list" else about


def _values(asked: Sequence[Any], forms: Sequence[_Form]) -> Iterator[Any]:
    for value, (kind, places) in zip(asked, forms, strict=True):
        if kind == "list":
            yield from value
            yield from value[-1:] * (places - len(value))
        elif kind != "same":
            yield value


def _as_sent(parameter: object, number: int) -> Callable[[Any], Any] | None:
    """Return what makes of a value what stands where its mark stood; None where that is itself."""
    if parameter == UUID(int=_mark(number)).hex:
        return attrgetter("hex")
    kind = type(parameter)
    return kind if issubclass(kind, int) and kind is not int else None


def _mark(number: int) -> int:
    return _DISTRICT + number * _STEP


def _forms_of(mark: int) -> tuple[object, ...]:
    """Return how a mark may stand among the parameters of SQL."""
    return mark, str(mark), UUID(int=mark), UUID(int=mark).hex
