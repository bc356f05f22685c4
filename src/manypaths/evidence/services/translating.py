"""The deed that gives texts of tasks and slips in another language, beside their wording."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.base.translations import set_translation
from manypaths.evidence.drafts import TasksTranslation, TaskTexts
from manypaths.evidence.models import Answer, Criterion, Slip, Task
from manypaths.frameworks.access import frameworks_seen_by
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor, require_educator

_AT_ONCE = 500


@transaction.atomic
def translate_tasks(
    framework: Framework, translation: TasksTranslation, *, by: Actor, at: datetime
) -> int:
    """Give texts of the tasks and slips of a framework in a language; return how many changed.

    Only those that are the district's own. A translation belongs to the wording that it was given
    for, so one of a task that evidence refers to may come later. Raises Refused for a task or a
    slip that the framework lacks.
    """
    require_educator(by)
    if not frameworks_seen_by(by).filter(pk=framework.pk).exists():
        raise NotFound
    own = {"framework": framework, "district_id": current_owner()}
    tasks = {task.source_id: task for task in Task.objects.filter(**own)}
    slips = {slip.code: slip for slip in Slip.objects.filter(**own)}
    missing = sorted({*(translation.tasks.keys() - tasks), *(translation.slips.keys() - slips)})
    if missing:
        raise Refused(
            gettext("{framework} has no {names} to translate.").format(
                framework=framework.title, names=", ".join(missing[:10])
            )
        )
    by_row = {tasks[name].pk: texts for name, texts in translation.tasks.items()}
    language = translation.language
    changed = (
        _save(Task, _tasks(tasks, translation)),
        _save(Slip, _slips(slips, translation)),
        _save(Answer, _answers(by_row, language)),
        _save(Criterion, _criteria(by_row, language)),
    )
    record_deed(
        "translate tasks",
        by=by,
        at=at,
        subject=("framework", framework.pk),
        language=language,
        count=sum(changed),
    )
    return sum(changed)


def _tasks(tasks: dict[str, Task], translation: TasksTranslation) -> Iterator[Task]:
    for name, texts in translation.tasks.items():
        said = {"title": texts.title, "prompt": texts.prompt}
        given = {field: text for field, text in said.items() if text}
        if set_translation(tasks[name], translation.language, given):
            yield tasks[name]


def _slips(slips: dict[str, Slip], translation: TasksTranslation) -> Iterator[Slip]:
    for code, texts in translation.slips.items():
        if set_translation(slips[code], translation.language, asdict(texts)):
            yield slips[code]


def _answers(by_row: dict[int, TaskTexts], language: str) -> Iterator[Answer]:
    for answer in Answer.objects.filter(task__in=by_row):
        text = by_row[answer.task_id].answers.get(answer.text)
        if text and set_translation(answer, language, {"text": text}):
            yield answer


def _criteria(by_row: dict[int, TaskTexts], language: str) -> Iterator[Criterion]:
    for criterion in Criterion.objects.filter(task__in=by_row):
        found = by_row[criterion.task_id].criteria.get(criterion.title)
        if found and set_translation(
            criterion, language, {"title": found[0], "description": found[1]}
        ):
            yield criterion


def _save(
    model: type[Task] | type[Slip] | type[Answer] | type[Criterion],
    rows: Iterator[Task] | Iterator[Slip] | Iterator[Answer] | Iterator[Criterion],
) -> int:
    changed = list(rows)
    model._default_manager.bulk_update(changed, ["translations"], _AT_ONCE)  # type: ignore[arg-type]  # rows of the model
    return len(changed)
