"""Reads of sittings: for the learner who sits, and of what waits for a teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from manypaths.base.clock import date_of, from_microseconds
from manypaths.base.errors import NotFound
from manypaths.base.prepared import prepared
from manypaths.estimates.queries import SignedOff, achievements_of
from manypaths.evidence.models import Answer, AnswerForm, Artifact, Slip, Task
from manypaths.evidence.queries import MOST_WAITING, answers_of
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person
from manypaths.plans.models import Choice
from manypaths.sittings.access import require_marking, require_own
from manypaths.sittings.choosing import tasks_to_sit
from manypaths.sittings.models import Place, Sitting


@dataclass(frozen=True)
class PlaceShown:
    """A place with what a page shows of it: its options in their order, and what became of it."""

    place: Place
    options: Sequence[Answer]
    known: Sequence[Answer]

    @property
    def task(self) -> Task:
        """Return the task that stands here."""
        return self.place.task

    @property
    def is_right(self) -> bool:
        """Say whether the answer was right."""
        return self.place.outcome == 1

    @property
    def given(self) -> str:
        """Return the answer that was given, as the learner saw it."""
        if not self.options:
            return self.place.given
        return next((a.spoken.text for a in self.known if a.position == self.place.chosen), "")

    @property
    def right(self) -> str:
        """Return the right answer that the task knows first."""
        return next((answer.spoken.text for answer in self.known if answer.is_right), "")

    @property
    def keyboard(self) -> str:
        """Return which keys a screen should offer: digits, a point as well, or all of them.

        Digits alone would leave no way to type a minus or a fraction.
        """
        signs = {sign for answer in self.known for sign in answer.text}
        if self.task.answer_form != AnswerForm.NUMBER or signs - set("0123456789."):
            return "text"
        return "decimal" if "." in signs else "numeric"

    @property
    def slip(self) -> Slip | None:
        """Return the slip that a wrong answer shows."""
        if self.is_right:
            return None
        return next((a.slip for a in self.known if a.position == self.place.chosen), None)


def choice_to_do(choice_id: UUID, *, by: Actor) -> Choice:
    """Return a step that was chosen for whoever asks, else raise NotFound."""
    rows = Choice.objects.select_related("learner", "competency__framework", "task")
    choice = rows.filter(public_id=choice_id).first()
    if choice is None:
        raise NotFound
    require_own(by, choice.learner)
    return choice


def questions_for(
    learner: Person, competency: Competency, *, by: Actor, at: datetime, task: Task | None = None
) -> list[Task]:
    """Return the tasks that a learner would sit down to now; none where there are no such tasks."""
    require_own(by, learner)
    return tasks_to_sit(learner, competency, at=at, first=task)


def sitting_for(sitting_id: UUID, *, by: Actor) -> Sitting:
    """Return a sitting of whoever asks, else raise NotFound."""
    sitting = _sitting.first(sitting_id)
    if sitting is None:
        raise NotFound
    require_own(by, sitting.learner)
    return sitting


@prepared
def _sitting(sitting_id: UUID) -> QuerySet[Sitting]:
    rows = Sitting.objects.filter(public_id=sitting_id)
    return rows.select_related("learner", "competency__framework", "choice")


def open_sitting(learner: Person, competency: Competency, *, by: Actor) -> Sitting | None:
    """Return the sitting of a learner on a competency that has not ended."""
    require_own(by, learner)
    return _open.first(learner.pk, competency.pk)


@prepared
def _open(learner: int, competency: int) -> QuerySet[Sitting]:
    return Sitting.objects.filter(learner=learner, competency=competency, ended_at=None)


def last_sitting(choice: Choice, *, by: Actor) -> Sitting | None:
    """Return the latest sitting that a choice led to."""
    require_own(by, choice.learner)
    return Sitting.objects.filter(choice=choice).order_by("-started_at").first()


def places_of(sitting: Sitting, *, by: Actor) -> list[PlaceShown]:
    """Return the places of a sitting in order, with all that their tasks know."""
    require_own(by, sitting.learner)
    places = task_places(sitting.pk)
    for place in places:
        place.sitting = sitting
    known = answers_of([place.task for place in places])
    return [
        PlaceShown(place, _in_order(known[place.task_id], place.order), known[place.task_id])
        for place in places
    ]


@prepared
def task_places(sitting: int) -> QuerySet[Place]:
    """Return the places of a sitting (a row id) in order, with their tasks. One query."""
    return Place.objects.filter(sitting=sitting).select_related("task")


def answers_waiting(learners: Sequence[Person], *, by: Actor) -> list[Place]:
    """Return answers of learners that wait for a teacher, oldest first, up to MOST_WAITING.

    Two queries.
    """
    require_sight(by, learners)
    return _answers_waiting([learner.pk for learner in learners])


@prepared
def _answers_waiting(learners: Sequence[int]) -> QuerySet[Place]:
    waiting = Place.objects.filter(
        sitting__learner__in=learners, answered_at__isnull=False, outcome=None
    )
    found = waiting.select_related("task", "sitting__learner", "sitting__competency")
    return found.order_by("answered_at", "pk")[:MOST_WAITING]


def answer_waiting(sitting_id: UUID, number: int, *, by: Actor) -> Place:
    """Return one answer for somebody who may mark it, else raise NotFound."""
    rows = Place.objects.select_related("task", "sitting__learner", "sitting__competency")
    place = rows.filter(sitting__public_id=sitting_id, number=number).first()
    if place is None:
        raise NotFound
    require_marking(by, place.sitting.learner)
    return place


def signed_for(artifact: Artifact, *, by: Actor) -> SignedOff | None:
    """Return what was signed off for the day of this work, None where nothing was."""
    require_sight(by, [artifact.learner])
    if artifact.competency is None:
        return None
    day = date_of(from_microseconds(artifact.done_at))
    for row in achievements_of(artifact.learner, artifact.competency.framework, by=by):
        is_same = row.achievement.competency_id == artifact.competency.lineage_id
        if is_same and row.achievement.demonstrated_on == day:
            return row
    return None


def _in_order(answers: Sequence[Answer], order: str) -> list[Answer]:
    by_position = {str(answer.position): answer for answer in answers}
    return [by_position[position] for position in order.split(",") if position in by_position]
