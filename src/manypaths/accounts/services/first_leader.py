"""Deeds of the operator that let a leader in: the first of a district, and one who lost all."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.accounts.services.invitations import (
    Issued,
    invite_after_loss,
    invite_again,
)
from manypaths.base.clock import today
from manypaths.base.errors import Refused
from manypaths.people.access import Actor, current, require_operator
from manypaths.people.models import Organization, Person, Role, RoleHeld
from manypaths.people.services import add_people


@transaction.atomic
def invite_first_leader(
    district: Organization, name: str, *, email: str, by: Actor, at: datetime
) -> Issued:
    """Make the first leader of a district, or invite them again while they never signed in.

    Raises Refused in a demo district, and where a leader signs in: leaders invite each other.
    """
    require_operator(by)
    if district.is_demonstration:
        raise Refused(_("This is a demo district. Its sign-in page lets you look around."))
    leads = RoleHeld.objects.filter(organization=district, role=Role.LEADER, ends_on=None)
    leaders = Person.objects.filter(pk__in=leads.values("person")).select_related("user")
    if any(person.user and person.user.last_login for person in leaders):
        raise Refused(_("This district has a leader who signs in. Leaders invite others on pages."))
    address = email.strip().lower()
    waiting = next((p for p in leaders if p.user and p.user.email == address), None)
    person = waiting or _made(district, name, by, at)
    return invite_again(person, email=address, by=by, at=at)


@transaction.atomic
def recover_leader(email: str, *, by: Actor, at: datetime) -> Issued:
    """Invite a leader who lost passkey, app for codes and recovery codes, as nobody else can.

    Raises Refused where no leader of the district signs in by this address.
    """
    require_operator(by)
    leads = RoleHeld.objects.filter(current(), role=Role.LEADER)
    leaders = Person.objects.filter(pk__in=leads.values("person")).select_related("user")
    person = leaders.filter(user__email=email.strip().lower()).first()
    if person is None:
        raise Refused(
            _("No leader of this district signs in by “{email}”.").format(email=email.strip())
        )
    return invite_after_loss(person, by=by, at=at)


def _made(district: Organization, name: str, by: Actor, at: datetime) -> Person:
    given, _blank, family = name.strip().partition(" ")
    if not given:
        raise Refused(_("A leader has a name."))
    return add_people(
        [(given, family)],
        organization=district,
        role=Role.LEADER,
        starts_on=today(),
        by=by,
        at=at,
    )[0]
