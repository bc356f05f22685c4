"""The tasks that we ship: each is right, whole, and fits its framework."""

import ast
import builtins
import math
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from manypaths.evidence.drafts import TaskDraft
from manypaths.evidence.models import Answer, AnswerForm, Slip, TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.evidence.starters import Entry, StarterTasks, read_starter_tasks, starter_entries
from manypaths.frameworks.draft import FrameworkDraft
from manypaths.frameworks.models import AssociationKind
from manypaths.frameworks.services import save_framework
from manypaths.frameworks.starters import read_starter, starter_names
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

MATHEMATICS, EDUCATORS = STARTERS = ("mathematics-6-8", "educator-competencies")

# What a proof may call: sums and comparisons, and nothing that reaches out.
_CALLED = ("abs", "all", "float", "len", "max", "min", "range", "set", "sorted", "str", "sum")
PROOF: dict[str, Any] = {
    "__builtins__": {name: getattr(builtins, name) for name in _CALLED},
    "F": Fraction,
    "math": math,
}


@cache
def tasks_of(name: str) -> StarterTasks:
    return read_starter_tasks(name)


@cache
def framework_of(name: str) -> FrameworkDraft:
    return read_starter(name)


ITEMS = [
    task
    for entry in starter_entries(MATHEMATICS)
    for task in entry["tasks"]
    if task["kind"] == "item"
]


def codes_taught(draft: FrameworkDraft) -> set[str]:
    """Return the codes of the competencies that have none below them but indicators."""
    above = {
        tie.destination
        for tie in draft.associations
        if tie.kind == AssociationKind.CHILD_OF and tie.destination != draft.identifier
    }
    by_identifier = {node.identifier: node for node in draft.competencies}
    leaves = [node for node in draft.competencies if node.identifier not in above]
    parents = {
        tie.origin: by_identifier.get(tie.destination)
        for tie in draft.associations
        if tie.kind == AssociationKind.CHILD_OF
    }
    found = set()
    for leaf in leaves:
        parent = parents.get(leaf.identifier)
        node = parent if leaf.kind == "Indicator" and parent else leaf
        found.add(node.code)
    return found


def value_of(text: str) -> Fraction | str:
    """Return the number that an answer is, or its words where it is none."""
    try:
        return Fraction(text.replace("−", "-").replace(",", "").strip())
    except ValueError:
        return " ".join(text.split()).casefold()


def numbers_in(proof: str) -> set[Any]:
    """Return the numbers that stand in a proof, written out or as a side of a comparison."""
    found: set[Any] = set()
    for node in ast.walk(ast.parse(proof, mode="eval")):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        for part in [*sides, *([node] if isinstance(node, ast.Constant) else [])]:
            try:
                value = eval(compile(ast.Expression(part), "proof", "eval"), PROOF)
            except NameError:  # speaks of a name that is bound further out
                continue
            if isinstance(value, int | float | Fraction):
                found.add(value)
    return found


def failing(fits: Callable[[Entry], bool]) -> list[str]:
    """Return the ids of the items that don't fit."""
    return [task["id"] for task in ITEMS if not fits(task)]


def holds(proof: str) -> bool:
    return eval(proof, PROOF) is True  # our own files, and no way out


def test_the_answer_of_every_item_is_right() -> None:
    assert failing(lambda task: holds(task["proof"])) == []


def test_an_answer_to_type_is_a_number_and_the_proof_speaks_of_it() -> None:
    numbers = [task for task in ITEMS if task["form"] == "number"]
    assert len(numbers) > 100
    values = {task["id"]: value_of(task["answer"]) for task in numbers}
    assert [name for name, value in values.items() if isinstance(value, str)] == []
    assert [t["id"] for t in numbers if values[t["id"]] not in numbers_in(t["proof"])] == []


def test_the_answers_of_an_item_are_all_different() -> None:
    def differ(task: Entry) -> bool:
        texts = [task["answer"], *(wrong["answer"] for wrong in task["wrong"])]
        return len({value_of(text) for text in texts}) == len(texts)

    assert failing(differ) == []


def test_every_item_knows_wrong_answers_that_show_a_slip() -> None:
    assert failing(lambda task: any("slip" in wrong for wrong in task["wrong"])) == []


def test_there_are_several_options_to_choose_from() -> None:
    assert failing(lambda task: task["form"] != "choice" or 2 <= len(task["wrong"]) <= 5) == []


def test_a_false_proof_would_be_found() -> None:
    assert eval("F(1, 2) + F(1, 3) == F(2, 5)", PROOF) is False
    for outside in ("open('x')", "__import__('os')", "F.__class__.__base__.x"):
        with pytest.raises((NameError, AttributeError)):
            eval(outside, PROOF)


