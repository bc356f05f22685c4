"""Deeds on who is where: roles, places in groups, ties, names; each with the day it holds from."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.people.access import (
    Actor,
    current,
    require_leadership,
    require_leadership_of,
    require_meeting,
    require_sight,
)
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
)
from manypaths.people.names import Name, part_of_name

_ONE_DAY = timedelta(days=1)
# What role somebody gets who comes in as the supporter of a learner.
_ROLE_OF_SUPPORTER = {
    RelationshipKind.GUARDIAN: Role.FAMILY,
    RelationshipKind.MENTOR: Role.MENTOR,
    RelationshipKind.COACH: Role.COACH,
    RelationshipKind.ADVISOR: Role.TEACHER,
}


@transaction.atomic
def add_to_group(
    names: Sequence[Name],
    *,
    group: Group,
    part: Part,
    role: Role,
    starts_on: date,
    by: Actor,
    at: datetime,
) -> list[Person]:
    """Add persons with a role in the group's organization, and make them members of the group."""
    require_leadership(by, group.organization)
    require_meeting(group)
    people = Person.objects.bulk_create(
        [
            Person(given_name=part_of_name(given), family_name=part_of_name(family))
            for given, family in names
        ],
        AT_ONCE,
    )
    RoleHeld.objects.bulk_create(
        [
            RoleHeld(person=person, organization=group.organization, role=role, starts_on=starts_on)
            for person in people
        ],
        AT_ONCE,
    )
    Membership.objects.bulk_create(
        [
            Membership(group=group, person=person, part=part, starts_on=starts_on)
            for person in people
        ],
        AT_ONCE,
    )
    record_deed(
        "add to group",
        by=by,
        at=at,
        subject=("group", group.pk),
        part=part.value,
        role=role.value,
        count=len(people),
    )
    return people


@transaction.atomic
def rename_person(
    person: Person, *, given_name: str, family_name: str, by: Actor, at: datetime
) -> Person:
    """Correct how a person is called. Raises Refused for a name without a letter."""
    require_leadership_of(by, person)
    if not (given_name.strip() or family_name.strip()):
        raise Refused(_("A name needs at least one letter."))
    person.given_name = part_of_name(given_name)
    person.family_name = part_of_name(family_name)
    person.save(update_fields=["given_name", "family_name"])
    record_deed("rename person", by=by, at=at, subject=("person", person.pk))
    return person


@transaction.atomic
def give_role(
    person: Person,
    role: Role,
    *,
    organization: Organization,
    starts_on: date,
    by: Actor,
    at: datetime,
) -> RoleHeld:
    """Give a person a role in an organization from a day. Raises Refused where they hold it."""
    require_leadership(by, organization)
    require_sight(by, [person])
    held = RoleHeld.objects.filter(current(), person=person, organization=organization, role=role)
    if held.exists():
        raise Refused(_("This person holds this role here already."))
    given = RoleHeld.objects.create(
        person=person, organization=organization, role=role, starts_on=starts_on
    )
    record_deed("give role", by=by, at=at, subject=("person", person.pk), role=role.value)
    return given


@transaction.atomic
def end_role(held: RoleHeld, *, ends_on: date, by: Actor, at: datetime) -> RoleHeld:
    """End a role with this day. Raises Refused before its start, and for one's own leadership."""
    _require_here(held.district_id)
    require_leadership(by, held.organization)
    if held.role == Role.LEADER and held.person.user_id == by.actor_id and by.actor_id is not None:
        raise Refused(_("Nobody ends their own leadership: another leader can."))
    _require_after(held.starts_on, ends_on)
    held.ends_on = ends_on
    held.save(update_fields=["ends_on"])
    record_deed("end role", by=by, at=at, subject=("role", held.pk))
    return held


@transaction.atomic
def add_member(
    group: Group, person: Person, *, part: Part, starts_on: date, by: Actor, at: datetime
) -> Membership:
    """Make one person a member of a group. Raises Refused where they are one in this part."""
    require_leadership(by, group.organization)
    require_meeting(group)
    require_sight(by, [person])
    _require_newcomer(group, person, part)
    membership = Membership.objects.create(
        group=group, person=person, part=part, starts_on=starts_on
    )
    record_deed("add member", by=by, at=at, subject=("group", group.pk), part=part.value)
    return membership


