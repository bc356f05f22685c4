"""Erasures by two people, and holds that stop them."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.people.access import person_for
from manypaths.people.directory import place_named, places_led
from manypaths.records import erasures as records
from manypaths.records.access import require_records_office
from manypaths.records.holds import hold_for, holds, place_hold, release_hold
from manypaths.web.pages.records.forms import HoldForm, PlaceHoldForm, ReasonForm
from manypaths.web.proving import require_proof
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def all_endings(request: PageRequest) -> HttpResponse:
    """Show the erasures that wait or are done, and the holds in force."""
    require_records_office(request.user)
    record_view(request, request.visitor.district)
    return _page(request, PlaceHoldForm(places=places_led(by=request.user)))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Say what an erasure ends, and ask for one."""
    require_records_office(request.user)
    person = person_for(request.user, person_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            records.ask_erasure(person, **form.cleaned_data, by=request.user, at=now())
            tell(request, _("Asked. A second person has to confirm it."))
            return redirect_page(request, "records:ending")
        except Refused as refusal:
            form.add_error(None, refusal.message)
    if request.method != "POST":
        record_view(request, person)
    context = {
        "person": person,
        "form": form,
        "hold_form": HoldForm(),
        "days": records.COOLING.days,
    }
    return render_page(request, "records/erase.html", context)


@require_POST
@signed_in
def confirm(request: PageRequest, erasure_id: UUID) -> HttpResponse:
    """Confirm an erasure that somebody else asked for."""
    found = records.erasure_for(erasure_id, by=request.user)
    require_proof(request)
    return _do(
        request,
        lambda: records.confirm_erasure(found, by=request.user, at=now()),
        _("Confirmed. It is done when its days are over."),
    )


@require_POST
@signed_in
def withdraw(request: PageRequest, erasure_id: UUID) -> HttpResponse:
    """Take back an erasure that is not done yet."""
    found = records.erasure_for(erasure_id, by=request.user)
    return _do(
        request,
        lambda: records.withdraw_erasure(found, by=request.user, at=now()),
        _("Taken back. Nothing was deleted."),
    )


@require_POST
@signed_in
def hold(request: PageRequest) -> HttpResponse:
    """Keep all records of a school's people, or of everybody."""
    form = PlaceHoldForm(request.POST, places=places_led(by=request.user))
    if not form.is_valid():
        require_records_office(request.user)
        return _page(request, form, status=422)
    said = dict(form.cleaned_data)
    place = place_named(UUID(said.pop("place")), by=request.user)
    return _do(
        request,
        lambda: place_hold(place, **said, by=request.user, at=now()),
        _("Nothing of these people is deleted now."),
    )


@require_POST
@signed_in
def hold_person(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Keep all records of one person."""
    require_records_office(request.user)
    person, form = person_for(request.user, person_id), HoldForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(e) for told in form.errors.values() for e in told))
    return _do(
        request,
        lambda: place_hold(person, **form.cleaned_data, by=request.user, at=now()),
        _("Nothing of this person is deleted now."),
    )


@require_POST
@signed_in
def release(request: PageRequest, hold_id: UUID) -> HttpResponse:
    """End a hold."""
    found = hold_for(hold_id, by=request.user)
    return _do(
        request,
        lambda: release_hold(found, by=request.user, at=now()),
        _("Released. What waited for it is done within the hour."),
    )


def _do(request: PageRequest, deed: Callable[[], object], told: str) -> HttpResponse:
    try:
        deed()
    except Refused as refusal:
        told = refusal.message
    tell(request, told)
    return redirect_page(request, "records:ending")


def _page(request: PageRequest, form: PlaceHoldForm, *, status: int = 200) -> HttpResponse:
    found = records.erasures(by=request.user)
    context = {
        "form": form,
        "erasures": found,
        "n_waiting": sum(each.person is not None for each in found),
        "holds": holds(by=request.user),
        "own_id": request.user.pk,
    }
    return render_page(request, "records/ending.html", context, status=status)
