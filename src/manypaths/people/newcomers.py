"""Who came into a group by one list, and who of them has something of their own here by now."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

from django.db import models
from django.db.models import Q

from manypaths.base.bulk import in_chunks
from manypaths.base.scope import ScopedQuerySet
from manypaths.people.access import Actor, people_led_by, require_leadership
from manypaths.people.keeping import kept_among
from manypaths.people.merging import references_to_people
from manypaths.people.models import (
    Group,
    Membership,
    Merge,
    Part,
    Person,
    Role,
    RoleHeld,
    SourceId,
    ToldApart,
)

Rows = ScopedQuerySet[models.Model]


@dataclass(frozen=True)
class Newcomers:
    """Who came into a group by one list, as row ids of the people and of their places in it."""

    group: Group
    people: Collection[int]
    memberships: Collection[int]


def source_of_list(group: Group) -> str:
    """Return as what the ids of a group's lists are known."""
    return f"list of {group.public_id}"


def newcomers_who_stay(newcomers: Newcomers, *, by: Actor) -> list[Person]:
    """Return who would stay if their list were taken back, by name. A fixed number of queries.

    Whoever signs in stays, whoever was merged or is kept by law, and whoever any row names but
    those that the list itself made: evidence, a step, a note, another class, a guardian. So does
    whoever was moved away meanwhile.
    """
    require_leadership(by, newcomers.group.organization)
    there = on_record(newcomers, by=by)
    stays = kept_among(there) | (there - _in_their_places(newcomers))
    for chunk in in_chunks(sorted(there)):
        people = Person.objects.filter(pk__in=chunk)
        of_their_own = Q(user__isnull=False) | Q(merged_into__isnull=False)
        stays.update(people.filter(of_their_own).values_list("pk", flat=True))
        for rows, name in _rows_beside(newcomers, chunk):
            stays.update(rows.values_list(f"{name}_id", flat=True))
    found = Person.objects.filter(pk__in=stays & there)
    return list(found.order_by("family_name", "given_name", "pk"))


def on_record(newcomers: Newcomers, *, by: Actor) -> set[int]:
    """Return who of them is on record still (row ids): in their place, or led by `by` elsewhere."""
    require_leadership(by, newcomers.group.organization)
    found = _in_their_places(newcomers)
    for chunk in in_chunks(sorted(set(newcomers.people) - found)):
        found.update(people_led_by(by).filter(pk__in=chunk).values_list("pk", flat=True))
    return found & set(newcomers.people)


def _in_their_places(newcomers: Newcomers) -> set[int]:
    """Return who has the place in the group that the list gave."""
    found: set[int] = set()
    for chunk in in_chunks(sorted(newcomers.memberships)):
        rows = Membership.objects.filter(pk__in=chunk, group=newcomers.group, part=Part.LEARNER)
        found.update(rows.values_list("person", flat=True))
    return found


def _rows_beside(newcomers: Newcomers, people: Collection[int]) -> Iterator[tuple[Rows, str]]:
    """Yield the rows that name people, table by table, without those that their list made."""
    group = newcomers.group
    made: dict[type[models.Model], Q] = {
        Membership: Q(pk__in=newcomers.memberships),
        RoleHeld: Q(organization=group.organization, role=Role.STUDENT, source=""),
        SourceId: Q(source=source_of_list(group)),
    }
    tables: list[tuple[type[models.Model], str]] = [(Merge, "kept"), (Merge, "other")]
    for table, name in (*references_to_people((ToldApart,)), *tables):
        rows = table._default_manager.filter(**{f"{name}__in": people})
        yield cast("Rows", rows.exclude(made[table]) if table in made else rows), name
