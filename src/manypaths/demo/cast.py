"""The cast of a demo district: one person for each part in which somebody may look around."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from manypaths.base.scope import current_district
from manypaths.demo.arrivals import SOURCE
from manypaths.demo.happenings import address_in
from manypaths.people.access import Operator
from manypaths.people.models import (
    Organization,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
    SourceId,
    User,
)
from manypaths.people.services import give_role, give_sign_in


class Part(StrEnum):
    """As whom somebody may look around."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    EDUCATOR = "educator"
    COACH = "coach"
    LEADER = "leader"
    HEAD = "head"


@dataclass(frozen=True)
class CastMember:
    """One of the cast, and whose guardian or coach they are shown as."""

    part: Part
    person: Person
    beside: Person | None = None


class Shown(Protocol):
    """Those of a demo district whom everything is shown by, by their source ids."""

    @property
    def student(self) -> str:
        """Return the student."""

    @property
    def educator(self) -> str:
        """Return the educator as a learner."""

    @property
    def teacher(self) -> str:
        """Return the lead of the shown class."""


def give_cast_sign_ins(demo: Shown, *, at: datetime) -> None:
    """Let each of the cast sign in, and one lead the whole district: done as it is made."""
    district = Organization.objects.get(pk=current_district())
    head = RoleHeld.objects.filter(role=Role.LEADER).order_by("-pk")[0].person
    give_role(head, Role.LEADER, organization=district, starts_on=at.date(), by=Operator(), at=at)
    for member in cast_of(demo):
        user_of(member.person, at=at)


def cast_of(demo: Shown) -> Iterator[CastMember]:
    """Yield the cast, in the order in which they are shown; whoever is missing is left out."""
    named = SourceId.objects.filter(
        source=SOURCE, value__in=[demo.student, demo.teacher, demo.educator]
    )
    people = {row.value: row.person for row in named.select_related("person__user")}
    student, teacher = people.get(demo.student), people.get(demo.teacher)
    educator = people.get(demo.educator)
    if student is not None:
        yield CastMember(Part.STUDENT, student)
        guardian = _supporter_of(student, RelationshipKind.GUARDIAN)
        if guardian is not None:
            yield CastMember(Part.GUARDIAN, guardian, student)
    if teacher is not None:
        yield CastMember(Part.TEACHER, teacher)
    if educator is not None:
        yield CastMember(Part.EDUCATOR, educator)
        coach = _supporter_of(educator, RelationshipKind.COACH)
        if coach is not None:
            yield CastMember(Part.COACH, coach, educator)
    leader = _leader_beside(teacher) if teacher is not None else None
    if leader is not None:
        yield CastMember(Part.LEADER, leader)
    head = _leader_of_the_district()
    if head is not None:
        yield CastMember(Part.HEAD, head)


def _supporter_of(learner: Person, kind: RelationshipKind) -> Person | None:
    ties = Relationship.objects.filter(learner=learner, kind=kind, ends_on=None)
    tie = ties.select_related("supporter__user").order_by("pk").first()
    return tie.supporter if tie else None


def _leader_beside(teacher: Person) -> Person | None:
    schools = RoleHeld.objects.filter(person=teacher).values("organization")
    held = RoleHeld.objects.filter(role=Role.LEADER, organization__in=schools)
    found = held.select_related("person__user").order_by("pk").first()
    return found.person if found else None


def _leader_of_the_district() -> Person | None:
    held = RoleHeld.objects.filter(role=Role.LEADER, organization=current_district())
    found = held.select_related("person__user").order_by("pk").first()
    return found.person if found else None


def user_of(person: Person, *, at: datetime) -> User:
    """Return the sign-in of one of the cast, made where it is missing."""
    if person.user is not None:
        return person.user
    name = person.source_ids.values_list("value", flat=True).first() or str(person.pk)
    email = address_in(person.district_id, name)
    return give_sign_in(person, email=email, by=Operator(), at=at)
