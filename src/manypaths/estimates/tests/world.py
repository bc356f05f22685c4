"""A small framework with tasks, for tests of what evidence does to estimates."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from manypaths.base.tests.remembered import remembered
from manypaths.evidence.drafts import AnswerDraft, CriterionDraft, SlipDraft, TaskDraft
from manypaths.evidence.models import AnswerForm, Task, TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.draft import (
    AssociationDraft,
    CompetencyDraft,
    FrameworkDraft,
    LevelDraft,
    ScaleDraft,
)
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.services import save_framework
from manypaths.people.tests.cast import AT, OPERATOR

MONDAY = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
CODES = ("F1", "F2", "F3")


@dataclass(frozen=True)
class World:
    """Fractions in three steps, five items each, of which each third shows two competencies."""

    framework: Framework
    competencies: dict[str, Competency]
    tasks: dict[str, Task]


def day(number: int) -> datetime:
    """Return ten in the morning on the day of this number, from a Monday."""
    return MONDAY + timedelta(days=number)


def make_world(*, self_ratings_move: bool = False) -> World:
    return remembered(f"world {self_ratings_move}", partial(_made, self_ratings_move))


def _made(self_ratings_move: bool) -> World:
    draft = FrameworkDraft(
        identifier="fractions",
        title="Fractions",
        competencies=tuple(
            CompetencyDraft(identifier=code, code=code, statement=f"Fractions, step {code}")
            for code in CODES
        ),
        associations=tuple(
            AssociationDraft(f"{one}>{other}", "precedes", one, other)
            for one, other in (("F1", "F2"), ("F2", "F3"))
        ),
        scale=ScaleDraft(
            "Steps",
            tuple(
                LevelDraft(name.lower(), name)
                for name in ("Starting", "Developing", "Secure", "Extending")
            ),
        ),
        target_level=2,
        self_ratings_move=self_ratings_move,
    )
    framework = save_framework(draft, by=OPERATOR, at=AT).framework
    saved = save_tasks(framework, _tasks(), slips=_slips(), by=OPERATOR, at=AT)
    rows = Competency.objects.filter(framework=framework).select_related("lineage", "framework")
    return World(framework, {row.code: row for row in rows}, saved.by_source_id)


def _tasks() -> list[TaskDraft]:
    items = [
        TaskDraft(
            source_id=f"{code}-{number}",
            kind=TaskKind.ITEM,
            alignments=_alignments(code, number),
            prompt=f"Item {number} of {code}",
            answer_form=AnswerForm.NUMBER,
            depth_of_knowledge=1 + number % 3,
            answers=(
                AnswerDraft("1/2", True),
                AnswerDraft("2/4", False, f"{code}.adds-both"),
                AnswerDraft("1/4", False, f"{code}.keeps-top"),
            ),
        )
        for code in CODES
        for number in range(1, 6)
    ]
    shows = [
        TaskDraft(
            source_id=f"{code}-show",
            kind=TaskKind.PROJECT,
            alignments=((code, 1.0),),
            title=f"Show {code}",
            criteria=(CriterionDraft("Explains each step", code),),
        )
        for code in CODES
    ]
    resources = [
        TaskDraft(f"{code}-learn", TaskKind.RESOURCE, ((code, 1.0),), title=f"About {code}")
        for code in CODES
    ]
    return items + shows + resources


def _alignments(code: str, number: int) -> tuple[tuple[str, float], ...]:
    place = CODES.index(code)
    if number % 3 == 0 and place:
        return ((code, 0.7), (CODES[place - 1], 0.3))
    return ((code, 1.0),)


def _slips() -> list[SlipDraft]:
    return [
        SlipDraft(f"{code}.{name}", code, name.replace("-", " "))
        for code in CODES
        for name in ("adds-both", "keeps-top")
    ]
