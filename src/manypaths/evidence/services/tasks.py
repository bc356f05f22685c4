"""Save tasks with their alignments, answers, slips and criteria: new ones, or in place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.changes import Changes
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.evidence.drafts import SlipDraft, TaskDraft
from manypaths.evidence.models import Alignment, Answer, Criterion, Slip, Task
from manypaths.frameworks.access import frameworks_seen_by
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.access import Actor, require_educator

# What a district has of its own and reads from above.
Shared = TypeVar("Shared", Task, Slip)


@dataclass(frozen=True)
class SavedTasks:
    """The tasks by their source id, and what saving them changed."""

    by_source_id: dict[str, Task]
    changes: Changes


@transaction.atomic
def save_tasks(
    framework: Framework,
    tasks: Sequence[TaskDraft],
    *,
    by: Actor,
    at: datetime,
    slips: Sequence[SlipDraft] = (),
) -> SavedTasks:
    """Save tasks of a framework by their source ids; known ones are brought up to date.

    A retired one is offered again. A task that evidence refers to keeps its alignments, answers and
    their order: it does not change under the evidence. Raises Refused for a competency or slip that
    the framework lacks, a source id that comes twice, or a changed task or slip that is published
    above or referred to.
    """
    require_educator(by)
    if not frameworks_seen_by(by).filter(pk=framework.pk).exists():
        raise NotFound
    _require_single([task.source_id for task in tasks])
    competencies = _competencies_by_code(framework, tasks, slips)
    slip_rows, n_slips = _save_slips(framework, slips, competencies)
    _require_slips(framework, tasks, slip_rows)
    existing = {task.source_id: task for task in _own_last(Task, framework)}
    contents = _Contents(competencies, slip_rows)
    known = [draft for draft in tasks if draft.source_id in existing]
    changed = _changed(known, existing, contents)
    _require_changeable([existing[draft.source_id] for draft in changed])
    new = [draft for draft in tasks if draft.source_id not in existing]
    rows = Task.objects.bulk_create(
        [Task(framework=framework, published_at=at, **_fields(draft)) for draft in new], AT_ONCE
    )
    existing.update({task.source_id: task for task in rows})
    for draft in changed:
        _overwrite(existing[draft.source_id], _fields(draft))
    contents.clear([existing[draft.source_id] for draft in changed])
    contents.save([(existing[draft.source_id], draft) for draft in (*new, *changed)])
    updated = {draft.source_id for draft in changed}
    updated |= _bring_back([existing[draft.source_id] for draft in known])
    changes = Changes(
        read=len(tasks),
        created=len(new),
        updated=len(updated),
        unchanged=len(known) - len(updated),
    )
    if new or updated or n_slips:
        record_deed(
            "save tasks",
            by=by,
            at=at,
            subject=("framework", framework.pk),
            created=len(new),
            updated=len(updated),
            slips=n_slips,
        )
    wanted = {draft.source_id for draft in tasks}
    return SavedTasks({name: existing[name] for name in existing if name in wanted}, changes)


def _bring_back(tasks: Sequence[Task]) -> set[str]:
    """Offer again those of our own tasks that were retired; return their source ids."""
    owner = current_owner()
    back = [task for task in tasks if task.retired_at is not None and task.district_id == owner]
    for task in back:
        _overwrite(task, {"retired_at": None})
    return {task.source_id for task in back}


@dataclass(frozen=True)
class _Contents:
    """What hangs on tasks, made from drafts with the rows that they name."""

    competencies: Mapping[str, Competency]
    slips: Mapping[str, Slip]

    def rows_of(self, task: Task, draft: TaskDraft) -> list[models.Model]:
        alignments = [
            Alignment(task=task, competency=self.competencies[code], weight=share)
            for code, share in draft.alignments
        ]
        answers = [
            Answer(
                task=task,
                position=position,
                text=answer.text,
                is_right=answer.is_right,
                slip=self.slips[answer.slip] if answer.slip else None,
            )
            for position, answer in enumerate(draft.answers)
        ]
        criteria = [
            Criterion(
                task=task,
                position=position,
                competency=self.competencies[criterion.competency],
                title=criterion.title,
                description=criterion.description,
            )
            for position, criterion in enumerate(draft.criteria)
        ]
        return [*alignments, *answers, *criteria]

    def save(self, pairs: Iterable[tuple[Task, TaskDraft]]) -> None:
        rows = [row for task, draft in pairs for row in self.rows_of(task, draft)]
        Alignment.objects.bulk_create([r for r in rows if isinstance(r, Alignment)], AT_ONCE)
        Answer.objects.bulk_create([r for r in rows if isinstance(r, Answer)], AT_ONCE)
        Criterion.objects.bulk_create([r for r in rows if isinstance(r, Criterion)], AT_ONCE)

    def clear(self, tasks: Sequence[Task]) -> None:
        for model in (Alignment, Answer, Criterion):
            model.objects.filter(task__in=tasks).delete()

    def signature(self, task: Task, draft: TaskDraft) -> list[tuple[Any, ...]]:
        return sorted(_signature(row) for row in self.rows_of(task, draft))


def _changed(
    drafts: Sequence[TaskDraft], existing: Mapping[str, Task], contents: _Contents
) -> list[TaskDraft]:
    tasks = [existing[draft.source_id] for draft in drafts]
    saved: dict[int, list[tuple[Any, ...]]] = {task.pk: [] for task in tasks}
    for model in (Alignment, Answer, Criterion):
        for row in model.objects.filter(task__in=tasks):
            saved[row.task_id].append(_signature(row))
    return [
        draft
        for draft, task in zip(drafts, tasks, strict=True)
        if _differs(task, _fields(draft))
        or sorted(saved[task.pk]) != contents.signature(task, draft)
    ]


def _signature(row: models.Model) -> tuple[Any, ...]:
    """Return what a row says, without who it is, in a form that sorts."""
    values = (
        (field.attname, str(getattr(row, field.attname)))
        for field in row._meta.concrete_fields
        if field.name not in ("id", "public_id", "district_id", "translations")
    )
    return (type(row).__name__, *values)


def _fields(draft: TaskDraft) -> dict[str, Any]:
    return {
        name: getattr(draft, name)
        for name in (
            "source_id",
            "kind",
            "title",
            "prompt",
            "answer_form",
            "depth_of_knowledge",
            "minutes",
        )
    }


def _differs(row: models.Model, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _overwrite(row: models.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _save_slips(
    framework: Framework, drafts: Sequence[SlipDraft], competencies: Mapping[str, Competency]
) -> tuple[dict[str, Slip], int]:
    """Return the slips by their codes, and how many of them are new or changed."""
    n_changed = 0
    rows = {slip.code: slip for slip in _own_last(Slip, framework)}
    for draft in drafts:
        values = {
            "name": draft.name,
            "explanation": draft.explanation,
            "feedback": draft.feedback,
        }
        known = rows.get(draft.code)
        if known is None:
            rows[draft.code] = Slip(
                framework=framework,
                code=draft.code,
                competency=competencies[draft.competency],
                **values,
            )
        elif _differs(known, values):
            _require_own(known)
            _overwrite(known, values)
            n_changed += 1
    new = Slip.objects.bulk_create([slip for slip in rows.values() if slip.pk is None], AT_ONCE)
    return rows, len(new) + n_changed


def _competencies_by_code(
    framework: Framework, tasks: Sequence[TaskDraft], slips: Sequence[SlipDraft]
) -> dict[str, Competency]:
    found = {c.code: c for c in Competency.objects.filter(framework=framework, retired_at=None)}
    named = {code for task in tasks for code, _ in task.alignments}
    named |= {criterion.competency for task in tasks for criterion in task.criteria}
    named |= {slip.competency for slip in slips}
    missing = sorted(named - found.keys())
    if missing:
        raise Refused(
            gettext("{framework} has no competency {names}.").format(
                framework=framework, names=", ".join(missing[:10])
            )
        )
    return found


def _own_last(model: type[Shared], framework: Framework) -> list[Shared]:
    """Return the framework's rows, those of the district after those published above."""
    rows = model.objects.filter(framework=framework)
    return sorted(rows, key=lambda row: row.district_id is not None)


