"""Add people by a pasted list: look at every line first, then save all or nothing."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from manypaths.base.clock import now, today
from manypaths.base.errors import Fault
from manypaths.people.directory import already_there, groups_of, place_named, places_led
from manypaths.people.models import Group, Organization, Part, Role
from manypaths.people.names import Name, read_names
from manypaths.people.services import add_people, add_to_group
from manypaths.web.once import once
from manypaths.web.pages.people.forms import AddForm
from manypaths.web.pages.people.views import go_on, id_in
from manypaths.web.rendering import render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@dataclass(frozen=True)
class Line:
    """One line of the list: its number, the name in two parts, and whether to add them."""

    number: int
    name: Name
    is_known: bool
    is_wanted: bool
    is_readable: bool = True


@dataclass(frozen=True)
class Preview:
    """What would become of a pasted list."""

    lines: list[Line]
    faults: tuple[Fault, ...]

    @property
    def names(self) -> list[Name]:
        """Return the names to add."""
        return [line.name for line in self.lines if line.is_wanted]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@shows_nobody
@once
def add(request: PageRequest) -> HttpResponse:
    """Show the form; look at a list; save it."""
    place = place_named(id_in(request.GET.get("place", "")), by=request.user)
    groups = groups_of(place, by=request.user)
    asked = {"role": Role.STUDENT} | {name: request.GET[name] for name in request.GET}
    form = AddForm(request.POST or None, groups=groups, initial=asked)
    preview = _preview(request, form, place) if form.is_bound and form.is_valid() else None
    if preview and preview.names and not preview.faults and "save" in request.POST:
        return _save(request, form, place, {str(g.public_id): g for g in groups}, preview)
    context = {
        "place": place,
        "places_led": places_led(by=request.user),
        "form": form,
        "preview": preview,
    }
    return render_page(request, "people/add.html", context)


def _preview(request: PageRequest, form: AddForm, place: Organization) -> Preview:
    read = read_names(form.cleaned_data["names"])
    known = already_there(read.names, place, by=request.user)
    again = set(request.POST.getlist("again"))
    faulty = {fault.row for fault in read.faults}
    seen: set[Name] = set()
    lines = []
    for number, name in zip(read.lines, read.names, strict=True):
        is_known = name in known or name in seen
        seen.add(name)
        is_wanted = not is_known or str(number) in again
        lines.append(Line(number, name, is_known, is_wanted, number not in faulty))
    return Preview(lines, read.faults)


def _save(
    request: PageRequest,
    form: AddForm,
    place: Organization,
    groups: dict[str, Group],
    preview: Preview,
) -> HttpResponse:
    role = Role(form.cleaned_data["role"])
    group = groups.get(form.cleaned_data["group"])
    n = len(preview.names)
    if group is None:
        add_people(
            preview.names,
            organization=place,
            role=role,
            starts_on=today(),
            by=request.user,
            at=now(),
        )
        tell(request, ngettext("%(n)s person added.", "%(n)s people added.", n) % {"n": n})
        return go_on(request, "people:all")
    add_to_group(
        preview.names,
        group=group,
        part=Part.LEAD if form.cleaned_data["leads"] else Part.LEARNER,
        role=role,
        starts_on=today(),
        by=request.user,
        at=now(),
    )
    told = ngettext("%(n)s person is in %(group)s now.", "%(n)s people are in %(group)s now.", n)
    tell(request, told % {"n": n, "group": group.name})
    return go_on(request, "groups:one", group.public_id)
