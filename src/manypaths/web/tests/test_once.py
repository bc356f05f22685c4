"""A form that is sent twice does its deed once."""

from uuid import UUID

import pytest
from django.test import Client

from manypaths.accounts.models import SentForm
from manypaths.accounts.sessions import drop_expired
from manypaths.base.clock import now
from manypaths.estimates.tests.world import World, make_world
from manypaths.evidence.models import Rating
from manypaths.people.tests.cast import Cast
from manypaths.plans.models import Note
from manypaths.web.tests.clients import client_of

TOKEN = "csrfmiddlewaretoken"


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def rate(client: Client, learner: UUID, world: World, level: int, token: str) -> str:
    competency = world.competencies["F1"].public_id
    response = client.post(f"/why/{learner}/{competency}/rate/", {"level": level, TOKEN: token})
    assert response.status_code == 302
    return str(response["Location"])


def test_a_form_that_comes_again_leads_to_the_same_page(cast: Cast, world: World) -> None:
    client = client_of(cast.ada)
    led = {rate(client, cast.ada.public_id, world, 2, "one page") for _ in range(3)}
    assert len(led) == 1
    assert Rating.objects.count() == 1


def test_other_words_or_another_page_are_a_deed_of_their_own(cast: Cast, world: World) -> None:
    client = client_of(cast.ada)
    for level, token in ((2, "one page"), (1, "one page"), (2, "another page")):
        rate(client, cast.ada.public_id, world, level, token)
    assert Rating.objects.count() == 3


def test_a_form_that_was_refused_can_be_sent_again(cast: Cast, world: World) -> None:
    client = client_of(cast.ben)
    address = f"/classes/{cast.ada_class.public_id}/notes/{cast.ada.public_id}/"
    competency = world.competencies["F1"].public_id
    client.post(f"/why/{cast.ada.public_id}/{competency}/rate/", {"level": "99", TOKEN: "a"})
    assert not SentForm.objects.exists()
    for _ in range(2):
        client.post(address, {"text": "She explained it to Omar.", TOKEN: "b"})
    assert Note.objects.count() == 1


def test_what_was_sent_days_ago_is_forgotten(cast: Cast, world: World) -> None:
    rate(client_of(cast.ada), cast.ada.public_id, world, 2, "one page")
    drop_expired(at=now())
    assert SentForm.objects.count() == 1
    SentForm.objects.update(sent_at="2020-01-01T00:00:00Z")
    drop_expired(at=now())
    assert not SentForm.objects.exists()
