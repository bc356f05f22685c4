"""Keep the language that somebody reads in, and lead back to where they were."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.people.models import User
from manypaths.people.services import choose_language
from manypaths.people.standing import home_of
from manypaths.web.errors import bad_request_page
from manypaths.web.rendering import redirect_page

_A_YEAR = 365 * 24 * 60 * 60


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language for the person who is signed in, and for this browser."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return bad_request_page(request)
    home = home_of(request.user) if isinstance(request.user, User) else None
    if home is not None and home.person.user is not None:
        with district_scope(home.district.pk, home.zone):
            choose_language(home.person.user, language, by=home.person.user, at=now())
    response = redirect_page(request, _where_they_were(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _where_they_were(request: HttpRequest) -> str:
    """Return the address that the form came from, where it is one of ours."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours and address.startswith("/") else "/"
