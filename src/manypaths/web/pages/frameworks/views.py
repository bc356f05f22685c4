"""Look through frameworks: area by area, one competency beside, by words, as a CASE package."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from manypaths.evidence.queries import task_counts, tasks_showing
from manypaths.frameworks.access import framework_for, may_change
from manypaths.frameworks.browsing import (
    competencies_with,
    competency_in,
    competency_view,
    drafts,
    frameworks_in_use,
    outline,
    versions_of,
)
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.rules import StatusRules
from manypaths.interop.case import to_case
from manypaths.interop.starters import starters
from manypaths.web.pages.people.views import id_in
from manypaths.web.rendering import render_page
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def all_frameworks(request: PageRequest) -> HttpResponse:
    """Show what can be learned here."""
    context = {
        "rows": frameworks_in_use(by=request.user),
        "drafts": drafts(by=request.user),
        "may_change": may_change(request.user),
        "starters": starters(by=request.user),
    }
    return render_page(request, "frameworks/all.html", context)


@require_safe
@signed_in
@shows_nobody
def one(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Show a framework's areas, one of them open, and what its levels mean."""
    framework = framework_for(request.user, framework_id)
    asked = id_in(request.GET.get("area", ""))
    opened = competency_in(framework, asked) if asked else None
    context = _around(request, framework, opened)
    context["levels"] = levels_of(framework)
    context["rules"] = StatusRules.of(framework.rules)
    context["versions"] = versions_of(framework, by=request.user)
    return render_page(request, "frameworks/one.html", context)


@require_safe
@signed_in
@shows_nobody
def competency(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Show one competency beside the areas: levels, what comes before and after, tasks."""
    framework = framework_for(request.user, framework_id)
    opened = competency_in(framework, competency_id)
    context = _around(request, framework, opened)
    context["view"] = competency_view(opened, by=request.user)
    context["task_counts"] = task_counts(opened)
    if request.visitor.standing.is_educator:
        context["tasks"] = tasks_showing(opened)
    return render_page(request, "frameworks/competency.html", context)


@require_safe
@signed_in
@shows_nobody
def package(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Give a framework out as a CASE 1.1 package."""
    framework = framework_for(request.user, framework_id)
    writing = to_case(framework)
    name = slugify(framework.title) or "framework"
    return JsonResponse(
        writing.package,
        json_dumps_params={"ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}.case.json"'},
    )


def _around(
    request: PageRequest, framework: Framework, opened: Competency | None
) -> dict[str, object]:
    text = request.GET.get("q", "")[:100]
    return {
        "framework": framework,
        "outline": outline(framework, opened),
        "here": opened,
        "text": text,
        "found": competencies_with(framework, text),
        "may_change": may_change(request.user),
    }
