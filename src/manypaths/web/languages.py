"""The language of a visit: the person's own choice, else this browser's, else what it asks for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from manypaths.people.models import User

Answer = Callable[[HttpRequest], HttpResponse]


def language_of_visit(get_response: Answer) -> Answer:
    """Answer each request in the language of its reader, and say which it is."""

    def answered(request: HttpRequest) -> HttpResponse:
        language = _chosen(request) or translation.get_language_from_request(request)
        with translation.override(language):
            response = get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response

    return answered


def _chosen(request: HttpRequest) -> str:
    """Return the language that the signed-in person chose, if it is still one of ours."""
    try:
        # As they are: one who is fetched when looked at costs time at each look.
        request.user = get_user(request)
        chosen = request.user.language if isinstance(request.user, User) else ""
    except (OperationalError, InterfaceError):
        return ""  # the view will say that there is no database, in the browser's language
    return chosen if chosen in dict(settings.LANGUAGES) else ""
