"""Groups: found by name, made, changed, filled and ended."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.base.clock import now, today
from manypaths.base.errors import NotFound, Refused
from manypaths.frameworks.browsing import frameworks_in_use
from manypaths.people import services
from manypaths.people.access import person_for
from manypaths.people.directory import (
    PersonRow,
    group_led,
    group_record,
    groups_in,
    people_called,
    place_named,
    places_led,
    terms_in,
)
from manypaths.people.models import Group, GroupKind, Organization, Part
from manypaths.plans.queries import framework_of_group
from manypaths.web.once import once
from manypaths.web.pages.groups.forms import AddForm, ChangeForm, DayForm, NewForm
from manypaths.web.pages.people.views import go_on, id_in
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def all_groups(request: PageRequest) -> HttpResponse:
    """Show the groups of a place, page by page."""
    place = place_named(id_in(request.GET.get("place", "")), by=request.user)
    record_view(request, place)
    text, number = request.GET.get("q", "")[:100], request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and int(number[:6]) >= 1 else 1
    context = {
        "place": place,
        "places_led": places_led(by=request.user),
        "text": text,
        "page": groups_in(place, by=request.user, text=text, page=page),
    }
    return render_page(request, "groups/all.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@shows_nobody
@once
def new(request: PageRequest) -> HttpResponse:
    """Make a group."""
    places = places_led(by=request.user)
    terms = terms_in(places[0], by=request.user)
    asked = {name: request.GET[name] for name in request.GET}
    form = NewForm(request.POST or None, places=places, terms=terms, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            group = services.create_group(
                place_named(UUID(form.cleaned_data["place"]), by=request.user),
                form.cleaned_data["name"],
                kind=GroupKind(form.cleaned_data["kind"]),
                term=form.chosen_term,
                by=request.user,
                at=now(),
            )
            return go_on(request, "groups:one", group.public_id)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return render_page(request, "groups/new.html", {"form": form})


@require_safe
@signed_in
def one(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show who is in a group."""
    group = group_led(group_id, by=request.user)
    record_view(request, group)
    return _page(request, group)


@require_POST
@signed_in
def change(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Give a group another name or term."""
    group = group_led(group_id, by=request.user)
    form = ChangeForm(request.POST, terms=terms_in(group.organization, by=request.user))
    if not form.is_valid():
        return _page(request, group, change_form=form)
    try:
        services.change_group(
            group,
            name=form.cleaned_data["name"],
            term=form.chosen_term,
            by=request.user,
            at=now(),
        )
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, group, change_form=form)
    tell(request, _("The group is changed."))
    return redirect_page(request, "groups:one", group_id)


@require_POST
@signed_in
@once
def add(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Find somebody of the school by name, and make them a member."""
    group = group_led(group_id, by=request.user)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, group, add_form=form)
    if form.cleaned_data["who"] is None:
        text = form.cleaned_data["text"]
        found = people_called(text, _widest(group, request), by=request.user)
        return _page(request, group, add_form=form, found=found)
    person = person_for(request.user, form.cleaned_data["who"])
    part = Part.LEAD if form.cleaned_data["leads"] else Part.LEARNER
    told = _("%(person)s is in %(group)s now.") % {"person": person, "group": group}
    try:
        services.add_member(group, person, part=part, starts_on=today(), by=request.user, at=now())
    except Refused as refusal:
        told = refusal.message
    tell(request, told)
    return go_on(request, "groups:one", group_id)


@require_POST
@signed_in
def leave(request: PageRequest, group_id: UUID) -> HttpResponse:
    """End somebody's time in the group with a day."""
    record = group_record(group_led(group_id, by=request.user), by=request.user)
    form = DayForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say whose time ends, and on which day."))
    rows = {row.pk: row for row in (*record.learners, *record.leads)}
    row = rows.get(form.cleaned_data["row"] or 0)
    if row is None:
        raise NotFound
    services.end_membership(row, ends_on=form.cleaned_data["day"], by=request.user, at=now())
    tell(request, _("The time of %(person)s here ends with that day.") % {"person": row.person})
    return redirect_page(request, "groups:one", group_id)


@require_POST
@signed_in
def end(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Let the group end with a day, for everybody in it."""
    group = group_led(group_id, by=request.user)
    form = DayForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say on which day the group ends."))
    services.end_group(group, ends_on=form.cleaned_data["day"], by=request.user, at=now())
    tell(
        request, _("%(group)s ends with that day. What was learned there stays.") % {"group": group}
    )
    return redirect_page(request, "groups:all")


def _widest(group: Group, request: PageRequest) -> Organization:
    """Return the widest place that the visitor leads and that holds the group's school."""
    led = {place.pk: place for place in places_led(by=request.user)}
    return led.get(group.organization.parent_id or 0, group.organization)


def _page(
    request: PageRequest,
    group: Group,
    *,
    change_form: ChangeForm | None = None,
    add_form: AddForm | None = None,
    found: list[PersonRow] | None = None,
) -> HttpResponse:
    term = str(group.term.public_id) if group.term else ""
    form = change_form or ChangeForm(
        terms=terms_in(group.organization, by=request.user),
        initial={"name": group.name, "term": term},
    )
    context = {
        "group": group,
        "record": group_record(group, by=request.user),
        "works_by": framework_of_group(group, by=request.user),
        "frameworks": frameworks_in_use(by=request.user),
        "change_form": form,
        "add_form": add_form or AddForm(),
        "found": found,
        "today": today(),
    }
    return render_page(request, "groups/one.html", context)
