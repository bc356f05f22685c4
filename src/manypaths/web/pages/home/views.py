"""Lead a visitor to the page that most of them come for."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from manypaths.web.pages.school.guide import guide_for
from manypaths.web.rendering import redirect_page
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def start(request: PageRequest) -> HttpResponse:
    """Lead to My class, the leader's page, the family's page, or My path."""
    standing = request.visitor.standing
    if standing.leads:
        return redirect_page(request, "classes:one", standing.leads[0].public_id)
    if standing.is_leader:
        is_complete = not guide_for(request.user).next_step
        return redirect_page(request, "people:all" if is_complete else "school:start")
    if standing.cares_for and not standing.is_educator and not standing.is_student:
        return redirect_page(request, "family:all")
    return redirect_page(request, "path:own")
