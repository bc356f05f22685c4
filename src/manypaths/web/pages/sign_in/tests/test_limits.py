"""Whoever tries too often at a door is told so, in their language, and when to try again."""

import pytest
from django.conf import settings as configured
from django.test import Client, RequestFactory
from django.utils.translation import gettext, override
from pytest_django.fixtures import Settings

from manypaths.accounts.services import give_class_code, invite
from manypaths.accounts.tokens import spelled
from manypaths.base.clock import now
from manypaths.people.tests.cast import Cast, user_of
from manypaths.web.entering import try_to_enter
from manypaths.web.tests.clients import Page, read

PASSWORD = "river stone kettle"
TOO_OFTEN = "That was too often"
WAIT = "Wait a few minutes, then try again. A teacher can help you to get in."
WAIT_FIVE = "That was tried too often. Wait five minutes, or ask your teacher for a code."
languages = pytest.mark.parametrize("language", ["en", "es"])


def use_up(door: str) -> None:
    """Try at a door as often as one address may, by the limits that are set."""
    request = RequestFactory().post("/")
    n_tries = 0
    while try_to_enter(request, door) is not None:
        n_tries += 1
    assert configured.ENTRY_RATE_LIMITS[door].startswith(f"{n_tries}/")


def sent(client: Client, address: str, language: str, **words: str) -> Page:
    return read(client.post(address, words, headers={"accept-language": language}))


def assert_told(answered: Page, language: str) -> None:
    with override(language):
        title, advice = gettext(TOO_OFTEN), gettext(WAIT)
    assert (title != TOO_OFTEN) is (language != "en")
    assert answered.status == 429
    assert answered.all("html", lang=language)
    assert title in {heading.text for heading in answered.all("h1")}
    assert advice in answered.text
    # Whoever waited finds the way back in by a link.
    assert answered.all("a", class_="main")


@languages
def test_a_code_that_was_tried_too_often_says_when_to_try_again(db: None, language: str) -> None:
    use_up("code")
    assert_told(sent(Client(), "/sign-in/code/", language, code="WRONG"), language)


@languages
def test_a_class_code_that_was_tried_too_often_says_when_to_try_again(
    cast: Cast, language: str
) -> None:
    code = give_class_code(cast.ada_class, by=user_of(cast.ben), at=now()).code
    use_up("class_code")
    client = Client()
    assert_told(sent(client, "/sign-in/class/", language, code=code), language)
    assert client.get("/sign-in/class/names/").status_code != 200


@languages
def test_an_invitation_that_was_tried_too_often_says_when_and_is_not_used_up(
    cast: Cast, language: str
) -> None:
    issued = invite(cast.ada, by=user_of(cast.dana), at=now())
    client = Client()
    client.post("/sign-in/code/", {"code": spelled(issued.token)})
    use_up("code")
    assert_told(sent(client, "/invitation/", language, password=PASSWORD), language)
    issued.invitation.refresh_from_db()
    assert issued.invitation.used_at is None


@languages
def test_passwords_of_one_address_that_were_tried_too_often_say_when(
    cast: Cast, language: str, settings: Settings
) -> None:
    # As a host sets it that has few people; the usual one takes hundreds of tries.
    settings.ACCOUNT_RATE_LIMITS = configured.ACCOUNT_RATE_LIMITS | {"login": "2/5m/ip"}
    for _ in range(2):
        sent(Client(), "/sign-in/", language, login="nobody", password=PASSWORD)
    answered = sent(Client(), "/sign-in/", language, login="nobody", password=PASSWORD)
    assert_told(answered, language)


@languages
def test_one_account_that_was_tried_too_often_says_when(cast: Cast, language: str) -> None:
    name = user_of(cast.ada).username
    for _ in range(5):
        sent(Client(), "/sign-in/", language, login=name, password=PASSWORD)
    answered = sent(Client(), "/sign-in/", language, login=name, password=PASSWORD)
    with override(language):
        assert gettext(WAIT_FIVE) in answered.text
