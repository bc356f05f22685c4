"""What holds for every request and answer, whatever page it is for."""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, resolve

from manypaths.api.problems import Problem
from manypaths.base.logs import request_id
from manypaths.base.turns import at_work
from manypaths.web import errors
from manypaths.web.pages.probes.views import health, ready

Answer = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("manypaths.requests")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_PROBES: dict[str, Answer] = {"/health": health, "/ready": ready}
_FOR_PROGRAMS = "/api/"
# A page of ours asks a device for nothing but files that its user picks, and for passkeys.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
        *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "magnetometer"),
        *("microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "usb"),
        "xr-spatial-tracking",
    )
)


def request_log(get_response: Answer) -> Answer:
    """Write one line a request: which route, by which user, how it ended, how long it took.

    No address, for it may hold the token of an invitation; no name, no query. The id is the
    proxy's, where it gives one, and stands in the answer and in all lines that belong to it.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if settings.IS_HTTPS:
            # The proxy, the only one to reach us, speaks https with the world.
            request.META["wsgi.url_scheme"] = "https"
        given = request.headers.get("X-Request-ID", "")
        own = given if _REQUEST_ID.fullmatch(given) else str(uuid4())
        token = request_id.set(own)
        began = perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = own
            log.info("request", extra=_facts(request, response, perf_counter() - began))
        finally:
            request_id.reset(token)
        return response

    return answer


def _facts(request: HttpRequest, response: HttpResponseBase, seconds: float) -> dict[str, object]:
    match = request.resolver_match
    user = request.__dict__.get("_cached_user")
    return {
        "method": request.method if request.method in _METHODS else "other",
        "route": match.view_name if match else _nowhere(request),
        "status": response.status_code,
        "user": getattr(user, "pk", None),
        "milliseconds": round(1000 * seconds, 1),
        "bytes": len(response.content) if isinstance(response, HttpResponse) else None,
    }


def _nowhere(request: HttpRequest) -> str:
    return "static" if request.path_info.startswith(settings.STATIC_URL) else ""


def probes(get_response: Answer) -> Answer:
    """Answer whoever watches the server, by whatever host name they call it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = _PROBES.get(request.path_info)
        if probe is None:
            return get_response(request)
        request.resolver_match = resolve(request.path_info)
        return probe(request)

    return answer


def guards(get_response: Answer) -> Answer:
    """Say what browsers may keep and lend: nothing of a page, and no part of the device."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Cache-Control", "no-store")
        return response

    return answer


def in_turn(get_response: Answer) -> Answer:
    """Work on a few requests at once; the others wait, and where it takes too long, hear so."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        with at_work(seconds=settings.LONGEST_WAIT_FOR_A_TURN_SECONDS) as has_place:
            return get_response(request) if has_place else errors.busy_page(request)

    return answer


def limits(get_response: Answer) -> Answer:
    """Turn away bodies that are too large before anybody reads them; explain wrong methods.

    So it does with the sign of no letter, which nobody types and no database keeps in a text.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if _length(request) > settings.LARGEST_UPLOAD_BYTES:
            if request.path_info.startswith(_FOR_PROGRAMS):
                return Problem(413, "A body has at most 1,000,000 bytes. Send several.").answer()
            return errors.too_large_page(request)
        if _holds_null(request):
            return errors.bad_request_page(request)
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = errors.not_allowed_page(request)
            page["Allow"] = response["Allow"]
            return page
        return response

    return answer


def _holds_null(request: HttpRequest) -> bool:
    is_asked = "\0" in request.path_info or _has_null(request.GET)
    if not is_asked and request.method in ("GET", "HEAD"):
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    if hasattr(view, "is_for_programs"):  # reads no form, and has faults of its own shape
        return False
    return is_asked or _has_null(request.POST)


def _has_null(fields: QueryDict) -> bool:
    return any("\0" in text for name, texts in fields.lists() for text in (name, *map(str, texts)))


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
