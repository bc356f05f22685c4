"""The people, groups and terms of an organization, as those who lead it look them up.

A *place* is an organization with all below it: a school, or a district with its schools.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from manypaths.base.errors import NotFound
from manypaths.people.access import (
    Actor,
    current,
    organizations_led_by,
    require_leadership,
    require_leadership_of,
    require_person,
    still_meets,
)
from manypaths.people.models import (
    Group,
    GroupKind,
    Membership,
    Organization,
    OrganizationKind,
    Part,
    Person,
    Relationship,
    Role,
    RoleHeld,
    SourceId,
    Term,
    User,
)
from manypaths.people.names import Name

AT_A_TIME = 50
MOST_TO_CHOOSE = 300
# Counting on would take longer than a page may; the figure says nothing more to a reader either.
MOST_COUNTED = 2_000


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for: by a part of a name or an id, by role, by group."""

    text: str = ""
    role: Role | None = None
    group: Group | None = None


@dataclass(frozen=True)
class PersonRow:
    """A person in a list, with what they do where."""

    person: Person
    roles: list[RoleHeld] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)


@dataclass(frozen=True)
class PeoplePage:
    """Some people by family name, how many there are in all (up to a bound), and who is next."""

    rows: list[PersonRow]
    n_people: int
    next_after: UUID | None

    @property
    def is_counted(self) -> bool:
        """Say whether the number of people is exact."""
        return self.n_people <= MOST_COUNTED


@dataclass(frozen=True)
class PersonRecord:
    """Who somebody is in their district: what holds now, and what has ended."""

    person: Person
    roles: list[RoleHeld]
    past_roles: list[RoleHeld]
    memberships: list[Membership]
    past_memberships: list[Membership]
    supporters: list[Relationship]
    supported: list[Relationship]
    source_ids: list[SourceId]

    def role(self, row_id: int) -> RoleHeld:
        """Return one of the roles held now. Raises NotFound for another row."""
        return _the_row(self.roles, row_id)

    def membership(self, row_id: int) -> Membership:
        """Return one of the places in groups held now. Raises NotFound for another row."""
        return _the_row(self.memberships, row_id)

    def tie(self, row_id: int) -> Relationship:
        """Return one of the ties that hold now, to supporters or to those supported."""
        return _the_row([*self.supporters, *self.supported], row_id)


@dataclass(frozen=True)
class GroupRow:
    """A group in a list, with its leads and how many learn in it."""

    group: Group
    leads: list[Person]
    n_learners: int


@dataclass(frozen=True)
class GroupThen:
    """A group that has ended, with who was in it on its last day."""

    group: Group
    learners: list[Person] = field(default_factory=list)
    leads: list[Person] = field(default_factory=list)


@dataclass(frozen=True)
class GroupsPage:
    """Some groups by name, and whether more follow."""

    rows: list[GroupRow]
    page: int
    has_more: bool


@dataclass(frozen=True)
class GroupRecord:
    """A group with who learns in it and who leads it today."""

    group: Group
    learners: list[Membership]
    leads: list[Membership]


@dataclass(frozen=True)
class FirstSteps:
    """What a place has of all that a first class needs."""

    school: Organization | None
    group: Group | None
    has_term: bool
    has_learners: bool
    lead: Person | None
    lead_signs_in: bool


@dataclass(frozen=True)
class SchoolRow:
    """A school or district in a list, with how many people and groups are there."""

    school: Organization
    n_people: int
    n_groups: int


_OfPerson = TypeVar("_OfPerson", RoleHeld, Membership, Relationship)


def _the_row(rows: Sequence[_OfPerson], row_id: int) -> _OfPerson:
    for row in rows:
        if row.pk == row_id:
            return row
    raise NotFound


