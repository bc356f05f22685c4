"""Who is invited, by whom, and what an invitation lets somebody do: once, and for a time."""

from datetime import timedelta

import pytest
from django.core import mail

from manypaths.accounts.access import invitation_behind
from manypaths.accounts.mails import send_invitation, send_reset
from manypaths.accounts.models import Invitation
from manypaths.accounts.services import (
    accept_invitation,
    end_access,
    give_one_time_code,
    invite,
    invite_again,
    invite_group,
)
from manypaths.accounts.tokens import spelled
from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.people.models import Role, User
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person, user_of

LATER = AT + timedelta(minutes=5)
WORDS = "river stone kettle"


def test_a_leader_invites_somebody_who_then_sets_a_password(cast: Cast) -> None:
    iris = make_person("Iris Berg", cast.school, Role.TEACHER)
    issued = invite(iris, email=" Iris@Berg.Example", by=user_of(cast.dana), at=AT)
    opened = invitation_behind(spelled(issued.token).lower(), LATER)
    user = accept_invitation(opened, password=WORDS, at=LATER)
    iris.refresh_from_db()
    assert iris.user == user
    assert (user.username, user.email) == ("iris@berg.example", "iris@berg.example")
    assert user.check_password(WORDS)


def test_without_an_address_the_name_is_a_readable_code(cast: Cast) -> None:
    issued = invite(cast.ada, by=user_of(cast.dana), at=AT)
    user = issued.person.user
    assert user is not None
    assert user.email is None
    assert len(user.username.split("-")) == 3


def test_an_invitation_is_good_once_and_for_two_weeks(cast: Cast) -> None:
    issued = invite(cast.ada, by=user_of(cast.dana), at=AT)
    assert invitation_behind(issued.token, AT + timedelta(days=13))
    with pytest.raises(NotFound):
        invitation_behind(issued.token, AT + timedelta(days=14))
    accept_invitation(issued.invitation, password=WORDS, at=LATER)
    with pytest.raises(NotFound):
        invitation_behind(issued.token, LATER)
    with pytest.raises(NotFound):
        accept_invitation(issued.invitation, password="another word", at=LATER)


def test_a_second_invitation_ends_the_first(cast: Cast) -> None:
    dana = user_of(cast.dana)
    first = invite(cast.ada, by=dana, at=AT)
    second = invite_again(cast.ada, by=dana, at=AT)
    with pytest.raises(NotFound):
        invitation_behind(first.token, LATER)
    assert invitation_behind(second.token, LATER) == second.invitation


def test_nothing_in_the_tables_opens_an_invitation(cast: Cast) -> None:
    issued = invite(cast.eli, with_pin=True, by=user_of(cast.dana), at=AT)
    kept = str(list(Invitation.objects.values_list()))
    assert issued.token not in kept
    assert issued.pin not in kept
    assert len(issued.token) == 26


def test_a_family_needs_the_pin_that_was_told_apart(cast: Cast) -> None:
    issued = invite(cast.eli, email="eli@okafor.example", with_pin=True, by=OPERATOR, at=AT)
    for _ in range(4):
        with pytest.raises(Refused, match="That PIN is not right"):
            accept_invitation(issued.invitation, pin="1", password=WORDS, at=LATER)
    user = accept_invitation(issued.invitation, pin=issued.pin, password=WORDS, at=LATER)
    assert user.check_password(WORDS)


def test_five_wrong_pins_end_an_invitation(cast: Cast) -> None:
    issued = invite(cast.eli, with_pin=True, by=OPERATOR, at=AT)
    for _ in range(5):
        with pytest.raises(Refused):
            accept_invitation(issued.invitation, pin="1", password=WORDS, at=LATER)
    with pytest.raises(NotFound):
        invitation_behind(issued.token, LATER)


