"""Organizations, groups and their members a page at a time, for programs that go through them.

In the order of public ids, which say neither when a row came nor how many there are.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from manypaths.people.access import (
    Actor,
    Integration,
    current,
    groups_seen_by,
    open_to_integrations,
    organizations_served_by,
    require_group_sight,
    still_meets,
)
from manypaths.people.models import Group, Membership, Organization, Person, SourceId


@dataclass(frozen=True)
class Member:
    """A person in a group today: what they do there, and the ids by which others know them."""

    person: Person
    parts: list[str]
    source_ids: list[tuple[str, str]]

    @property
    def public_id(self) -> UUID:
        """Return the person's id."""
        return self.person.public_id


def organizations_served(*, by: Actor) -> list[Organization]:
    """Return the organizations for which an integration acts, by id; none for people."""
    if not isinstance(by, Integration):
        return []
    return list(organizations_served_by(by).select_related("parent").order_by("public_id"))


@open_to_integrations
def groups_page(*, by: Actor, after: UUID | None, most: int) -> list[Group]:
    """Return groups that `by` may read and that still meet, from after an id. One query."""
    found = groups_seen_by(by).filter(still_meets())
    if after is not None:
        found = found.filter(public_id__gt=after)
    return list(found.select_related("organization", "term").order_by("public_id")[:most])


@open_to_integrations
def members_page(group: Group, *, by: Actor, after: UUID | None, most: int) -> list[Member]:
    """Return who is in a group today, whatever they do there, from after an id. Four queries."""
    require_group_sight(by, group)
    here = Membership.objects.filter(current(), group=group)
    found = Person.objects.filter(Exists(here.filter(person=OuterRef("pk"))))
    if after is not None:
        found = found.filter(public_id__gt=after)
    people = list(found.order_by("public_id")[:most])
    parts: dict[int, list[str]] = {}
    for person, part in here.filter(person__in=people).values_list("person", "part"):
        parts.setdefault(person, []).append(part)
    ids: dict[int, list[tuple[str, str]]] = {}
    known = SourceId.objects.filter(person__in=people).order_by("source", "value")
    for person, source, value in known.values_list("person", "source", "value"):
        ids.setdefault(person, []).append((source, value))
    return [
        Member(person, sorted(set(parts.get(person.pk, ()))), ids.get(person.pk, []))
        for person in people
    ]