def places_led(*, by: Actor) -> list[Organization]:
    """Return the organizations that `by` leads and that are open, the district first. One query.

    Raises NotFound for somebody who leads none.
    """
    require_person(by)
    led = (
        Organization.objects.exclude(kind=OrganizationKind.STATE)
        if not isinstance(by, User)
        else organizations_led_by(by)
    )
    places = list(led.filter(closed_on=None).order_by("kind", "name", "pk"))
    if not places:
        raise NotFound
    return places


def place_named(place_id: UUID | None, *, by: Actor) -> Organization:
    """Return the organization of this id if `by` leads it; without an id their widest one."""
    for place in places_led(by=by):
        if place_id is None or place.public_id == place_id:
            return place
    raise NotFound


def people_in(
    place: Organization, wanted: Wanted, *, by: Actor, after: UUID | None = None
) -> PeoplePage:
    """Return the next people of a place by family name, from after the one with this id.

    Whoever holds a role or learns in a group there today counts. A fixed number of queries.
    """
    require_leadership(by, place)
    found = _wanted_people(place, wanted)
    n_people = found.order_by()[: MOST_COUNTED + 1].count()
    later = found.filter(_after(after)) if after else found
    people = list(later.order_by("family_name", "given_name", "pk")[: AT_A_TIME + 1])
    shown = people[:AT_A_TIME]
    more = shown[-1].public_id if len(people) > AT_A_TIME else None
    return PeoplePage(rows_of(shown), n_people, more)


def people_called(text: str, place: Organization, *, by: Actor, most: int = 10) -> list[PersonRow]:
    """Return a few people of a place whose names hold these words. Fixed queries."""
    require_leadership(by, place)
    if not text.strip():
        return []
    found = _wanted_people(place, Wanted(text=text))
    return rows_of(list(found.order_by("family_name", "given_name", "pk")[:most]))


def already_there(names: Sequence[Name], place: Organization, *, by: Actor) -> set[Name]:
    """Return which of these names people of a place bear already. One query."""
    require_leadership(by, place)
    families = {family for _given, family in names}
    there = people_of(place).filter(family_name__in=families)
    return set(there.values_list("given_name", "family_name")) & set(names)


def record_of(person: Person, *, by: Actor) -> PersonRecord:
    """Return what somebody is in their district, for those who lead them. Fixed queries."""
    require_leadership_of(by, person)
    roles = list(person.roles.select_related("organization").order_by("-starts_on", "pk"))
    memberships = list(
        person.memberships.select_related("group__organization", "group__term").order_by(
            "-starts_on", "pk"
        )
    )
    now_roles = set(person.roles.filter(current()).values_list("pk", flat=True))
    now_groups = set(person.memberships.filter(current()).values_list("pk", flat=True))
    return PersonRecord(
        person=person,
        roles=[row for row in roles if row.pk in now_roles],
        past_roles=[row for row in roles if row.pk not in now_roles],
        memberships=[row for row in memberships if row.pk in now_groups],
        past_memberships=[row for row in memberships if row.pk not in now_groups],
        supporters=list(
            person.supported_by.filter(current()).select_related("supporter").order_by("pk")
        ),
        supported=list(person.supports.filter(current()).select_related("learner").order_by("pk")),
        source_ids=list(person.source_ids.order_by("source", "value")),
    )


def groups_in(place: Organization, *, by: Actor, text: str = "", page: int = 1) -> GroupsPage:
    """Return a page of the groups of a place that still meet, by name. Fixed queries."""
    require_leadership(by, place)
    found = Group.objects.filter(still_meets(), organization__in=_organizations_of(place))
    for word in text.split():
        found = found.filter(name__icontains=word)
    first = (page - 1) * AT_A_TIME
    groups = list(
        _with_learner_counts(found)
        .select_related("organization", "term")
        .order_by("name", "organization__name", "pk")[first : first + AT_A_TIME + 1]
    )
    leads = _leads_of(groups[:AT_A_TIME])
    rows = [
        GroupRow(group, leads.get(group.pk, []), group.n_learners)  # type: ignore[attr-defined]  # annotated above
        for group in groups[:AT_A_TIME]
    ]
    return GroupsPage(rows, page, len(groups) > AT_A_TIME)


