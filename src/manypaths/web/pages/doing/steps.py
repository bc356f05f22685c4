"""What a chosen step opens: something to read, questions, or work to hand in."""

from urllib.parse import urlencode

from django.urls import reverse

from manypaths.evidence.models import Task, TaskKind
from manypaths.plans.models import Choice, StepKind
from manypaths.sittings.models import Sitting
from manypaths.sittings.queries import PlaceShown

_WORK = (TaskKind.PROJECT, TaskKind.PORTFOLIO, TaskKind.OBSERVATION)


def is_reading(task: Task | None) -> bool:
    """Say whether a task is something to read."""
    return task is not None and task.kind == TaskKind.RESOURCE


def is_work(choice: Choice) -> bool:
    """Say whether a step asks for work to hand in."""
    if choice.task is None:
        return choice.kind == StepKind.SHOW
    return choice.task.kind in _WORK


def work_address(choice: Choice) -> str:
    """Return the page on which work for a step is handed in."""
    asked = {"choice": str(choice.public_id)}
    if choice.task is not None and choice.task.kind in _WORK:
        asked["task"] = str(choice.task.public_id)
    return f"{reverse('showing:new', args=[choice.competency.public_id])}?{urlencode(asked)}"


def next_address(sitting: Sitting, places: list[PlaceShown]) -> str:
    """Return the page of the first question without an answer, else of the end."""
    for shown in places:
        if not shown.place.is_answered and sitting.ended_at is None:
            return reverse("doing:question", args=[sitting.public_id, shown.place.number])
    return reverse("doing:end", args=[sitting.public_id])
