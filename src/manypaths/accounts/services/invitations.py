"""Deeds on invitations: made by a leader, used once by the person whom they name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from manypaths.accounts.access import is_open, require_no_higher_leader
from manypaths.accounts.models import Invitation, InvitationKind
from manypaths.accounts.sessions import end_sessions
from manypaths.accounts.signing_in import sign_in_of
from manypaths.accounts.tokens import hash_of, new_pin, new_token
from manypaths.base.audit import Fact, record_deed
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.people.access import Actor, require_leadership, require_leadership_of
from manypaths.people.models import Group, Membership, Person, User

_LASTS = timedelta(days=14)
_RESET_LASTS = timedelta(minutes=60)
_MOST_WRONG_PINS = 5


@dataclass(frozen=True)
class Issued:
    """An invitation with its secret and its PIN, which nobody can read again."""

    invitation: Invitation
    token: str
    pin: str = ""

    @property
    def person(self) -> Person:
        """Return whom it lets in."""
        return self.invitation.person

    @property
    def username(self) -> str:
        """Return the name by which they will sign in."""
        return self.person.user.username if self.person.user else ""


@transaction.atomic
def invite(
    person: Person, *, by: Actor, at: datetime, email: str = "", with_pin: bool = False
) -> Issued:
    """Make an invitation for somebody who has none yet, by an address or by a learner code.

    Raises Refused for somebody who signs in already, and for an address that is none or in use.
    """
    require_leadership_of(by, person)
    if person.user is not None and person.user.last_login is not None:
        raise Refused(_("This person signs in already. Invite them again to let them start anew."))
    return _issue(person, by, at, email=email, with_pin=with_pin)


@transaction.atomic
def invite_again(
    person: Person, *, by: Actor, at: datetime, email: str = "", with_pin: bool = False
) -> Issued:
    """Make another invitation; those before are no longer good. Also after an access that ended."""
    require_leadership_of(by, person)
    return _issue(person, by, at, email=email, with_pin=with_pin)


@transaction.atomic
def invite_after_loss(
    person: Person, *, by: Actor, at: datetime, email: str = "", with_pin: bool = False
) -> Issued:
    """Invite somebody who lost passkey, app for codes and recovery codes: these are taken away.

    Until they accept, nobody gets in as them: their password is no longer good by itself, and
    their sessions end. Raises Refused for oneself and for who leads what `by` does not.
    """
    require_leadership_of(by, person)
    require_no_higher_leader(by, person)
    n_taken = 0
    if person.user is not None:
        n_taken, _rows = Authenticator.objects.filter(user=person.user).delete()
        person.user.set_unusable_password()
        person.user.save(update_fields=["password"])
        end_sessions(person.user)
    return _issue(person, by, at, email=email, with_pin=with_pin, n_second_factors_taken=n_taken)


@transaction.atomic
def invite_group(group: Group, *, by: Actor, at: datetime) -> list[Issued]:
    """Make an invitation for each member of a group who has never signed in: for slips of paper."""
    require_leadership(by, group.organization)
    members = Membership.objects.filter(group=group, ends_on=None).values("person")
    people = Person.objects.filter(pk__in=members).select_related("user")
    waiting = [p for p in people if p.user is None or p.user.last_login is None]
    waiting.sort(key=lambda person: (person.family_name, person.given_name, person.pk))
    issued = [_made(person, by, at, with_pin=False) for person in waiting]
    record_deed("invite group", by=by, at=at, subject=("group", group.pk), count=len(issued))
    return issued


def write_token(invitation: Invitation, *, at: datetime) -> str:
    """Give an invitation its secret as it is written to its person, and return that."""
    token = new_token()
    Invitation.objects.filter(pk=invitation.pk, used_at=None).update(token_hash=hash_of(token))
    return token


@transaction.atomic
def ask_for_reset(user: User, *, at: datetime) -> Invitation:
    """Let somebody who forgot set a new password, by a mail to their own address."""
    _withdraw_open(user.person, at, kind=InvitationKind.RESET)
    invitation = Invitation.objects.create(
        person=user.person, kind=InvitationKind.RESET, made_at=at, expires_at=at + _RESET_LASTS
    )
    record_deed("ask for reset", by=user, at=at, subject=("invitation", invitation.pk))
    return invitation


def accept_invitation(
    invitation: Invitation, *, at: datetime, pin: str = "", password: str | None = None
) -> User:
    """Use an invitation up: set the password, or None for a passkey that follows; return the user.

    All other sessions of theirs end. Raises NotFound for one that is used, withdrawn or over, and
    Refused for a wrong PIN, of which a few withdraw it.
    """
    if not _is_right_pin(invitation, pin, at):
        raise Refused(_("That PIN is not right. It was told to you apart from the invitation."))
    with transaction.atomic():
        row = Invitation.objects.select_for_update().select_related("person").get(pk=invitation.pk)
        if not is_open(row, at):
            raise NotFound
        row.used_at = at
        row.save(update_fields=["used_at"])
        user = row.person.user
        if user is None:
            raise NotFound
        # Only a leader's invitation opens an access that has ended.
        if not (user.is_active or row.kind == InvitationKind.INVITATION):
            raise NotFound
        _let_in(user, password)
        record_deed("accept invitation", by=user, at=at, subject=("invitation", row.pk))
    return user


@transaction.atomic
def set_own_password(password: str, *, by: User, at: datetime, session: str) -> None:
    """Set another password for oneself; all sessions but this one end."""
    by.set_password(password)
    by.save(update_fields=["password"])
    end_sessions(by, but=session)
    record_deed("set password", by=by, at=at, subject=("user", by.pk))


def _let_in(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    end_sessions(user)


def _is_right_pin(invitation: Invitation, pin: str, at: datetime) -> bool:
    """Say whether the PIN fits, or none is needed; count a wrong one, and withdraw after a few."""
    if not is_open(invitation, at):
        raise NotFound
    if not invitation.pin_hash:
        return True
    # Counted before it is looked at: a hundred tries at once are a hundred tries.
    rows = Invitation.objects.filter(pk=invitation.pk)
    if not rows.filter(n_wrong_pins__lt=_MOST_WRONG_PINS).update(
        n_wrong_pins=F("n_wrong_pins") + 1
    ):
        return False
    if check_password(pin.strip(), invitation.pin_hash):
        rows.update(n_wrong_pins=F("n_wrong_pins") - 1)
        return True
    rows.filter(n_wrong_pins__gte=_MOST_WRONG_PINS).update(withdrawn_at=at)
    return False


def _issue(
    person: Person, by: Actor, at: datetime, *, email: str, with_pin: bool, **facts: Fact
) -> Issued:
    issued = _made(person, by, at, email=email, with_pin=with_pin)
    record_deed("invite", by=by, at=at, subject=("person", person.pk), **facts)
    return issued


def _made(person: Person, by: Actor, at: datetime, *, with_pin: bool, email: str = "") -> Issued:
    if person.district_id != current_owner():
        raise NotFound
    sign_in_of(person, email=email)
    _withdraw_open(person, at)
    token, pin = new_token(), new_pin() if with_pin else ""
    invitation = Invitation.objects.create(
        person=person,
        invited_by=by if isinstance(by, User) else None,
        kind=InvitationKind.INVITATION,
        token_hash=hash_of(token),
        pin_hash=make_password(pin) if pin else "",
        made_at=at,
        expires_at=at + _LASTS,
    )
    return Issued(invitation, token, pin)


def _withdraw_open(person: Person, at: datetime, *, kind: InvitationKind | None = None) -> None:
    open_ones = Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None)
    if kind is not None:
        open_ones = open_ones.filter(kind=kind)
    open_ones.update(withdrawn_at=at)