def archive_of(place: Organization, *, by: Actor, page: int = 1) -> list[GroupThen]:
    """Return a page of the groups of a place that have ended, the newest first. Fixed queries.

    They are read, and nothing is added to them; see `access.require_meeting`.
    """
    require_leadership(by, place)
    first = (page - 1) * AT_A_TIME
    ended = Group.objects.filter(~still_meets(), organization__in=_organizations_of(place))
    groups = list(
        ended.select_related("organization", "term").order_by("-ends_on", "name", "pk")[
            first : first + AT_A_TIME
        ]
    )
    then = {group.pk: GroupThen(group) for group in groups}
    last = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=F("group__ends_on")), group__in=groups
    )
    for row in last.select_related("person").order_by("person__family_name", "pk"):
        found = then[row.group_id]
        (found.leads if row.part == Part.LEAD else found.learners).append(row.person)
    return list(then.values())


def groups_of(place: Organization, *, by: Actor) -> list[Group]:
    """Return the groups of a place that still meet, for a list to choose from. Two queries.

    A place with more than a list can hold gives its first ones: choose a school in it.
    """
    require_leadership(by, place)
    found = Group.objects.filter(still_meets(), organization__in=_organizations_of(place))
    return list(found.select_related("organization").order_by("name", "pk")[:MOST_TO_CHOOSE])


def group_led(group_id: UUID, *, by: Actor) -> Group:
    """Return the group of this id, for those who lead its school. Raises NotFound for others."""
    require_person(by)
    groups = Group.objects.filter(public_id=group_id).select_related("organization", "term")
    if isinstance(by, User):
        # In one query, so that a group that is there takes no longer than one that is not.
        groups = groups.filter(organization__in=organizations_led_by(by).values("pk"))
    group = groups.first()
    if group is None:
        raise NotFound
    return group


def group_record(group: Group, *, by: Actor) -> GroupRecord:
    """Return who learns in a group and who leads it today, for those who lead its school."""
    require_leadership(by, group.organization)
    rows = list(
        Membership.objects.filter(current(), group=group)
        .select_related("person")
        .order_by("person__family_name", "person__given_name", "pk")
    )
    return GroupRecord(
        group=group,
        learners=[row for row in rows if row.part == Part.LEARNER],
        leads=[row for row in rows if row.part == Part.LEAD],
    )


def terms_in(place: Organization, *, by: Actor) -> list[Term]:
    """Return the terms that groups of a place can meet in, the newest first. One query."""
    require_leadership(by, place)
    terms = Term.objects.filter(
        Q(organization__in=_organizations_of(place)) | Q(organization=place.parent_id)
    )
    return list(terms.select_related("organization").order_by("-starts_on", "name", "pk"))


def first_steps(place: Organization, *, by: Actor) -> FirstSteps:
    """Return how far a place is on the way to its first class. A fixed number of queries."""
    require_leadership(by, place)
    places = Organization.objects.filter(pk__in=_organizations_of(place))
    schools = places.filter(kind=OrganizationKind.SCHOOL)
    groups = Group.objects.filter(still_meets(), organization__in=places, kind=GroupKind.CLASS)
    members = Membership.objects.filter(current(), group__in=groups)
    leads = members.filter(part=Part.LEAD).select_related("person").order_by("pk")[:1]
    return FirstSteps(
        school=schools.order_by("pk").first(),
        group=groups.select_related("organization").order_by("pk").first(),
        has_term=Term.objects.filter(organization__in=places).exists(),
        has_learners=members.filter(part=Part.LEARNER).exists(),
        lead=leads[0].person if leads else None,
        lead_signs_in=any(row.person.user_id is not None for row in leads),
    )


