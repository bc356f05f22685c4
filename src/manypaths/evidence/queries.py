"""Reads of tasks and evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from manypaths.evidence.models import Alignment, Answer, Artifact, Rating, Response, Task
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person


@dataclass(frozen=True)
class LearnersEvidence:
    """All standing evidence of one learner, each kind in the order of the work."""

    responses: list[Response]
    ratings: list[Rating]
    artifacts: list[Artifact]


def evidence_of(learner: Person, *, by: Actor) -> LearnersEvidence:
    """Return a learner's standing evidence, for somebody who may see it. Fixed queries."""
    require_sight(by, [learner])
    return LearnersEvidence(
        responses=list(
            Response.objects.standing()
            .filter(learner=learner)
            .select_related("task")
            .order_by("done_at", "pk")
        ),
        ratings=list(
            Rating.objects.standing()
            .filter(learner=learner)
            .select_related("competency", "rater")
            .order_by("done_at", "pk")
        ),
        artifacts=list(
            Artifact.objects.standing().filter(learner=learner).order_by("done_at", "pk")
        ),
    )


def tasks_for(competencies: Sequence[Competency]) -> dict[int, list[Task]]:
    """Return the tasks that show each competency (by row id), most fitting first. Two queries.

    Tasks of earlier versions of a competency count as well: alignments follow its lineage.
    """
    lineages = {competency.lineage_id: competency.pk for competency in competencies}
    alignments = (
        Alignment.objects.filter(competency__lineage__in=lineages, task__retired_at=None)
        .select_related("task", "competency")
        .order_by("-weight", "task__depth_of_knowledge", "task__pk")
    )
    tasks: dict[int, list[Task]] = {competency.pk: [] for competency in competencies}
    for alignment in alignments:
        tasks[lineages[alignment.competency.lineage_id]].append(alignment.task)
    return tasks


def shown_lineages(framework: Framework) -> set[int | None]:
    """Return the lineages of the framework's family that a task shows. One query."""
    alignments = Alignment.objects.filter(
        competency__framework__family=framework.family, task__retired_at=None
    )
    return set(alignments.values_list("competency__lineage", flat=True).distinct())


def answers_of(tasks: Sequence[Task]) -> dict[int, list[Answer]]:
    """Return the answers that tasks know, by task id, with their slips. One query."""
    answers: dict[int, list[Answer]] = {task.pk: [] for task in tasks}
    for answer in Answer.objects.filter(task__in=tasks).select_related("slip"):
        answers[answer.task_id].append(answer)
    return answers
