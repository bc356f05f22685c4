"""What the marks mean: every mark with its word, for everyone."""

from django.test import Client
from django.urls import reverse

from manypaths.estimates.status import Certainty, Status
from manypaths.people.tests.cast import Cast
from manypaths.web.tests.clients import client_of, page


def test_every_status_and_certainty_is_explained(cast: Cast) -> None:
    shown = page(client_of(cast.eli), reverse("marks:all"))
    heads = [th.text for th in shown.all("th", scope="row")]
    assert {status.value for status in Status} <= set(heads)
    assert {certainty.value for certainty in Certainty} <= set(heads)
    assert "Eli Okafor" in shown.text


def test_strangers_may_read_it(db: None) -> None:
    assert page(Client(), reverse("marks:all")).status == 200
