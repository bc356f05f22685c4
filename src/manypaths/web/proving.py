"""Asks visitors to show once more that it is they, before what a stolen session must not do.

Whoever signed in or showed it within the last minutes is not asked, and neither is who has nothing
to show, as young learners and the visitors of a demonstration.
"""

from allauth.account.internal.flows.reauthentication import (
    is_reauthentication_required,
    raise_if_reauthentication_required,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

__all__ = ["proof_before", "require_proof"]


def require_proof(request: HttpRequest) -> None:
    """Ask for proof where it is long ago; what was asked for is done afterwards by itself."""
    raise_if_reauthentication_required(request, app="")


def proof_before(request: HttpRequest, route: str, *args: object) -> HttpResponse | None:
    """Return where to show proof and to come back to a page, None where it was shown just now.

    For what ends in a file to save: the page behind it stays, and has to be one to go on from.
    """
    if not is_reauthentication_required(request, app=""):
        return None
    query = urlencode({"next": reverse(route, args=args)})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")
