"""Reads of who can get in and how, each for somebody who may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from manypaths.accounts.access import require_own_class
from manypaths.accounts.models import (
    ClassCode,
    Invitation,
    InvitationKind,
    PicturePassword,
    Session,
    SignInCard,
)
from manypaths.base.clock import now
from manypaths.people.access import Actor, current, require_operator, require_sight
from manypaths.people.models import Group, Membership, Part, Person, User
from manypaths.people.queries import learners_of


class Entry(StrEnum):
    """Whether a person gets in."""

    NEVER_INVITED = "never invited"
    INVITED = "invited"
    INVITATION_OVER = "invitation over"
    SIGNS_IN = "signs in"
    ENDED = "ended"


@dataclass(frozen=True)
class SignInState:
    """Whether a person gets in, by which name, and until when an invitation waits."""

    entry: Entry
    username: str = ""
    last_login: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class OwnSession:
    """One of one's own sessions; its name ends it and opens nothing."""

    name: str
    device: str
    begun_at: datetime | None
    seen_at: datetime | None
    is_this: bool


@dataclass(frozen=True)
class WayIn:
    """How a student of a class gets in."""

    learner: Person
    username: str
    has_pictures: bool
    has_card: bool


@dataclass(frozen=True)
class ClassEntry:
    """A class's code, if it has one, and how its students get in, by name."""

    code: str
    learners: list[WayIn]


def sign_in_states(people: Sequence[Person], *, by: Actor) -> dict[int, SignInState]:
    """Return for each of these people, by row id, whether they get in. A fixed number of queries.

    Raises NotFound unless `by` may see all of them.
    """
    require_sight(by, people)
    ids = [person.pk for person in people]
    users = {user.pk: user for user in User.objects.filter(person__in=ids)}
    invitations = Invitation.objects.filter(
        person__in=ids, kind=InvitationKind.INVITATION, used_at=None, withdrawn_at=None
    )
    waiting = {row.person_id: row.expires_at for row in invitations.order_by("expires_at")}
    return {p.pk: _state(users.get(p.user_id or 0), waiting.get(p.pk)) for p in people}


def own_sessions(*, by: User, this: str) -> list[OwnSession]:
    """Return the sessions that `by` is signed in with, the last used first."""
    found = Session.objects.filter(user=by, expire_date__gt=now()).order_by("-seen_at")
    return [
        OwnSession(
            name=name_of(row),
            device=row.device,
            begun_at=row.begun_at,
            seen_at=row.seen_at,
            is_this=row.session_key == this,
        )
        for row in found
    ]


def name_of(session: Session) -> str:
    """Return what names a session in lists: whoever reads it can't use it as a key."""
    return sha256(f"session {session.session_key}".encode()).hexdigest()[:32]


def class_entry(group: Group, *, by: Actor) -> ClassEntry:
    """Return how the students of a class get in. A fixed number of queries."""
    require_own_class(by, group)
    learners = learners_of(group, by=by)
    names = dict(User.objects.filter(person__in=learners).values_list("person", "username"))
    pictures = PicturePassword.objects.filter(person__in=learners).values_list("person", flat=True)
    cards = SignInCard.objects.filter(person__in=learners).values_list("person", flat=True)
    with_pictures, with_card = set(pictures), set(cards)
    code = ClassCode.objects.filter(group=group).first()
    return ClassEntry(
        code=code.code if code else "",
        learners=[
            WayIn(p, names.get(p.pk, ""), p.pk in with_pictures, p.pk in with_card)
            for p in learners
        ],
    )


def picture_signers(code: ClassCode) -> list[Person]:
    """Return who of a class signs in by pictures: what whoever has its code may know."""
    chosen = PicturePassword.objects.filter(person__user__is_active=True).values("person")
    learns = Membership.objects.filter(current(), group=code.group_id, part=Part.LEARNER)
    people = Person.objects.filter(pk__in=learns.values("person")).filter(pk__in=chosen)
    return list(people.order_by("given_name", "family_name", "pk"))


def can_anybody_sign_in(*, by: Actor) -> bool:
    """Say whether this installation has any sign-in at all, for the operator."""
    require_operator(by)
    return User.objects.filter(is_active=True).exists()


def _state(user: User | None, expires_at: datetime | None) -> SignInState:
    if user is None:
        return SignInState(Entry.NEVER_INVITED)
    if expires_at is not None:
        entry = Entry.INVITED if expires_at > now() else Entry.INVITATION_OVER
    elif not user.is_active:
        entry = Entry.ENDED
    else:
        entry = Entry.SIGNS_IN if user.last_login else Entry.NEVER_INVITED
    return SignInState(entry, user.username, user.last_login, expires_at)