@pytest.mark.parametrize("name", STARTERS)
def test_ids_and_slip_codes_stand_once(name: str) -> None:
    tasks = tasks_of(name)
    for codes in ([t.source_id for t in tasks.tasks], [s.code for s in tasks.slips]):
        assert [code for code, n in Counter(codes).items() if n > 1] == []


@pytest.mark.parametrize("name", STARTERS)
def test_each_task_shows_competencies_of_its_framework_by_shares_of_one(name: str) -> None:
    known = codes_taught(framework_of(name))
    for task in tasks_of(name).tasks:
        assert {code for code, _ in task.alignments} <= known, task.source_id
        assert sum(share for _, share in task.alignments) == pytest.approx(1), task.source_id
        assert task.alignments[0][1] >= 0.5, task.source_id
        assert all(share > 0 for _, share in task.alignments), task.source_id
    assert {slip.competency for slip in tasks_of(name).slips} <= known


@pytest.mark.parametrize("name", STARTERS)
def test_a_slip_is_shown_by_answers_to_its_own_competency_on_two_items(name: str) -> None:
    owner = {slip.code: slip.competency for slip in tasks_of(name).slips}
    shown: Counter[str] = Counter()
    for task in tasks_of(name).tasks:
        named = {answer.slip for answer in task.answers if answer.slip}
        shown.update(named)
        own = task.alignments[0][0]
        assert {owner[code] for code in named} <= {own}, task.source_id
    assert [code for code in owner if shown[code] < 2] == []


@pytest.mark.parametrize("name", STARTERS)
def test_feedback_on_a_slip_is_said_to_whoever_made_it(name: str) -> None:
    for slip in tasks_of(name).slips:
        assert re.search(r"\byou", slip.feedback, re.IGNORECASE), slip.code
        assert not {"wrong", "error", "mistake"} & set(slip.feedback.lower().split()), slip.code
        assert len(slip.feedback) <= 200, slip.code


def by_competency(name: str) -> dict[str, list[TaskDraft]]:
    found: dict[str, list[TaskDraft]] = {code: [] for code in codes_taught(framework_of(name))}
    for task in tasks_of(name).tasks:
        found[task.alignments[0][0]].append(task)
    return found


def test_every_competency_of_mathematics_has_items_a_way_in_and_a_way_to_show_it() -> None:
    for code, tasks in by_competency(MATHEMATICS).items():
        kinds = Counter(task.kind for task in tasks)
        assert kinds[TaskKind.ITEM] >= 7, code
        assert kinds[TaskKind.RESOURCE] >= 1, code
        assert kinds[TaskKind.PROJECT] >= 1, code
        depths = {task.depth_of_knowledge for task in tasks if task.kind is TaskKind.ITEM}
        assert len(depths) >= 2, code


def test_every_competency_of_educators_has_something_to_read_to_try_and_to_show() -> None:
    for code, tasks in by_competency(EDUCATORS).items():
        kinds = {task.kind for task in tasks}
        assert {TaskKind.RESOURCE, TaskKind.OBSERVATION, TaskKind.PORTFOLIO} <= kinds, code


@pytest.mark.parametrize("name", STARTERS)
def test_what_is_to_be_rated_has_criteria_and_everything_has_words(name: str) -> None:
    for task in tasks_of(name).tasks:
        assert task.prompt, task.source_id
        assert task.kind is TaskKind.ITEM or (task.title and task.minutes), task.source_id
        assert task.kind is TaskKind.RESOURCE or task.depth_of_knowledge, task.source_id
        is_rated = task.kind in (TaskKind.PROJECT, TaskKind.PORTFOLIO, TaskKind.OBSERVATION)
        assert bool(task.criteria) is is_rated, task.source_id
        assert all(c.title and c.description for c in task.criteria), task.source_id


def test_the_right_answer_has_no_place_of_its_own() -> None:
    places = Counter(
        [answer.is_right for answer in task.answers].index(True)
        for task in tasks_of(MATHEMATICS).tasks
        if task.answer_form is AnswerForm.CHOICE
    )
    assert len(places) >= 4
    assert max(places.values()) < 0.5 * places.total()


@pytest.mark.parametrize("name", STARTERS)
def test_the_tasks_are_saved_without_a_fault(district: Organization, name: str) -> None:
    framework = save_framework(framework_of(name), by=OPERATOR, at=AT).framework
    tasks = tasks_of(name)
    saved = save_tasks(framework, tasks.tasks, slips=tasks.slips, by=OPERATOR, at=AT)
    assert saved.changes.created == len(tasks.tasks)
    assert Answer.objects.count() == sum(len(task.answers) for task in tasks.tasks)
    assert Slip.objects.count() == len(tasks.slips)
    again = save_tasks(framework, tasks.tasks, slips=tasks.slips, by=OPERATOR, at=AT)
    assert again.changes.unchanged == len(tasks.tasks)


def test_there_are_tasks_for_every_framework_that_we_ship() -> None:
    assert set(STARTERS) == set(starter_names())