def _require_slips(
    framework: Framework, tasks: Sequence[TaskDraft], slips: Mapping[str, Slip]
) -> None:
    named = {answer.slip for task in tasks for answer in task.answers if answer.slip}
    missing = sorted(named - slips.keys())
    if missing:
        raise Refused(
            gettext("{framework} has no slip {names}.").format(
                framework=framework, names=", ".join(missing[:10])
            )
        )


def _require_single(source_ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for source_id in source_ids:
        if source_id in seen:
            raise Refused(gettext("The task {source_id} comes twice.").format(source_id=source_id))
        seen.add(source_id)


def _require_changeable(tasks: Sequence[Task]) -> None:
    for task in tasks:
        _require_own(task)
    known = Task.objects.filter(pk__in=[task.pk for task in tasks])
    # Through the tasks, for evidence of every district may refer to one that lies above them.
    for evidence in ("responses", "ratings", "artifacts", "criteria__ratings"):
        first = known.filter(**{f"{evidence}__isnull": False}).first()
        if first is not None:
            raise Refused(
                gettext(
                    "Evidence refers to the task {first}, so it stays as it is. Save the changed "
                    "one under a new id."
                ).format(first=first)
            )


def _require_own(row: Task | Slip) -> None:
    if row.district_id != current_owner():
        raise Refused(
            gettext(
                "{row} is published above the districts, so it can't be changed in one. Save "
                "yours under a new id."
            ).format(row=row)
        )
