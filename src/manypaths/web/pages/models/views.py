"""Models: see which one speaks, have a candidate fitted, and decide between them."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.estimates.engine import family_of
from manypaths.estimates.queries import (
    families_with_evidence,
    fitted_model_for,
    latest_model_run,
)
from manypaths.estimates.services import discard_candidate, start_fit, start_switch
from manypaths.frameworks.access import framework_for
from manypaths.frameworks.models import Framework
from manypaths.people.directory import place_named
from manypaths.web.pages.models.showing import show_framework, show_model
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def all_frameworks(request: PageRequest) -> HttpResponse:
    """Show the frameworks that anything is on record for."""
    families = families_with_evidence(by=request.user)
    return render_page(request, "models/all.html", {"families": families})


@require_safe
@signed_in
@shows_nobody
def of_framework(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Show which model speaks on a framework, the candidate beside it, and earlier ones."""
    family = _family(request, framework_id)
    shown = show_framework(family, by=request.user)
    return render_page(request, "models/of.html", {"page": shown})


@require_POST
@signed_in
def fit(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Have a candidate fitted beside the pages."""
    family = _family(request, framework_id)
    try:
        start_fit(family, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
    return redirect_page(request, "models:of", family.public_id)


@require_safe
@signed_in
@shows_nobody
def progress(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Say how far the work is, for a page that waits; when it is done, have the page loaded."""
    family = _family(request, framework_id)
    run = latest_model_run(family, by=request.user)
    if run is not None and run.is_at_work:
        context = {"page": {"run": run, "family": family}}
        return render_page(request, "models/of.html", context, part="progress")
    return redirect_page(request, "models:of", family.public_id)


@require_safe
@signed_in
def one(request: PageRequest, model_id: UUID) -> HttpResponse:
    """Show what would change for whom if a model were put in force."""
    model = fitted_model_for(model_id, by=request.user)
    record_view(request, place_named(None, by=request.user))
    shown = show_model(model, by=request.user, at=now())
    return render_page(request, "models/one.html", {"page": shown})


@require_POST
@signed_in
def switch(request: PageRequest, model_id: UUID) -> HttpResponse:
    """Have a model put in force, beside the pages."""
    model = fitted_model_for(model_id, by=request.user)
    try:
        start_switch(model, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
    return redirect_page(request, "models:of", model.family.public_id)


@require_POST
@signed_in
def discard(request: PageRequest, model_id: UUID) -> HttpResponse:
    """Drop a candidate."""
    model = fitted_model_for(model_id, by=request.user)
    try:
        discard_candidate(model, by=request.user, at=now())
        tell(request, _("The candidate is dropped. What is in force stays."))
    except Refused as refusal:
        tell(request, refusal.message)
    return redirect_page(request, "models:of", model.family.public_id)


def _family(request: PageRequest, framework_id: UUID) -> Framework:
    """Return the family of a framework, which is the same in all its versions."""
    return family_of(framework_for(request.user, framework_id))
