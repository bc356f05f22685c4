"""Reads of tasks and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet
from django.utils.translation import gettext

from manypaths.base.errors import NotFound
from manypaths.base.ids import as_public_id
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.evidence.models import (
    Alignment,
    Answer,
    Artifact,
    Contest,
    ContestOutcome,
    Criterion,
    Draft,
    RaterRole,
    Rating,
    Response,
    Task,
    TaskKind,
)
from manypaths.evidence.slips import ClassSlip
from manypaths.frameworks.models import Competency, Framework, Level
from manypaths.people.access import Actor, is_learner_themself, people_seen_by, require_sight
from manypaths.people.models import Person

# Of a prompt, this much is enough to know it again.
_LONGEST_TEXT = 90
# What waits for somebody is read as far as a page can show it, for each kind of thing.
MOST_WAITING = 100


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


class TaskOfKind(NamedTuple):
    """A task by its row id, and its kind: all that is needed of the many that could be offered."""

    pk: int
    kind: str


def tasks_for(competencies: Sequence[Competency]) -> dict[int, list[TaskOfKind]]:
    """Return the tasks that show each competency (by row id), most fitting first. One query.

    Tasks of earlier versions of a competency count as well: alignments follow its lineage.
    """
    row_of = {competency.lineage_id: competency.pk for competency in competencies}
    alignments = _aligned().filter(competency__lineage__in=row_of)
    tasks: dict[int, list[TaskOfKind]] = {competency.pk: [] for competency in competencies}
    for lineage, task, kind in alignments.iterator():
        tasks[row_of[lineage or 0]].append(TaskOfKind(task, kind))
    return tasks


@dataclass(frozen=True)
class TaskCount:
    """How many tasks of a kind show a competency, and how deep they go (None: not said)."""

    kind: str
    n: int
    shallowest: int | None
    deepest: int | None


def task_counts(competency: Competency) -> list[TaskCount]:
    """Return how many tasks of each kind show a competency, in any version of it. One query."""
    showing = Task.objects.filter(
        retired_at=None, alignments__competency__lineage=competency.lineage_id
    )
    rows = (
        showing.order_by()
        .values("kind")
        .annotate(
            n=Count("pk", distinct=True),
            shallowest=Min("depth_of_knowledge"),
            deepest=Max("depth_of_knowledge"),
        )
        .order_by("-n", "kind")
    )
    return [TaskCount(**row) for row in rows]


def tasks_showing(competency: Competency, *, most: int = 60) -> list[Task]:
    """Return tasks that show a competency, in any version of it, by kind and depth. One query."""
    showing = Task.objects.filter(
        retired_at=None, alignments__competency__lineage=competency.lineage_id
    )
    return list(showing.order_by("kind", "depth_of_knowledge", "pk").distinct()[:most])


def answered_tasks(competency: Competency, *, most: int = 60) -> list[Task]:
    """Return tasks with an answer that show a competency, most fitting first. Two queries."""
    kinds = (TaskKind.ITEM, TaskKind.CHECK, TaskKind.OBSERVATION)
    keys = [task.pk for task in tasks_for([competency])[competency.pk] if task.kind in kinds]
    found = Task.objects.in_bulk(keys[:most])
    return [found[key] for key in keys if key in found]


def tasks_by_lineage(framework: Framework) -> dict[int, list[TaskOfKind]]:
    """Return the tasks that show each competency of a family (by lineage), as `tasks_for`.

    One query; what no task shows is not among them.
    """
    rows = _aligned().filter(competency__framework__family=framework.family_id)
    tasks: dict[int, list[TaskOfKind]] = {}
    for lineage, task, kind in rows.iterator():
        tasks.setdefault(lineage or 0, []).append(TaskOfKind(task, kind))
    return tasks


def _aligned() -> QuerySet[Any, tuple[int | None, int, str]]:
    alignments = Alignment.objects.filter(task__retired_at=None)
    ordered = alignments.order_by("-weight", "task__depth_of_knowledge", "task__pk")
    return ordered.values_list("competency__lineage", "task", "task__kind")


def task_for(task_id: UUID) -> Task:
    """Return the task with this public id, with its framework. Raises NotFound without one."""
    task = _task.first(task_id)
    if task is None:
        raise NotFound
    return task


@prepared
def _task(task_id: UUID) -> QuerySet[Task]:
    return Task.objects.select_related("framework").filter(public_id=task_id)


def tasks_with_keys(keys: Sequence[int]) -> list[Task]:
    """Return the tasks with these row ids, in their order. One query."""
    found = {task.pk: task for task in _tasks(list(keys))}
    return [found[key] for key in keys if key in found]


@prepared
def _tasks(keys: Sequence[int]) -> QuerySet[Task]:
    return Task.objects.filter(pk__in=keys)


def criteria_of(task: Task) -> list[Criterion]:
    """Return what is looked for in a task's work, in order. One query."""
    return list(Criterion.objects.filter(task=task))


