"""What a signed-in person is in their district: which classes they lead, for whom they care."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, QuerySet, Value, When

from manypaths.base.prepared import prepared
from manypaths.people.access import EDUCATOR_ROLES, current, organizations_led_by
from manypaths.people.models import (
    Group,
    GroupKind,
    Membership,
    Organization,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
    User,
)
from manypaths.people.queries import zone_of


@dataclass(frozen=True)
class Home:
    """Where a sign-in belongs: its person and their district. Read above all scopes, by user."""

    person: Person
    district: Organization

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the district's days."""
        return zone_of(self.district)


def home_of(user: User) -> Home | None:
    """Return the person and district that a sign-in belongs to, None where it has none.

    One query, or two where the user was read without the person.
    """
    is_read = User.person.is_cached(user)
    person = getattr(user, "person", None) if is_read else _person_of.first(user.pk)
    if person is None:
        return None
    person.user = user
    (district,) = _organization(person.district_id)
    return Home(person, district)


class Standing:
    """What a person is today, each part read when it is first asked for, inside the scope."""

    def __init__(self, person: Person, user: User) -> None:
        self._person, self._user = person, user

    @cached_property
    def _ties(self) -> list[tuple[str, int]]:
        return _ties_of(self._person.pk)

    def _tied(self, *kinds: str) -> list[int]:
        return [key for kind, key in self._ties if kind in kinds]

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Return the roles that the person holds anywhere."""
        return frozenset(Role(kind) for kind, _ in self._ties if kind in _ROLES)

    @cached_property
    def leads(self) -> list[Group]:
        """Return the classes that the person leads, by name."""
        led = self._tied(_LEADS)
        return _classes(led) if led else []

    @cached_property
    def cares_for(self) -> list[Person]:
        """Return the learners in the person's care, by name."""
        children = self._tied(_CARES)
        return _children(children) if children else []

    @cached_property
    def leads_organizations(self) -> list[Organization]:
        """Return the district or schools that the person leads."""
        return list(organizations_led_by(self._user).order_by("kind", "name", "pk"))

    @property
    def belongs(self) -> bool:
        """Say whether the person holds a role, a membership or a tie today, whichever."""
        return bool(self._ties)

    @property
    def is_leader(self) -> bool:
        """Say whether the person leads a district or school."""
        return Role.LEADER in self.roles

    @property
    def leads_district(self) -> bool:
        """Say whether the person leads the whole district."""
        return (Role.LEADER, self._person.district_id) in self._ties

    @property
    def is_educator(self) -> bool:
        """Say whether the person works as an educator."""
        return bool(self.roles & set(EDUCATOR_ROLES))

    @property
    def is_student(self) -> bool:
        """Say whether the person is a student."""
        return Role.STUDENT in self.roles


# Django makes the list of a choice's values anew each time.
_ROLES = frozenset(Role.values)
# Kinds of ties beside the roles.
_LEADS, _LEARNS, _CARES, _SUPPORTS = "leads", "learns", "cares", "supports"


@prepared
def _person_of(user: int) -> QuerySet[Person]:
    return Person.every_district.filter(user=user)


@prepared
def _organization(key: int) -> QuerySet[Organization]:
    return Organization.every_district.filter(pk=key)


@prepared
def _ties_of(person: int) -> QuerySet[Any, tuple[str, int]]:
    """Return all that a person is today: roles and where, groups, people in their care or not."""
    roles = RoleHeld.objects.filter(current(), person=person)
    places = Membership.objects.filter(current(), person=person)
    part = Case(When(part=Part.LEAD, then=Value(_LEADS)), default=Value(_LEARNS))
    ties = Relationship.objects.filter(current(), supporter=person)
    in_care = When(kind=RelationshipKind.GUARDIAN, consented_on__isnull=False, then=Value(_CARES))
    care = Case(in_care, default=Value(_SUPPORTS))
    return (
        roles.order_by()
        .values_list("role", "organization")
        .union(
            places.annotate(what=part).values_list("what", "group"),
            ties.annotate(what=care).values_list("what", "learner"),
            all=True,
        )
    )


@prepared
def _classes(groups: Sequence[int]) -> QuerySet[Group]:
    found = Group.objects.filter(pk__in=groups, kind=GroupKind.CLASS)
    return found.order_by("name", "pk")


@prepared
def _children(people: Sequence[int]) -> QuerySet[Person]:
    found = Person.objects.filter(pk__in=people)
    return found.order_by("given_name", "family_name", "pk")
