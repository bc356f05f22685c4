"""Invitations, slips, cards and codes, through the pages."""

import re
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from manypaths.accounts.mails import send_notice
from manypaths.accounts.models import Invitation, Session
from manypaths.accounts.services import give_one_time_code, invite, make_cards, set_pictures
from manypaths.accounts.tokens import spelled
from manypaths.base.clock import now
from manypaths.base.models import AuditEntry, ViewEntry
from manypaths.people.models import Person, Role, User
from manypaths.people.services import give_role
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of
from manypaths.web.tests.clients import Page, client_of, page, read

PASSWORD = "river stone kettle"
MINE = {"first": "sun", "second": "key", "third": "fish"}


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def codes_on(printed: Page) -> list[str]:
    return [element.text for element in printed.all("p", class_="code")]


def posted(client: Client, address: str, **content: str) -> Page:
    """Post a form and read the answer as a page."""
    return read(client.post(address, content))


def test_an_invitation_in_an_address_leaves_it_at_once(cast: Cast) -> None:
    issued = invite(cast.ada, by=user_of(cast.dana), at=now())
    client = Client()
    answer = client.get(f"/invitation/{issued.token}/")
    assert answer["Location"] == "/invitation/"
    assert answer["Cache-Control"].startswith("max-age=0")
    assert "Welcome, Ada Okafor" in page(client, "/invitation/").text
    client.post("/invitation/", {"password": PASSWORD})
    assert is_in(client)
    again = Client()
    again.get(f"/invitation/{issued.token}/")
    assert again.get("/invitation/").status_code == 404
    again.post("/invitation/", {"password": "another one here"})
    assert not is_in(again)


def test_a_wrong_a_used_and_an_old_invitation_answer_alike(cast: Cast) -> None:
    used = invite(cast.ada, by=user_of(cast.dana), at=now())
    client = Client()
    client.get(f"/invitation/{used.token}/")
    client.post("/invitation/", {"password": PASSWORD})
    bodies = set()
    for token in (used.token, "A" * 26, "nonsense"):
        stranger = Client()
        stranger.get(f"/invitation/{token}/")
        answer = stranger.get("/invitation/")
        bodies.add((answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode())))
    assert len(bodies) == 1


@pytest.mark.parametrize("password", ["short", "password1234", "x" * 129, ""])
def test_a_weak_password_uses_nothing_up(cast: Cast, password: str) -> None:
    issued = invite(cast.ben, email="ben@silva.example", by=user_of(cast.dana), at=now())
    client = Client()
    client.get(f"/invitation/{issued.token}/")
    assert client.post("/invitation/", {"password": password}).status_code == 200
    assert not is_in(client)
    client.post("/invitation/", {"password": PASSWORD})
    assert is_in(client)


def test_a_student_may_have_a_shorter_password_than_staff(cast: Cast) -> None:
    for person, is_enough in ((cast.ada, True), (cast.ben, False)):
        issued = invite(person, by=user_of(cast.dana), at=now())
        client = Client()
        client.get(f"/invitation/{issued.token}/")
        client.post("/invitation/", {"password": "ottertree"})
        assert is_in(client) == is_enough


def test_a_familys_page_names_nobody_before_the_pin(cast: Cast) -> None:
    issued = invite(
        cast.eli, email="eli@okafor.example", with_pin=True, by=user_of(cast.dana), at=now()
    )
    client = Client()
    client.get(f"/invitation/{issued.token}/")
    shown = page(client, "/invitation/")
    assert "Okafor" not in shown.text
    client.post("/invitation/", {"pin": "000000", "password": PASSWORD})
    assert not is_in(client)
    client.post("/invitation/", {"pin": issued.pin, "password": PASSWORD})
    assert is_in(client)


def test_a_new_password_ends_all_other_sessions(cast: Cast) -> None:
    elsewhere = client_of(cast.ada)
    elsewhere.get("/security/")
    issued = give_one_time_code(cast.ada, by=user_of(cast.ben), at=now())
    client = Client()
    answer = client.post("/sign-in/code/", {"code": spelled(issued.token).lower()})
    assert answer["Location"] == "/invitation/"
    client.post("/invitation/", {"password": PASSWORD})
    assert is_in(client)
    assert elsewhere.get("/security/")["Location"].startswith("/sign-in/")
    assert Session.objects.filter(user=user_of(cast.ada)).count() == 1


