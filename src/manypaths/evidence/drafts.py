"""What somebody hands in as a task or as evidence, before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from manypaths.evidence.models import AnswerForm, Artifact, Criterion, RaterRole, Task, TaskKind
from manypaths.frameworks.models import Competency
from manypaths.people.models import Person


@dataclass(frozen=True)
class SlipDraft:
    """A named wrong idea about one competency (its code); `feedback` is said to the learner."""

    code: str
    competency: str
    name: str
    explanation: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class AnswerDraft:
    """An answer that a task knows; `slip` is the code of the slip that a wrong one shows."""

    text: str
    is_right: bool
    slip: str | None = None


@dataclass(frozen=True)
class CriterionDraft:
    """One line of a rubric."""

    title: str
    competency: str
    description: str = ""


@dataclass(frozen=True)
class TaskDraft:
    """A task with its alignments: competency codes and their shares."""

    source_id: str
    kind: TaskKind
    alignments: tuple[tuple[str, float], ...]
    title: str = ""
    prompt: str = ""
    answer_form: AnswerForm = AnswerForm.NONE
    depth_of_knowledge: int | None = None
    minutes: int | None = None
    answers: tuple[AnswerDraft, ...] = ()
    criteria: tuple[CriterionDraft, ...] = ()


@dataclass(frozen=True)
class TaskTexts:
    """The texts of one task in another language: answers by their wording, criteria by theirs."""

    title: str = ""
    prompt: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class SlipTexts:
    """The texts of one slip in another language."""

    name: str
    explanation: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class TasksTranslation:
    """Tasks by their source ids, and slips by code, in another language."""

    language: str
    tasks: Mapping[str, TaskTexts]
    slips: Mapping[str, SlipTexts]


@dataclass(frozen=True)
class ResponseDraft:
    """One answer to one task. `outcome` is 1 right, 0 wrong, between them partial credit.

    `chosen` is the position of the answer given among those that the task knows.
    """

    learner: Person
    task: Task
    outcome: float
    done_at: datetime
    chosen: int | None = None
    attempt: int = 1


@dataclass(frozen=True)
class RatingDraft:
    """A level for one competency of one learner, by a rater in a role."""

    learner: Person
    competency: Competency
    level: int
    rater: Person
    role: RaterRole
    done_at: datetime
    task: Task | None = None
    criterion: Criterion | None = None
    artifact: Artifact | None = None
    note: str = ""


@dataclass(frozen=True)
class ResponseColumns:
    """Many responses as columns of one length, for imports and whole-class work.

    `learner` and `task` are row ids; `done_at` orders a learner's work and means what `clock`
    says (see Clock); `chosen` is -1 where the answer is none that the task knows.
    """

    learner: NDArray[np.int64]
    task: NDArray[np.int64]
    outcome: NDArray[np.float64]
    done_at: NDArray[np.int64]
    clock: NDArray[np.int64]
    chosen: NDArray[np.int64]
    attempt: NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many responses there are."""
        return self.outcome.size

    def only(self, rows: NDArray[np.bool_] | Sequence[int]) -> "ResponseColumns":
        """Return some of the responses."""
        return replace(self, **{f.name: getattr(self, f.name)[rows] for f in fields(self)})
