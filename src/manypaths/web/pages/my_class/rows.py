"""All that can be done with a row of a class, on a page of its own."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from manypaths.base.errors import NotFound
from manypaths.base.ids import as_public_id
from manypaths.frameworks.queries import competency_for
from manypaths.people.access import group_for
from manypaths.people.queries import learners_in
from manypaths.plans.models import ListKind
from manypaths.web.rendering import redirect_page, render_page
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def row(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show what can be done with a row; its form leads here, to an address that can be kept."""
    group = group_for(request.user, group_id)
    asked = request.POST if request.method == "POST" else request.GET
    said = {"competency": asked.get("competency", ""), "who": asked.get("who", "")}
    kind = request.GET.get("list", "")
    if request.method == "POST":
        listed = {"list": kind} if kind else {}
        address = reverse("classes:row", args=(group.public_id,))
        return redirect_page(request, f"{address}?{urlencode({**said, **listed})}")
    wanted = as_public_id(said["competency"])
    if wanted is None:
        raise NotFound
    competency = competency_for(wanted, by=request.user)
    learners = learners_in(group, said["who"].split(), by=request.user)
    record_view(request, group)
    context = {
        "group": group,
        "competency": competency,
        "learners": learners,
        "who": said["who"],
        "query": urlencode(said),
        "list": kind if kind in ListKind.values else "",
    }
    return render_page(request, "my_class/row.html", context)
