"""Letting somebody in who has shown a secret, and counting those who try."""

from collections.abc import Callable

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from manypaths.people.models import User


def let_in(request: HttpRequest, user: User, *, way: str, to: str = "home:start") -> HttpResponse:
    """Sign somebody in who has shown a secret of theirs; a second factor is still asked for."""
    record_authentication(request, user, method=way, reauthenticated=True)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse(to)))
    return answer


def try_to_enter(request: HttpRequest, door: str, *, key: str = "") -> Callable[[], None] | None:
    """Count a try at a door; return what takes it back when it was right, None for too many.

    Only wrong tries stay counted, so that a whole school gets in from one address.
    """
    usage = ratelimit.consume(
        request, app="manypaths.web", action=door, config=settings.ENTRY_RATE_LIMITS, key=key
    )
    return usage.rollback if usage is not None else None


def address_of(request: HttpRequest, route: str, *args: object) -> str:
    """Return a whole address for paper and mail: at the host's own name where that is set."""
    path = reverse(route, args=args)
    if settings.ADDRESS:
        return f"{settings.ADDRESS}{path}"
    return request.build_absolute_uri(path)
