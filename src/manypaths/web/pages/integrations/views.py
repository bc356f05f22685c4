"""Integrations on one page, with the deeds that let them in and end them."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.integrations import services
from manypaths.integrations.queries import (
    are_frameworks_open,
    endpoint_for,
    endpoints_of,
    token_for,
    tokens_of,
)
from manypaths.integrations.services import Made
from manypaths.people.access import TokenScope
from manypaths.people.directory import place_named, places_led
from manypaths.web.pages.integrations.forms import SCOPE_WORDS, TokenForm
from manypaths.web.proving import require_proof
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in

_DAYS = 365


@require_safe
@signed_in
@shows_nobody
def all_integrations(request: PageRequest) -> HttpResponse:
    """Show which programs work with what the visitor leads."""
    return _page(request)


@require_POST
@signed_in
def make(request: PageRequest) -> HttpResponse:
    """Let a program in; its secret is on the page that answers, and nowhere else."""
    form = TokenForm(request.POST, places=places_led(by=request.user))
    if form.is_valid():
        require_proof(request)
        said = form.cleaned_data
        place = place_named(UUID(said.pop("place")), by=request.user)
        try:
            made = services.make_token(place, said.pop("name"), **said, by=request.user, at=now())
            return _page(request, made=made)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, form=form)


@require_POST
@signed_in
def renew(request: PageRequest, token_id: UUID) -> HttpResponse:
    """Give a program a new secret for another year."""
    token = token_for(token_id, by=request.user)
    require_proof(request)
    made = services.renew_token(token, days=_DAYS, by=request.user, at=now())
    return _page(request, made=made)


@require_POST
@signed_in
def end(request: PageRequest, token_id: UUID) -> HttpResponse:
    """Let a program in no more."""
    token = services.revoke_token(token_for(token_id, by=request.user), by=request.user, at=now())
    tell(request, _("%(name)s gets in no more.") % {"name": token.name})
    return redirect_page(request, "integrations:all")


@require_POST
@signed_in
def share(request: PageRequest) -> HttpResponse:
    """Let anybody read the district's frameworks, or only programs that were let in."""
    is_open = request.POST.get("open") == "yes"
    district = request.visitor.district
    services.share_frameworks(district, is_open=is_open, by=request.user, at=now())
    tell(
        request,
        _("Anybody may read our published frameworks now.")
        if is_open
        else _("Only programs that were let in read our frameworks now."),
    )
    return redirect_page(request, "integrations:all")


@require_POST
@signed_in
def resume(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Send again to an address at which nobody answered for a day."""
    endpoint = endpoint_for(webhook_id, by=request.user)
    services.resume_endpoint(endpoint, by=request.user, at=now())
    tell(request, _("What waited is sent now."))
    return redirect_page(request, "integrations:all")


def _page(
    request: PageRequest, *, form: TokenForm | None = None, made: Made | None = None
) -> HttpResponse:
    places = places_led(by=request.user)
    tokens = tokens_of(by=request.user, at=now())
    rows = [(one, [SCOPE_WORDS[TokenScope(scope)] for scope in one.token.scopes]) for one in tokens]
    context = {
        "open_rows": [row for row in rows if not row[0].is_over],
        "over_rows": [row for row in rows if row[0].is_over],
        "form": form or TokenForm(places=places),
        "made": made,
        "paused": [one for one in endpoints_of(by=request.user) if one.paused_at is not None],
        "leads_district": request.visitor.district in places,
        "is_open": are_frameworks_open(),
    }
    return render_page(request, "integrations/all.html", context)
