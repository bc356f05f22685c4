"""Leaf through a learner's evidence; say that a piece is not right; answer that."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.estimates.services import answer_contest, open_contest
from manypaths.evidence.access import may_answer_contest, may_contest
from manypaths.evidence.log_pages import competencies_with_evidence, evidence_page, piece_shown
from manypaths.evidence.models import Contest, ContestOutcome
from manypaths.evidence.queries import artifact_for, contest_for, contestable
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for
from manypaths.people.access import person_for
from manypaths.web.once import once
from manypaths.web.pages.evidence.files import file_response
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def of(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show all evidence of a learner, fifty pieces a page, or that on one competency."""
    learner = person_for(request.user, person_id)
    competency = _competency_in(request)
    number = request.GET.get("page", "1")
    page = evidence_page(
        learner,
        by=request.user,
        competency=competency,
        number=int(number) if number.isdecimal() and len(number) < 7 else 1,
    )
    record_view(request, learner)
    context = {
        "learner": learner,
        "page": page,
        "competency": competency,
        "competencies": competencies_with_evidence(learner, by=request.user),
        "is_own": learner.pk == request.visitor.person.pk,
        "may_contest": may_contest(request.user, learner),
    }
    return render_page(request, "evidence/of.html", context)


@require_safe
@signed_in
def file(request: PageRequest, artifact_id: UUID) -> HttpResponse:
    """Hand out the file of a piece of work."""
    artifact = artifact_for(artifact_id, by=request.user)
    response = file_response(artifact)
    record_view(request, artifact.learner)
    return cast("HttpResponse", response)  # as Django treats it everywhere


@require_safe
@signed_in
def contest(request: PageRequest, kind: str, piece_id: str) -> HttpResponse:
    """Show one piece, with a form to say what is not right about it."""
    piece = contestable(kind, piece_id, by=request.user)
    record_view(request, piece.learner)
    return _contest_page(request, kind, piece_id, {})


@require_POST
@signed_in
@once
def open_one(request: PageRequest, kind: str, piece_id: str) -> HttpResponse:
    """Say that a piece is not right, and why."""
    piece = contestable(kind, piece_id, by=request.user)
    words = request.POST.get("words", "")[:5000]
    try:
        opened = open_contest(piece, words, by=request.user, at=now())
    except Refused as refusal:
        context = {"fault": refusal.message, "words": words}
        return _contest_page(request, kind, piece_id, context, status=422)
    tell(request, _("Sent. The piece counts until a teacher answers."))
    return redirect_page(request, "evidence:contested", opened.public_id)


@require_safe
@signed_in
def contested(request: PageRequest, contest_id: UUID) -> HttpResponse:
    """Show what was said about a piece, and the answer or a form for it."""
    found = contest_for(contest_id, by=request.user)
    record_view(request, found.learner)
    return _contested_page(request, found, {})


@require_POST
@signed_in
@once
def answer(request: PageRequest, contest_id: UUID) -> HttpResponse:
    """Answer: the piece stays, or it counts no more."""
    found = contest_for(contest_id, by=request.user)
    words = request.POST.get("answer", "")[:5000]
    outcome = ContestOutcome.WITHDRAWN if "withdraw" in request.POST else ContestOutcome.STAYS
    try:
        answer_contest(found, outcome=outcome, answer=words, by=request.user, at=now())
    except Refused as refusal:
        context = {"fault": refusal.message, "words": words}
        return _contested_page(request, found, context, status=422)
    tell(request, _("Answered. The learner and their family see it."))
    return redirect_page(request, "evidence:contested", contest_id)


def _competency_in(request: PageRequest) -> Competency | None:
    text = request.GET.get("competency")
    if not text:
        return None
    competency_id = as_public_id(text)
    if competency_id is None:
        raise NotFound
    return competency_for(competency_id, by=request.user)


def _contest_page(
    request: PageRequest,
    kind: str,
    piece_id: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    piece = contestable(kind, piece_id, by=request.user)
    shown = {
        "shown": piece_shown(piece),
        "learner": piece.learner,
        "may_contest": may_contest(request.user, piece.learner),
    }
    return render_page(request, "evidence/contest.html", {**shown, **context}, status=status)


def _contested_page(
    request: PageRequest, found: Contest, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    shown = {
        "contest": found,
        "learner": found.learner,
        "shown": piece_shown(found.piece),
        "may_answer": may_answer_contest(request.user, found.learner),
    }
    return render_page(request, "evidence/contested.html", {**shown, **context}, status=status)
