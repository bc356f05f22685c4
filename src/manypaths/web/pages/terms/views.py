"""Schools and terms on one page, with the deeds that change them."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now, today
from manypaths.base.errors import NotFound, Refused
from manypaths.people import services
from manypaths.people.directory import place_named, places_led, schools_in, terms_in
from manypaths.people.models import OrganizationKind
from manypaths.web.once import once
from manypaths.web.pages.people.views import go_on
from manypaths.web.pages.terms.forms import NewTermForm, SchoolForm, TermForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def schools_and_terms(request: PageRequest) -> HttpResponse:
    """Show the schools and terms of what the visitor leads."""
    return _page(request)


@require_POST
@signed_in
@once
def new_school(request: PageRequest) -> HttpResponse:
    """Make a school in the district."""
    form = SchoolForm(request.POST)
    if form.is_valid():
        try:
            services.create_school(
                form.cleaned_data["name"],
                parent=request.visitor.district,
                by=request.user,
                at=now(),
            )
            tell(request, _("The school is there."))
            return go_on(request, "terms:all")
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, school_form=form)


@require_POST
@signed_in
def rename_a_school(request: PageRequest, place_id: UUID) -> HttpResponse:
    """Give a school another name."""
    school, form = place_named(place_id, by=request.user), SchoolForm(request.POST)
    if not form.is_valid():
        raise Refused(_("A school needs a name."))
    services.rename_school(school, form.cleaned_data["name"], by=request.user, at=now())
    tell(request, _("The school has its new name."))
    return redirect_page(request, "terms:all")


@require_POST
@signed_in
def close_a_school(request: PageRequest, place_id: UUID) -> HttpResponse:
    """Close a school where nobody is any more."""
    school = place_named(place_id, by=request.user)
    told = _("%(school)s is closed. Its past stays on record.") % {"school": school}
    try:
        services.close_school(school, on=today(), by=request.user, at=now())
    except Refused as refusal:
        told = refusal.message
    tell(request, told)
    return redirect_page(request, "terms:all")


@require_POST
@signed_in
@once
def new_term(request: PageRequest) -> HttpResponse:
    """Make a term of a school or of the whole district."""
    form = NewTermForm(request.POST, places=places_led(by=request.user))
    if form.is_valid():
        said = form.cleaned_data
        place = place_named(UUID(said.pop("place")), by=request.user)
        try:
            services.create_term(place, **said, by=request.user, at=now())
            tell(request, _("The term is there."))
            return redirect_page(request, "terms:all")
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, term_form=form)


@require_POST
@signed_in
def change_a_term(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Give a term another name or other days."""
    place = place_named(None, by=request.user)
    terms = {term.public_id: term for term in terms_in(place, by=request.user)}
    form = TermForm(request.POST)
    if term_id not in terms:
        raise NotFound
    if not form.is_valid():
        raise Refused(_("A term needs a name and two days."))
    services.change_term(terms[term_id], **form.cleaned_data, by=request.user, at=now())
    tell(request, _("The term is changed."))
    return redirect_page(request, "terms:all")


def _page(
    request: PageRequest,
    *,
    school_form: forms.Form | None = None,
    term_form: forms.Form | None = None,
) -> HttpResponse:
    places = places_led(by=request.user)
    rows = schools_in(places[0], by=request.user)
    if places[0].kind != OrganizationKind.DISTRICT:
        rows = [row for place in places for row in schools_in(place, by=request.user)]
    context = {
        "leads_district": places[0].kind == OrganizationKind.DISTRICT,
        "rows": [row for row in rows if row.school.kind == OrganizationKind.SCHOOL],
        "terms": terms_in(places[0], by=request.user),
        "school_form": school_form or SchoolForm(),
        "term_form": term_form or NewTermForm(places=places),
    }
    return render_page(request, "terms/all.html", context)
