"""Leaders let programs in, see what each may do, and let them in no more."""

import re

import pytest
from django.test import Client

from manypaths.api.tests.callers import Caller
from manypaths.integrations.models import Endpoint, Sharing, Token
from manypaths.people.access import TokenScope
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, Cast, make_person, user_of
from manypaths.web.tests.clients import client_of, page, read

SCOPES = [TokenScope.READ_ROSTER, TokenScope.WRITE_EVIDENCE]


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


def form(cast: Cast, **other: object) -> dict[str, object]:
    place = cast.school.public_id
    return {"name": "Quiz", "place": place, "days": 90, "scopes": SCOPES, **other}


def secret_on(html: str) -> str:
    found = re.search(r"<code>(manypaths_\w+)</code>", html)
    assert found
    return found.group(1)


def test_a_leader_lets_a_program_in_and_reads_its_secret_once(cast: Cast, dana: Client) -> None:
    made = read(dana.post("/integrations/new/", form(cast)))
    assert Caller(secret_on(made.html)).get("/groups").status_code == 200
    again = page(dana, "/integrations/")
    assert "Quiz" in again.text
    assert "Dana Novak" in again.text
    assert "manypaths_" not in again.html
    assert Token.objects.get().scopes == sorted(SCOPES)


def test_a_new_token_ends_the_one_before(cast: Cast, dana: Client) -> None:
    first = secret_on(read(dana.post("/integrations/new/", form(cast))).html)
    token = Token.objects.get()
    second = secret_on(read(dana.post(f"/integrations/{token.public_id}/renew/")).html)
    assert Caller(first).get("/groups").status_code == 401
    assert Caller(second).get("/groups").status_code == 200


def test_a_program_that_is_ended_gets_in_no_more(cast: Cast, dana: Client) -> None:
    secret = secret_on(read(dana.post("/integrations/new/", form(cast))).html)
    dana.post(f"/integrations/{Token.objects.get().public_id}/end/")
    assert Caller(secret).get("/groups").status_code == 401
    assert "No program gets in here" in page(dana, "/integrations/").text


@pytest.mark.parametrize(
    "change", [{"name": " "}, {"days": 0}, {"days": 401}, {"scopes": []}, {"scopes": ["all"]}]
)
def test_what_cannot_be_is_told_on_the_page(
    cast: Cast, dana: Client, change: dict[str, object]
) -> None:
    answer = read(dana.post("/integrations/new/", form(cast, **change)))
    assert answer.all(class_="err")
    assert not Token.objects.exists()


def test_a_school_s_leader_lets_nobody_into_another(cast: Cast, dana: Client) -> None:
    place = cast.school_elsewhere.public_id
    assert read(dana.post("/integrations/new/", form(cast, place=place))).all(class_="err")
    assert not Token.objects.exists()


def test_teachers_have_no_such_page(cast: Cast) -> None:
    assert client_of(cast.ben).get("/integrations/").status_code == 404


def test_leaders_of_the_district_say_who_reads_its_frameworks(cast: Cast, dana: Client) -> None:
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    user_of(femi)
    leader = client_of(femi)
    leader.post("/integrations/frameworks/", {"open": "yes"})
    assert Sharing.objects.get().frameworks
    leader.post("/integrations/frameworks/", {"open": "no"})
    assert not Sharing.objects.get().frameworks
    assert dana.post("/integrations/frameworks/", {"open": "yes"}).status_code == 404
    assert "Let anybody read them" not in page(dana, "/integrations/").text


def test_leaders_are_told_of_a_program_that_does_not_answer(cast: Cast, dana: Client) -> None:
    dana.post("/integrations/new/", form(cast))
    webhook = Endpoint.objects.create(
        token=Token.objects.get(), address="https://quiz.example/", made_at=AT, paused_at=AT
    )
    assert "Quiz does not answer" in page(dana, "/integrations/").text
    dana.post(f"/integrations/webhooks/{webhook.public_id}/")
    assert "does not answer" not in page(dana, "/integrations/").text
    assert (
        client_of(cast.ben).post(f"/integrations/webhooks/{webhook.public_id}/").status_code == 404
    )


def test_who_looked_names_the_program(cast: Cast, dana: Client) -> None:
    secret = secret_on(read(dana.post("/integrations/new/", form(cast))).html)
    Caller(secret).get(f"/groups/{cast.ada_class.public_id}/people")
    shown = page(client_of(cast.eli), f"/looked/{cast.ada.public_id}/")
    assert "Quiz (a program of the school)" in shown.text
    assert "the list of the class" in shown.text
