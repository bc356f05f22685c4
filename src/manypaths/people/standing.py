"""What a signed-in person is in their district: which classes they lead, for whom they care."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

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
    """Return the person and district that a sign-in belongs to, None where it has none."""
    person = Person.every_district.filter(user=user).first()
    if person is None:
        return None
    person.user = user
    district = Organization.every_district.get(pk=person.district_id)
    return Home(person, district)


class Standing:
    """What a person is today, each part read when it is first asked for, inside the scope."""

    def __init__(self, person: Person, user: User) -> None:
        self._person, self._user = person, user

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Return the roles that the person holds anywhere."""
        held = RoleHeld.objects.filter(current(), person=self._person)
        return frozenset(Role(role) for role in held.values_list("role", flat=True))

    @cached_property
    def leads(self) -> list[Group]:
        """Return the classes that the person leads, by name."""
        led = Membership.objects.filter(current(), part=Part.LEAD, person=self._person)
        groups = Group.objects.filter(pk__in=led.values("group"), kind=GroupKind.CLASS)
        return list(groups.select_related("organization").order_by("name", "pk"))

    @cached_property
    def cares_for(self) -> list[Person]:
        """Return the learners in the person's care, by name."""
        ties = Relationship.objects.filter(
            current(),
            supporter=self._person,
            kind=RelationshipKind.GUARDIAN,
            consented_on__isnull=False,
        )
        children = Person.objects.filter(pk__in=ties.values("learner"))
        return list(children.order_by("given_name", "family_name", "pk"))

    @cached_property
    def leads_organizations(self) -> list[Organization]:
        """Return the district or schools that the person leads."""
        return list(organizations_led_by(self._user).order_by("kind", "name", "pk"))

    @cached_property
    def belongs(self) -> bool:
        """Say whether the person holds a role, a membership or a tie today, whichever."""
        if self.roles:
            return True
        is_member = Membership.objects.filter(current(), person=self._person)
        is_tied = Relationship.objects.filter(current(), supporter=self._person)
        return is_member.exists() or is_tied.exists()

    @property
    def is_leader(self) -> bool:
        """Say whether the person leads a district or school."""
        return Role.LEADER in self.roles

    @property
    def is_educator(self) -> bool:
        """Say whether the person works as an educator."""
        return bool(self.roles & set(EDUCATOR_ROLES))

    @property
    def is_student(self) -> bool:
        """Say whether the person is a student."""
        return Role.STUDENT in self.roles
