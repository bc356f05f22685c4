"""Hand work in, with a draft that keeps itself; look at work and answer it."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.estimates.access import may_sign
from manypaths.estimates.services import save_draft
from manypaths.evidence.files import ACCEPTED, is_picture
from manypaths.evidence.models import Artifact, Rating
from manypaths.evidence.queries import (
    MOST_WAITING,
    artifact_for,
    criteria_of,
    draft_in,
    open_contests,
    ratings_of_work,
    waiting_to_be_looked_at,
)
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.rubrics import rubric_of
from manypaths.people.access import group_for
from manypaths.people.queries import learners_of
from manypaths.sittings.access import may_answer
from manypaths.sittings.queries import answer_waiting, answers_waiting, signed_for
from manypaths.sittings.services import answer_work, hand_in, mark_answer
from manypaths.web.once import once
from manypaths.web.pages.showing.asked import Asked, asked_for
from manypaths.web.pages.showing.forms import AnswerForm, WorkForm
from manypaths.web.rendering import is_htmx, redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def new(request: PageRequest, competency_id: UUID) -> HttpResponse:
    """Show the page for handing work in, with what was written so far."""
    asked = asked_for(request, competency_id)
    draft = draft_in(request.visitor.person, asked.place, by=request.user)
    record_view(request, request.visitor.person)
    context = {"draft": draft, "written": draft, "key": uuid4()}
    return _work_page(request, asked, context)


@require_POST
@signed_in
def hand_in_work(request: PageRequest, competency_id: UUID) -> HttpResponse:
    """Hand work in; what is missing or can't be kept is said beside what was written."""
    asked = asked_for(request, competency_id)
    form = WorkForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise Refused(_("Something here is too long. Make it shorter, and try again."))
        work = form.work(asked.competency, asked.task, asked.choice)
        artifact = hand_in(request.visitor.person, work, by=request.user, at=now())
    except Refused as refusal:
        context = {"fault": refusal.message, "written": request.POST, "key": uuid4()}
        return _work_page(request, asked, context, status=422)
    tell(request, _("Handed in. You see here when somebody has looked at it."))
    return redirect_page(request, "showing:one", artifact.public_id)


@require_POST
@signed_in
def keep_draft(request: PageRequest, competency_id: UUID) -> HttpResponse:
    """Keep what was written so far; for htmx the answer is when it was kept."""
    asked = asked_for(request, competency_id)
    written = {name: request.POST.get(name, "").strip() for name in ("title", "text", "link")}
    learner, key = request.visitor.person, as_public_id(request.POST.get("key", ""))
    draft = save_draft(learner, asked.place, by=request.user, at=now(), key=key, **written)
    if is_htmx(request):
        return render_page(request, "showing/new.html", {"draft": draft}, part="saved")
    tell(request, _("Draft saved. You can go on later."))
    return redirect_page(request, f"{request.path.removesuffix('draft/')}?{asked.query}")


@require_safe
@signed_in
def one(request: PageRequest, artifact_id: UUID) -> HttpResponse:
    """Show work that was handed in, what was answered, and a form for those who may answer."""
    artifact = artifact_for(artifact_id, by=request.user)
    record_view(request, artifact.learner)
    return _one_page(request, artifact, {})


@require_POST
@signed_in
@once
def answer(request: PageRequest, artifact_id: UUID) -> HttpResponse:
    """Answer work: words, a level, a sign-off."""
    artifact = artifact_for(artifact_id, by=request.user)
    form = AnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Choose a level, sign it off, or write a few words."))
        answer_work(artifact, form.answer(), by=request.user, at=now())
    except Refused as refusal:
        return _one_page(request, artifact, {"fault": refusal.message}, status=422)
    tell(request, _("Saved. The learner sees your answer."))
    return redirect_page(request, "showing:one", artifact_id)


@require_safe
@signed_in
def waiting(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show what waits for somebody in a group: work, answers in words, contests."""
    group = group_for(request.user, group_id)
    learners = learners_of(group, by=request.user)
    record_view(request, group)
    works = waiting_to_be_looked_at(learners, by=request.user)
    answers = answers_waiting(learners, by=request.user)
    contests = open_contests(learners, by=request.user)
    context = {
        "group": group,
        "works": works,
        "answers": answers,
        "contests": contests,
        "n": len(works) + len(answers) + len(contests),
        "most": MOST_WAITING,
        "may_be_more": max(len(works), len(answers), len(contests)) >= MOST_WAITING,
    }
    return render_page(request, "showing/waiting.html", context)


@require_POST
@signed_in
@once
def mark(request: PageRequest, sitting_id: UUID, number: int) -> HttpResponse:
    """Say whether an answer in words is right, and return to the list it stood in."""
    place = answer_waiting(sitting_id, number, by=request.user)
    group_id = request.POST.get("group", "")
    mark_answer(place, is_right="right" in request.POST, by=request.user, at=now())
    tell(request, _("Saved. The learner's estimate has moved by it."))
    group = group_for(request.user, _group_id(group_id))
    return redirect_page(request, "showing:waiting", group.public_id)


def _level_of(rating: Rating) -> str:
    levels = {one.position: str(one) for one in levels_of(rating.competency.framework)}
    return levels[rating.level]


def _group_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _work_page(
    request: PageRequest, asked: Asked, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    shown = {
        "asked": asked,
        "learner": request.visitor.person,
        "criteria": criteria_of(asked.task) if asked.task else [],
        "accepted": ACCEPTED,
    }
    return render_page(request, "showing/new.html", {**shown, **context}, status=status)


def _one_page(
    request: PageRequest, artifact: Artifact, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    is_for_answer = artifact.competency is not None and may_answer(artifact, by=request.user)
    signed = signed_for(artifact, by=request.user)
    ratings = ratings_of_work(artifact)
    shown = {
        "work": artifact,
        "is_picture": is_picture(artifact.file_type),
        "is_own": artifact.learner_id == request.visitor.person.pk,
        "levels": rubric_of(artifact.competency) if artifact.competency else [],
        "given": [(rating, _level_of(rating)) for rating in ratings],
        "level_given": next(
            (r.level for r in ratings if r.competency == artifact.competency), None
        ),
        "criteria": criteria_of(artifact.task) if artifact.task else [],
        "is_for_answer": is_for_answer,
        "signed": signed,
        "is_for_sign_off": is_for_answer
        and signed is None
        and may_sign(request.user, artifact.learner),
    }
    return render_page(request, "showing/one.html", {**shown, **context}, status=status)
