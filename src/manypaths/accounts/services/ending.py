"""Deeds that end somebody's way in."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.accounts.models import Invitation, PicturePassword, Session, SignInCard
from manypaths.accounts.queries import name_of
from manypaths.accounts.sessions import end_sessions
from manypaths.base.audit import record_deed
from manypaths.base.errors import NotFound, Refused
from manypaths.people.access import Actor, require_leadership_of
from manypaths.people.models import Person, User


@transaction.atomic
def end_access(person: Person, *, by: Actor, at: datetime) -> None:
    """Let a person in no more: sessions, invitations, pictures and card end now; records stay.

    Raises Refused for somebody who could not sign in, and for oneself.
    """
    require_leadership_of(by, person)
    user = person.user
    if user is None:
        raise Refused(_("This person can't sign in."))
    if user.pk == by.actor_id:
        raise Refused(_("Nobody ends their own access. Ask another leader."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None).update(
        withdrawn_at=at
    )
    PicturePassword.objects.filter(person=person).delete()
    SignInCard.objects.filter(person=person).delete()
    end_sessions(user)
    record_deed("end access", by=by, at=at, subject=("person", person.pk))


@transaction.atomic
def end_own_session(name: str, *, by: User, at: datetime) -> None:
    """End one of one's own sessions, named as in the list of them. Raises NotFound for others."""
    for session in Session.objects.filter(user=by):
        if name_of(session) == name:
            session.delete()
            record_deed("end session", by=by, at=at, subject=("user", by.pk))
            return
    raise NotFound
