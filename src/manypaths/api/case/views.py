"""The addresses of CASE: documents as a list, and everything else by its identifier."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import override

from manypaths.api.case.asking import read_query
from manypaths.api.case.failures import Failure, unknown_object
from manypaths.api.case.forms import EDITIONS
from manypaths.api.case.library import Library
from manypaths.base.clock import now
from manypaths.base.errors import NotFound, will_pass
from manypaths.base.ids import as_public_id
from manypaths.base.scope import district_scope
from manypaths.integrations.entry import (
    TooManyCalls,
    count_call,
    count_open_call,
    districts_that_share,
    token_behind,
)
from manypaths.interop.case_shapes import DOCUMENT
from manypaths.people.access import TokenScope

log = logging.getLogger(__name__)

_FIELDS = {*DOCUMENT.fields, "CFPackageURI", "extensions"}
View = Callable[..., HttpResponse]


def answered(view: View) -> View:
    """Answer what goes wrong in CASE's own shape, and reads alone."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        try:
            if request.method not in ("GET", "HEAD"):
                raise Failure(405, "forbidden", "Only reading.", headers={"Allow": "GET, HEAD"})
            with override("en"):
                return view(request, **kwargs)
        except Failure as failure:
            return failure.answer()
        except Exception as error:  # a door: the answer says that it broke, the log says why
            if will_pass(error):
                busy = Failure(503, "server_busy", "Try again.", headers={"Retry-After": "30"})
                return busy.answer()
            log.exception("call broke")
            return Failure(500, "internal_server_error", "It is noted.").answer()

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # nothing is changed here
    return answer


@answered
def documents(request: HttpRequest, edition: str) -> HttpResponse:
    """List the documents of all published frameworks, a page at a time."""
    asked = read_query(request.GET, _FIELDS)
    found = []
    for _ in _places(request):
        found += _library(request, edition).documents()
    rows = asked.chosen({row["identifier"]: row for row in reversed(found)}.values())
    page = asked.page(rows)
    if not page:
        # The standard has no set without a document in it.
        headers = {"X-Total-Count": str(len(rows))}
        raise Failure(
            404, "unknownobject", "No document is so.", about="CFDocuments", headers=headers
        )
    response = JsonResponse({"CFDocuments": page})
    response["X-Total-Count"] = str(len(rows))
    here = f"{_base(request, edition)}/CFDocuments"
    response["Link"] = asked.links(here, request.GET, len(rows))
    return response


@answered
def one(request: HttpRequest, edition: str, kind: str, sourced_id: str) -> HttpResponse:
    """Give one object with what belongs to it."""
    if request.GET:
        raise Failure(
            400, "invalid_selection_field", "There are no parameters here.", about="parameter"
        )
    for _ in _places(request):
        found = _library(request, edition).find(kind, sourced_id)
        if found is not None:
            return JsonResponse(found)
    if as_public_id(sourced_id) is None:
        raise Failure(404, "invalid_uuid", "An identifier is a UUID.")
    raise unknown_object()


@answered
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for an address that CASE does not have."""
    raise unknown_object()


def _library(request: HttpRequest, edition: str) -> Library:
    return Library(EDITIONS[edition], _base(request, edition))


def _base(request: HttpRequest, edition: str) -> str:
    host = settings.ADDRESS or request.build_absolute_uri("/").rstrip("/")
    return f"{host}/ims/case/{edition}"


def _places(request: HttpRequest) -> Iterator[None]:
    """Work in each district that the caller may read: that of their token, or all open ones."""
    header = request.headers.get("Authorization", "")
    if header:
        districts = [_district_of_token(header)]
    else:
        districts = [district.pk for district in districts_that_share()]
    if not districts:
        raise Failure(
            401,
            "unauthorised_request",
            "Show a token: Authorization: Bearer.",
            about="Authorization",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not header:
        with _in_turn():
            count_open_call(_address_of(request), now())
    for district in districts:
        with district_scope(district):
            yield


def _address_of(request: HttpRequest) -> str:
    """Return where a reader calls from; those of whom no server says it share one count."""
    try:
        return str(get_ip(request))
    except PermissionDenied:
        return ""


@contextmanager
def _in_turn() -> Iterator[None]:
    """Answer whoever called too often with how long to wait."""
    try:
        yield
    except TooManyCalls as error:
        raise Failure(
            429, "server_busy", "Too often.", headers={"Retry-After": str(error.seconds)}
        ) from None


def _district_of_token(header: str) -> int:
    scheme, _, secret = header.partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise NotFound
        token = token_behind(secret, now())
    except NotFound:
        raise Failure(
            401,
            "unauthorised_request",
            "The token is not good.",
            about="Authorization",
            headers={"WWW-Authenticate": "Bearer"},
        ) from None
    with _in_turn():
        count_call(token, now())
    if TokenScope.READ_FRAMEWORKS not in token.scopes:
        raise Failure(
            403, "forbidden", f"This needs {TokenScope.READ_FRAMEWORKS}.", about="Authorization"
        )
    return token.district_id