def test_a_teacher_gives_a_code_and_it_is_written_down(cast: Cast) -> None:
    answer = client_of(cast.ben).post(f"/people/{cast.ada.public_id}/code/")
    assert answer.status_code == 200
    (entry,) = AuditEntry.objects.filter(deed="give one-time code")
    assert (entry.actor_id, entry.subject_id) == (user_of(cast.ben).pk, cast.ada.pk)
    assert client_of(cast.cleo).post(f"/people/{cast.ada.public_id}/code/").status_code == 404
    assert client_of(cast.eli).post(f"/people/{cast.ada.public_id}/code/").status_code == 404


def test_too_many_wrong_codes_are_stopped(cast: Cast) -> None:
    for _ in range(60):
        assert Client().post("/sign-in/code/", {"code": "WRONG"}).status_code == 200
    assert Client().post("/sign-in/code/", {"code": "WRONG"}).status_code == 429


def test_slips_are_printed_by_a_leader_and_let_each_in(cast: Cast) -> None:
    address = f"/invitation/slips/?group={cast.ada_class.public_id}"
    dana = client_of(cast.dana)
    assert page(dana, address).status == 200
    assert ViewEntry.objects.get().scope_kind == "group"
    printed = posted(dana, address)
    assert "Ada Okafor" in printed.text
    assert "Ben Silva" in printed.text
    assert len(printed.all("img", class_="qr")) == 2
    assert 'style="' not in printed.html
    client = Client()
    answer = client.post("/sign-in/code/", {"code": codes_on(printed)[0]})
    assert answer["Location"] == "/invitation/"
    assert client_of(cast.ben).get(address).status_code == 404
    assert dana.get("/invitation/slips/?group=nonsense").status_code == 404


def test_a_card_lets_its_student_in_after_a_press_of_a_button(cast: Cast) -> None:
    printed = posted(client_of(cast.ben), f"/classes/{cast.ada_class.public_id}/sign-in/cards/")
    (code,) = codes_on(printed)
    client = Client()
    answer = client.get(f"/sign-in/card/{code}/")
    assert answer["Location"] == "/sign-in/card/"
    assert not is_in(client)
    assert "Ada" not in page(client, "/sign-in/card/").text
    client.post("/sign-in/card/")
    assert client.session["_auth_user_id"] == str(User.objects.get(person=cast.ada).pk)


def test_an_old_card_lets_nobody_in(cast: Cast) -> None:
    (old,) = make_cards(cast.ada_class, by=user_of(cast.ben), at=now())
    make_cards(cast.ada_class, by=user_of(cast.ben), at=now())
    client = Client()
    client.get(f"/sign-in/card/{old.token}/")
    assert "not good any more" in client.post("/sign-in/card/").content.decode()
    assert not is_in(client)


def test_a_child_signs_in_by_class_code_and_pictures(cast: Cast) -> None:
    set_pictures(cast.ada, list(MINE.values()), by=user_of(cast.ada), at=now())
    ben = client_of(cast.ben)
    ben.post(f"/classes/{cast.ada_class.public_id}/sign-in/code/")
    shown = page(ben, f"/classes/{cast.ada_class.public_id}/sign-in/")
    code = re.search(r"<b>([A-Z2-7-]+)</b>", shown.html)
    assert code is not None
    child = Client()
    child.post("/sign-in/class/", {"code": code[1].lower()})
    names = page(child, "/sign-in/class/names/")
    assert "Ada O" in names.text
    assert "Okafor" not in names.text
    address = f"/sign-in/class/{cast.ada.public_id}/"
    assert len(page(child, address).all("input", type="radio")) == 36
    assert "not your pictures" in child.post(address, MINE | {"third": "cup"}).content.decode()
    child.post(address, MINE)
    assert is_in(child)


def test_pictures_are_nothing_without_the_class_code(cast: Cast) -> None:
    set_pictures(cast.ada, list(MINE.values()), by=user_of(cast.ada), at=now())
    child = Client()
    assert child.get("/sign-in/class/names/")["Location"] == "/sign-in/class/"
    assert child.post(f"/sign-in/class/{cast.ada.public_id}/", MINE).status_code == 404
    assert not is_in(child)


def test_guessing_at_pictures_stops_after_four(cast: Cast) -> None:
    set_pictures(cast.ada, list(MINE.values()), by=user_of(cast.ada), at=now())
    client_of(cast.ben).post(f"/classes/{cast.ada_class.public_id}/sign-in/code/")
    child = Client()
    child.post("/sign-in/class/", {"code": cast.ada_class.class_code.code})
    address = f"/sign-in/class/{cast.ada.public_id}/"
    for _ in range(4):
        assert child.post(address, MINE | {"third": "cup"}).status_code == 200
    assert child.post(address, MINE).status_code == 429
    assert not is_in(child)


