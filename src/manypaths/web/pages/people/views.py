"""Find people: by name through a form that leaves no name in an address, by role and group."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.errors import NotFound
from manypaths.base.ids import as_public_id
from manypaths.people.access import group_for
from manypaths.people.directory import Wanted, people_in, place_named, places_led
from manypaths.people.models import Group, Organization, Role
from manypaths.web.pages.people.forms import FindForm
from manypaths.web.rendering import redirect_page, render_page
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@dataclass(frozen=True)
class Filter:
    """Where somebody looks, and for whom, as the address says."""

    place: Organization
    role: Role | None
    group: Group | None

    @classmethod
    def of(cls, request: PageRequest) -> "Filter":
        """Return the filter of a request. Raises NotFound for what the visitor does not lead."""
        asked = request.GET
        group = id_in(asked.get("group", ""))
        role = asked.get("role", "")
        return cls(
            place=place_named(id_in(asked.get("place", "")), by=request.user),
            role=Role(role) if role in Role.values else None,
            group=group_for(request.user, group) if group else None,
        )


def id_in(text: str) -> UUID | None:
    """Return the id that a filter names, None for an empty one. Raises NotFound for nonsense."""
    if not text:
        return None
    found = as_public_id(text)
    if found is None:
        raise NotFound
    return found


def go_on(request: PageRequest, to: str, *args: object) -> HttpResponse:
    """Lead to the next page, or back to the first steps where the form stood there."""
    if request.GET.get("then") == "start":
        return redirect_page(request, "school:start")
    return redirect_page(request, to, *args)


@require_safe
@signed_in
def everybody(request: PageRequest) -> HttpResponse:
    """Show the people of a place, page by page."""
    asked = Filter.of(request)
    record_view(request, asked.place)
    after = id_in(request.GET.get("after", ""))
    return _shown(request, asked, FindForm(), after=after)


@require_POST
@signed_in
def find(request: PageRequest) -> HttpResponse:
    """Show the people whose names hold some words."""
    asked = Filter.of(request)
    record_view(request, asked.place)
    form = FindForm(request.POST)
    after = form.cleaned_data.get("after") if form.is_valid() else None
    return _shown(request, asked, form, after=after)


def _shown(
    request: PageRequest, asked: Filter, form: FindForm, *, after: UUID | None
) -> HttpResponse:
    text = form.cleaned_data.get("text", "") if form.is_bound else ""
    wanted = Wanted(text=text, role=asked.role, group=asked.group)
    context = {
        "asked": asked,
        "form": form,
        "text": text,
        "page": people_in(asked.place, wanted, by=request.user, after=after),
        "places_led": places_led(by=request.user),
        "roles": Role.values,
        "filters": _kept(request),
    }
    return render_page(request, "people/all.html", context)


def _kept(request: HttpRequest) -> str:
    """Return the filters of the address, for the next page or search within them."""
    kept = request.GET.copy()
    kept.pop("after", None)
    return kept.urlencode()
