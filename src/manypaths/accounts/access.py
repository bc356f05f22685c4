"""What a secret opens, and who may give one: the doors that strangers stand before.

Who holds a secret has not said who they are yet, so that its row is looked for in every district;
everything after that happens in the scope of the row's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from manypaths.accounts.models import ClassCode, Invitation, SignInCard
from manypaths.accounts.tokens import hash_of, plain
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import DistrictRow, current_owner, district_scope
from manypaths.people.access import (
    EDUCATOR_ROLES,
    Actor,
    Operator,
    current,
    organizations_led_by,
    require_group_sight,
    require_person,
    require_teaching,
)
from manypaths.people.models import Group, Organization, Person, Role, RoleHeld, User
from manypaths.people.queries import zone_of


def invitation_behind(token: str, at: datetime) -> Invitation:
    """Return the invitation that a secret opens; raise NotFound for one that is over, or none."""
    found = Invitation.every_district.filter(token_hash=hash_of(token)).first()
    if found is None or not is_open(found, at):
        raise NotFound
    return found


def is_open(invitation: Invitation, at: datetime) -> bool:
    """Say whether an invitation can still be used."""
    is_unused = invitation.used_at is None and invitation.withdrawn_at is None
    return is_unused and at < invitation.expires_at


def card_behind(secret: str) -> SignInCard:
    """Return the card whose secret this is; raise NotFound where there is none."""
    found = SignInCard.every_district.filter(token_hash=hash_of(secret)).first()
    if found is None:
        raise NotFound
    return found


def class_behind(code: str) -> ClassCode:
    """Return the class code that somebody typed; raise NotFound where there is none."""
    found = ClassCode.every_district.filter(code=plain(code)).first()
    if found is None:
        raise NotFound
    return found


@contextmanager
def scope_of(row: DistrictRow) -> Iterator[None]:
    """Work in the district of a row that a secret opened."""
    district = Organization.every_district.get(pk=row.district_id)
    zone = zone_of(district)
    with district_scope(district.pk, zone), timezone.override(zone):
        yield


def require_young(learner: Person) -> None:
    """Raise Refused unless the person is a student and nothing else here.

    What makes it easy for a child to get in is too weak for anybody who sees others' records.
    """
    roles = set(RoleHeld.objects.filter(current(), person=learner).values_list("role", flat=True))
    if Role.STUDENT not in roles or roles & {*EDUCATOR_ROLES, Role.FAMILY, Role.RESEARCHER}:
        raise Refused(_("Pictures, cards and teachers' codes are for students alone."))


def require_no_higher_leader(by: Actor, person: Person) -> None:
    """Raise Refused where the person leads what `by` does not: nobody climbs by others' sign-ins.

    And for oneself: who has got into a sign-in may not free it of its second factors.
    """
    require_person(by)
    if not isinstance(by, User):
        return
    if person.user_id is not None and person.user_id == by.actor_id:
        raise Refused(_("Nobody takes away their own. Ask another leader."))
    leads = RoleHeld.objects.filter(current(), person=person, role=Role.LEADER)
    if leads.exclude(organization__in=organizations_led_by(by)).exists():
        raise Refused(_("They lead more than you do. Ask somebody who leads that as well."))


def require_own_student(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` teaches the learner, Refused unless that is a student."""
    if learner.district_id != current_owner():
        raise NotFound
    require_teaching(by, [learner.pk])
    require_young(learner)


def require_own_class(by: Actor, group: Group) -> None:
    """Raise NotFound unless `by` leads the class or its school."""
    if group.district_id != current_owner():
        raise NotFound
    require_person(by)
    if not isinstance(by, Operator):
        require_group_sight(by, group)
