"""Change a framework in versions: a draft is edited, looked at as a whole, and published."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.estimates.queries import evidence_counts
from manypaths.frameworks import services
from manypaths.frameworks.access import framework_for, require_right_to_change
from manypaths.frameworks.browsing import (
    competencies_with,
    competency_in,
    competency_view,
    draft_of,
    neighbours,
    outline,
    parts_left_out,
    texts_of,
)
from manypaths.frameworks.models import Competency, Framework, Level
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.version_changes import changes_in
from manypaths.web.once import once
from manypaths.web.pages.frameworks.forms import AddForm, DraftForm, WordingForm
from manypaths.web.rendering import is_htmx, redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in

Deed = Callable[[PageRequest, UUID, UUID], HttpResponse]


def says_why(view: Deed) -> Deed:
    """Let a refused deed lead back to its competency, with the refusal in words."""

    @wraps(view)
    def said(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
        try:
            return view(request, framework_id, competency_id)
        except Refused as refusal:
            tell(request, refusal.message)
            return redirect_page(request, "frameworks:edit_competency", framework_id, competency_id)

    return said


@require_safe
@signed_in
@shows_nobody
def edit(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Show a draft as a whole; of a published version, the way to its next one."""
    framework = _changeable(request, framework_id)
    if framework.published_at is not None:
        draft = draft_of(framework, by=request.user)
        context = {"framework": framework, "draft": draft, "outline": outline(framework)}
        return render_page(request, "frameworks/next.html", context)
    return _draft_page(request, framework)


@require_POST
@signed_in
def start(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Start the next version as a draft."""
    framework = _changeable(request, framework_id)
    version = request.POST.get("version", "").strip()
    try:
        started = services.start_version(framework, version=version, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
        return redirect_page(request, "frameworks:edit", framework_id)
    return redirect_page(request, "frameworks:edit", started.public_id)


@require_POST
@signed_in
def name(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Give a draft its title and the name of its version."""
    framework, form = _changeable(request, framework_id), DraftForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, framework, draft_form=form)
    services.edit_draft(framework, **form.cleaned_data, by=request.user, at=now())
    return _saved(request, framework)


