"""The access log at the pages: one row a look, and no page with records without its row."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from manypaths.base.clock import now
from manypaths.people import access_log
from manypaths.people.access_log import Purpose, Subject
from manypaths.people.models import Person, User

View = TypeVar("View", bound=Callable[..., HttpResponse])

_READS = ("GET", "HEAD")


def shows_nobody(view: View) -> View:
    """Mark a view that shows nobody's record."""
    view.shows_nobody = True  # type: ignore[attr-defined]  # a mark that `wraps` carries along
    return view


def record_view(request: HttpRequest, subject: Subject, purpose: Purpose | None = None) -> None:
    """Write who looks at whose records here. Raises RuntimeError the second time in a request."""
    viewer, page = _viewer_and_page(request)
    access_log.record_view(subject, by=viewer, at=now(), page=page, purpose=purpose)


def record_family_views(request: HttpRequest, children: Sequence[Person]) -> None:
    """Write a look at each of the children in the viewer's care, beside each other on one page.

    Raises RuntimeError the second time in a request.
    """
    viewer, page = _viewer_and_page(request)
    access_log.record_family_views(children, by=viewer, at=now(), page=page)


def _viewer_and_page(request: HttpRequest) -> tuple[User, str]:
    """Return who looks at which page, and note that the look is written."""
    if getattr(request, "is_view_recorded", False):
        raise RuntimeError("a look is written once a request")
    if not isinstance(request.user, User) or request.resolver_match is None:
        raise RuntimeError("records are shown to signed-in people on a page alone")
    request.is_view_recorded = True  # type: ignore[attr-defined]
    return request.user, request.resolver_match.view_name


def require_view_recorded(request: HttpRequest, response: HttpResponse) -> None:
    """Raise RuntimeError for a page that would show records and has written no look."""
    if request.method not in _READS or response.status_code != 200:
        return
    if response.has_header("HX-Redirect"):
        return  # leads on, as a 302 does for others
    match = request.resolver_match
    if match is not None and getattr(match.func, "shows_nobody", False):
        return
    if not getattr(request, "is_view_recorded", False):
        raise RuntimeError(f"the page {match and match.view_name} has written no look")
