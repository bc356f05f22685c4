"""Demographics: of one person, for who holds the right; and the list of who does."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.demographics.queries import (
    demographics_of,
    demographics_rights,
    leaders_without_right,
    right_for,
)
from manypaths.demographics.services import end_demographics_right, give_demographics_right
from manypaths.people.access import person_for
from manypaths.web.pages.demographics.words import told_of
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def of_one(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show what is stored of one person."""
    person = person_for(request.user, person_id)
    context = {"person": person, "rows": [], "refusal": ""}
    try:
        context["rows"] = told_of(demographics_of(person, by=request.user))
    except Refused as refusal:
        context["refusal"] = refusal.message
    record_view(request, person)
    return render_page(request, "demographics/of.html", context)


@require_safe
@signed_in
def rights(request: PageRequest) -> HttpResponse:
    """Show who may read what is stored, and who could be given the right."""
    context = {
        "rights": demographics_rights(by=request.user),
        "leaders": leaders_without_right(by=request.user),
    }
    record_view(request, request.visitor.district)
    return render_page(request, "demographics/rights.html", context)


@require_POST
@signed_in
def give(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Give a leader the right to read."""
    person = person_for(request.user, person_id)
    try:
        give_demographics_right(person, by=request.user, at=now())
        told = _("%(person)s may read demographics now. Each look is written down.")
        tell(request, told % {"person": person})
    except Refused as refusal:
        tell(request, refusal.message)
    return redirect_page(request, "demographics:rights")


@require_POST
@signed_in
def end(request: PageRequest, right_id: UUID) -> HttpResponse:
    """Take the right back."""
    right = right_for(right_id, by=request.user)
    end_demographics_right(right, by=request.user, at=now())
    told = _("%(person)s reads no demographics any more.")
    tell(request, told % {"person": right.person})
    return redirect_page(request, "demographics:rights")