def test_a_student_with_a_code_picks_pictures_at_once(cast: Cast) -> None:
    issued = give_one_time_code(cast.ada, by=user_of(cast.ben), at=now())
    child = Client()
    child.post("/sign-in/code/", {"code": issued.token})
    assert child.post("/invitation/", {"way": "pictures"})["Location"] == "/security/pictures/"
    assert child.post("/security/pictures/", MINE)["Location"] == "/"


def test_a_teacher_reads_how_their_class_gets_in_and_a_look_is_written(cast: Cast) -> None:
    address = f"/classes/{cast.ada_class.public_id}/sign-in/"
    assert "Ada Okafor" in page(client_of(cast.ben), address).text
    assert ViewEntry.objects.get().page == "invitation:of_class"
    assert client_of(cast.cleo).get(address).status_code == 404


def test_ones_own_devices_are_listed_and_ended(cast: Cast) -> None:
    here = client_of(cast.ada)
    user = user_of(cast.ada)
    user.set_password(PASSWORD)
    user.save()
    there = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; CrOS) Chrome/130 Safari/5")
    there.post("/sign-in/", {"login": user.username, "password": PASSWORD})
    here.force_login(user)
    shown = page(here, "/security/")
    assert "Chrome, ChromeOS" in shown.text
    assert "signed in on 2 devices" in shown.text
    key = there.session.session_key
    assert key is not None
    assert key not in shown.html
    ends = [e.attributes["action"] for e in shown.all("form") if "/end/" in e.attributes["action"]]
    assert client_of(cast.ben).post(ends[0]).status_code == 404
    here.post(ends[0])
    assert there.get("/security/")["Location"].startswith("/sign-in/")


def test_a_new_password_is_set_only_by_who_just_said_the_old_one(cast: Cast) -> None:
    user = user_of(cast.ada)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.post("/sign-in/", {"login": "ada@example.org", "password": PASSWORD})
    client.post("/security/password/", {"password": "cloud paper ribbon"})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert client.get("/security/password/")["Location"].startswith("/sign-in/again/")
    client.post("/sign-in/again/?next=/security/password/", {"password": PASSWORD})
    client.post("/security/password/", {"password": "cloud paper ribbon"})
    user.refresh_from_db()
    assert user.check_password("cloud paper ribbon")
    assert is_in(client)
    assert "cloud paper" not in str(Session.objects.values_list("session_data"))


def test_a_leader_invites_by_mail_and_the_mail_waits_in_the_queue(cast: Cast) -> None:
    dana, address = client_of(cast.dana), f"/people/{cast.eli.public_id}/sign-in/"
    assert "Never invited" in page(dana, address).text
    assert ViewEntry.objects.get().scope_id == cast.eli.pk
    assert "needs an address" in posted(dana, address, way="mail").text
    made = posted(dana, address, way="mail", email="eli@okafor.example", with_pin="on")
    assert re.search(r"The PIN is \d{6}\.", made.text)
    assert not made.all("p", class_="code")
    assert not mail.outbox
    assert DBTaskResult.objects.get().args_kwargs["args"][0]
    assert "Invited as eli@okafor.example" in page(dana, address).text


def test_a_leader_prints_one_slip_and_ends_an_access(cast: Cast) -> None:
    dana, address = client_of(cast.dana), f"/people/{cast.ada.public_id}/sign-in/"
    (code,) = codes_on(posted(dana, address, way="slip"))
    client = Client()
    client.post("/sign-in/code/", {"code": code})
    client.post("/invitation/", {"password": PASSWORD})
    assert is_in(client)
    assert "Signs in as" in page(dana, address).text
    dana.post(f"{address}end/")
    assert client.get("/security/")["Location"].startswith("/sign-in/")
    assert "Their access has ended" in page(dana, address).text
    for other in (cast.ben, cast.cleo, cast.eli):
        assert client_of(other).get(address).status_code == 404
        assert client_of(other).post(f"{address}end/").status_code == 404


# Who lost passkey, app for codes and recovery codes


def with_second_factors(person: Person) -> User:
    """Give somebody a password, an app for codes and recovery codes."""
    user = user_of(person)
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    return user


def proven(person: Person) -> Client:
    """Return a client of somebody who said just now that they are still there."""
    with_second_factors(person)
    client = client_of(person)
    client.post("/sign-in/again/?next=/", {"password": PASSWORD})
    return client