def ratings_of_work(artifact: Artifact) -> list[Rating]:
    """Return the latest rating by others of work in hand, for each competency. One query."""
    rows = Rating.objects.standing().filter(artifact=artifact).exclude(rater=artifact.learner_id)
    ordered = rows.select_related("rater", "competency__framework").order_by("recorded_at", "pk")
    return list({row.competency_id: row for row in ordered}.values())


def competency_of_task(task: Task) -> Competency:
    """Return the competency that a task shows most. Raises NotFound for one without any."""
    alignment = _most_shown.first(task.pk)
    if alignment is None:
        raise NotFound
    return alignment.competency


@prepared
def _most_shown(task: int) -> QuerySet[Alignment]:
    alignments = Alignment.objects.filter(task=task).order_by("-weight", "pk")
    return alignments.select_related("competency__framework__family")


def artifact_for(artifact_id: UUID, *, by: Actor) -> Artifact:
    """Return a piece of work of somebody whose record `by` may see, else raise NotFound."""
    rows = Artifact.objects.get_queryset().select_related(
        "learner", "task", "competency__framework", "competency__lineage", "look", "withdrawal"
    )
    artifact = rows.filter(public_id=artifact_id, learner__in=people_seen_by(by)).first()
    if artifact is None:
        raise NotFound
    return artifact


def waiting_to_be_looked_at(learners: Sequence[Person], *, by: Actor) -> list[Artifact]:
    """Return work that learners handed in and nobody has answered yet, oldest first. Two queries.

    Answered is what somebody looked at, or what somebody else rated. Up to MOST_WAITING.
    """
    require_sight(by, learners)
    return _waiting([learner.pk for learner in learners])


@prepared
def _waiting(learners: Sequence[int]) -> QuerySet[Artifact]:
    rated = Rating.objects.standing().filter(artifact=OuterRef("pk")).exclude(rater=F("learner"))
    rows = Artifact.objects.standing().filter(
        learner__in=learners, competency__isnull=False, look=None
    )
    waiting = rows.exclude(Exists(rated)).select_related("learner", "task", "competency")
    return waiting.order_by("done_at", "pk")[:MOST_WAITING]


def draft_in(learner: Person, place: str, *, by: Actor) -> Draft | None:
    """Return what a learner has written in a place so far: for the learner alone."""
    require_sight(by, [learner])
    if not is_learner_themself(by, learner):
        raise NotFound
    return Draft.objects.filter(learner=learner, place=place).first()


def contestable(kind: str, piece_id: str, *, by: Actor) -> Response | Rating:
    """Return the response (by its number) or the rating (by its public id) that a page names.

    Raises NotFound unless it is of somebody whose record `by` may see.
    """
    seen = people_seen_by(by)
    found: Response | Rating | None = None
    if kind == "response" and piece_id.isdecimal() and len(piece_id) < 19:
        responses = Response.objects.get_queryset().select_related("learner", "task")
        found = responses.filter(pk=int(piece_id), learner__in=seen).first()
    elif kind == "rating" and (public_id := as_public_id(piece_id)) is not None:
        ratings = Rating.objects.get_queryset().select_related("learner", "competency", "rater")
        found = ratings.filter(public_id=public_id, learner__in=seen).first()
    if found is None:
        raise NotFound
    return found


def contest_for(contest_id: UUID, *, by: Actor) -> Contest:
    """Return a contest about somebody whose record `by` may see, else raise NotFound."""
    contest = _contests().filter(public_id=contest_id, learner__in=people_seen_by(by)).first()
    if contest is None:
        raise NotFound
    return contest


def open_contests(
    learners: Sequence[Person], *, by: Actor, with_piece: bool = True
) -> list[Contest]:
    """Return what learners or their families said is not right and nobody has answered yet.

    Oldest first, up to MOST_WAITING, with the piece that each is about unless told otherwise. Two
    queries.
    """
    require_sight(by, learners)
    return _open_contests([learner.pk for learner in learners], with_piece)


@prepared
def _open_contests(learners: Sequence[int], with_piece: bool) -> QuerySet[Contest]:
    contests = _contests() if with_piece else Contest.objects.select_related("learner")
    rows = contests.filter(learner__in=learners, outcome=ContestOutcome.OPEN)
    return rows.order_by("opened_at", "pk")[:MOST_WAITING]