@transaction.atomic
def move_learner(
    membership: Membership, group: Group, *, on: date, by: Actor, at: datetime
) -> Membership:
    """Let a learner's time in one group end and begin in another, on a day. Evidence stays theirs.

    A membership that starts on that very day was a slip of the hand, and goes. Raises Refused for
    a day before the membership started, and where the learner is in the other group already.
    """
    _require_here(membership.district_id)
    require_leadership(by, membership.group.organization)
    require_leadership(by, group.organization)
    require_meeting(group)
    if membership.group_id == group.pk or membership.part != Part.LEARNER:
        raise Refused(_("Choose another group of learners to move to."))
    _require_newcomer(group, membership.person, Part.LEARNER)
    _require_after(membership.starts_on, on)
    if membership.starts_on == on:
        Membership.objects.filter(pk=membership.pk).delete()
    else:
        membership.ends_on = on - _ONE_DAY
        membership.save(update_fields=["ends_on"])
    moved = Membership.objects.create(
        group=group, person=membership.person, part=Part.LEARNER, starts_on=on
    )
    record_deed(
        "move learner", by=by, at=at, subject=("group", group.pk), before=membership.group_id
    )
    return moved


@transaction.atomic
def add_supporter(
    learner: Person,
    name: Name,
    *,
    kind: RelationshipKind,
    organization: Organization,
    starts_on: date,
    by: Actor,
    at: datetime,
    consented_on: date | None = None,
) -> Person:
    """Add a person who is not known here yet and tie them to a learner, with the fitting role."""
    require_leadership(by, organization)
    require_sight(by, [learner])
    given, family = (part_of_name(part) for part in name)
    if not (given or family):
        raise Refused(_("A name needs at least one letter."))
    supporter = Person.objects.create(given_name=given, family_name=family)
    RoleHeld.objects.create(
        person=supporter,
        organization=organization,
        role=_ROLE_OF_SUPPORTER[kind],
        starts_on=starts_on,
    )
    Relationship.objects.create(
        supporter=supporter,
        learner=learner,
        kind=kind,
        starts_on=starts_on,
        consented_on=consented_on,
    )
    record_deed("add supporter", by=by, at=at, subject=("person", learner.pk), kind=kind.value)
    return supporter


@transaction.atomic
def note_consent(
    relationship: Relationship, *, consented_on: date, by: Actor, at: datetime
) -> Relationship:
    """Say since when a guardian's consent is on file: from now on they see the learner's record."""
    _require_here(relationship.district_id)
    require_leadership_of(by, relationship.learner)
    if consented_on > at.date() + _ONE_DAY:
        raise Refused(_("Consent can't lie in the future."))
    relationship.consented_on = consented_on
    relationship.save(update_fields=["consented_on"])
    record_deed("note consent", by=by, at=at, subject=("relationship", relationship.pk))
    return relationship


@transaction.atomic
def end_relationship(
    relationship: Relationship, *, ends_on: date, by: Actor, at: datetime
) -> Relationship:
    """End a tie with this day. Raises Refused for a day before it started."""
    _require_here(relationship.district_id)
    require_leadership_of(by, relationship.learner)
    _require_after(relationship.starts_on, ends_on)
    relationship.ends_on = ends_on
    relationship.save(update_fields=["ends_on"])
    record_deed("end relationship", by=by, at=at, subject=("relationship", relationship.pk))
    return relationship


def _require_here(district_id: int) -> None:
    if district_id != current_owner():
        raise NotFound


def _require_after(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        told = _("This starts on %(start)s; it can't end or move before.")
        raise Refused(told % {"start": starts_on})


def _require_newcomer(group: Group, person: Person, part: Part) -> None:
    there = Membership.objects.filter(group=group, person=person, part=part)
    if there.filter(current()).exists():
        told = _("%(person)s is in %(group)s already.")
        raise Refused(told % {"person": person.name, "group": group.name})
