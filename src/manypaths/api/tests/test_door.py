"""Who gets in by a token, how often, and what everybody else is answered."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import override_settings
from django.test.client import Client

from manypaths.api.tests.callers import ALL_SCOPES, Caller, caller_for, told
from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.integrations.models import Token, TokenUse
from manypaths.integrations.services import make_token, renew_token, revoke_token
from manypaths.people.access import TokenScope
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, user_of

NEEDS = {
    "/frameworks": TokenScope.READ_FRAMEWORKS,
    "/groups": TokenScope.READ_ROSTER,
    f"/learners/{uuid4()}/estimates?framework={uuid4()}": TokenScope.READ_ESTIMATES,
}


def test_without_a_good_token_nobody_gets_in(cast: Cast) -> None:
    revoked = caller_for(cast.school)
    assert revoked.token is not None
    revoke_token(revoked.token, by=OPERATOR, at=now())
    over = make_token(cast.school, "Old", scopes=ALL_SCOPES, days=1, by=OPERATOR, at=AT)
    renewed = caller_for(cast.school)
    assert renewed.token is not None
    renew_token(renewed.token, days=10, by=OPERATOR, at=now())
    callers = [revoked, Caller(over.secret), renewed, Caller("nonsense"), Caller("")]
    answers = {caller.get("/frameworks").content for caller in callers}
    assert len(answers) == 1
    for caller in callers:
        answer = caller.get("/frameworks")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        told(answer)


def test_a_token_in_the_address_lets_nobody_in(cast: Cast) -> None:
    secret = caller_for(cast.school).headers["Authorization"].partition(" ")[2]
    for name in ("token", "access_token", "Authorization", "api_key"):
        assert Client().get("/api/v1/frameworks", {name: secret}).status_code == 401


@pytest.mark.parametrize(("path", "scope"), NEEDS.items())
def test_a_token_reaches_as_far_as_its_scopes(cast: Cast, path: str, scope: TokenScope) -> None:
    without = caller_for(cast.school, [one for one in ALL_SCOPES if one != scope])
    answer = without.get(path)
    assert answer.status_code == 403
    assert scope in told(answer)["detail"]
    assert caller_for(cast.school, [scope]).get(path).status_code in (200, 404)


def test_writes_need_their_scope_whatever_is_sent(cast: Cast) -> None:
    reader = caller_for(cast.school, [TokenScope.READ_ROSTER])
    assert reader.post("/responses", b"{").status_code == 403


def test_a_token_of_another_district_sees_nothing_of_this_one(cast: Cast) -> None:
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        far = caller_for(elsewhere)
    assert told(far.get("/groups"))["items"] == []
    assert far.get(f"/groups/{cast.ada_class.public_id}/people").status_code == 404


def test_only_the_hash_of_a_secret_is_kept(cast: Cast) -> None:
    secret = caller_for(cast.school).headers["Authorization"].partition(" ")[2]
    (row,) = Token.objects.values()
    assert secret not in str(row)


def test_a_token_notes_when_it_was_used_last(cast: Cast) -> None:
    caller = caller_for(cast.school)
    assert TokenUse.objects.get().last_used_at is None
    caller.get("/groups")
    used = TokenUse.objects.get().last_used_at
    assert used is not None
    assert abs(now() - used) < timedelta(minutes=2)


def test_too_many_calls_a_minute_wait_for_the_next(cast: Cast) -> None:
    caller, other = caller_for(cast.school), caller_for(cast.school)
    with override_settings(API_CALLS_A_MINUTE=10):
        statuses = [caller.get("/groups").status_code for _ in range(25)]
        assert statuses[:10] == [200] * 10
        assert 429 in statuses  # also where a minute ended in between
        TokenUse.objects.filter(token=caller.token).update(
            minute=int(now().timestamp()) // 60, n_calls=10
        )
        answer = caller.get("/groups")
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
        told(answer)
        assert other.get("/groups").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nothing", 404),
        ("get", "/", 404),
        ("get", "/groups/not-an-id/people", 404),
        ("delete", "/groups", 405),
        ("put", "/responses", 405),
        ("get", "/responses", 405),
        ("trace", "/groups", 405),
    ],
)
def test_an_address_or_a_method_that_there_is_not_has_the_one_shape(
    cast: Cast, method: str, path: str, status: int
) -> None:
    caller = caller_for(cast.school)
    answer = getattr(caller.client, method)(f"/api/v1{path}", headers=caller.headers)
    assert answer.status_code == status
    told(answer)


def test_a_session_of_a_browser_is_no_token(cast: Cast) -> None:
    browser = Client()
    browser.force_login(user_of(cast.dana))
    assert browser.get("/api/v1/groups").status_code == 401


def test_a_form_is_no_body_of_a_call(cast: Cast) -> None:
    caller = caller_for(cast.school)
    for content_type in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = caller.client.post(
            "/api/v1/responses", b"--x--", content_type=content_type, headers=caller.headers
        )
        assert answer.status_code == 415
        told(answer)
