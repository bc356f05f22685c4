"""One person: what they do where, who is around them, and the deeds that change it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now, today
from manypaths.base.errors import NotFound, Refused
from manypaths.demographics.access import may_read_demographics
from manypaths.people import services
from manypaths.people.access import person_for
from manypaths.people.directory import (
    PersonRecord,
    PersonRow,
    group_led,
    groups_of,
    people_called,
    place_named,
    places_led,
    record_of,
)
from manypaths.people.models import Organization, Part, Person, RelationshipKind, Role
from manypaths.people.names import read_names
from manypaths.web.once import once
from manypaths.web.pages.people.forms import (
    DayForm,
    JoinForm,
    MoveForm,
    NameForm,
    RoleForm,
    SupportForm,
)
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def person(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show what somebody is in their district."""
    record = _record(request, person_id)
    record_view(request, record.person)
    return _page(request, record, SupportForm())


@require_POST
@signed_in
def rename(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Correct a name."""
    record, said = _record(request, person_id), _said(NameForm(request.POST))
    return _do(
        request,
        record.person,
        _("The name is corrected."),
        lambda: services.rename_person(record.person, **said, by=request.user, at=now()),
    )


@require_POST
@signed_in
@once
def give_a_role(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Give a role from today."""
    record, places = _record(request, person_id), places_led(by=request.user)
    said = _said(RoleForm(request.POST, places=places))
    place = place_named(UUID(said["place"]), by=request.user)
    return _do(
        request,
        record.person,
        _("The role holds from today."),
        lambda: services.give_role(
            record.person,
            Role(said["role"]),
            organization=place,
            starts_on=today(),
            by=request.user,
            at=now(),
        ),
    )


@require_POST
@signed_in
def end_a_role(request: PageRequest, person_id: UUID) -> HttpResponse:
    """End a role with a day."""
    record, said = _record(request, person_id), _said(DayForm(request.POST))
    held = record.role(said["row"])
    return _do(
        request,
        record.person,
        _("The role ends with that day."),
        lambda: services.end_role(held, ends_on=said["day"], by=request.user, at=now()),
    )


@require_POST
@signed_in
@once
def join(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Make somebody a member of a group from today."""
    record, said = _record(request, person_id), _said(JoinForm(request.POST))
    group = group_led(said["group"], by=request.user)
    return _do(
        request,
        record.person,
        _("%(person)s is in %(group)s now.") % {"person": record.person, "group": group},
        lambda: services.add_member(
            group,
            record.person,
            part=Part.LEAD if said["leads"] else Part.LEARNER,
            starts_on=today(),
            by=request.user,
            at=now(),
        ),
    )


@require_POST
@signed_in
def move(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Let a learner's time in one group end and in another begin."""
    record, said = _record(request, person_id), _said(MoveForm(request.POST))
    membership = record.membership(said["row"])
    group = group_led(said["group"], by=request.user)
    return _do(
        request,
        record.person,
        _("%(person)s moves to %(group)s.") % {"person": record.person, "group": group},
        lambda: services.move_learner(membership, group, on=said["day"], by=request.user, at=now()),
    )


@require_POST
@signed_in
def leave(request: PageRequest, person_id: UUID) -> HttpResponse:
    """End somebody's time in a group with a day."""
    record, said = _record(request, person_id), _said(DayForm(request.POST))
    membership = record.membership(said["row"])
    return _do(
        request,
        record.person,
        _("The time in %(group)s ends with that day.") % {"group": membership.group},
        lambda: services.end_membership(membership, ends_on=said["day"], by=request.user, at=now()),
    )


@require_POST
@signed_in
@once
def support(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Tie somebody to a learner: first look who of that name is here, then one of them or new."""
    record = _record(request, person_id)
    form = SupportForm(request.POST)
    if not form.is_valid():
        return _page(request, record, form)
    place = _home_of(record, request)
    if not form.cleaned_data["who"]:
        found = people_called(form.cleaned_data["name"], place, by=request.user)
        return _page(request, record, form, found=found)
    return _do(
        request,
        record.person,
        _("They are tied now."),
        lambda: _tie(request, record.person, place, form),
    )


@require_POST
@signed_in
def consent(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Note since when a guardian's consent is on file."""
    record, said = _record(request, person_id), _said(DayForm(request.POST))
    tie = record.tie(said["row"])
    return _do(
        request,
        record.person,
        _("Consent is on file: they see the record now."),
        lambda: services.note_consent(tie, consented_on=said["day"], by=request.user, at=now()),
    )


@require_POST
@signed_in
def end_a_tie(request: PageRequest, person_id: UUID) -> HttpResponse:
    """End a tie with a day."""
    record, said = _record(request, person_id), _said(DayForm(request.POST))
    tie = record.tie(said["row"])
    return _do(
        request,
        record.person,
        _("The tie ends with that day."),
        lambda: services.end_relationship(tie, ends_on=said["day"], by=request.user, at=now()),
    )


def _record(request: PageRequest, person_id: UUID) -> PersonRecord:
    return record_of(person_for(request.user, person_id), by=request.user)


def _said(form: forms.Form) -> dict[str, Any]:  # Any: as its fields clean it
    """Return what a small form says. Raises Refused for what its own fields rule out."""
    if not form.is_valid():
        raise Refused(" ".join(str(error) for told in form.errors.values() for error in told))
    return form.cleaned_data


def _do(
    request: PageRequest, someone: Person, told: str, deed: Callable[[], object]
) -> HttpResponse:
    """Do a deed and go back to the person, with a word on how it went."""
    try:
        deed()
    except Refused as refusal:
        told = refusal.message
    tell(request, told)
    try:
        person_for(request.user, someone.public_id)
    except NotFound:  # their last tie to us has ended
        return redirect_page(request, "people:all")
    return redirect_page(request, "people:one", someone.public_id)


def _tie(request: PageRequest, learner: Person, place: Organization, form: SupportForm) -> None:
    said = form.cleaned_data
    kind = RelationshipKind(said["kind"])
    if said["who"] == "new":
        services.add_supporter(
            learner,
            read_names(said["name"]).names[0],
            kind=kind,
            organization=place,
            starts_on=today(),
            consented_on=said["consented_on"],
            by=request.user,
            at=now(),
        )
        return
    services.relate(
        [(person_for(request.user, UUID(said["who"])), learner)],
        kind=kind,
        organization=place,
        starts_on=today(),
        consented_on=said["consented_on"],
        by=request.user,
        at=now(),
    )


def _home_of(record: PersonRecord, request: PageRequest) -> Organization:
    """Return the organization in which a supporter would be added: the learner's own, if led."""
    led = {place.pk: place for place in places_led(by=request.user)}
    theirs = [
        *(row.organization_id for row in record.roles),
        *(row.group.organization_id for row in record.memberships),
    ]
    return next((led[pk] for pk in theirs if pk in led), next(iter(led.values())))


def _page(
    request: PageRequest,
    record: PersonRecord,
    form: SupportForm,
    *,
    found: list[PersonRow] | None = None,
) -> HttpResponse:
    someone = record.person
    place = _home_of(record, request)
    names = {"given_name": someone.given_name, "family_name": someone.family_name}
    context = {
        "person": someone,
        "record": record,
        "today": today(),
        "name_form": NameForm(initial=names),
        "role_form": RoleForm(places=places_led(by=request.user)),
        "support_form": form,
        "reads_demographics": may_read_demographics(request.user),
        "found": found,
        "groups": groups_of(place, by=request.user),
        "leads_district": request.visitor.district in request.visitor.standing.leads_organizations,
        "is_learner": any(row.part == Part.LEARNER for row in record.memberships)
        or any(row.role == Role.STUDENT for row in record.roles),
    }
    return render_page(request, "people/one.html", context)
