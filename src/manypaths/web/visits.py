"""Who visits, and the door of every page for signed-in people."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.people.access import one_look
from manypaths.people.models import Organization, Person, User
from manypaths.people.standing import Standing, home_of
from manypaths.web.errors import not_allowed_here_page, not_found_page, refused_page
from manypaths.web.sessions import to_sign_in, turned_away
from manypaths.web.viewing import require_view_recorded

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Visitor:
    """A signed-in person in their district."""

    user: User
    person: Person
    district: Organization
    standing: Standing


class PageRequest(HttpRequest):
    """A request of a visitor."""

    user: User
    visitor: Visitor


Page = Callable[Concatenate[PageRequest, Arguments], HttpResponse]


def signed_in(view: Page[Arguments]) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """Let a view see visitors alone, in the scope of their district; others go and sign in.

    What is not there, and what is not theirs, answers with one and the same page.
    """

    @wraps(view)
    def visited(
        request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        home = home_of(request.user) if isinstance(request.user, User) else None
        if home is None:
            # A sign-in that has lost its person would else be led here and there for ever.
            if request.user.is_authenticated:
                logout(request)
            return to_sign_in(request)
        page_request = cast("PageRequest", request)
        looks = one_look() if request.method in ("GET", "HEAD") else nullcontext()
        with district_scope(home.district.pk, home.zone), timezone.override(home.zone), looks:
            standing = Standing(home.person, page_request.user)
            away = turned_away(request, page_request.user, home.district, standing)
            if away is not None:
                return away
            page_request.visitor = Visitor(
                user=page_request.user,
                person=home.person,
                district=home.district,
                standing=standing,
            )
            try:
                response = view(page_request, *args, **kwargs)
            # Inside the scope, for these pages name the places of the visitor.
            except (NotFound, Http404):
                return not_found_page(request)
            except PermissionDenied:
                return not_allowed_here_page(request)
            except Refused as refusal:
                return refused_page(request, refusal)
            require_view_recorded(page_request, response)
            return response

    visited.is_for_visitors = True  # type: ignore[attr-defined]  # a mark for the sweeps
    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", visited)
