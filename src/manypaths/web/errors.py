"""Pages for what went wrong: each says what to do, in the reader's language."""

import sys
from dataclasses import dataclass

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manypaths.api.problems import Problem
from manypaths.base.errors import Refused, will_pass

_FOR_PROGRAMS = "/api/"


@dataclass(frozen=True)
class Trouble:
    """What an error page says: what happened, and what to do."""

    status: int
    title: str | Promise
    advice: str | Promise


_BAD_REQUEST = Trouble(
    400,
    _("That could not be done"),
    _("Go back one step and try again. Nothing was changed."),
)
_FORM_EXPIRED = Trouble(
    403,
    _("This form is no longer good"),
    _("It was open for a long time, or in two windows. Load the page again; then send it."),
)
_NOT_HERE = Trouble(
    403,
    _("That is not yours to do"),
    _("Go back one step. If it should be yours, ask whoever keeps the accounts of your school."),
)
_NOT_FOUND = Trouble(
    404,
    _("There is no such page for you"),
    _("The address may be old, or the page may belong to somebody else. Begin at your own page."),
)
_NOT_ALLOWED = Trouble(
    405,
    _("That address does something, it shows nothing"),
    _("Go back and press the button there."),
)
_TOO_LARGE = Trouble(
    413,
    _("That was too large"),
    _("Send a smaller file, or several one after the other."),
)
_TOO_MANY = Trouble(
    429,
    _("That was too often"),
    _("Wait a few minutes, then try again. A teacher can help you to get in."),
)
_OUR_FAULT = Trouble(
    500,
    _("Something broke on our side"),
    _("It is noted. What you had saved is safe. Try again in a minute."),
)
_BUSY = Trouble(
    503,
    _("Very many people are here right now"),
    _("Wait a few seconds, then do that again. What you had saved is safe."),
)
_AWAY = Trouble(
    503,
    _("We are not here for a moment"),
    _("Wait a minute and load the page again. What you had saved is safe."),
)


def bad_request_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense, or is beyond the limits of what we read."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large_page(request)
    return _page(request, _BAD_REQUEST)


def form_expired_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    return _page(request, _FORM_EXPIRED)


def not_allowed_page(request: HttpRequest) -> HttpResponse:
    """Answer a request by a method that the address does not take."""
    return _page(request, _NOT_ALLOWED)


def not_allowed_here_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a deed that is refused to this visitor."""
    return _page(request, _NOT_HERE)


def not_found_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what is not there, and in the same words for what is not theirs."""
    return _page(request, _NOT_FOUND)


def refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Answer for a deed that can't be done as it stands, in its own words."""
    return _page(request, _BAD_REQUEST, refusal.message)


def too_large_page(request: HttpRequest) -> HttpResponse:
    """Answer for a body or file beyond the limits."""
    return _page(request, _TOO_LARGE)


def too_many_page(request: HttpRequest) -> HttpResponse:
    """Answer for more tries than the limits allow."""
    return _page(request, _TOO_MANY)


def our_fault_page(request: HttpRequest) -> HttpResponse:
    """Answer for a mistake of ours, or where there is no database or no disk for a moment."""
    if will_pass(sys.exc_info()[1]):
        return away_page(request)
    return _bare_page(_OUR_FAULT)


def away_page(request: HttpRequest) -> HttpResponse:
    """Answer while the database can't be reached, or nothing can be written."""
    return _bare_page(_AWAY, retry_after=30)


def busy_page(request: HttpRequest) -> HttpResponse:
    """Answer while more people ask than can be answered in time; programs, in their own shape."""
    if request.path_info.startswith(_FOR_PROGRAMS):
        return Problem(503, "Try again in 5 s.", headers={"Retry-After": "5"}).answer()
    return _bare_page(_BUSY, retry_after=5)


def _page(request: HttpRequest, trouble: Trouble, message: str = "") -> HttpResponse:
    context = {"trouble": trouble, "message": message}
    return render(request, "error.html", context, status=trouble.status)


def _bare_page(trouble: Trouble, *, retry_after: int | None = None) -> HttpResponse:
    """Return a page that asks nobody: neither who reads it, nor the database for their places."""
    html = render_to_string("error.html", {"trouble": trouble, "message": ""})
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return HttpResponse(html, status=trouble.status, headers=headers)
