"""What we ship is there in every language, whole, and with the same numbers."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from manypaths.base.models import AuditEntry
from manypaths.base.translations import Translated
from manypaths.evidence.models import Answer, Criterion, Slip, Task
from manypaths.evidence.services import save_tasks, translate_tasks
from manypaths.evidence.starters import read_starter_tasks, read_task_translation, starter_entries
from manypaths.frameworks.browsing import competencies_with
from manypaths.frameworks.models import Competency, Framework, Level, Progression
from manypaths.frameworks.services import save_framework, translate_framework
from manypaths.frameworks.starters import (
    read_starter,
    read_starter_translation,
    starter_languages,
    starter_names,
)
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

pytestmark = pytest.mark.sweep

# In an answer, what is not a number, a sign, a unit or a letter for a number.
WORD = re.compile(r"[A-Za-z]{3,}")
# What reads the same in Spanish.
SAME = {"Interpersonal", "Intrapersonal"}
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

Pair = tuple[str, str, str]

both = pytest.mark.parametrize("name", starter_names())


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def text_pairs(name: str) -> Iterator[Pair]:
    """Yield (place, original, translation) of everything that tasks and slips say."""
    found = read_task_translation(name, "es")
    for entry in starter_entries(name):
        for slip in entry["slips"]:
            here = found.slips[slip["code"]]
            for field in ("name", "explanation", "feedback"):
                yield slip["code"], slip[field], getattr(here, field)
        for task in entry["tasks"]:
            texts = found.tasks[task["id"]]
            yield task["id"], task.get("title", ""), texts.title
            yield task["id"], task.get("prompt", task.get("text", "")).strip(), texts.prompt
            for answer in answers_with_words(task):
                yield task["id"], answer, texts.answers.get(answer, "")
            for criterion in task.get("criteria", ()):
                title, description = texts.criteria[criterion["title"]]
                yield task["id"], criterion["title"], title
                yield task["id"], criterion["description"], description


def answers_with_words(task: Any) -> list[str]:
    if "answer" not in task:
        return []
    return [a for a in (task["answer"], *(w["answer"] for w in task["wrong"])) if WORD.search(a)]


def test_there_is_a_translation_of_every_starter_for_every_language() -> None:
    languages = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    assert starter_languages() == sorted(languages)


@both
def test_every_text_has_its_translation(name: str) -> None:
    missing = [place for place, original, now in text_pairs(name) if bool(original) != bool(now)]
    assert missing == []


@both
def test_a_translation_differs_from_its_original(name: str) -> None:
    assert [pair for pair in text_pairs(name) if pair[1] and pair[1] == pair[2]] == []


@both
def test_numbers_are_the_same_in_both_languages(name: str) -> None:
    pairs = text_pairs(name)
    assert [place for place, before, now in pairs if numbers(before) != numbers(now)] == []


@both
def test_paragraphs_and_lists_are_the_same_in_both_languages(name: str) -> None:
    def shape(text: str) -> list[str]:
        return [line[:2] if line[:2] == "- " else "…" for line in text.split("\n") if line]

    assert [place for place, before, now in text_pairs(name) if shape(before) != shape(now)] == []


@both
def test_answers_are_told_apart_in_the_translation_as_well(name: str) -> None:
    translations = read_task_translation(name, "es").tasks
    for task in read_starter_tasks(name).tasks:
        shown = [translations[task.source_id].answers.get(a.text, a.text) for a in task.answers]
        assert len(set(shown)) == len(shown), task.source_id


def load(name: str) -> Framework:
    framework = save_framework(read_starter(name), by=OPERATOR, at=AT).framework
    tasks = read_starter_tasks(name)
    save_tasks(framework, tasks.tasks, slips=tasks.slips, by=OPERATOR, at=AT)
    texts = read_starter_translation(name, "es")
    translate_framework(framework, texts, by=OPERATOR, at=AT)
    translate_tasks(framework, read_task_translation(name, "es"), by=OPERATOR, at=AT)
    return framework


@both
def test_all_rows_of_a_starter_speak_spanish(district: Organization, name: str) -> None:
    load(name)
    fields: dict[type[Any], tuple[str, ...]] = {
        Framework: ("title",),
        Level: ("name", "meaning"),
        Competency: ("title", "statement"),
        Progression: ("text",),
        Task: ("title", "prompt"),
        Slip: ("name", "explanation", "feedback"),
        Criterion: ("title", "description"),
    }
    with translation.override("es"):
        for model, names in fields.items():
            for row in model.objects.all():
                for field in names:
                    original = getattr(row, field)
                    said = spoken(row, field)
                    assert not original or said != original or said in SAME, (row, field)
        shown = [answer for answer in Answer.objects.all() if WORD.search(answer.text)]
        assert [answer.text for answer in shown if str(answer) == answer.text] == []


def test_competencies_are_found_by_their_words_in_the_readers_language(
    district: Organization,
) -> None:
    framework = load("mathematics-6-8")
    assert [c.code for c in competencies_with(framework, "Pythagorean")] == ["G5"]
    assert competencies_with(framework, "pitágoras") == []
    with translation.override("es"):
        assert [c.code for c in competencies_with(framework, "Pitágoras")] == ["G5"]
        assert "N1" in [c.code for c in competencies_with(framework, "divide fracción")]


def spoken(row: Translated, field: str) -> str:
    return str(getattr(row.spoken, field))


@both
def test_translating_a_second_time_changes_nothing(district: Organization, name: str) -> None:
    framework = load(name)
    assert (
        translate_framework(framework, read_starter_translation(name, "es"), by=OPERATOR, at=AT)
        == 0
    )
    again = translate_tasks(framework, read_task_translation(name, "es"), by=OPERATOR, at=AT)
    assert again == 0
    assert AuditEntry.objects.filter(deed="translate tasks").count() == 2


@both
def test_saving_tasks_again_leaves_their_translations(district: Organization, name: str) -> None:
    framework, tasks = load(name), read_starter_tasks(name)
    again = save_tasks(framework, tasks.tasks, slips=tasks.slips, by=OPERATOR, at=AT)
    assert again.changes.unchanged == len(tasks.tasks)
    save_framework(read_starter(name), by=OPERATOR, at=AT)
    with translation.override("es"):
        assert {spoken(t, "prompt") == t.prompt for t in Task.objects.all()} == {False}
        assert {spoken(c, "statement") == c.statement for c in Competency.objects.all()} == {False}
