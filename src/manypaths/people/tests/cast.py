"""The cast of all tests: who they are to Ada, and so what they may see."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from manypaths.people.access import Operator
from manypaths.people.models import Group, Organization, Part, Person, RelationshipKind, Role, User
from manypaths.people.services import (
    add_people,
    create_district,
    create_group,
    create_school,
    enroll,
    relate,
)

OPERATOR = Operator()
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SINCE = date(2020, 9, 1)


@dataclass(frozen=True)
class Cast:
    """Ada learns with Ben; Dana leads their school; Eli is her guardian; Cleo teaches elsewhere."""

    district: Organization
    school: Organization
    ada: Person
    ben: Person
    cleo: Person
    dana: Person
    eli: Person
    ada_class: Group
    cleo_class: Group
    school_elsewhere: Organization


def user_of(person: Person) -> User:
    """Return the sign-in of a person, made on first use."""
    if person.user is None:
        address = f"{person.given_name.lower()}@example.org"
        # As everybody is made: a password is set by whoever is invited.
        person.user = User.objects.create(username=address, email=address, password="!")
        person.save(update_fields=["user"])
    return person.user


def make_district(name: str = "Riverside") -> Organization:
    return create_district(name, by=OPERATOR, at=AT)


def make_person(name: str, school: Organization, role: Role) -> Person:
    given, _, family = name.partition(" ")
    return add_people(
        [(given, family)], organization=school, role=role, starts_on=SINCE, by=OPERATOR, at=AT
    )[0]


def make_class(name: str, school: Organization, *, lead: Person, learners: list[Person]) -> Group:
    group = create_group(school, name, by=OPERATOR, at=AT)
    enroll(group, [lead], part=Part.LEAD, starts_on=SINCE, by=OPERATOR, at=AT)
    enroll(group, learners, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return group


def make_cast(district: Organization) -> Cast:
    """Make the cast in the current scope, which is the district's."""
    school = create_school("Hill School", parent=district, by=OPERATOR, at=AT)
    elsewhere = create_school("Lake School", parent=district, by=OPERATOR, at=AT)
    ada = make_person("Ada Okafor", school, Role.STUDENT)
    ben = make_person("Ben Silva", school, Role.TEACHER)
    dana = make_person("Dana Novak", school, Role.LEADER)
    eli = make_person("Eli Okafor", school, Role.FAMILY)
    cleo = make_person("Cleo Marsh", elsewhere, Role.TEACHER)
    other = make_person("Omar Haddad", elsewhere, Role.STUDENT)
    relate(
        [(eli, ada)],
        kind=RelationshipKind.GUARDIAN,
        organization=school,
        starts_on=SINCE,
        consented_on=SINCE + timedelta(days=1),
        by=OPERATOR,
        at=AT,
    )
    return Cast(
        district=district,
        school=school,
        ada=ada,
        ben=ben,
        cleo=cleo,
        dana=dana,
        eli=eli,
        ada_class=make_class("7B Mathematics", school, lead=ben, learners=[ada]),
        cleo_class=make_class("7A Mathematics", elsewhere, lead=cleo, learners=[other]),
        school_elsewhere=elsewhere,
    )
