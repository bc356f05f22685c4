"""Reads of organizations, persons and groups, each for somebody who may."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from manypaths.base.bulk import in_chunks
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.base.prepared import prepared
from manypaths.people.access import (
    Actor,
    current,
    groups_seen_by,
    open_to_integrations,
    people_seen_by,
    remember_members,
    require_group_sight,
    require_operator,
)
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    OrganizationKind,
    Part,
    Person,
    SourceId,
)

# So much of a public id tells the members of a group apart.
SHORT_ID = 8
# A given and a family name of a hundred letters each, and a space.
_LONGEST_NAME = 201


def districts(*, by: Actor) -> list[Organization]:
    """Return all districts of this installation, for the operator."""
    require_operator(by)
    return list(Organization.every_district.filter(kind=OrganizationKind.DISTRICT).order_by("pk"))


def is_all_invented(*, by: Actor) -> bool:
    """Say whether no district here is one of real people. Works on tables of an earlier version."""
    require_operator(by)
    found = Organization.every_district.filter(kind=OrganizationKind.DISTRICT)
    return all(found.values_list("is_demonstration", flat=True))


def zone_of(organization: Organization) -> ZoneInfo:
    """Return the time zone in which the organization's days begin and end."""
    return ZoneInfo(organization.time_zone)


def learner_named(text: str, *, by: Actor) -> Person:
    """Return the person whom `text` names by our public id, a source's id or a whole name.

    Raises NotFound where nobody whom `by` may see is called so, Refused where several are.
    """
    if not text.strip():
        raise NotFound
    ids = SourceId.objects.filter(value=text).values("person")
    public_id = as_public_id(text)
    was_merged = Person.objects.filter(Q(public_id=public_id)).values("merged_into")
    of_ours = Q(public_id=public_id) | Q(pk__in=was_merged)
    for named in (of_ours, Q(pk__in=ids), _called(text)):
        people = list(people_seen_by(by).filter(named)[:2])
        if people:
            return _the_one(people, text)
    raise NotFound


def learners_with_ids(ids: Sequence[str], *, by: Actor) -> dict[str, Person]:
    """Return the people whom ids name, ours or those of a source. A query or two a few thousand.

    Raises NotFound where `by` may see nobody with one of the ids, Refused where several have it.
    """
    found: dict[str, Person] = {}
    seen = people_seen_by(by)
    for chunk in in_chunks(ids):
        public = {public_id: text for text in chunk if (public_id := as_public_id(text))}
        pairs = [(public[p.public_id], p) for p in seen.filter(public_id__in=list(public))]
        if len(pairs) < len(public):
            merged = Person.objects.filter(public_id__in=list(public), merged_into__in=seen)
            pairs += [
                (public[p.public_id], p.merged_into)
                for p in merged.select_related("merged_into")
                if p.merged_into
            ]
        rows = SourceId.objects.filter(value__in=chunk, person__in=seen).select_related("person")
        for text, person in (*pairs, *((row.value, row.person) for row in rows)):
            if found.setdefault(text, person).pk != person.pk:
                raise Refused(
                    gettext(
                        "Several people have the id {text}. Use our id of the one you mean."
                    ).format(text=text)
                )
    if any(text not in found for text in ids):
        raise NotFound
    return found


def group_named(text: str, *, by: Actor) -> Group:
    """Return the group whom `text` names by its name or public id.

    Raises NotFound where `by` leads no such group, Refused where several have the name.
    """
    public_id: UUID | None = as_public_id(text)
    seen = groups_seen_by(by)
    wanted = seen.filter(public_id=public_id) if public_id else seen.filter(name=text)
    groups = list(wanted.select_related("organization")[:2])
    if not groups:
        raise NotFound
    if len(groups) > 1:
        raise Refused(
            gettext(
                "Several groups are called {text}. Use the id of the one that you mean."
            ).format(text=text)
        )
    return groups[0]


def learners_in(group: Group, ids: Sequence[str], *, by: Actor) -> list[Person]:
    """Return those learners of a group whom the beginnings of public ids name, by family name.

    Raises NotFound where one names nobody who learns in it, or several.
    """
    wanted = {one[:SHORT_ID] for one in ids if len(one) >= SHORT_ID}
    found = [one for one in learners_of(group, by=by) if str(one.public_id)[:SHORT_ID] in wanted]
    if len(found) != len(set(ids)):
        raise NotFound
    return found


@open_to_integrations
def learners_of(group: Group, *, by: Actor) -> list[Person]:
    """Return who learns in the group today, by family name."""
    require_group_sight(by, group)
    found = _members(group.pk)
    remember_members(by, found)
    return found


@prepared
def _members(group: int) -> QuerySet[Person]:
    learn = Membership.objects.filter(current(), group=group, part=Part.LEARNER)
    people = Person.objects.filter(pk__in=learn.values("person"))
    return people.order_by("family_name", "given_name", "pk")


def people_signed_in(users: Sequence[int]) -> dict[int, Person]:
    """Return the people behind sign-ins of the district, by the user's row id. At most one query.

    For those who have a record in hand and name who did what to it.
    """
    wanted = sorted(set(users))
    return {person.user_id or 0: person for person in _people_of(wanted)} if wanted else {}


@prepared
def _people_of(users: Sequence[int]) -> QuerySet[Person]:
    return Person.objects.filter(user__in=users)


def _called(text: str) -> Q:
    """Return the condition of being called so: both given and family names may have spaces."""
    called = Q(label=text)
    if len(text) > _LONGEST_NAME:
        return called
    words = text.split(" ")
    for n_given in range(len(words) + 1):
        given, family = " ".join(words[:n_given]), " ".join(words[n_given:])
        called |= Q(given_name=given, family_name=family)
    return called


def _the_one(people: list[Person], text: str) -> Person:
    if len(people) > 1:
        raise Refused(
            gettext(
                "Several people are called {text}. Use the id of the one that you mean."
            ).format(text=text)
        )
    return people[0]
