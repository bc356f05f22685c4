"""Every page for what went wrong: its status, its words in both languages, and what it keeps to."""

import errno
from typing import cast

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, override_settings
from django.urls import include, path
from django.utils.translation import override
from django.views.decorators.http import require_POST
from psycopg.errors import ReadOnlySqlTransaction

from manypaths.base.errors import NotFound, Refused
from manypaths.people.tests.cast import Cast
from manypaths.web import errors
from manypaths.web.tests.clients import client_of
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in

BROKEN = {
    "refused": Refused("That level is not on the scale."),
    "missing": NotFound(),
}


@signed_in
@shows_nobody
def broken(request: PageRequest, how: str) -> HttpResponse:
    raise BROKEN[how]


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server closed the connection on Ada")


def away_too(request: HttpRequest) -> HttpResponse:
    raise InterfaceError


def only_reading(request: HttpRequest) -> HttpResponse:
    raise InternalError("cannot execute INSERT") from ReadOnlySqlTransaction()


def no_room(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device")


def mistaken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("Ada")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def too_often(request: HttpRequest) -> HttpResponse:
    return errors.too_many_page(request)


@require_POST
def deed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} and {len(request.FILES)}")


urlpatterns = [
    path("", include("manypaths.web.urls")),
    path("broken/<str:how>/", broken),
    path("away/", away),
    path("away-too/", away_too),
    path("only-reading/", only_reading),
    path("no-room/", no_room),
    path("mistaken/", mistaken),
    path("denied/", denied),
    path("too-often/", too_often),
    path("deed/", deed, name="deed"),
]
for name in ("handler400", "handler403", "handler404", "handler500"):
    globals()[name] = getattr(__import__("manypaths.web.urls", fromlist=[name]), name)
here = override_settings(ROOT_URLCONF=__name__)
both = pytest.mark.parametrize("language", ["en", "es"])


def stranger(*, checks: bool = False) -> Client:
    return Client(enforce_csrf_checks=checks, raise_request_exception=False)


def page_of(response: object) -> HttpResponse:
    return cast("HttpResponse", response)


def is_said(response: HttpResponseBase, trouble: errors.Trouble, language: str) -> bool:
    """Say whether a page has the status, title and advice of a trouble, in its language."""
    html = page_of(response).content.decode()
    with override(language):
        words = (str(trouble.title), str(trouble.advice))
    return (
        response.status_code == trouble.status
        and f'<html lang="{language}">' in html
        and all(said in html for said in words)
        and response["Cache-Control"] == "no-store"
    )


@here
@both
def test_each_trouble_has_its_page(db: None, language: str) -> None:
    client = stranger()
    for address, trouble in (
        ("/nothing/", errors._NOT_FOUND),
        ("/away/", errors._AWAY),
        ("/away-too/", errors._AWAY),
        ("/only-reading/", errors._AWAY),
        ("/no-room/", errors._AWAY),
        ("/mistaken/", errors._OUR_FAULT),
        ("/denied/", errors._NOT_HERE),
        ("/too-often/", errors._TOO_MANY),
        ("/deed/", errors._NOT_ALLOWED),
    ):
        response = client.get(address, headers={"accept-language": language})
        assert is_said(response, trouble, language), address
        assert "Ada" not in page_of(response).content.decode()


@here
@both
def test_a_host_that_is_not_ours_gets_a_page_without_its_name(db: None, language: str) -> None:
    response = stranger().get("/", headers={"host": "evil.example", "accept-language": language})
    assert is_said(response, errors._BAD_REQUEST, language)
    assert "evil" not in page_of(response).content.decode()


@here
@both
def test_a_form_without_its_token_is_explained(db: None, language: str) -> None:
    client = stranger(checks=True)
    response = client.post("/deed/", headers={"accept-language": language})
    assert is_said(response, errors._FORM_EXPIRED, language)


@here
@both
def test_what_is_too_large_is_turned_away(db: None, language: str) -> None:
    client, headers = stranger(), {"accept-language": language}
    with override_settings(LARGEST_UPLOAD_BYTES=5000):
        file = SimpleUploadedFile("a.txt", b"a" * 6000)
        assert is_said(
            client.post("/deed/", {"f": file}, headers=headers), errors._TOO_LARGE, language
        )
        file = SimpleUploadedFile("a.txt", b"a" * 4000)
        assert client.post("/deed/", {"f": file}).content == b"0 and 1"
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        said = client.post("/deed/", {"text": "a" * 200}, headers=headers)
        assert is_said(said, errors._TOO_LARGE, language)
        assert client.post("/deed/", {"text": "a" * 10}).content == b"1 and 0"
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=3):
        said = client.post("/deed/", {str(n): "" for n in range(4)}, headers=headers)
        assert is_said(said, errors._TOO_LARGE, language)


@here
def test_a_wrong_method_still_says_which_are_right(db: None) -> None:
    assert stranger().get("/deed/")["Allow"] == "POST"


@here
def test_whoever_waits_for_the_database_is_told_how_long(db: None) -> None:
    assert stranger().get("/away/")["Retry-After"] == "30"


@here
def test_refusals_and_records_that_are_not_there_have_pages(cast: Cast) -> None:
    client = client_of(cast.ada)
    refused = client.get("/broken/refused/")
    assert refused.status_code == 400
    assert "That level is not on the scale." in refused.content.decode()
    assert is_said(client.get("/broken/missing/"), errors._NOT_FOUND, "en")


@here
def test_pages_of_a_broken_database_ask_it_nothing_but_who_reads(
    cast: Cast, django_assert_num_queries: object
) -> None:
    client = client_of(cast.ada)
    client.raise_request_exception = False
    with django_assert_num_queries(2):  # type: ignore[operator]  # the session and its user
        assert client.get("/away/").status_code == 503
