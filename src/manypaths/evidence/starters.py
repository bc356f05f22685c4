"""The tasks that we ship for starter frameworks, in YAML that educators can read and write.

A file is a list of entries, one a competency: its `slips` (code, name and explanation, which speak
of it to educators, and the feedback to a learner who showed it) and its `tasks`. A task has an
`id`, a `kind` and, by kind, `title`, `minutes`, `text` and `criteria`, or for an item `form`, `dok`
(depth of knowledge), `prompt`, `answer`, the `wrong` answers that it knows with the slip each
shows, and in `also` further competencies with their share. `proof` is a Python expression that is
true because the answer is right: tests evaluate it.

A folder beside a starter's files, named by a language, holds their translations: `slips` (name,
explanation and feedback by code) and `tasks` by id, with `title`, `text` or `prompt`, `answers` (by
the original wording, where they have words) and `criteria` (in the order of the original).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from manypaths.evidence.drafts import (
    AnswerDraft,
    CriterionDraft,
    SlipDraft,
    SlipTexts,
    TaskDraft,
    TasksTranslation,
    TaskTexts,
)
from manypaths.evidence.models import AnswerForm, TaskKind

Entry = Mapping[str, Any]

_FOLDER = files("manypaths.evidence") / "starters"


@dataclass(frozen=True)
class StarterTasks:
    """The tasks of one starter framework with the slips that their answers show."""

    tasks: tuple[TaskDraft, ...]
    slips: tuple[SlipDraft, ...]


def read_starter_tasks(name: str) -> StarterTasks:
    """Return the tasks that we ship for the starter framework of this name."""
    entries = starter_entries(name)
    return StarterTasks(
        tasks=tuple(
            _task(task, entry["competency"]) for entry in entries for task in entry["tasks"]
        ),
        slips=tuple(
            SlipDraft(
                slip["code"],
                entry["competency"],
                slip["name"],
                slip["explanation"],
                slip["feedback"],
            )
            for entry in entries
            for slip in entry["slips"]
        ),
    )


def read_task_translation(name: str, language: str) -> TasksTranslation:
    """Return the texts of a starter's tasks and slips in a language into which it is translated."""
    originals = {task["id"]: task for entry in starter_entries(name) for task in entry["tasks"]}
    files = [_content(path) for path in sorted((_FOLDER / name / language).iterdir(), key=str)]
    return TasksTranslation(
        language=language,
        tasks={
            task_id: _texts(texts, originals[task_id])
            for content in files
            for task_id, texts in content["tasks"].items()
        },
        slips={
            code: SlipTexts(slip["name"], slip["explanation"], slip["feedback"])
            for content in files
            for code, slip in content.get("slips", {}).items()
        },
    )


def starter_entries(name: str) -> list[Entry]:
    """Return the entries of all files of a starter, as they are written."""
    folder = _FOLDER / name
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=str)
    return [entry for path in paths for entry in _content(path)]


# libyaml reads ten times as fast, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _content(path: Traversable) -> Any:  # noqa: ANN401  # whatever the file holds
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  # safe, both of them


def _task(task: Entry, competency: str) -> TaskDraft:
    also = task.get("also", {})
    own_share = 1.0 - sum(also.values())
    return TaskDraft(
        source_id=task["id"],
        kind=TaskKind(task["kind"]),
        alignments=((competency, own_share), *also.items()),
        title=task.get("title", ""),
        prompt=task.get("prompt", task.get("text", "")).strip(),
        answer_form=AnswerForm(task.get("form", "none")),
        depth_of_knowledge=task.get("dok"),
        minutes=task.get("minutes"),
        answers=_answers(task),
        criteria=tuple(
            CriterionDraft(criterion["title"], competency, criterion["description"])
            for criterion in task.get("criteria", ())
        ),
    )


def _texts(texts: Entry, original: Entry) -> TaskTexts:
    criteria = zip(original.get("criteria", ()), texts.get("criteria", ()), strict=True)
    return TaskTexts(
        title=texts.get("title", ""),
        prompt=texts.get("prompt", texts.get("text", "")).strip(),
        answers=texts.get("answers", {}),
        criteria={before["title"]: (now["title"], now["description"]) for before, now in criteria},
    )


def _answers(task: Entry) -> tuple[AnswerDraft, ...]:
    """Return the answers that an item knows, the right one in a place of its own for each item.

    A fixed first place would give the right option away.
    """
    if "answer" not in task:
        return ()
    answers = [AnswerDraft(wrong["answer"], False, wrong.get("slip")) for wrong in task["wrong"]]
    place = sum(map(ord, task["id"])) % (len(answers) + 1)
    answers.insert(place, AnswerDraft(task["answer"], True))
    return tuple(answers)
