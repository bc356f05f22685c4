"""Rows of one person given to another, and back: whatever table says that it is somebody's.

The tables are asked which of their fields name a person, so that a new one can't be forgotten.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from manypaths.base.bulk import in_chunks
from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.personal import declared_models
from manypaths.base.scope import ScopedQuerySet
from manypaths.people.access import (
    Actor,
    Integration,
    Operator,
    organizations_led_by,
    require_leadership_of,
    require_sight,
)
from manypaths.people.models import (
    Membership,
    Merge,
    Person,
    Relationship,
    RoleHeld,
    SignInFate,
)

Table = type[models.Model]
# A row that stands somewhere from a day, to a day or open.
Standing = Membership | RoleHeld | Relationship
# What stands where for how long; a person who is in two rosters at once needs one of two rows.
_STANDING: tuple[tuple[Table, str, tuple[str, ...]], ...] = (
    (Membership, "person", ("group_id", "part")),
    (RoleHeld, "person", ("organization_id", "role")),
    (Relationship, "learner", ("supporter_id", "kind")),
    (Relationship, "supporter", ("learner_id", "kind")),
)


@dataclass
class Moves:
    """What went from one person to another: ids of rows by table and field, and whole rows."""

    moved: dict[str, list[int]] = field(default_factory=dict)
    set_aside: list[dict[str, Any]] = field(default_factory=list)


def require_merge_right(by: Actor, people: Sequence[Person]) -> None:
    """Raise NotFound unless `by` leads all of these people, Refused where that is not enough.

    Whoever holds something at a school that `by` does not lead would bring it along; and nobody
    becomes more by a merge of their own.
    """
    require_sight(by, people)
    for person in people:
        require_leadership_of(by, person)
    if isinstance(by, Operator):
        return
    if isinstance(by, Integration):
        raise NotFound
    if any(person.user_id == by.pk for person in people):
        raise Refused(_("Nobody merges themselves: another leader can."))
    led = organizations_led_by(by)
    to_come = Q(ends_on=None) | Q(ends_on__gte=today())
    roles = RoleHeld.objects.filter(to_come, person__in=people).exclude(organization__in=led)
    places = Membership.objects.filter(to_come, person__in=people)
    if roles.exists() or places.exclude(group__organization__in=led).exists():
        raise Refused(
            _("One of them belongs to another place as well: a leader of the district can do this.")
        )


def move_rows(other: Person, kept: Person, *, but_not: Collection[Table] = ()) -> Moves:
    """Give all rows of the one person to the other; `but_not` tables that are computed anew.

    A row that would say a second time what one of the kept person's says is set aside, or stays
    where other rows hang on it.
    """
    moves = Moves()
    _set_doubles_aside(other, kept, moves)
    for table, name in references_to_people(but_not):
        ids = _hand_on(table, name, other, kept, moves)
        if ids:
            moves.moved[f"{table._meta.label_lower}.{name}"] = ids
    return moves


def holds_rows_of(later: Merge, merge: Merge) -> bool:
    """Say whether a later merge set a row aside that an earlier one had brought."""
    brought = {
        (place.rpartition(".")[0], row_id) for place, ids in merge.moved.items() for row_id in ids
    }
    aside = {(row["table"], int(row["values"]["id"])) for row in later.set_aside}
    return not brought.isdisjoint(aside)


def move_rows_back(merge: Merge) -> None:
    """Give all rows of a merge back that are still there, and bring back what was set aside."""
    for place, ids in merge.moved.items():
        label, _dot, name = place.rpartition(".")
        table = apps.get_model(label)
        for chunk in in_chunks(ids):
            _rows(table, **{"pk__in": chunk, name: merge.kept}).hand_on(**{name: merge.other_id})
    for row in merge.set_aside:
        _bring_back(apps.get_model(row["table"]), row["values"])


def move_sign_in(other: Person, kept: Person) -> SignInFate:
    """Let the kept person sign in as the other did, or end that where they sign in already."""
    user = other.user
    if user is None:
        return SignInFate.NONE
    if kept.user is None:
        other.user, kept.user = None, user
        other.save(update_fields=["user"])
        kept.save(update_fields=["user"])
        return SignInFate.MOVED
    if not user.is_active:
        return SignInFate.NONE
    user.is_active = False
    user.save(update_fields=["is_active"])
    return SignInFate.ENDED


def move_sign_in_back(merge: Merge) -> None:
    """Let both sign in as before the merge."""
    other, kept = merge.other, merge.kept
    if merge.sign_in == SignInFate.MOVED and kept.user is not None:
        user, kept.user = kept.user, None
        kept.save(update_fields=["user"])
        other.user = user
        other.save(update_fields=["user"])
    if merge.sign_in == SignInFate.ENDED and other.user is not None:
        other.user.is_active = True
        other.user.save(update_fields=["is_active"])


def rows_by_table(person: Person) -> dict[str, int]:
    """Return how many rows of each table and field name a person, for those that there are."""
    counts = {
        f"{table._meta.label_lower}.{name}": _rows(table, **{name: person}).count()
        for table, name in references_to_people(())
    }
    return {place: n for place, n in counts.items() if n}


def references_to_people(but_not: Collection[Table] = ()) -> Iterator[tuple[Table, str]]:
    """Yield each table, but that of merges, with each field of it that names a person."""
    for table, _personal in declared_models():
        if table is Merge or table in but_not or hasattr(table, "stays_when_merged"):
            continue
        for one in table._meta.concrete_fields:
            if one.related_model is Person:
                yield table, one.name


def _rows(table: Table, **wanted: object) -> ScopedQuerySet[Any]:
    # Any: whatever table it is; all that name a person are reached through their district.
    return cast("ScopedQuerySet[Any]", table._default_manager.filter(**wanted))


def _hand_on(table: Table, name: str, other: Person, kept: Person, moves: Moves) -> list[int]:
    rows = _rows(table, **{name: other})
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return []
    try:
        with transaction.atomic():
            rows.hand_on(**{name: kept.pk})
            return ids
    except IntegrityError:
        return [row_id for row_id in ids if _hand_one_on(table, row_id, name, kept, moves)]


def _hand_one_on(table: Table, row_id: int, name: str, kept: Person, moves: Moves) -> bool:
    """Give one row to the kept person; where there is one like it already, set it aside."""
    rows = _rows(table, pk=row_id)
    try:
        with transaction.atomic():
            rows.hand_on(**{name: kept.pk})
            return True
    except IntegrityError:
        row = rows.get()
        if not _is_hung_upon(row):
            _set_aside(row, moves)
        return False


def _is_hung_upon(row: models.Model) -> bool:
    hanging = row._meta.related_objects
    return any(_rows(one.related_model, **{one.field.name: row}).exists() for one in hanging)


def _set_doubles_aside(other: Person, kept: Person, moves: Moves) -> None:
    """Set aside what both have at the same place and time, of the two rows that which says less."""
    for table, name, keys in _STANDING:
        own: dict[tuple[Any, ...], list[Any]] = {}
        for row in _rows(table, **{name: kept}):
            own.setdefault(tuple(getattr(row, key) for key in keys), []).append(row)
        for row in _rows(table, **{name: other}).order_by("pk"):
            beside = own.get(tuple(getattr(row, key) for key in keys), [])
            for mine in list(beside):
                lesser = _lesser(row, mine)
                if lesser is None:
                    continue
                _set_aside(lesser, moves)
                if lesser is row:
                    break
                beside.remove(mine)


def _lesser(one: Standing, mine: Standing) -> Standing | None:
    """Return which of two rows is not needed beside the other, None where both are."""
    if one.source == mine.source and _says_all_of(mine, one):
        return one
    if one.source == mine.source and _says_all_of(one, mine):
        return mine
    if one.starts_on != mine.starts_on:
        return None
    return min((one, mine), key=_weight)  # a table holds one of a start


def _says_all_of(row: Standing, other: Standing) -> bool:
    is_longer = row.starts_on <= other.starts_on and _end(row) >= _end(other)
    return is_longer and _has_consent(row) >= _has_consent(other)


def _weight(row: Standing) -> tuple[bool, date]:
    return _has_consent(row), _end(row)


def _has_consent(row: Standing) -> bool:
    return getattr(row, "consented_on", None) is not None


def _end(row: Standing) -> date:
    return row.ends_on or date.max


def _set_aside(row: models.Model, moves: Moves) -> None:
    values = {
        one.attname: None if one.value_from_object(row) is None else one.value_to_string(row)
        for one in row._meta.concrete_fields
    }
    moves.set_aside.append({"table": row._meta.label_lower, "values": values})
    _rows(type(row), pk=row.pk).delete()


def _bring_back(table: Table, values: Mapping[str, Any]) -> None:
    row = table()
    for one in table._meta.concrete_fields:
        if one.attname in values:
            text = values[one.attname]
            setattr(row, one.attname, None if text is None else one.to_python(text))
    for one in table._meta.concrete_fields:
        if one.related_model is Person:
            person = _who_is(getattr(row, one.attname))
            if person is None:
                return  # whoever it was about has been erased
            setattr(row, one.attname, person.pk)
    everywhere = getattr(table, "every_district", table._default_manager)
    if everywhere.filter(pk=row.pk).exists():
        row.pk = None  # numbers are given once, but for a table that was put back from elsewhere
    row.save(force_insert=True)


def _who_is(person_id: int) -> Person | None:
    """Return a person, or whom they were merged into meanwhile; None where nobody is there."""
    person = Person.objects.filter(pk=person_id).first()
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person