@require_POST
@signed_in
@once
def add(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Add a competency at the top of a draft, or as a part of another."""
    framework, form = _changeable(request, framework_id), AddForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, framework, add_form=form)
    parent = form.cleaned_data.pop("parent")
    added = services.add_competency(
        framework,
        parent=competency_in(framework, parent) if parent else None,
        **form.cleaned_data,
        by=request.user,
        at=now(),
    )
    return redirect_page(request, "frameworks:edit_competency", framework_id, added.public_id)


@require_POST
@signed_in
def publish(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Publish a draft: from now on its wording stands."""
    framework = _changeable(request, framework_id)
    services.publish_framework(framework, by=request.user, at=now())
    tell(request, _("Version %(version)s is in use now.") % {"version": framework.version})
    return redirect_page(request, "frameworks:one", framework_id)


@require_POST
@signed_in
def drop(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    framework = _changeable(request, framework_id)
    services.drop_draft(framework, by=request.user, at=now())
    tell(request, _("The draft is gone. The version in use stays as it was."))
    return redirect_page(request, "frameworks:all")


@require_safe
@signed_in
@shows_nobody
def competency(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Show one competency of a draft with everything that can be changed."""
    return _page(request, *_of_draft(request, framework_id, competency_id))


@require_POST
@signed_in
def word(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Keep the words of a competency: as each field is left, or all by the button."""
    framework, here = _of_draft(request, framework_id, competency_id)
    form = WordingForm(request.POST, texts=_texts(framework, here))
    if form.is_valid():
        try:
            services.edit_competency(here, **form.wording, by=request.user, at=now())
            form.saved_at = now()
        except Refused as refusal:
            form.add_error(None, refusal.message)
    if is_htmx(request):
        context = {"wording_form": form}
        return render_page(request, "frameworks/edit_competency.html", context, part="saved")
    return _page(request, framework, here, form) if form.errors else _back(request, here)


@require_POST
@signed_in
@says_why
def move(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Put a competency elsewhere: up or down among its neighbours, or under another."""
    framework, here = _of_draft(request, framework_id, competency_id)
    parent, beside = neighbours(here)
    place: int | None = None
    if "under" in request.POST:
        under = request.POST["under"]
        parent = _one_named(framework, under) if under.strip() else None
    elif here in beside:
        place = max(0, beside.index(here) + (-1 if "up" in request.POST else 1))
    services.move_competency(here, parent=parent, place=place, by=request.user, at=now())
    return _back(request, here)


@require_POST
@signed_in
@says_why
def leave_out(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Leave a competency out of the draft, or take it in again."""
    _framework, here = _of_draft(request, framework_id, competency_id)
    deed = services.bring_back_competency if here.retired_at else services.retire_competency
    deed(here, by=request.user, at=now())
    return _back(request, here)


@require_POST
@signed_in
@says_why
def come_after(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Say that another competency comes before this one."""
    framework, here = _of_draft(request, framework_id, competency_id)
    before = _one_named(framework, request.POST.get("before", ""))
    services.add_prerequisite(before, here, by=request.user, at=now())
    return _back(request, here)


@require_POST
@signed_in
@says_why
def untie(request: PageRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """Take back that another competency comes before this one."""
    framework, here = _of_draft(request, framework_id, competency_id)
    before_id = as_public_id(request.POST.get("before", ""))
    if before_id is None:
        raise Refused(_("Say which competency no longer comes before it."))
    before = competency_in(framework, before_id)
    services.remove_prerequisite(before, here, by=request.user, at=now())
    return _back(request, here)


def _changeable(request: PageRequest, framework_id: UUID) -> Framework:
    framework = framework_for(request.user, framework_id)
    require_right_to_change(request.user, framework)
    return framework


def _of_draft(
    request: PageRequest, framework_id: UUID, competency_id: UUID
) -> tuple[Framework, Competency]:
    framework = _changeable(request, framework_id)
    if framework.published_at is not None:
        raise NotFound
    return framework, competency_in(framework, competency_id)


def _one_named(framework: Framework, text: str) -> Competency:
    """Return the one competency that these words name. Raises Refused for none and for several."""
    coded = Competency.objects.filter(framework=framework, retired_at=None, code=text.strip())
    found = list(coded[:2]) or competencies_with(framework, text)
    if len(found) == 1:
        return found[0]
    if not found:
        told = _("No competency here has the code or the words “%(text)s”.")
        raise Refused(told % {"text": text})
    names = "; ".join(f"{one.code} {one.name}".strip() for one in found[:5])
    told = _("Several competencies have these words; take the code of one: %(names)s.")
    raise Refused(told % {"names": names})


def _back(request: PageRequest, here: Competency) -> HttpResponse:
    return redirect_page(
        request, "frameworks:edit_competency", here.framework.public_id, here.public_id
    )


def _saved(request: PageRequest, framework: Framework) -> HttpResponse:
    tell(request, _("Saved."))
    return redirect_page(request, "frameworks:edit", framework.public_id)


def _draft_page(
    request: PageRequest,
    framework: Framework,
    *,
    draft_form: DraftForm | None = None,
    add_form: AddForm | None = None,
) -> HttpResponse:
    named = {"title": framework.title, "version": framework.version}
    first = framework.family or framework
    n_pieces, n_learners = evidence_counts(first, by=request.user)
    context = {
        "framework": framework,
        "outline": outline(framework),
        "changes": changes_in(framework, by=request.user),
        "left_out": parts_left_out(framework),
        "n_pieces": n_pieces,
        "n_learners": n_learners,
        "draft_form": draft_form or DraftForm(initial=named),
        "add_form": add_form or AddForm(),
    }
    return render_page(request, "frameworks/draft.html", context)


def _page(
    request: PageRequest,
    framework: Framework,
    here: Competency,
    form: WordingForm | None = None,
) -> HttpResponse:
    context = {
        "framework": framework,
        "here": here,
        "outline": outline(framework, here),
        "view": competency_view(here, by=request.user),
        "wording_form": form or WordingForm(texts=_texts(framework, here), here=here),
        "add_form": AddForm(initial={"parent": here.public_id}),
        "is_editing": True,
    }
    return render_page(request, "frameworks/edit_competency.html", context)


def _texts(framework: Framework, here: Competency) -> list[tuple[Level, str]]:
    """Return every level of the scale with what it looks like so far."""
    said = {level.pk: text for level, text in texts_of(here)}
    return [(level, said.get(level.pk, "")) for level in levels_of(framework)]
