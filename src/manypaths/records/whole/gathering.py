"""Gather a person's rows with all that they refer to, each with its number in the record."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from manypaths.base.bulk import in_chunks
from manypaths.base.personal import OF_NOBODY, PersonalFields
from manypaths.estimates.models import FittedModel
from manypaths.evidence.models import Alignment, Answer, Criterion, Task
from manypaths.frameworks.models import (
    Association,
    Competency,
    Framework,
    Level,
    Progression,
    Scale,
)
from manypaths.people.models import Person, User
from manypaths.records.whole.kinds import (
    AROUND,
    Model,
    all_rows,
    fields_out,
    is_actor,
    name_of,
    own_kinds,
    plain,
    rows_about,
)

# Whose parts go along whole: a framework with all of its versions, a task with its answers.
_PARTS: tuple[tuple[Model, str, Model], ...] = (
    (Framework, "framework", Competency),
    (Framework, "framework", Association),
    (Competency, "competency", Progression),
    (Scale, "scale", Level),
    (Task, "task", Alignment),
    (Task, "task", Answer),
    (Task, "task", Criterion),
)


@dataclass
class Gathered:
    """A person's rows, what they refer to, and whoever else is in them."""

    person: Person
    own: dict[Model, list[Any]] = field(default_factory=dict)
    around: dict[Model, dict[int, Any]] = field(default_factory=lambda: defaultdict(dict))
    people: set[int] = field(default_factory=set)
    users: set[int] = field(default_factory=set)
    declared: dict[Model, PersonalFields] = field(default_factory=dict)
    _places: dict[Model, dict[int, int]] = field(default_factory=dict)

    def number(self, model: Model, pk: int) -> int | None:
        """Return the number of a row within the record, from 1 in the order of ids."""
        if model not in self._places:
            self._places[model] = {pk: n for n, pk in enumerate(sorted(self._pks(model)), 1)}
        return self._places[model].get(pk)

    def ref(self, model: Model, pk: int | None) -> str | None:
        """Return how the record names a row: its kind and number."""
        number = None if pk is None else self.number(model, pk)
        return None if number is None else f"{name_of(model)}:{number}"

    def as_json(self, row: models.Model) -> dict[str, Any]:
        """Return a row as the record has it."""
        model = type(row)
        told: dict[str, Any] = {"ref": self.ref(model, row.pk)}
        for each in fields_out(model, self.declared.get(model, OF_NOBODY)):
            value = getattr(row, each.attname)
            if each.related_model is not None:
                told[each.name] = self.ref(each.related_model, value)
            elif is_actor(each):
                told[each.name] = self.ref(User, value)
            else:
                told[each.name] = plain(value)
        return told

    def _pks(self, model: Model) -> Iterable[int]:
        if model is Person:
            return {*self.people, self.person.pk}
        if model is User:
            return self.users
        if model in self.own:
            return [row.pk for row in self.own[model]]
        return self.around.get(model, {})


def gather(person: Person, *, with_notes: bool) -> Gathered:
    """Return all rows about a person with all that these refer to. A fixed number of queries."""
    found = Gathered(person)
    waiting: dict[Model, set[int]] = defaultdict(set)
    for model, declared in own_kinds(with_notes=with_notes):
        found.declared[model] = declared
        found.own[model] = list(rows_about(model, declared, person))
    for model, rows in found.own.items():
        _follow(found, model, rows, waiting)
    while any(waiting.values()):
        for model in AROUND:
            _fetch(found, model, waiting)
    return found


def _fetch(found: Gathered, model: Model, waiting: dict[Model, set[int]]) -> None:
    """Read the rows that are waited for, with their parts, and see what these refer to."""
    wanted = sorted(waiting.pop(model, set()) - found.around[model].keys())
    if not wanted:
        return
    rows = [row for chunk in in_chunks(wanted) for row in all_rows(model).filter(pk__in=chunk)]
    if model is FittedModel:
        rows = [row for row in rows if row.in_force]
    if model is Framework:
        families = {row.family_id for row in rows}
        rows = list(all_rows(Framework).filter(family__in=families))
    found.around[model].update((row.pk, row) for row in rows)
    _follow(found, model, rows, waiting)
    for whole, path, part in _PARTS:
        if whole is model:
            pks = [row.pk for row in rows]
            parts = [
                each
                for chunk in in_chunks(pks)
                for each in all_rows(part).filter(**{f"{path}__in": chunk})
            ]
            waiting[part].update(each.pk for each in parts)


def _follow(found: Gathered, model: Model, rows: list[Any], waiting: dict[Model, set[int]]) -> None:
    for each in fields_out(model, found.declared.get(model, OF_NOBODY)):
        if each.related_model is None and not is_actor(each):
            continue
        values = {getattr(row, each.attname) for row in rows} - {None}
        if each.related_model is Person:
            found.people |= values
        elif each.related_model is User or is_actor(each):
            found.users |= values
        elif each.related_model in AROUND:
            waiting[each.related_model] |= values
