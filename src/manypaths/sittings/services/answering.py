"""Deeds on sittings: sit down, answer, stop, and mark what no key can score."""

from datetime import datetime
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import from_microseconds, to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.kept import FRAMEWORKS, MODELS, atomic_beside
from manypaths.base.prepared import prepared
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import take_in
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import AnswerForm, Response, Task
from manypaths.evidence.queries import answers_of
from manypaths.evidence.scoring import score
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.plans.models import Choice
from manypaths.sittings.access import require_marking, require_own
from manypaths.sittings.choosing import order_of_options, tasks_to_sit
from manypaths.sittings.models import Place, Sitting
from manypaths.sittings.queries import open_sitting, task_places


@atomic_beside(FRAMEWORKS, MODELS)
def start_sitting(
    learner: Person,
    competency: Competency,
    *,
    by: Actor,
    at: datetime,
    rng: Random,
    choice: Choice | None = None,
    task: Task | None = None,
) -> Sitting:
    """Sit down to a few tasks on a competency; `task` is among them.

    A sitting on it that is still open is gone on with. Raises Refused where there is no task with
    an answer.
    """
    known = open_sitting(learner, competency, by=by)
    if known is not None:
        return known
    tasks = tasks_to_sit(learner, competency, at=at, first=task)
    if not tasks:
        raise Refused(_("There are no questions on this yet. Choose another step."))
    status, success, half_width = _standing(learner, competency, by=by, at=at)
    sitting, is_new = Sitting.objects.get_or_create(
        learner=learner,
        competency=competency,
        ended_at=None,
        defaults={
            "choice": choice,
            "started_at": to_microseconds(at),
            "status_before": status,
            "success_before": success,
            "half_width_before": half_width,
        },
    )
    if is_new:
        _lay_out(sitting, tasks, rng)
        record_deed("start sitting", by=by, at=at, subject=("sitting", sitting.pk))
    return sitting


@atomic_beside(FRAMEWORKS, MODELS)
def answer_place(sitting: Sitting, number: int, given: str, *, by: Actor, at: datetime) -> Place:
    """Answer the task in a place of a sitting; the last answer ends it.

    The same place again, by a double click or after a lost reply, returns what was answered first.
    Raises Refused for what can't be an answer, and NotFound for a place that is not there.
    """
    require_own(by, sitting.learner)
    sitting = _in_turn(sitting)
    places = {place.number: place for place in task_places(sitting.pk)}
    if number not in places:
        raise NotFound
    place = places[number]
    if place.is_answered or sitting.ended_at is not None:
        return place
    scored = score(place.task.answer_form, given, answers_of([place.task])[place.task_id])
    place.given, place.chosen, place.outcome = given.strip(), scored.chosen, scored.outcome
    place.answered_at = to_microseconds(at)
    if scored.outcome is None:
        record_deed("answer place", by=by, at=at, subject=("place", place.pk))
    else:
        place.response = take_in(_draft(sitting.learner, place, scored.outcome), by=by, at=at)
    place.save(update_fields=["given", "chosen", "outcome", "answered_at", "response"])
    if all(one.is_answered for one in places.values()):
        _end(sitting, by=by, at=at)
    return place


@transaction.atomic
def stop_sitting(sitting: Sitting, *, by: Actor, at: datetime) -> Sitting:
    """End a sitting before its last task: what was answered counts, and the rest is left."""
    require_own(by, sitting.learner)
    sitting = _in_turn(sitting)
    if sitting.ended_at is None:
        _end(sitting, by=by, at=at)
        record_deed("stop sitting", by=by, at=at, subject=("sitting", sitting.pk))
    return sitting


@transaction.atomic
def mark_answer(place: Place, *, is_right: bool, by: Actor, at: datetime) -> Place:
    """Say whether an answer that waits is right: from then on it counts, on the day of the work.

    Raises Refused for one that is marked already.
    """
    learner = place.sitting.learner
    require_marking(by, learner)
    place = Place.objects.select_for_update().select_related("task").get(pk=place.pk)
    if not place.waits:
        raise Refused(_("Somebody has marked this answer already."))
    place.outcome = float(is_right)
    # A clock that was put back says that the work is still to be done: it is done.
    marked_at = max(at, from_microseconds(place.answered_at or 0))
    place.response = take_in(_draft(learner, place, place.outcome), by=by, at=marked_at)
    place.save(update_fields=["outcome", "response"])
    return place


def _in_turn(sitting: Sitting) -> Sitting:
    """Return a sitting as it is now, so that of two clicks at once one comes after the other."""
    fresh = _held.first(sitting.pk)
    if fresh is None:
        raise NotFound
    fresh.learner, fresh.competency = sitting.learner, sitting.competency
    return fresh


@prepared
def _held(sitting: int) -> QuerySet[Sitting]:
    return Sitting.objects.select_for_update().filter(pk=sitting)


@prepared
def _attempts(learner: int, task: int) -> QuerySet[Any, int]:
    rows = Response.objects.standing().filter(learner=learner, task=task)
    return rows.values_list("pk", flat=True)


def _lay_out(sitting: Sitting, tasks: list[Task], rng: Random) -> None:
    answers = answers_of(tasks)
    Place.objects.bulk_create(
        [
            Place(
                sitting=sitting,
                number=number,
                task=task,
                order=order_of_options([a.position for a in answers[task.pk]], rng)
                if task.answer_form == AnswerForm.CHOICE
                else "",
            )
            for number, task in enumerate(tasks, start=1)
        ]
    )


def _draft(learner: Person, place: Place, outcome: float) -> ResponseDraft:
    return ResponseDraft(
        learner,
        place.task,
        outcome,
        done_at=from_microseconds(place.answered_at or 0),
        chosen=place.chosen,
        attempt=len(_attempts(learner.pk, place.task_id)) + 1,
    )


def _end(sitting: Sitting, *, by: Actor, at: datetime) -> None:
    found = _standing(sitting.learner, sitting.competency, by=by, at=at)
    sitting.status_after, sitting.success_after, sitting.half_width_after = found
    sitting.ended_at = to_microseconds(at)
    sitting.save(
        update_fields=["status_after", "success_after", "half_width_after", "ended_at"],
    )


def _standing(
    learner: Person, competency: Competency, *, by: Actor, at: datetime
) -> tuple[str, float, float]:
    """Return status, expected success and its half-width."""
    found = estimates_of([learner], competency.framework, by=by, at=at, competencies=[competency])
    numbers = found.numbers
    return found.status(0).value, float(numbers.success[0]), float(numbers.half_width[0])
