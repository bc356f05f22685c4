"""Deeds for those who are too young for passwords: class codes, pictures, cards, spoken codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from manypaths.accounts.access import require_own_class, require_own_student, require_young
from manypaths.accounts.models import (
    ClassCode,
    Invitation,
    InvitationKind,
    PicturePassword,
    SignInCard,
)
from manypaths.accounts.pictures import N_TO_PICK, PICTURES
from manypaths.accounts.services.invitations import Issued
from manypaths.accounts.signing_in import sign_in_of
from manypaths.accounts.tokens import hash_of, new_class_code, new_one_time_code, new_token
from manypaths.base.audit import record_deed
from manypaths.base.errors import NotFound, Refused
from manypaths.base.locks import hold
from manypaths.people.access import Actor, current, is_learner_themself
from manypaths.people.models import Group, Membership, Part, Person, Role, RoleHeld, User

_CODE_LASTS = timedelta(minutes=20)
# Of 1,320 ways to pick, a stranger gets to try one in a hundred before somebody must help.
_MOST_WRONG_PICTURES = 12


@dataclass(frozen=True)
class Card:
    """A card as it is printed, with the secret that nobody can read again."""

    person: Person
    token: str


@transaction.atomic
def give_learner_code(learner: Person, *, by: Actor, at: datetime) -> User:
    """Let a student sign in by a readable code, once a password, pictures or a card are set."""
    require_own_student(by, learner)
    if learner.user_id is not None:
        raise Refused(_("This person can sign in already."))
    user = sign_in_of(learner)
    record_deed("give learner code", by=by, at=at, subject=("person", learner.pk))
    return user


@transaction.atomic
def give_one_time_code(learner: Person, *, by: Actor, at: datetime) -> Issued:
    """Give one's own student a code to say aloud: good once, for twenty minutes."""
    require_own_student(by, learner)
    if not sign_in_of(learner).is_active:
        raise Refused(_("A leader has ended this access, and only a leader opens it again."))
    Invitation.objects.filter(person=learner, used_at=None, withdrawn_at=None).update(
        withdrawn_at=at
    )
    code = new_one_time_code()
    invitation = Invitation.objects.create(
        person=learner,
        invited_by=by if isinstance(by, User) else None,
        kind=InvitationKind.CODE,
        token_hash=hash_of(code),
        made_at=at,
        expires_at=at + _CODE_LASTS,
    )
    record_deed("give one-time code", by=by, at=at, subject=("person", learner.pk))
    return Issued(invitation, code)


@transaction.atomic
def give_class_code(group: Group, *, by: Actor, at: datetime) -> ClassCode:
    """Give a class a code for its wall; a code before this one is no longer good."""
    require_own_class(by, group)
    hold(group)
    ClassCode.objects.filter(group=group).delete()
    given = ClassCode.objects.create(group=group, code=new_class_code(), made_at=at)
    record_deed("give class code", by=by, at=at, subject=("group", group.pk))
    return given


@transaction.atomic
def end_class_code(group: Group, *, by: Actor, at: datetime) -> None:
    """Take a class's code down. Raises Refused where there is none."""
    require_own_class(by, group)
    n_ended, _rows = ClassCode.objects.filter(group=group).delete()
    if not n_ended:
        raise Refused(_("This class has no code."))
    record_deed("end class code", by=by, at=at, subject=("group", group.pk))


@transaction.atomic
def make_cards(group: Group, *, by: Actor, at: datetime) -> list[Card]:
    """Make a card for each student of a class; their cards before are no longer good."""
    require_own_class(by, group)
    hold(group)
    learners = _young_learners(group)
    SignInCard.objects.filter(person__in=learners).delete()
    cards = [Card(learner, new_token()) for learner in learners]
    for card in cards:
        sign_in_of(card.person)
    SignInCard.objects.bulk_create(
        [SignInCard(person=c.person, token_hash=hash_of(c.token), made_at=at) for c in cards]
    )
    record_deed("make cards", by=by, at=at, subject=("group", group.pk), count=len(cards))
    return cards


@transaction.atomic
def set_pictures(
    learner: Person, pictures: Sequence[str], *, by: Actor, at: datetime
) -> PicturePassword:
    """Keep the three pictures, in order, by which a student signs in. Their own deed alone."""
    if not is_learner_themself(by, learner):
        raise NotFound
    require_young(learner)
    if not (len(pictures) == len(set(pictures)) == N_TO_PICK and set(pictures) <= PICTURES.keys()):
        raise Refused(_("Pick three different pictures."))
    kept, _is_new = PicturePassword.objects.update_or_create(
        person=learner,
        defaults={"secret": make_password("-".join(pictures)), "n_wrong": 0, "set_at": at},
    )
    record_deed("set pictures", by=by, at=at, subject=("person", learner.pk))
    return kept


@transaction.atomic
def take_pictures_away(learner: Person, *, by: Actor, at: datetime) -> None:
    """End one's own student's pictures, so that they need a card or a code."""
    require_own_student(by, learner)
    n_ended, _rows = PicturePassword.objects.filter(person=learner).delete()
    if not n_ended:
        raise Refused(_("This student has no pictures."))
    record_deed("take pictures away", by=by, at=at, subject=("person", learner.pk))


def try_pictures(learner: Person, pictures: Sequence[str]) -> User | None:
    """Return the learner's sign-in for the right pictures, else None; a wrong try is counted.

    After twelve wrong ones in a row none is right any more, until the learner sets them anew.
    """
    # Counted before it is looked at: a hundred tries at once are a hundred tries.
    counted = PicturePassword.objects.filter(person=learner, n_wrong__lt=_MOST_WRONG_PICTURES)
    is_open = counted.update(n_wrong=F("n_wrong") + 1) > 0
    kept = PicturePassword.objects.select_related("person__user").filter(person=learner).first()
    is_right = check_password("-".join(pictures), kept.secret if kept else "!")
    if kept is None or not (is_open and is_right):
        return None
    PicturePassword.objects.filter(pk=kept.pk).update(n_wrong=0)
    user = kept.person.user
    return user if user is not None and user.is_active else None


def _young_learners(group: Group) -> list[Person]:
    """Return the students of a class, by name."""
    learns = Membership.objects.filter(current(), group=group, part=Part.LEARNER)
    held = RoleHeld.objects.filter(current(), person__in=learns.values("person"))
    others = held.exclude(role=Role.STUDENT).values("person")
    students = held.filter(role=Role.STUDENT).exclude(person__in=others).values("person")
    people = Person.objects.filter(pk__in=students).select_related("user")
    return list(people.order_by("family_name", "given_name", "pk"))
