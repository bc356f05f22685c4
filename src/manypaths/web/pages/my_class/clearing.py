"""Clear a row of a class's lists, until new evidence comes, and put it back."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from manypaths.base.clock import now
from manypaths.base.errors import NotFound
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for
from manypaths.people.access import group_for
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_in
from manypaths.plans.class_acts import clear_rows, restore_rows
from manypaths.plans.models import ListKind
from manypaths.plans.queries import class_overview
from manypaths.web.pages.my_class.posted import posted_ids
from manypaths.web.rendering import redirect_page, tell
from manypaths.web.visits import PageRequest, signed_in


@require_POST
@signed_in
def clear(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Clear the learners of a row from its list."""
    group = group_for(request.user, group_id)
    kind = _kind(request.POST.get("list", ""))
    wanted = posted_ids(request, "competency")
    if len(wanted) != 1:
        raise NotFound
    competency = competency_for(wanted[0], by=request.user)
    named = learners_in(group, request.POST.get("who", "").split(), by=request.user)
    n_pieces = _n_pieces(request, group, competency, kind)
    standing = {learner: n_pieces[learner] for learner in named if learner in n_pieces}
    if standing:
        clear_rows(group, competency, standing, cleared_from=kind, by=request.user, at=now())
    undo = reverse("classes:restore", args=[group.public_id])
    undo = f"{undo}?list={kind.value}&competency={competency.public_id}"
    tell(request, _("Done. The row comes back with new evidence."), undo=undo)
    return redirect_page(request, "classes:one", group.public_id)


@require_POST
@signed_in
def restore(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Put back who was cleared from a row."""
    group = group_for(request.user, group_id)
    kind = _kind(request.GET.get("list", ""))
    competency = competency_for(_id(request.GET.get("competency", "")), by=request.user)
    restore_rows(group, competency, cleared_from=kind, by=request.user, at=now())
    tell(request, _("The row is back."))
    return redirect_page(request, "classes:one", group.public_id)


def _n_pieces(
    request: PageRequest, group: Group, competency: Competency, kind: ListKind
) -> dict[Person, int]:
    """Return who stands in a list with a competency, each with how many pieces of evidence."""
    overview = class_overview(group, competency.framework, by=request.user, at=now())
    lists = {
        ListKind.HELP: overview.needs_help,
        ListKind.SHOW: overview.ready_to_show,
        ListKind.MOVE_ON: overview.ready_to_move_on,
    }
    here = [need for need in lists[kind] if need.competency.lineage_id == competency.lineage_id]
    return {need.learner: need.n_pieces for need in here}


def _kind(text: str) -> ListKind:
    if text not in ListKind.values:
        raise NotFound
    return ListKind(text)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
