"""Whether a signed-in person may go on: their session, their place here, their second factor."""

from collections.abc import Callable
from typing import TypeVar

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from manypaths.accounts.sessions import (
    SECOND_FACTOR,
    begin,
    is_begun,
    is_over,
    note_use,
)
from manypaths.base.clock import now
from manypaths.people.models import Organization, User
from manypaths.people.standing import Standing
from manypaths.web.rendering import is_htmx, redirect_page, tell

View = TypeVar("View", bound=Callable[..., HttpResponse])

_SYSTEMS = (
    ("CrOS", "ChromeOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def without_second_factor(view: View) -> View:
    """Let a view be reached by staff who have no second factor yet: where they set one."""
    view.is_without_second_factor = True  # type: ignore[attr-defined]  # `wraps` carries it along
    return view


def turned_away(
    request: HttpRequest, user: User, district: Organization, standing: Standing
) -> HttpResponse | None:
    """Return the answer for somebody who may not go on, None for all others."""
    at, session = now(), request.session
    if not standing.belongs:
        return sign_out(request, _("Your time here has ended. A leader can invite you again."))
    if not is_begun(session):
        begin(session, at=at, device=device_of(request))
    if is_over(session, is_staff=standing.is_educator, at=at):
        return sign_out(request, _("You were away for a while, so you were signed out."))
    note_use(session, at=at)
    if standing.is_educator and not district.is_demonstration:
        return _led_to_second_factor(request, user)
    return None


def has_second_factor(user: User) -> bool:
    """Say whether somebody has a passkey or an app for codes."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(is_mfa_enabled(user, kinds))


def sign_out(request: HttpRequest, words: str) -> HttpResponse:
    """End the session and lead to the sign-in page, which says why."""
    logout(request)
    tell(request, words)
    return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and back here from there; all of the page, for htmx too."""
    address = reverse("sign_in:start")
    if is_htmx(request):
        # A part of a page is no place to come back to.
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect_to_login(request.get_full_path(), address)


def device_of(request: HttpRequest) -> str:
    """Return in a few words what the browser says of itself: Firefox, Windows."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)


def _led_to_second_factor(request: HttpRequest, user: User) -> HttpResponse | None:
    if request.session.get(SECOND_FACTOR):
        return None
    match = request.resolver_match
    if match is not None and getattr(match.func, "is_without_second_factor", False):
        return None
    if has_second_factor(user):
        request.session[SECOND_FACTOR] = True
        return None
    return redirect_page(request, "security:second_factor")
