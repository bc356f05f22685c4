"""The client that the guide shows works as it stands."""

import re
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from django.test import Client

from manypaths.api.tests.callers import caller_for
from manypaths.base.clock import now
from manypaths.estimates.tests.world import make_world
from manypaths.evidence.models import Response
from manypaths.integrations.signing import signed_headers
from manypaths.people.tests.cast import Cast

GUIDE = Path(__file__).resolve().parents[4] / "docs/guide/api.md"
CLIENT, USE = re.findall(
    r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
)


@pytest.fixture
def client() -> dict[str, Any]:
    made: dict[str, Any] = {}
    exec(CLIENT, made)
    return made


class Wire:
    """Stands where `urlopen` is: carries calls to the application, and loses answers if told to."""

    def __init__(self) -> None:
        self.n_to_lose = 0
        self.client = Client()

    def __call__(self, asked: Any, timeout: float) -> Any:
        path = asked.full_url.partition("://")[2].partition("/")[2]
        headers = dict(asked.header_items())
        answer = self.client.generic(
            asked.get_method(),
            f"/{path}",
            asked.data or b"",
            content_type=headers.pop("Content-type", ""),
            headers=headers,
        )
        if self.n_to_lose:
            self.n_to_lose -= 1
            raise ConnectionResetError
        if answer.status_code >= 400:
            told = Message()
            for name, value in answer.items():
                told[name] = value
            raise HTTPError(asked.full_url, answer.status_code, "", told, BytesIO(answer.content))
        return BytesIO(answer.content)


@pytest.fixture
def wire(client: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()
    monkeypatch.setattr(client["urllib"].request, "urlopen", made)
    return made


def test_the_use_that_the_guide_shows_says_what_it_says(
    cast: Cast, client: dict[str, Any], wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    make_world()
    secret = caller_for(cast.school).headers["Authorization"].partition(" ")[2]
    exec(USE, client | {"ADDRESS": "http://localhost", "TOKEN": secret})
    first, second, estimates = capsys.readouterr().out.splitlines()
    shown = re.findall(r"# (\[.*\])$", USE, flags=re.MULTILINE)
    assert [first, second] == shown
    assert "needs evidence" in estimates
    assert Response.objects.standing().count() == 1


def test_lost_answers_lose_and_double_nothing(
    cast: Cast, client: dict[str, Any], wire: Wire
) -> None:
    world = make_world()
    secret = caller_for(cast.school).headers["Authorization"].partition(" ")[2]
    waits: list[float] = []
    school = client["Manypaths"]("http://localhost", secret, wait=waits.append)
    rows = [
        {
            "client_id": f"row-{n}",
            "learner": str(cast.ada.public_id),
            "task": str(world.tasks["F1-1"].public_id),
            "outcome": 1,
            "done_at": f"2026-02-{n + 1:02}T10:00:00Z",
        }
        for n in range(7)
    ]
    wire.n_to_lose = 3
    told = school.send("/responses", rows, at_once=3)
    assert [one["client_id"] for one in told] == [row["client_id"] for row in rows]
    assert waits == [1, 2, 4]
    assert Response.objects.standing().count() == 7


def test_a_refusal_says_what_is_wrong_and_is_not_tried_again(
    cast: Cast, client: dict[str, Any], wire: Wire
) -> None:
    secret = caller_for(cast.school).headers["Authorization"].partition(" ")[2]
    school = client["Manypaths"]("http://localhost", secret, wait=lambda seconds: 1 / 0)
    with pytest.raises(client["Refused"]) as refused:
        school.send("/responses", [{"client_id": "a"}])
    assert refused.value.problem["faults"]


def test_a_receiver_verifies_what_we_sign(client: dict[str, Any]) -> None:
    at, body = now(), '{"a": 1}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signed_headers("msg_1", body, secret=secret, at=at)
    is_genuine, moment = client["is_genuine"], at.timestamp()
    assert is_genuine(headers, body.encode(), secret, now=moment)
    assert not is_genuine(headers, body.encode() + b" ", secret, now=moment)
    assert not is_genuine(headers, body.encode(), secret.replace("M", "N"), now=moment)
    assert not is_genuine(headers, body.encode(), secret, now=moment + 301)
    assert not is_genuine(headers | {"webhook-id": "msg_2"}, body.encode(), secret, now=moment)


def test_the_client_is_as_short_as_was_said() -> None:
    assert len(CLIENT.splitlines()) <= 110