def schools_in(place: Organization, *, by: Actor) -> list[SchoolRow]:
    """Return a place and the schools below it with their people and groups. Fixed queries."""
    require_leadership(by, place)
    places = list(
        Organization.objects.filter(pk__in=_organizations_of(place)).order_by("kind", "name", "pk")
    )
    people = dict(
        RoleHeld.objects.filter(current(), organization__in=places)
        .order_by()
        .values_list("organization")
        .annotate(n=Count("person", distinct=True))
    )
    groups = dict(
        Group.objects.filter(still_meets(), organization__in=places)
        .order_by()
        .values_list("organization")
        .annotate(n=Count("pk"))
    )
    return [SchoolRow(row, people.get(row.pk, 0), groups.get(row.pk, 0)) for row in places]


def _organizations_of(place: Organization) -> list[int]:
    found = Organization.objects.filter(Q(pk=place.pk) | Q(parent=place.pk))
    return list(found.filter(closed_on=None).values_list("pk", flat=True))


def people_of(place: Organization) -> QuerySet[Person]:
    """Return whoever holds a role, learns or leads at a place today."""
    return _people_in(_organizations_of(place))


def _people_in(ids: list[int]) -> QuerySet[Person]:
    roles = RoleHeld.objects.filter(current(), person=OuterRef("pk"), organization__in=ids)
    learns = Membership.objects.filter(
        current(), person=OuterRef("pk"), group__organization__in=ids
    )
    return Person.objects.filter(Exists(roles) | Exists(learns))


def _wanted_people(place: Organization, wanted: Wanted) -> QuerySet[Person]:
    ids = _organizations_of(place)
    found = _people_in(ids)
    if wanted.role is not None:
        held = RoleHeld.objects.filter(
            current(), person=OuterRef("pk"), organization__in=ids, role=wanted.role
        )
        found = found.filter(Exists(held))
    if wanted.group is not None:
        inside = Membership.objects.filter(
            current(), person=OuterRef("pk"), group=wanted.group, group__organization__in=ids
        )
        found = found.filter(Exists(inside))
    return found.filter(_named_so(wanted.text)) if wanted.text.strip() else found


def _named_so(text: str) -> Q:
    named = Q()
    for word in text.split():
        named &= (
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(label__icontains=word)
        )
    ids = SourceId.objects.filter(value=text.strip()).values("person")
    return named | Q(pk__in=ids)


def _after(person_id: UUID) -> Q:
    last = Person.objects.filter(public_id=person_id).first()
    if last is None:
        raise NotFound
    same_family = Q(family_name=last.family_name)
    later = (
        Q(family_name__gt=last.family_name)
        | same_family & Q(given_name__gt=last.given_name)
        | same_family & Q(given_name=last.given_name, pk__gt=last.pk)
    )
    # Said twice, so that the index by name is entered at the right place.
    return Q(family_name__gte=last.family_name) & later


def rows_of(people: Sequence[Person]) -> list[PersonRow]:
    """Return people as lists show them, with their roles and groups of today. Two queries."""
    rows = {person.pk: PersonRow(person) for person in people}
    for held in RoleHeld.objects.filter(current(), person__in=people).select_related(
        "organization"
    ):
        rows[held.person_id].roles.append(held)
    for membership in Membership.objects.filter(current(), person__in=people).select_related(
        "group"
    ):
        rows[membership.person_id].memberships.append(membership)
    return list(rows.values())


def _with_learner_counts(groups: QuerySet[Group]) -> QuerySet[Group]:
    learn = (
        Membership.objects.filter(current(), part=Part.LEARNER, group=OuterRef("pk"))
        .order_by()
        .values("group")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return groups.annotate(n_learners=Coalesce(Subquery(learn), 0))


def _leads_of(groups: Sequence[Group]) -> dict[int, list[Person]]:
    leads: dict[int, list[Person]] = {}
    rows = Membership.objects.filter(current(), part=Part.LEAD, group__in=groups)
    for row in rows.select_related("person").order_by(F("person__family_name"), "pk"):
        leads.setdefault(row.group_id, []).append(row.person)
    return leads