def test_whoever_signs_in_already_is_not_invited_for_the_first_time(cast: Cast) -> None:
    user = user_of(cast.ben)
    User.objects.filter(pk=user.pk).update(last_login=AT)
    cast.ben.refresh_from_db()
    with pytest.raises(Refused, match="signs in already"):
        invite(cast.ben, by=user_of(cast.dana), at=AT)
    assert invite_again(cast.ben, by=user_of(cast.dana), at=AT)


def test_an_address_of_somebody_else_is_refused(cast: Cast) -> None:
    user_of(cast.ben)
    iris = make_person("Iris Berg", cast.school, Role.TEACHER)
    with pytest.raises(Refused, match="Somebody signs in by this address"):
        invite(iris, email="BEN@example.org", by=OPERATOR, at=AT)
    with pytest.raises(Refused, match="is no e-mail address"):
        invite(iris, email="ben", by=OPERATOR, at=AT)
    assert not Invitation.objects.exists()


def test_slips_are_for_those_of_a_group_who_never_signed_in(cast: Cast) -> None:
    ben = user_of(cast.ben)
    User.objects.filter(pk=ben.pk).update(last_login=AT)
    issued = invite_group(cast.ada_class, by=user_of(cast.dana), at=AT)
    assert [one.person for one in issued] == [cast.ada]
    with pytest.raises(NotFound):
        invite_group(cast.ada_class, by=ben, at=AT)


def test_an_access_that_ended_is_opened_by_a_leader_alone(cast: Cast) -> None:
    dana = user_of(cast.dana)
    before = give_one_time_code(cast.ada, by=user_of(cast.ben), at=AT)
    end_access(cast.ada, by=dana, at=AT)
    with pytest.raises(NotFound):
        invitation_behind(before.token, LATER)
    with pytest.raises(Refused, match="only a leader opens it again"):
        give_one_time_code(cast.ada, by=user_of(cast.ben), at=LATER)
    again = invite_again(cast.ada, by=dana, at=LATER)
    assert not User.objects.get(person=cast.ada).is_active
    assert accept_invitation(again.invitation, password=WORDS, at=LATER).is_active


def test_nobody_ends_their_own_access_or_that_of_a_stranger(cast: Cast) -> None:
    with pytest.raises(Refused, match="Ask another leader"):
        end_access(cast.dana, by=user_of(cast.dana), at=AT)
    user_of(cast.cleo)
    with pytest.raises(NotFound):
        end_access(cast.cleo, by=user_of(cast.dana), at=AT)


def test_a_mail_carries_a_secret_that_no_queue_has_seen(cast: Cast) -> None:
    issued = invite(cast.ben, email="ben@silva.example", by=user_of(cast.dana), at=now())
    send_invitation.call(issued.invitation.pk, "https://paths.example/invitation/", "en")
    (sent,) = mail.outbox
    assert sent.to == ["ben@silva.example"]
    token = sent.body.partition("https://paths.example/invitation/")[2].partition("/")[0]
    assert token != issued.token
    assert invitation_behind(token, now()) == issued.invitation
    with pytest.raises(NotFound):
        invitation_behind(issued.token, now())


def test_a_mail_speaks_the_language_that_it_is_asked_to(cast: Cast) -> None:
    issued = invite(cast.ben, email="ben@silva.example", by=user_of(cast.dana), at=now())
    send_invitation.call(issued.invitation.pk, "https://paths.example/invitation/", "es")
    assert "https://paths.example/invitation/" in mail.outbox[0].body


def test_a_reset_is_mailed_to_those_whom_we_know_and_to_nobody_else(cast: Cast) -> None:
    ben = user_of(cast.ben)
    send_reset.call("nobody@example.org", "https://paths.example/invitation/", "en")
    assert not mail.outbox
    send_reset.call("Ben@example.org", "https://paths.example/invitation/", "en")
    token = mail.outbox[0].body.partition("/invitation/")[2].partition("/")[0]
    opened = invitation_behind(token, now())
    assert accept_invitation(opened, password=WORDS, at=now()) == ben
    with pytest.raises(NotFound):
        invitation_behind(token, now())
