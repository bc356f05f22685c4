"""Do a chosen step: read, answer one question after the other, see what moved."""

from random import SystemRandom
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.queries import competency_of_task, task_for
from manypaths.plans.models import Choice
from manypaths.plans.services import finish_choice
from manypaths.sittings.models import Sitting
from manypaths.sittings.queries import (
    PlaceShown,
    choice_to_do,
    last_sitting,
    open_sitting,
    places_of,
    questions_for,
    sitting_for,
)
from manypaths.sittings.services import answer_place, start_sitting, stop_sitting
from manypaths.sittings.words import what_moved
from manypaths.web.pages.doing.steps import is_reading, is_work, next_address, work_address
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def start(request: PageRequest, choice_id: UUID) -> HttpResponse:
    """Show what a chosen step asks for, and the one button that begins it."""
    choice = choice_to_do(choice_id, by=request.user)
    found = questions_for(
        choice.learner, choice.competency, by=request.user, at=now(), task=choice.task
    )
    if is_work(choice) or not (found or is_reading(choice.task)):
        return redirect_page(request, work_address(choice))
    record_view(request, choice.learner)
    context = {
        "choice": choice,
        "n_questions": len(found),
        "going_on": open_sitting(choice.learner, choice.competency, by=request.user),
        "last": last_sitting(choice, by=request.user),
    }
    page = "reading" if is_reading(choice.task) else "start"
    return render_page(request, f"doing/{page}.html", context)


@require_POST
@signed_in
def begin(request: PageRequest, choice_id: UUID) -> HttpResponse:
    """Sit down to the questions of a chosen step, or go on with those that are open."""
    return _sit_down(request, choice_to_do(choice_id, by=request.user))


@require_POST
@signed_in
def finish_reading(request: PageRequest, choice_id: UUID) -> HttpResponse:
    """Say that something was read; questions on it follow where there are any."""
    choice = choice_to_do(choice_id, by=request.user)
    finish_choice(choice, by=request.user, at=now())
    if "questions" in request.POST:
        return _sit_down(request, choice)
    tell(request, _("Read. It waits on your path for you to try."))
    return redirect_page(request, "home:start")


@require_safe
@signed_in
@shows_nobody
def task(request: PageRequest, task_id: UUID) -> HttpResponse:
    """Show a task as a learner meets it."""
    found = task_for(task_id)
    context = {"task": found, "competency": competency_of_task(found)}
    return render_page(request, "doing/task.html", context)


@require_POST
@signed_in
def begin_task(request: PageRequest, task_id: UUID) -> HttpResponse:
    """Sit down to a few questions of which this task is one."""
    found = task_for(task_id)
    sitting = start_sitting(
        request.visitor.person,
        competency_of_task(found),
        by=request.user,
        at=now(),
        rng=SystemRandom(),
        task=found,
    )
    return _to_next(request, sitting)


@require_safe
@signed_in
def question(request: PageRequest, sitting_id: UUID, number: int) -> HttpResponse:
    """Show one question, or what came of it once it is answered."""
    sitting = sitting_for(sitting_id, by=request.user)
    places = places_of(sitting, by=request.user)
    shown = _place(places, number)
    if sitting.ended_at is not None and not shown.place.is_answered:
        return redirect_page(request, "doing:end", sitting_id)
    record_view(request, sitting.learner)
    return _question_page(request, sitting, places, shown)


@require_POST
@signed_in
def answer(request: PageRequest, sitting_id: UUID, number: int) -> HttpResponse:
    """Take an answer; what can't be one is asked for again."""
    sitting = sitting_for(sitting_id, by=request.user)
    given = request.POST.get("answer", "")
    try:
        answer_place(sitting, number, given, by=request.user, at=now())
    except Refused as refusal:
        places = places_of(sitting, by=request.user)
        shown = _place(places, number)
        trouble = {"given": given, "fault": refusal.message}
        return _question_page(request, sitting, places, shown, **trouble)
    return redirect_page(request, "doing:question", sitting_id, number)


@require_POST
@signed_in
def stop(request: PageRequest, sitting_id: UUID) -> HttpResponse:
    """End a sitting early; what was answered counts."""
    stop_sitting(sitting_for(sitting_id, by=request.user), by=request.user, at=now())
    return redirect_page(request, "doing:end", sitting_id)


@require_safe
@signed_in
def end(request: PageRequest, sitting_id: UUID) -> HttpResponse:
    """Say what a sitting moved."""
    sitting = sitting_for(sitting_id, by=request.user)
    if sitting.ended_at is None:
        return _to_next(request, sitting)
    places = places_of(sitting, by=request.user)
    answered = [shown for shown in places if shown.place.is_answered]
    record_view(request, sitting.learner)
    context = {
        "sitting": sitting,
        "answered": answered,
        "n_right": sum(shown.is_right for shown in answered),
        "n_waiting": sum(shown.place.waits for shown in answered),
        "moved": what_moved(sitting),
    }
    return render_page(request, "doing/end.html", context)


def _sit_down(request: PageRequest, choice: Choice) -> HttpResponse:
    sitting = start_sitting(
        choice.learner,
        choice.competency,
        by=request.user,
        at=now(),
        rng=SystemRandom(),
        choice=choice,
        task=choice.task,
    )
    return _to_next(request, sitting)


def _to_next(request: PageRequest, sitting: Sitting) -> HttpResponse:
    return redirect_page(request, next_address(sitting, places_of(sitting, by=request.user)))


def _place(places: list[PlaceShown], number: int) -> PlaceShown:
    for shown in places:
        if shown.place.number == number:
            return shown
    raise NotFound


def _question_page(
    request: PageRequest,
    sitting: Sitting,
    places: list[PlaceShown],
    shown: PlaceShown,
    *,
    given: str = "",
    fault: str = "",
) -> HttpResponse:
    context = {
        "sitting": sitting,
        "shown": shown,
        "n_places": len(places),
        "n_answered": sum(place.place.is_answered for place in places),
        "next": next_address(sitting, places),
        "given": given,
        "fault": fault,
    }
    return render_page(request, "doing/question.html", context, status=422 if fault else 200)
