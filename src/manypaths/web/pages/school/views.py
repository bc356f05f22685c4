"""The first steps of a leader, one after the other."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.base.ids import as_public_id
from manypaths.frameworks.access import framework_for, may_change
from manypaths.frameworks.browsing import frameworks_in_use
from manypaths.interop.starters import bring_in_starter, starters
from manypaths.people.directory import group_led
from manypaths.plans.services import choose_framework
from manypaths.web.pages.people.views import go_on, id_in
from manypaths.web.pages.school.guide import guide_for
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def start(request: PageRequest) -> HttpResponse:
    """Show the next step to a first class, with those that are done."""
    guide = guide_for(request.user)
    context = {
        "guide": guide,
        "done": guide.done,
        "next_step": guide.next_step,
        "frameworks": frameworks_in_use(by=request.user),
        "starters": [one for one in starters(by=request.user) if not one.is_here],
        "may_change": may_change(request.user),
    }
    return render_page(request, "school/page.html", context)


@require_POST
@signed_in
def bring_in(request: PageRequest) -> HttpResponse:
    """Bring in a framework that comes with Manypaths, for a class where one is named."""
    framework = bring_in_starter(request.POST.get("name", ""), by=request.user, at=now())
    told = _("%(framework)s is here, with its tasks.") % {"framework": framework}
    group_id = id_in(request.POST.get("group", ""))
    if group_id is not None:
        group = group_led(group_id, by=request.user)
        choose_framework(group, framework, by=request.user, at=now())
    tell(request, told)
    return redirect_page(request, "school:start" if group_id else "frameworks:all")


@require_POST
@signed_in
def choose(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Say by which framework a class works."""
    group = group_led(group_id, by=request.user)
    framework_id = as_public_id(request.POST.get("framework", ""))
    if framework_id is None:
        raise Refused(_("Choose a framework."))
    framework = framework_for(request.user, framework_id)
    choose_framework(group, framework, by=request.user, at=now())
    told = _("%(group)s works by %(framework)s now.")
    tell(request, told % {"group": group, "framework": framework})
    return go_on(request, "groups:one", group_id)
