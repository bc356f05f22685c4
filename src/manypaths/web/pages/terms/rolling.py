"""The end of a school year: what would end and go on, then the deed, and the way back."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.people.directory import archive_of, place_named, places_led, terms_in
from manypaths.people.models import Organization, RollOver, Term
from manypaths.plans.roll_over import (
    GroupInYear,
    Promotion,
    YearDraft,
    groups_of_year,
    roll_over,
    roll_over_for,
    roll_overs_of,
    undo_roll_over,
)
from manypaths.web.pages.people.views import id_in
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def preview(request: PageRequest) -> HttpResponse:
    """Ask which year ends and which begins, then show what that would do."""
    place = place_named(id_in(request.GET.get("place", "")), by=request.user)
    record_view(request, place)
    terms = terms_in(place, by=request.user)
    year = _year(request, place, terms) if request.GET.get("to") else None
    context = {"place": place, "places_led": places_led(by=request.user), "terms": terms}
    context |= {"year": year, "done": roll_overs_of(place, by=request.user)}
    try:
        context["groups"] = groups_of_year(year, by=request.user) if year else []
    except Refused as refusal:
        context |= {"refusal": refusal.message, "year": None}
    return render_page(request, "terms/roll_over.html", context)


@require_POST
@signed_in
def begin_year(request: PageRequest) -> HttpResponse:
    """End the old year's groups and let the chosen ones go on."""
    place = place_named(id_in(request.GET.get("place", "")), by=request.user)
    year = _year(request, place, terms_in(place, by=request.user))
    here = f"{reverse('terms:roll_over')}?{request.GET.urlencode()}"
    groups = groups_of_year(year, by=request.user)
    try:
        done = roll_over(year, _promotions(request, groups), by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
        return redirect_page(request, here)
    tell(request, _told(len(done.ended_groups), len(done.made_groups)), undo=_way_back(done, place))
    return redirect_page(request, reverse("terms:archive") + f"?place={place.public_id}")


@require_POST
@signed_in
def take_back(request: PageRequest, place_id: UUID, done_id: UUID) -> HttpResponse:
    """Bring the old year back."""
    place = place_named(place_id, by=request.user)
    done = roll_over_for(done_id, place, by=request.user)
    try:
        undo_roll_over(done, by=request.user, at=now())
        tell(request, _("The year is as it was before."))
    except Refused as refusal:
        tell(request, refusal.message)
    return redirect_page(request, reverse("terms:roll_over") + f"?place={place.public_id}")


@require_safe
@signed_in
def archive(request: PageRequest) -> HttpResponse:
    """Show the groups of a place that have ended, with who was in them."""
    place = place_named(id_in(request.GET.get("place", "")), by=request.user)
    record_view(request, place)
    number = request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and int(number[:6]) >= 1 else 1
    context = {"place": place, "places_led": places_led(by=request.user)}
    context["page"] = archive_of(place, by=request.user, page=page)
    return render_page(request, "terms/archive.html", context)


def _year(request: PageRequest, place: Organization, terms: list[Term]) -> YearDraft:
    by_id = {term.public_id: term for term in terms}
    ends, begins = id_in(request.GET.get("from", "")), id_in(request.GET.get("to", ""))
    if begins not in by_id or (ends is not None and ends not in by_id):
        raise NotFound
    return YearDraft(place, by_id[ends] if ends else None, by_id[begins])


def _promotions(request: PageRequest, groups: list[GroupInYear]) -> list[Promotion]:
    """Return what the form says of each group; one that is not ticked goes on with its year."""
    posted = request.POST
    chosen = set(posted.getlist("ends"))
    return [
        Promotion(
            one.group,
            posted.get(f"name-{one.group.pk}", "")[:200],
            with_learners=f"learners-{one.group.pk}" in posted,
            with_leads=f"leads-{one.group.pk}" in posted,
        )
        for one in groups
        if str(one.group.public_id) in chosen
    ]


def _told(n_ended: int, n_made: int) -> str:
    ended = ngettext(
        "%(n)s group is in the archive now.", "%(n)s groups are in the archive now.", n_ended
    )
    made = ngettext(
        "%(n)s group is ready for the new year.",
        "%(n)s groups are ready for the new year.",
        n_made,
    )
    return f"{ended % {'n': n_ended}} {made % {'n': n_made}}"


def _way_back(done: RollOver, place: Organization) -> str:
    return reverse("terms:take_back", args=[place.public_id, done.public_id])
