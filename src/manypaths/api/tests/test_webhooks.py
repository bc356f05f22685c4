"""Programs say where they want to be told of changes."""

from uuid import uuid4

import pytest
from django.test import override_settings

from manypaths.api.tests.callers import Caller, caller_for, told
from manypaths.people.tests.cast import Cast

WANTED = {"url": "http://127.0.0.1:9/hook", "events": ["status.changed"]}


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return caller_for(cast.school)


def test_a_webhook_is_made_listed_and_removed(caller: Caller) -> None:
    with override_settings(LOOPBACK_WEBHOOKS=True):
        made = told(caller.post("/webhooks", WANTED))
    assert made["secret"].startswith("whsec_")
    (listed,) = told(caller.get("/webhooks"))["items"]
    assert (listed["id"], listed["url"]) == (made["id"], WANTED["url"])
    assert "secret" not in listed
    path = f"/api/v1/webhooks/{made['id']}"
    assert caller.client.delete(path, headers=caller.headers).status_code == 200
    assert told(caller.get("/webhooks"))["items"] == []


def test_another_program_s_webhook_is_not_there(cast: Cast, caller: Caller) -> None:
    with override_settings(LOOPBACK_WEBHOOKS=True):
        made = told(caller.post("/webhooks", WANTED))
    other = caller_for(cast.school)
    assert told(other.get("/webhooks"))["items"] == []
    answers = [
        other.client.delete(f"/api/v1/webhooks/{name}", headers=other.headers)
        for name in (made["id"], uuid4())
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://127.0.0.1/"},
        {"url": "https://169.254.169.254/"},
        {"url": "https://[::ffff:10.0.0.1]/"},
        {"url": 7},
        {"url": ""},
        {"events": []},
        {"events": ["everything"]},
        {"secret": "mine"},
    ],
    ids=str,
)
def test_what_cannot_be_is_told_by_field(caller: Caller, change: dict[str, object]) -> None:
    answer = caller.post("/webhooks", WANTED | {"url": "https://1.1.1.1/"} | change)
    assert answer.status_code == 422
    assert {fault["field"].partition(".")[0] for fault in told(answer)["faults"]} == set(change)
