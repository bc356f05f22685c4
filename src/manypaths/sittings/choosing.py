"""Which tasks make up a sitting: few, not done lately, from easy to hard."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Count, Max, QuerySet

from manypaths.base.clock import to_microseconds
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.evidence.models import Alignment, AnswerForm, Response, Task, TaskKind
from manypaths.frameworks.models import Competency
from manypaths.people.models import Person

MOST_TASKS = 5
# What was done within these days comes after what was not.
_LATELY = timedelta(days=7)
# A task of which a smaller share shows the competency is about something else.
_MOSTLY = 0.5


def tasks_to_sit(
    learner: Person, competency: Competency, *, at: datetime, first: Task | None = None
) -> list[Task]:
    """Return up to five tasks with an answer, those done least first, then from easy to hard.

    `first`, where it has an answer, is among them. A fixed number of queries.
    """
    tasks = _tasks_on(competency.lineage_id)
    if first is not None and first.answer_form != AnswerForm.NONE:
        tasks = {first.pk: first, **tasks}
    fitting = list(tasks)
    worn = _wear(learner, fitting, at)
    wanted = first.pk if first is not None else None
    chosen = sorted(
        fitting, key=lambda pk: (pk != wanted, worn.get(pk, (False, 0)), fitting.index(pk))
    )
    few = [tasks[pk] for pk in chosen[:MOST_TASKS]]
    return sorted(few, key=lambda task: (task.depth_of_knowledge or 2, chosen.index(task.pk)))


def order_of_options(positions: Sequence[int], rng: Random) -> str:
    """Return positions in an order of chance, so that a place gives nothing away."""
    return ",".join(map(str, rng.sample(positions, len(positions))))


@kept_until(FRAMEWORKS, most=1024)
def _tasks_on(lineage: int | None) -> Mapping[int, Task]:
    """Return the tasks with an answer that are mostly about a competency, most fitting first."""
    alignments = Alignment.objects.filter(
        competency__lineage=lineage,
        weight__gte=_MOSTLY,
        task__retired_at=None,
        task__kind__in=(TaskKind.ITEM, TaskKind.CHECK),
    ).exclude(task__answer_form=AnswerForm.NONE)
    found = alignments.order_by("-weight", "task__depth_of_knowledge", "task__pk")
    return {alignment.task_id: alignment.task for alignment in found.select_related("task")}


def _wear(learner: Person, tasks: Sequence[int], at: datetime) -> dict[int, tuple[bool, int]]:
    """Return of each task whether the learner did it lately, and how often."""
    since = to_microseconds(at - _LATELY)
    return {task: (last >= since, n) for task, n, last in _done(learner.pk, list(tasks))}


@prepared
def _done(learner: int, tasks: Sequence[int]) -> QuerySet[Any, tuple[int, int, int]]:
    done = Response.objects.standing().filter(learner=learner, task__in=tasks).order_by()
    return done.values_list("task").annotate(n=Count("pk"), last=Max("done_at"))