def contests_of(learner: Person, *, by: Actor) -> list[Contest]:
    """Return all that was said about a learner's evidence, oldest first, with the answers."""
    require_sight(by, [learner])
    return list(_contests().filter(learner=learner).order_by("opened_at", "pk"))


def answers_of(tasks: Sequence[Task]) -> Mapping[int, Sequence[Answer]]:
    """Return the answers that tasks know, by task id, with their slips. One query."""
    return _answers_of(tuple(sorted(task.pk for task in tasks)))


@kept_until(FRAMEWORKS, most=1024)
def _answers_of(tasks: tuple[int, ...]) -> Mapping[int, Sequence[Answer]]:
    answers: dict[int, list[Answer]] = {task: [] for task in tasks}
    for answer in _known(list(tasks)):
        answers[answer.task_id].append(answer)
    return answers


@prepared
def _known(tasks: Sequence[int]) -> QuerySet[Answer]:
    return Answer.objects.filter(task__in=tasks).select_related("slip")


def specimens_of(slips: Sequence[ClassSlip]) -> dict[int, Answer]:
    """Return the wrong answer that stands for each slip, with its task, by slip. One query."""
    wanted = {(slip.specimen.task, slip.specimen.position): slip.slip.pk for slip in slips}
    answers = _with_tasks(sorted({task for task, _ in wanted})) if wanted else []
    return {
        wanted[answer.task_id, answer.position]: answer
        for answer in answers
        if (answer.task_id, answer.position) in wanted
    }


@prepared
def _with_tasks(tasks: Sequence[int]) -> QuerySet[Answer]:
    return Answer.objects.filter(task__in=tasks).select_related("task")


def descriptions(rows: Sequence[Response | Rating]) -> list[str]:
    """Return in words what each piece of evidence was. A fixed number of queries.

    Rows are those that a learner's evidence was read as, by somebody who may.
    """
    named = sorted({row.task_id for row in rows if row.task_id is not None})
    tasks = {task.pk: task for task in _tasks(named)}
    slips = {
        (answer.task_id, answer.position): str(answer.slip)
        for answer in _answers_with_slips(named)
        if answer.slip
    }
    raters = Person.objects.in_bulk({row.rater_id for row in rows if isinstance(row, Rating)})
    competencies = {row.competency_id for row in rows if isinstance(row, Rating)}
    levels = {
        (competency, level.position): str(level)
        for level in Level.objects.filter(
            scale__frameworks__competencies__in=competencies
        ).annotate(competency=F("scale__frameworks__competencies"))
        if (competency := level.competency) in competencies
    }
    return [
        _response_words(row, tasks[row.task_id], slips.get((row.task_id, row.chosen or 0)))
        if isinstance(row, Response)
        else _rating_words(row, raters[row.rater_id], levels[row.competency_id, row.level])
        for row in rows
    ]


@prepared
def _answers_with_slips(tasks: Sequence[int]) -> QuerySet[Answer]:
    return Answer.objects.filter(task__in=tasks, slip__isnull=False).select_related("slip")


def _contests() -> QuerySet[Contest]:
    return Contest.objects.select_related(
        "learner", "response__task", "rating__competency", "rating__rater"
    )


def _response_words(row: Response, task: Task, slip: str | None) -> str:
    text = task.spoken.prompt or task.spoken.title or task.source_id
    text = text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1].rstrip()}…"
    words = {"outcome": _outcome_words(row.outcome), "attempt": row.attempt, "text": text}
    if not (slip and row.chosen is not None and row.outcome < 1):
        if row.attempt > 1:
            return gettext("{outcome}, try {attempt}: {text}").format(**words)
        return gettext("{outcome}: {text}").format(**words)
    if row.attempt > 1:
        return gettext("{outcome}, try {attempt}: {text} (slip: {slip})").format(slip=slip, **words)
    return gettext("{outcome}: {text} (slip: {slip})").format(slip=slip, **words)


def _outcome_words(outcome: float) -> str:
    if outcome in (0.0, 1.0):
        return gettext("right") if outcome else gettext("wrong")
    return gettext("{share:.0%} right").format(share=outcome)


def _rating_words(row: Rating, rater: Person, level: str) -> str:
    if row.role == RaterRole.SELF:
        words = gettext("rated {level} by self").format(level=level)
    else:
        role = row.get_role_display().lower()
        words = gettext("rated {level} by {rater} as {role}").format(
            level=level, rater=rater.name, role=role
        )
    return f"{words}: {row.note}" if row.note else words
