"""Getting in by a name and a password: who does, who does not, and what a stranger learns."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from manypaths.accounts.models import Session
from manypaths.accounts.sessions import SECOND_FACTOR
from manypaths.people.models import Organization, Person, RoleHeld, User
from manypaths.people.tests.cast import Cast, user_of
from manypaths.web.tests.clients import client_of, page

PASSWORD = "river stone kettle"
WRONG = "kettle stone river"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_password(person: Person, *, username: str = "") -> User:
    user = user_of(person)
    user.set_password(PASSWORD)
    user.username = username or user.username
    user.save()
    return user


def sign_in(
    client: Client, name: str, password: str = PASSWORD, **more: str
) -> Any:  # Any: Django's own
    """Sign in, and return what the client is answered."""
    return client.post("/sign-in/", {"login": name, "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def student(cast: Cast) -> User:
    return with_password(cast.ada, username="heron-maple-42")


@pytest.mark.parametrize("name", ["heron-maple-42", " Heron-Maple-42", "ada@example.org"])
def test_a_student_signs_in_by_code_or_address(student: User, name: str) -> None:
    client = Client()
    answer = sign_in(client, name)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(student.pk)


def test_a_wrong_password_and_nobodys_name_answer_alike(student: User) -> None:
    User.objects.create(username="without-a-password", password="!")
    ended = User(username="ended", is_active=False)
    ended.set_password(PASSWORD)
    ended.save()
    seen = set()
    for name in ("heron-maple-42", "nobody-here-10", "without-a-password", "ended"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = sign_in(Client(), name, PASSWORD if name == "ended" else WRONG)
        body = re.sub(r'value="[^"]*"', "", answer.content.decode())
        assert "do not go together" in body
        seen.add((answer.status_code, body, len(queries)))
    assert len(seen) == 1


def test_guessing_at_one_account_stops_after_five_and_lets_others_in(
    cast: Cast, student: User
) -> None:
    for _ in range(5):
        assert "do not go together" in sign_in(Client(), "heron-maple-42", WRONG).content.decode()
    client = Client()
    assert "tried too often" in sign_in(client, "heron-maple-42").content.decode()
    assert not is_in(client)
    with_password(cast.eli)
    sign_in(client, "eli@example.org")
    assert is_in(client)


def test_right_passwords_do_not_use_up_the_tries(student: User) -> None:
    for _ in range(8):
        client = Client()
        sign_in(client, "heron-maple-42")
        assert is_in(client)


def test_a_class_of_thirty_gets_in_from_one_address(db: None) -> None:
    hashed = User()
    hashed.set_password(PASSWORD)
    for number in range(30):
        User.objects.create(username=f"learner-{number}", password=hashed.password)
    for number in range(30):
        client = Client()
        sign_in(client, f"learner-{number}", WRONG)
        sign_in(client, f"learner-{number}")
        assert is_in(client)


def test_an_address_that_only_guesses_is_stopped(student: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "20/5m/ip", "login_failed": "3/5m/ip"}
    for number in range(3):
        sign_in(Client(), f"guess-{number}", WRONG)
    assert "tried too often" in sign_in(Client(), "heron-maple-42").content.decode()
    other = Client(REMOTE_ADDR="10.1.2.3")
    sign_in(other, "heron-maple-42")
    assert is_in(other)


def test_nobody_claims_another_address(student: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/5m/ip"}
    for number in range(2):
        sign_in(Client(HTTP_X_FORWARDED_FOR=f"10.0.0.{number}"), "nobody", WRONG)
    client = Client(HTTP_X_FORWARDED_FOR="10.0.0.9")
    assert sign_in(client, "heron-maple-42").status_code == 429


def test_behind_a_proxy_that_is_ours_each_address_counts_for_itself(
    student: User, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/5m/ip"}
    for _ in range(2):
        sign_in(Client(HTTP_X_FORWARDED_FOR="10.0.0.1"), "nobody", WRONG)
    client = Client(HTTP_X_FORWARDED_FOR="10.0.0.2")
    sign_in(client, "heron-maple-42")
    assert is_in(client)


def test_a_session_gets_a_new_key_as_somebody_signs_in(student: User) -> None:
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    assert before is not None
    sign_in(client, "heron-maple-42")
    assert is_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_sessions_that_ran_out_are_dropped_as_somebody_signs_in(student: User) -> None:
    at = timezone.now()
    # A clock that runs a day ahead for an hour ends nobody's session for good.
    for key, since in (("old", timedelta(days=3)), ("of today", timedelta())):
        Session.objects.create(session_key=key, session_data="", expire_date=at - since)
    sign_in(Client(), "heron-maple-42")
    assert not Session.objects.filter(session_key="old").exists()
    assert Session.objects.filter(session_key="of today").exists()


def test_nobody_is_led_elsewhere_after_signing_in(student: User) -> None:
    for target in ("//evil.example/", "https:evil.example", "https://evil.example/"):
        assert sign_in(Client(), "heron-maple-42", next=target)["Location"] == "/"
    assert sign_in(Client(), "heron-maple-42", next="/security/")["Location"] == "/security/"


def test_signing_out_ends_the_session_and_clears_the_browser(student: User) -> None:
    client = Client()
    sign_in(client, "heron-maple-42")
    key = client.session.session_key
    answer = client.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/sign-out/").status_code == 405


def test_there_is_no_way_to_sign_up(db: None) -> None:
    assert Client().get("/sign-up/").status_code == 404
    assert "sign up" not in page(Client(), "/sign-in/").text.lower()


def test_a_forgotten_password_answers_alike_and_sends_nothing_in_the_request(
    student: User,
) -> None:
    seen = set()
    for email in ("ada@example.org", "nobody@example.org"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = Client().post("/sign-in/forgotten/", {"email": email})
        body = re.sub(r'value="[^"]*"', "", answer.content.decode().replace(email, ""))
        seen.add((answer.status_code, body, len(queries)))
    assert len(seen) == 1
    assert not mail.outbox
    assert DBTaskResult.objects.count() == 2


def test_mails_for_one_address_are_asked_for_three_times_at_most(db: None) -> None:
    for _ in range(3):
        answer = Client().post("/sign-in/forgotten/", {"email": "ada@example.org"})
        assert answer.status_code == 200
    answer = Client().post("/sign-in/forgotten/", {"email": "ADA@example.org"})
    assert answer.status_code == 429
    assert Client().post("/sign-in/forgotten/", {"email": "b@example.org"}).status_code == 200


# The second factor


def test_staff_without_a_second_factor_reach_nothing_else(cast: Cast) -> None:
    with_password(cast.ben)
    client = Client()
    sign_in(client, "ben@example.org")
    for address in ("/", f"/classes/{cast.ada_class.public_id}/sign-in/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/security/second/")
    answer = client.post(f"/people/{cast.ada.public_id}/code/")
    assert answer["Location"] == "/security/second/"
    for address in ("/security/second/", "/security/"):
        assert client.get(address).status_code == 200
    assert client.get("/security/app/")["Location"].startswith("/sign-in/again/")


def test_students_and_staff_of_a_demo_need_none(cast: Cast) -> None:
    client = Client()
    client.force_login(user_of(cast.ada))
    assert client.get("/security/pictures/").status_code == 200
    client.force_login(user_of(cast.ben))
    assert client.get("/security/pictures/")["Location"] == "/security/second/"
    Organization.every_district.filter(pk=cast.district.pk).update(is_demonstration=True)
    assert client.get("/security/pictures/").status_code == 200


def code_of(secret: str) -> str:
    code: str = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    return code


def test_a_second_step_is_asked_for_and_its_code_is_good_once(cast: Cast) -> None:
    TOTP.activate(with_password(cast.ben), SECRET)
    client = Client()
    assert sign_in(client, "ben@example.org")["Location"] == "/sign-in/second/"
    assert not is_in(client)
    assert "is not right" in client.post("/sign-in/second/", {"code": "000000"}).content.decode()
    code = code_of(SECRET)
    assert client.post("/sign-in/second/", {"code": code})["Location"] == "/"
    assert client.session[SECOND_FACTOR]
    again = Client()
    sign_in(again, "ben@example.org")
    again.post("/sign-in/second/", {"code": code})
    assert not is_in(again)


def test_staff_set_up_an_app_and_get_recovery_codes(cast: Cast) -> None:
    with_password(cast.ben)
    client = Client()
    sign_in(client, "ben@example.org")
    client.post("/sign-in/again/?next=/security/app/", {"password": PASSWORD})
    assert page(client, "/security/app/").all("img", class_="qr")
    code = code_of(client.session["mfa.totp.secret"])
    assert client.post("/security/app/", {"code": code})["Location"] == "/security/codes/"
    assert len(page(client, "/security/codes/").all("code")) == 10
    assert client.get("/security/pictures/").status_code == 200


def test_staff_keep_their_last_second_factor(cast: Cast) -> None:
    app = TOTP.activate(with_password(cast.ben), SECRET)
    client = Client()
    sign_in(client, "ben@example.org")
    client.post("/sign-in/second/", {"code": code_of(SECRET)})
    client.post("/sign-in/again/?next=/security/app/remove/", {"password": PASSWORD})
    answer = client.post("/security/app/remove/")
    assert "Set up another one first" in answer.content.decode()
    app.instance.refresh_from_db()


# How long a session lasts


def moved(client: Client, **seconds: float) -> Client:
    """Let time pass for a session: since it began, since it was last seen."""
    session = client.session
    for name, by in seconds.items():
        session[name] -= by
    session.save()
    return client


def stays(client: Client) -> bool:
    client.get("/security/")
    return is_in(client)


@pytest.mark.parametrize("aged", [{"seen": 61.0 * 60}, {"begun": 8 * 3_600.0 + 60}])
def test_staff_are_signed_out_after_an_hour_of_rest_or_eight_hours(
    cast: Cast, aged: dict[str, float]
) -> None:
    client = client_of(cast.ben)
    assert stays(client)
    assert stays(moved(client, seen=59 * 60, begun=7 * 3_600 + 50 * 60))
    assert not stays(moved(client, **aged))
    assert "You were away for a while" in page(client, "/sign-in/").text


def test_students_rest_as_they_like_for_twelve_hours(cast: Cast) -> None:
    client = client_of(cast.ada)
    assert stays(client)
    assert stays(moved(client, seen=11 * 3_600, begun=11 * 3_600))
    assert not stays(moved(client, begun=3_700))


def test_a_shared_device_is_signed_out_after_a_quarter_of_an_hour(student: User) -> None:
    client = Client()
    sign_in(client, "heron-maple-42", shared="on")
    assert stays(moved(client, seen=14 * 60))
    assert not stays(moved(client, seen=16 * 60))


def test_whose_time_here_has_ended_is_signed_out_at_the_next_request(cast: Cast) -> None:
    client = client_of(cast.dana)
    assert stays(client)
    RoleHeld.objects.filter(person=cast.dana).update(ends_on="2021-01-01")
    answer = client.get("/", HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")
    assert not is_in(client)
    assert "A leader can invite you again" in page(client, "/sign-in/").text


def test_who_is_shut_out_is_out_at_the_next_request(cast: Cast) -> None:
    client = client_of(cast.ada)
    assert client.get("/security/").status_code == 200
    User.objects.filter(person=cast.ada).update(is_active=False)
    assert client.get("/security/")["Location"].startswith("/sign-in/")


def test_a_sign_in_without_a_person_is_not_led_in_circles(cast: Cast) -> None:
    client = client_of(cast.ada)
    Person.objects.filter(pk=cast.ada.pk).update(user=None)
    assert page(client, "/").status == 200
    assert not is_in(client)