def told_by_mail() -> set[str]:
    """Send the notices that wait in the queue; return to whom."""
    for waiting in DBTaskResult.objects.filter(task_path__endswith="send_notice"):
        send_notice.call(*waiting.args_kwargs["args"])
    assert all("were taken away" in str(sent.body) for sent in mail.outbox)
    return {sent.to[0] for sent in mail.outbox}


def test_who_lost_all_begins_anew_by_the_invitation_alone(cast: Cast) -> None:
    ben, address = with_second_factors(cast.ben), f"/people/{cast.ben.public_id}/sign-in/"
    before, dana = client_of(cast.ben), proven(cast.dana)
    (code,) = codes_on(posted(dana, address, way="slip", has_lost_all="on"))
    assert not Authenticator.objects.filter(user=ben).exists()
    assert before.get("/security/")["Location"].startswith("/sign-in/")
    (entry,) = AuditEntry.objects.filter(deed="invite")
    assert (entry.actor_id, entry.subject_id) == (user_of(cast.dana).pk, cast.ben.pk)
    assert entry.facts == {"n_second_factors_taken": 2}
    assert told_by_mail() == {"ben@example.org"}
    client = Client()
    # The password by itself, that somebody else may know, opens nothing.
    client.post("/sign-in/", {"login": "ben@example.org", "password": PASSWORD})
    assert not is_in(client)
    client.post("/sign-in/code/", {"code": code})
    client.post("/invitation/", {"password": "cloud paper ribbon"})
    assert is_in(client)
    # As at the first time: nothing before there is a new one.
    assert client.get("/")["Location"] == "/security/second/"


def test_who_takes_away_proves_first_that_they_are_still_there(cast: Cast) -> None:
    ben, dana = with_second_factors(cast.ben), with_second_factors(cast.dana)
    address, leader = f"/people/{cast.ben.public_id}/sign-in/", client_of(cast.dana)
    asked = leader.post(address, {"way": "slip", "has_lost_all": "on"})
    assert asked["Location"] == f"/sign-in/again/?next={quote(address, safe='')}"
    assert Authenticator.objects.filter(user=ben).count() == 2
    again = leader.post(asked["Location"], {"password": "some other words"})
    assert again.status_code == 200
    assert Authenticator.objects.filter(user=ben).count() == 2
    made = leader.post(asked["Location"], {"password": PASSWORD})
    assert len(codes_on(read(made))) == 1
    assert not Authenticator.objects.filter(user=ben).exists()
    assert Authenticator.objects.filter(user=dana).count() == 2


def test_without_the_tick_a_second_factor_stays(cast: Cast) -> None:
    ben, address = with_second_factors(cast.ben), f"/people/{cast.ben.public_id}/sign-in/"
    posted(client_of(cast.dana), address, way="slip")
    assert Authenticator.objects.filter(user=ben).count() == 2
    assert told_by_mail() == set()


def test_the_address_before_is_told_as_well(cast: Cast) -> None:
    with_second_factors(cast.ben)
    address = f"/people/{cast.ben.public_id}/sign-in/"
    said = {"way": "mail", "email": "new@example.org", "has_lost_all": "on"}
    posted(proven(cast.dana), address, **said)
    assert told_by_mail() == {"ben@example.org", "new@example.org"}


def test_nobody_takes_away_their_own(cast: Cast) -> None:
    client, address = proven(cast.dana), f"/people/{cast.dana.public_id}/sign-in/"
    assert not page(client, address).all("input", name="has_lost_all")
    answered = posted(client, address, way="slip", has_lost_all="on")
    assert "Ask another leader" in answered.text
    assert Authenticator.objects.filter(user=user_of(cast.dana)).count() == 2
    assert not Invitation.objects.exists()


def test_a_leader_of_a_school_takes_nothing_from_one_of_the_district(cast: Cast) -> None:
    iris = make_person("Iris Berg", cast.district, Role.LEADER)
    place, since = cast.school, SINCE
    give_role(iris, Role.TEACHER, organization=place, starts_on=since, by=OPERATOR, at=AT)
    user = with_second_factors(iris)
    address = f"/people/{iris.public_id}/sign-in/"
    answered = posted(proven(cast.dana), address, way="slip", has_lost_all="on")
    assert "They lead more than you do" in answered.text
    assert Authenticator.objects.filter(user=user).count() == 2
    for other in (cast.ben, cast.cleo, cast.eli):
        said = {"way": "slip", "has_lost_all": "on"}
        assert client_of(other).post(address, said).status_code == 404
