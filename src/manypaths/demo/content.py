"""What there is to learn and to answer, by place: competencies and items of a starter framework."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.evidence.drafts import TaskDraft
from manypaths.evidence.models import AnswerForm, TaskKind
from manypaths.evidence.starters import read_starter_tasks
from manypaths.frameworks.draft import CompetencyDraft, FrameworkDraft
from manypaths.frameworks.models import AssociationKind
from manypaths.frameworks.starters import read_starter

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

MATHEMATICS = "mathematics-6-8"
EDUCATORS = "educator-competencies"

# Chances of a right answer by chance alone: one of four options, or a number hit by luck.
_GUESS = {AnswerForm.CHOICE: 0.25, AnswerForm.NUMBER: 0.02}
# How steeply success falls with knowledge missing, by depth of knowledge.
_EXPONENT = {1: 0.6, 2: 1.0, 3: 1.7}
_EXPONENT_SPREAD = 0.5


@dataclass(frozen=True)
class Content:
    """Competencies (`codes`) with grades and prerequisites, and the items that show them.

    Shapes: `grade` (n_competencies,); `prerequisites` (n_competencies, n_competencies), each row
    sharing 1 among what comes before, or all 0; `items_of` (n_competencies, n_items_each), places
    of items; `share` (n_items, n_competencies), rows sum to 1; `own` (n_items,), the competency
    that an item is written for; `guess` and `exponent` (n_items,); `wrong` (n_items, most), the
    positions of wrong answers, of which the first `n_wrong` (n_items,) count.
    """

    codes: tuple[str, ...]
    grade: Numbers
    prerequisites: Floats
    items: tuple[TaskDraft, ...]
    items_of: Numbers
    share: Floats
    own: Numbers
    guess: Floats
    exponent: Floats
    wrong: Numbers
    n_wrong: Numbers

    @cached_property
    def right(self) -> Numbers:
        """Return the position of the right answer of each item, shape (n_items,)."""
        return np.array([_positions(item, is_right=True)[0] for item in self.items])

    @cached_property
    def is_choice(self) -> NDArray[np.bool_]:
        """Return which items offer options to choose from, shape (n_items,)."""
        return np.array([item.answer_form is AnswerForm.CHOICE for item in self.items])

    def place(self, code: str) -> int:
        """Return the place of the competency with this code."""
        return self.codes.index(code)

    def answers_showing(self, slip: str) -> Numbers:
        """Return the position of each item's answer that shows a slip, -1 without such an answer.

        Shape (n_items,).
        """
        return np.array(
            [
                next((p for p, answer in enumerate(item.answers) if answer.slip == slip), -1)
                for item in self.items
            ]
        )

    def before(self, place: int) -> Numbers:
        """Return the places of the competencies that come directly before one."""
        return np.nonzero(self.prerequisites[place])[0]


def read_content(rng: Generator) -> Content:
    """Return the starter mathematics; how hard each item really is falls by chance."""
    framework = read_starter(MATHEMATICS)
    competencies = _competencies(framework)
    codes = tuple(competency.code for competency in competencies)
    items = tuple(t for t in read_starter_tasks(MATHEMATICS).tasks if t.kind is TaskKind.ITEM)
    place = {code: number for number, code in enumerate(codes)}
    share = np.zeros((len(items), len(codes)))
    for row, item in enumerate(items):
        for code, weight in item.alignments:
            share[row, place[code]] = weight
    own = np.array([place[item.alignments[0][0]] for item in items])
    wrong = [_positions(item, is_right=False) for item in items]
    most = max(len(positions) for positions in wrong)
    base = np.array([_EXPONENT[item.depth_of_knowledge or 2] for item in items])
    return Content(
        codes=codes,
        grade=np.array([_grade(competency) for competency in competencies]),
        prerequisites=_prerequisites(framework, competencies),
        items=items,
        items_of=np.array([np.nonzero(own == k)[0] for k in range(len(codes))]),
        share=share,
        own=own,
        guess=np.array([_GUESS[item.answer_form] for item in items]),
        exponent=base * np.exp(rng.normal(0, _EXPONENT_SPREAD, len(items))),
        wrong=np.array([(*places, *[-1] * (most - len(places))) for places in wrong]),
        n_wrong=np.array([len(places) for places in wrong]),
    )


def educator_codes() -> tuple[str, ...]:
    """Return the codes of the starter educator competencies."""
    return tuple(competency.code for competency in _competencies(read_starter(EDUCATORS)))


def _competencies(framework: FrameworkDraft) -> list[CompetencyDraft]:
    return [node for node in framework.competencies if node.kind == "Competency"]


def _grade(competency: CompetencyDraft) -> int:
    return int(competency.source["educationLevel"][0])


def _prerequisites(framework: FrameworkDraft, competencies: Sequence[CompetencyDraft]) -> Floats:
    place = {competency.identifier: number for number, competency in enumerate(competencies)}
    before = np.zeros((len(place), len(place)))
    for first, then in _ties(framework):
        before[place[then], place[first]] = 1
    shared: Floats = before / np.maximum(before.sum(axis=1, keepdims=True), 1)
    return shared


def _ties(framework: FrameworkDraft) -> Iterator[tuple[str, str]]:
    for tie in framework.associations:
        if tie.kind == AssociationKind.PRECEDES:
            yield tie.origin, tie.destination


def _positions(item: TaskDraft, *, is_right: bool) -> list[int]:
    return [p for p, answer in enumerate(item.answers) if answer.is_right == is_right]
