"""What calls answer: fields that are named here, and no others."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class Shape(BaseModel):
    """An object of an answer."""


class LevelShape(Shape):
    """A level of a scale, from the bottom up."""

    code: str
    name: str
    meaning: str


class FrameworkRowShape(Shape):
    """A framework in a list; `identifier` is its publisher's id (CASE)."""

    id: UUID
    identifier: str
    title: str
    version: str
    published_at: datetime | None
    n_competencies: int


class CompetencyShape(Shape):
    """A competency, in the order of the tree; `parent` is null for a root."""

    id: UUID
    identifier: str
    code: str
    title: str
    statement: str
    kind: str
    parent: UUID | None
    is_estimated: bool


class AssociationShape(Shape):
    """A tie between two nodes, by their publisher's ids; the child is the origin of isChildOf."""

    identifier: str
    kind: str
    origin: str
    destination: str


class FrameworkShape(Shape):
    """A framework with its scale, competencies and associations."""

    id: UUID
    identifier: str
    title: str
    version: str
    published_at: datetime | None
    levels: list[LevelShape]
    target_level: str | None
    competencies: list[CompetencyShape]
    associations: list[AssociationShape]


class AnswerShape(Shape):
    """An answer that a task knows; `place` is what a response names as `chosen`."""

    place: int
    text: str


class TaskShape(Shape):
    """A task and the competencies of the framework that it shows."""

    id: UUID
    source_id: str
    kind: str
    title: str
    competencies: list[UUID]
    answers: list[AnswerShape]


class FrameworksShape(Shape):
    """A page of frameworks."""

    items: list[FrameworkRowShape]
    next: UUID | None


class TasksShape(Shape):
    """A page of tasks."""

    items: list[TaskShape]
    next: UUID | None


class OrganizationShape(Shape):
    """A district or school."""

    id: UUID
    kind: str
    name: str
    parent: UUID | None
    source_id: str


class OrganizationsShape(Shape):
    """The organizations that the token is for."""

    items: list[OrganizationShape]


class GroupShape(Shape):
    """A class, team or cohort."""

    id: UUID
    kind: str
    name: str
    organization: UUID
    term: str | None
    starts_on: date | None
    ends_on: date | None
    source_id: str


class GroupsShape(Shape):
    """A page of groups."""

    items: list[GroupShape]
    next: UUID | None


class SourceIdShape(Shape):
    """An id by which another system knows a person."""

    source: str
    value: str


class PersonShape(Shape):
    """A person in a group; `parts` holds learner, lead or both."""

    id: UUID
    given_name: str
    family_name: str
    name: str
    parts: list[str]
    source_ids: list[SourceIdShape]


class PeopleShape(Shape):
    """A page of the people of a group."""

    items: list[PersonShape]
    next: UUID | None


class EstimateShape(Shape):
    """What is believed of a learner on one competency, with how sure that is.

    `p_mastered` is a chance; `mean` and `sd` are on the logit scale of the engine. `level` is the
    highest level that was signed off.
    """

    competency: UUID
    code: str
    status: str
    certainty: str
    p_mastered: float
    mean: float
    sd: float
    n_pieces: int
    level: str | None


class EstimatesShape(Shape):
    """A learner's estimates on a framework, competency by competency, by one model."""

    learner: UUID
    framework: UUID
    model: str
    estimates: list[EstimateShape]


class NumbersShape(Shape):
    """An estimate's numbers."""

    p_mastered: float
    mean: float
    sd: float


class WhyRowShape(Shape):
    """One thing that moved an estimate. `done_at` is null where no day is known."""

    kind: str
    about: str
    done_at: datetime | None
    shift_p: float
    shift_mean: float


class WhyShape(Shape):
    """Where an estimate comes from: `prior` and the shifts of all rows sum to `estimate`."""

    learner: UUID
    competency: UUID
    model: str
    status: str
    certainty: str
    prior: NumbersShape
    rows: list[WhyRowShape]
    estimate: NumbersShape


class StepShape(Shape):
    """A next step that is offered, and why."""

    kind: str
    competency: UUID
    task: UUID
    task_title: str
    reason: str


class StepsShape(Shape):
    """The next steps to offer a learner, best first."""

    learner: UUID
    framework: UUID
    steps: list[StepShape]


class StatusShape(Shape):
    """A learner's statuses by the id of the competency."""

    learner: UUID
    status: dict[str, str]


class GroupStatusShape(Shape):
    """A page of the learners of a group, with everyone's statuses."""

    group: UUID
    framework: UUID
    items: list[StatusShape]
    next: UUID | None
