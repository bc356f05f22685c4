"""People who are on record twice: found, looked at side by side, merged, and taken apart again."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.estimates.merging import merge_people, unmerge_people
from manypaths.people.access import person_for
from manypaths.people.directory import place_named, places_led
from manypaths.people.duplicates import (
    likely_duplicates,
    merge_for,
    pairs_told_apart,
    side_by_side,
    standing_merges,
    told_apart_for,
)
from manypaths.people.services import telling_apart
from manypaths.web.pages.people.views import id_in
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def everybody(request: PageRequest) -> HttpResponse:
    """Show who of a place is perhaps on record twice, and who was merged."""
    place = place_named(id_in(request.GET.get("place", "")), by=request.user)
    record_view(request, place)
    context = {
        "place": place,
        "places_led": places_led(by=request.user),
        "found": likely_duplicates(place, by=request.user),
        "apart": pairs_told_apart(place, by=request.user),
        "merges": standing_merges(place, by=request.user),
    }
    return render_page(request, "people/twice.html", context)


@require_safe
@signed_in
def beside(request: PageRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two people side by side."""
    both = side_by_side(person_id, other_id, by=request.user)
    record_view(request, place_named(None, by=request.user))
    return render_page(request, "people/beside.html", {"both": both})


@require_POST
@signed_in
def merge(request: PageRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Merge the other into the one who is kept."""
    kept, other = person_for(request.user, person_id), person_for(request.user, other_id)
    try:
        merged = merge_people(other, kept, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
        return redirect_page(request, "people:beside", person_id, other_id)
    told = _("Two records of %(person)s are one now. Nothing was lost.") % {"person": kept}
    tell(request, told, undo=reverse("people:unmerge", args=[merged.public_id]))
    return redirect_page(request, "people:one", kept.public_id)


@require_POST
@signed_in
def unmerge(request: PageRequest, merge_id: UUID) -> HttpResponse:
    """Take a merge back."""
    merged = merge_for(merge_id, by=request.user)
    try:
        unmerge_people(merged, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
    else:
        tell(request, _("They are two people again, each with what they had."))
    return redirect_page(request, "people:twice")


@require_POST
@signed_in
def tell_apart(request: PageRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Say that two who look like one person are two."""
    both = [person_for(request.user, one) for one in (person_id, other_id)]
    try:
        told = telling_apart.tell_apart(*both, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
    else:
        words = _("They are two people. This pair is not suggested again.")
        tell(request, words, undo=reverse("people:suggest_again", args=[told.public_id]))
    return _back_to_the_list(request)


@require_POST
@signed_in
def suggest_again(request: PageRequest, apart_id: UUID) -> HttpResponse:
    """Take it back that two people are two."""
    told = told_apart_for(apart_id, by=request.user)
    telling_apart.suggest_again(told, by=request.user, at=now())
    tell(request, _("Where these two look like one, they are suggested again."))
    return _back_to_the_list(request)


def _back_to_the_list(request: PageRequest) -> HttpResponse:
    place = id_in(request.POST.get("place", ""))
    return redirect_page(request, f"{reverse('people:twice')}{f'?place={place}' if place else ''}")
