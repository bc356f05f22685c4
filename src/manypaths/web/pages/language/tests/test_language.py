"""Which language a page speaks, and how one chooses it."""

from typing import Any

import pytest
from django.test import Client

from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.people.tests.cast import Cast, user_of
from manypaths.web.tests.clients import client_of, page

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es-MX,es;q=0.9,en;q=0.5"}


def language_of(client: Client, address: str = "/sign-in/", **headers: Any) -> str:
    response = client.get(address, **headers)
    found: str = response["Content-Language"]
    assert f'<html lang="{found}">' in response.content.decode()
    return found


def choose(client: Client, language: str, back_to: str = "/sign-in/") -> Any:
    return client.post("/language/", {"language": language, "next": back_to})


def test_a_stranger_reads_what_the_browser_asks_for(db: None) -> None:
    assert language_of(Client(), **SPANISH) == "es"
    assert language_of(Client()) == "en"
    assert language_of(Client(), HTTP_ACCEPT_LANGUAGE="fr") == "en"


def test_a_stranger_keeps_a_choice_in_the_browser(db: None) -> None:
    client = Client()
    answer = choose(client, "es")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert language_of(client) == "es"
    choose(client, "en")
    assert language_of(client, **SPANISH) == "en"


def test_a_persons_own_choice_follows_them_to_another_browser(cast: Cast) -> None:
    choose(client_of(cast.eli), "es")
    elsewhere = client_of(cast.eli)
    assert language_of(elsewhere) == "es"
    with district_scope(cast.district.pk):
        entry = AuditEntry.objects.get(deed="choose language")
    assert (entry.actor_id, entry.facts) == (user_of(cast.eli).pk, {"language": "es"})


def test_one_persons_choice_is_nobody_elses(cast: Cast) -> None:
    choose(client_of(cast.eli), "es")
    assert language_of(client_of(cast.ben)) == "en"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_one_is_led_back_to_our_own_pages_alone(db: None, elsewhere: str) -> None:
    assert choose(Client(), "es", elsewhere)["Location"] == "/"


def test_a_language_that_pages_are_not_written_in_is_refused(db: None) -> None:
    client = Client()
    assert choose(client, "xx").status_code == 400
    assert language_of(client) == "en"


def test_an_address_that_chooses_shows_nothing(db: None) -> None:
    assert Client().get("/language/").status_code == 405


def test_every_page_offers_the_other_language_in_its_own_words(db: None) -> None:
    client = Client()
    assert [b.text for b in page(client, "/sign-in/").all("button", name="language")] == ["Español"]
    choose(client, "es")
    assert [b.text for b in page(client, "/sign-in/").all("button", name="language")] == ["English"]
