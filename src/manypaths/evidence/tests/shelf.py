"""Two competencies with a few tasks, for tests of tasks and of the log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from manypaths.evidence.drafts import AnswerDraft, CriterionDraft, SlipDraft, TaskDraft
from manypaths.evidence.models import AnswerForm, Task, TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.tests.drafts import FOUR_LEVELS, competency, framework_of, saved
from manypaths.people.tests.cast import AT, OPERATOR

MONDAY = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(days=60)

SLIPS = (
    SlipDraft("A.adds", "A", "adds both"),
    SlipDraft("A.swaps", "A", "swaps", "Takes the one for the other."),
)
ITEM = TaskDraft(
    source_id="A-1",
    kind=TaskKind.ITEM,
    alignments=(("A", 1.0),),
    prompt="What is a half of a half?",
    answer_form=AnswerForm.CHOICE,
    depth_of_knowledge=1,
    answers=(
        AnswerDraft("1/4", True),
        AnswerDraft("1", False, "A.adds"),
        AnswerDraft("2", False, "A.swaps"),
        AnswerDraft("3", False),
    ),
)
PROJECT = TaskDraft(
    source_id="B-show",
    kind=TaskKind.PROJECT,
    alignments=(("B", 0.75), ("A", 0.25)),
    title="Show B",
    minutes=40,
    criteria=(CriterionDraft("Says why", "B"), CriterionDraft("Gets it right", "A")),
)


@dataclass(frozen=True)
class Shelf:
    """A framework of A and B, a scale of four levels, an item on A and a project on both."""

    framework: Framework
    a: Competency
    b: Competency
    item: Task
    project: Task


def day(number: int) -> datetime:
    """Return ten in the morning on the day of this number, from a Monday."""
    return MONDAY + timedelta(days=number)


def make_framework(**fields: Any) -> Framework:
    return saved(
        framework_of(
            competency("A", code="A"),
            competency("B", code="B"),
            **{"scale": FOUR_LEVELS, **fields},
        )
    )


def make_shelf(**fields: Any) -> Shelf:
    framework = make_framework(**fields)
    tasks = save_tasks(framework, [ITEM, PROJECT], slips=SLIPS, by=OPERATOR, at=AT).by_source_id
    rows = {row.code: row for row in framework.competencies.select_related("framework")}
    return Shelf(framework, rows["A"], rows["B"], tasks["A-1"], tasks["B-show"])
