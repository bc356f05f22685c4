"""What every request and answer keeps to: an id, one line in the log, what browsers may do."""

import json
import logging
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from manypaths.base.logs import JsonLines, request_id
from manypaths.people.tests.cast import Cast, user_of
from manypaths.web.tests.clients import client_of
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in

log = logging.getLogger("manypaths.tests")


def token(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("x" * 1000)


@signed_in
@shows_nobody
def bare(request: PageRequest) -> HttpResponse:
    return HttpResponse(request.visitor.person.name)


def scheme(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.is_secure()} {request.build_absolute_uri('/')}")


def mistaken(request: HttpRequest) -> HttpResponse:
    log.error("before", extra={"n": 1})
    raise ZeroDivisionError("Ada Okafor")


urlpatterns = [
    path("", include("manypaths.web.urls")),
    path("secret/<str:token>/", token, name="invitation"),
    path("bare/", bare, name="bare"),
    path("scheme/", scheme),
    path("mistaken/", mistaken),
]
handler500 = "manypaths.web.errors.our_fault_page"
here = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Catch what is logged, each line as the server would write it."""
    caplog.set_level("INFO", logger="manypaths.requests")
    caplog.handler.setFormatter(JsonLines())
    return caplog


def written(lines: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.text.splitlines()]


@here
def test_a_request_leaves_one_line_without_secrets(
    cast: Cast, lines: pytest.LogCaptureFixture
) -> None:
    response = Client().get("/secret/s3cret/?name=Ada", headers={"x-request-id": "proxy-0001"})
    assert response["X-Request-ID"] == "proxy-0001"
    (line,) = written(lines)
    assert line.pop("at", "").endswith("+00:00")  # type: ignore[attr-defined]
    assert isinstance(line.pop("milliseconds"), float)
    assert line == {
        "level": "info",
        "logger": "manypaths.requests",
        "message": "request",
        "request_id": "proxy-0001",
        "method": "GET",
        "route": "invitation",
        "status": 200,
        "user": None,
        "bytes": 1000,
    }


@pytest.mark.parametrize("given", ["", "short", "a b c d e f g h", "x" * 65, "line\\nbreak-1234"])
@here
def test_an_id_that_could_be_no_proxys_is_made_anew(db: None, given: str) -> None:
    response = Client().get("/scheme/", headers={"x-request-id": given} if given else {})
    assert UUID(response["X-Request-ID"]).version == 4
    assert request_id.get() == ""


@here
def test_a_line_names_the_user_by_a_number(cast: Cast, lines: pytest.LogCaptureFixture) -> None:
    client_of(cast.ada).get("/bare/")
    (line,) = written(lines)
    assert line["user"] == user_of(cast.ada).pk
    assert line["route"] == "bare"


@here
def test_lines_of_a_request_share_its_id_and_an_error_tells_no_values(
    db: None, lines: pytest.LogCaptureFixture
) -> None:
    Client(raise_request_exception=False).get("/mistaken/")
    before, error, request = written(lines)
    assert before["request_id"] == error["request_id"] == request["request_id"]
    assert before["n"] == 1
    assert request["status"] == 500
    assert error["error"]["type"] == "builtins.ZeroDivisionError"  # type: ignore[index]
    assert "mistaken" in error["error"]["at"][-1]  # type: ignore[index]
    assert "Ada" not in lines.text
    assert "/mistaken/" not in str(error["message"])


@here
def test_behind_a_proxy_pages_are_https_whatever_a_header_says(db: None) -> None:
    assert Client().get("/scheme/").content == b"False http://testserver/"
    assert Client().get("/scheme/", headers={"x-forwarded-proto": "https"}).content[:5] == b"False"
    with override_settings(
        IS_HTTPS=True, SECURE_HSTS_SECONDS=31_536_000, ALLOWED_HOSTS=["paths.example"]
    ):
        headers = {"x-forwarded-proto": "http", "host": "paths.example"}
        response = Client().get("/scheme/", headers=headers)
    assert response.content == b"True https://paths.example/"
    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_whoever_watches_is_answered_by_any_name_and_without_a_language(db: None) -> None:
    client = Client()
    assert client.get("/health", headers={"host": "10.0.0.7"}).json() == {"alive": True}
    ready = client.get("/ready", headers={"host": "10.0.0.7"})
    assert ready.json() == {"ready": True, "database": True, "tables": True, "disk": True}
    assert ready["Cache-Control"] == "no-store"
    assert not ready.cookies


def test_a_server_without_room_on_its_disk_is_not_ready(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("manypaths.web.pages.probes.views._LEAST_FREE_BYTES", 10**18)
    response = Client().get("/ready")
    assert (response.status_code, response.json()["disk"]) == (503, False)
    assert Client().get("/health").status_code == 200


def test_a_sign_that_no_text_can_hold_is_turned_away(cast: Cast) -> None:
    client = client_of(cast.ben)
    assert client.get("/sign-in/", {"next": "/\0"}).status_code == 400
    assert client.get("/people/?q=%00").status_code == 400
    notes = f"/classes/{cast.ada_class.public_id}/notes/{cast.ada.public_id}/"
    assert client.post(notes, {"text": "a half\0is"}).status_code == 400
    assert client.post(notes, {"text": "a half is"}).status_code == 302
