"""All addresses for programs, as every kind of caller: who gets through, and what others hear."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from manypaths.api.case.tests.conformance import CLASSES
from manypaths.api.tests.callers import Caller, caller_for
from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.integrations.services import revoke_token, share_frameworks
from manypaths.people.access import TokenScope
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district
from manypaths.web.tests.clients import client_of
from tests.addresses import Route, routes_for_programs
from tests.stage import LATER, Records, make_stage
from tests.test_routes import faults_of, tables

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

READ, ROSTER = TokenScope.READ_FRAMEWORKS, TokenScope.READ_ROSTER
ESTIMATES, WRITE = TokenScope.READ_ESTIMATES, TokenScope.WRITE_EVIDENCE


@dataclass(frozen=True)
class Door:
    """How an address is called on Ada's records, the scope it needs, and whether it is of hers."""

    scope: TokenScope | None
    query: Callable[[Records], dict[str, object]] = lambda records: {}
    body: Callable[[Records], dict[str, object]] | None = None
    is_personal: bool = False
    is_deleted: bool = False


def _framework(records: Records) -> dict[str, object]:
    return {"framework": records.framework.public_id}


def _response(records: Records) -> dict[str, object]:
    return {
        "client_id": "row-1",
        "learner": str(records.public_id),
        "task": str(records.task.public_id),
        "outcome": 1.0,
        "done_at": LATER.isoformat(),
    }


def _rating(records: Records) -> dict[str, object]:
    return {
        "client_id": "row-1",
        "learner": str(records.public_id),
        "competency": str(records.competency.public_id),
        "level": "secure",
        "rater": str(records.public_id),
        "role": "self",
        "done_at": LATER.isoformat(),
    }


DOORS = {
    "api:document": Door(None),
    "api:frameworks": Door(READ),
    "api:framework": Door(READ),
    "api:tasks": Door(READ),
    "api:organizations": Door(ROSTER),
    "api:groups": Door(ROSTER),
    "api:people": Door(ROSTER, is_personal=True),
    "api:estimates": Door(ESTIMATES, _framework, is_personal=True),
    "api:why": Door(ESTIMATES, lambda r: {"competency": r.competency.public_id}, is_personal=True),
    "api:next_steps": Door(ESTIMATES, _framework, is_personal=True),
    "api:group_status": Door(ESTIMATES, _framework, is_personal=True),
    "api:response": Door(WRITE, body=_response),
    "api:responses": Door(WRITE, body=lambda r: {"rows": [_response(r)]}),
    "api:rating": Door(WRITE, body=_rating),
    "api:ratings": Door(WRITE, body=lambda r: {"rows": [_rating(r)]}),
    "api:webhooks": Door(TokenScope.WRITE_WEBHOOKS),
    "api:webhook": Door(TokenScope.WRITE_WEBHOOKS, is_deleted=True),
    **{
        f"case:{edition}_{kind}": Door(READ)
        for edition in ("v1p1", "v1p0")
        for kind in (*(one for one in CLASSES if one.startswith("CF")), "CFDocuments_all")
    },
}
FILLS: dict[str, Callable[[Records], object]] = {
    "framework_id": lambda r: r.framework.public_id,
    "group_id": lambda r: r.group.public_id,
    "learner_id": lambda r: r.public_id,
    "sourced_id": lambda r: r.framework.identifier,
    "webhook_id": lambda r: r.endpoint.public_id,
}


@dataclass(frozen=True)
class Scene:
    """Ada's records, and how to call an address on them."""

    cast: Cast
    records: Records

    def call(self, caller: Caller, route: Route, *, ghost: bool = False) -> "Answer":
        door = DOORS[route.name]
        book = {name: str(fill(self.records)) for name, fill in FILLS.items()}
        if ghost:
            book |= {"group_id": str(uuid4()), "learner_id": str(uuid4())}
        address = route.address(book)
        if door.body is not None:
            body = json.dumps(door.body(self.records))
            return caller.client.post(
                address, body, content_type="application/json", headers=caller.headers
            )
        if door.is_deleted:
            return caller.client.delete(address, headers=caller.headers)
        query = {name: str(value) for name, value in door.query(self.records).items()}
        return caller.client.get(address, query, headers=caller.headers)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene(cast, make_stage(cast).adas)


def test_every_address_for_programs_is_known_here() -> None:
    assert {route.name for route in routes_for_programs()} == DOORS.keys()


def passes(answer: "Answer") -> bool:
    """Say whether a call got through the door: to something, or in CASE to nothing of that kind."""
    return answer.status_code == 200 or (
        answer.status_code == 404 and b"imsx_codeMajor" in answer.content
    )


@pytest.mark.sweep
def test_who_gets_through_which_door(scene: Scene) -> None:
    cast = scene.cast
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        far = caller_for(elsewhere)
    revoked = caller_for(cast.school)
    assert revoked.token is not None
    revoke_token(revoked.token, by=OPERATOR, at=now())
    session = Caller("")
    session.client = client_of(cast.dana)
    nobodies = {"stranger": Caller(""), "revoked": revoked, "a session": session}
    beside = caller_for(cast.school_elsewhere)
    for route in routes_for_programs():
        door = DOORS[route.name]
        for name, caller in nobodies.items():
            expected = 200 if door.scope is None else 401
            assert scene.call(caller, route).status_code == expected, f"{route.name} by {name}"
        for scope in TokenScope:
            answer = scene.call(caller_for(cast.school, [scope]), route)
            if door.is_deleted and door.scope == scope:
                assert answer.status_code == 404, route.name  # it is another integration's
            elif door.scope in (None, scope):
                assert passes(answer), f"{route.name} with {scope}: {answer.content!r}"
            else:
                assert answer.status_code == 403, f"{route.name} with {scope}"
        for caller in (far, beside):
            answer = scene.call(caller, route)
            if door.is_personal:
                ghost = scene.call(caller, route, ghost=True)
                assert answer.status_code == 404, route.name
                assert answer.content == ghost.content, route.name
            elif door.body is not None:
                assert answer.status_code == 422, route.name


MAY_CHANGE = {"base_viewentry", "integrations_tokenuse", "accounts_counts"}


@pytest.mark.sweep
def test_a_read_changes_nothing_but_its_look(scene: Scene) -> None:
    caller = caller_for(scene.cast.school)
    for route in routes_for_programs():
        if DOORS[route.name].body is None and not DOORS[route.name].is_deleted:
            before = tables()
            scene.call(caller, route)
            after = tables()
            changed = {table for table in after if after[table] != before[table]}
            assert changed <= MAY_CHANGE, route.name
            assert ("base_viewentry" in changed) == DOORS[route.name].is_personal, route.name


def test_every_answer_carries_what_protects_its_reader(scene: Scene) -> None:
    share_frameworks(scene.cast.district, is_open=True, by=OPERATOR, at=AT)
    caller = caller_for(scene.cast.school)
    found = [
        f"{route.name}: {fault}"
        for route in routes_for_programs()
        for who in (caller, Caller(""))
        for fault in faults_of(cast(HttpResponse, scene.call(who, route)))
    ]
    assert found == []


def test_no_cookie_is_set_for_a_program(scene: Scene) -> None:
    caller = caller_for(scene.cast.school)
    for route in routes_for_programs():
        assert not scene.call(caller, route).cookies, route.name


def test_a_body_beyond_what_any_page_takes_is_told_so_in_the_shape_of_the_api(cast: Cast) -> None:
    answer = Client().post(
        "/api/v1/responses", b"", content_type="application/json", CONTENT_LENGTH=10**9
    )
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
