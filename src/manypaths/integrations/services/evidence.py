"""Take in what integrations hand on: rows with ids of their own, all of a call or none.

The same row again changes nothing, and neither does the same call: so whoever heard no answer sends
it once more, in the same portions or in others.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Fault, NotFound, Refused
from manypaths.estimates.services import take_in, take_in_handed_on, take_in_ratings
from manypaths.evidence.access import require_rating_handed_on
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.models import (
    Answer,
    Clock,
    RaterRole,
    Task,
)
from manypaths.frameworks.models import Competency
from manypaths.integrations.models import KeptAnswer, SentRating, SentResponse, Token
from manypaths.people.access import (
    Actor,
    Integration,
    TokenScope,
    open_to_integrations,
    people_seen_by,
    require_scope,
)
from manypaths.people.models import Person

# Earlier work has no place on the calendar that the engine counts days on.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# So long a call with a key is answered as it was.
KEPT_FOR = timedelta(days=30)
MOST_ROWS = 500
RECORDED, KNOWN = "recorded", "known"


class Conflict(Refused):
    """What was sent says something else than what was sent by the same name before."""

    code = "conflict"


@dataclass(frozen=True)
class ResponseRow:
    """A response as an integration says it. `chosen` is the place of the answer given, from 0."""

    client_id: str
    learner: UUID
    task: UUID
    outcome: float
    done_at: datetime
    chosen: int | None = None
    attempt: int = 1


@dataclass(frozen=True)
class RatingRow:
    """A rating as an integration says it; `level` is the code of a level of the scale."""

    client_id: str
    learner: UUID
    competency: UUID
    level: str
    rater: UUID
    role: str
    done_at: datetime


@dataclass(frozen=True)
class Call:
    """A call that may come twice: its key, and the hash of what it asks."""

    key: str
    digest: str


@dataclass(frozen=True)
class RowTaken:
    """What became of a row: recorded now, or known already."""

    client_id: str
    state: str


@dataclass(frozen=True)
class Taken:
    """What became of the rows of a call, and whether it was answered before."""

    rows: list[RowTaken]
    is_repeated: bool = False


Row = TypeVar("Row", ResponseRow, RatingRow)


@transaction.atomic
@open_to_integrations
def take_in_sent_responses(
    rows: Sequence[ResponseRow], *, by: Actor, at: datetime, call: Call | None = None
) -> Taken:
    """Record the responses that are new, and move their learners' beliefs by them.

    Raises Refused with the faults by row, Conflict for a client id or key that named something
    else before; then nothing is recorded. A fixed number of queries, and a replay a learner.
    """

    def record(new: Mapping[int, ResponseRow]) -> None:
        drafts = _ResponsesRead(new, program, at).drafts
        if len(drafts) == 1:
            ids: Sequence[int] = [take_in(drafts[0], by=program, at=at).pk]
        else:
            ids = take_in_handed_on(
                _columns(drafts), organization=program.organization, by=program, at=at
            )
        SentResponse.objects.bulk_create(
            SentResponse(
                token=token, client_id=row.client_id, digest=_digest(row), response_id=response
            )
            for row, response in zip(new.values(), ids, strict=True)
        )

    program, token = _locked(by)
    known = SentResponse.objects.filter(token=token)
    return _once(token, call, at, lambda: _taken(rows, _known(known, rows), record))


@transaction.atomic
@open_to_integrations
def take_in_sent_ratings(
    rows: Sequence[RatingRow], *, by: Actor, at: datetime, call: Call | None = None
) -> Taken:
    """Record the ratings that are new, and move their learners' beliefs by them.

    Raises what `take_in_sent_responses` raises.
    """

    def record(new: Mapping[int, RatingRow]) -> None:
        drafts = _RatingsRead(new, program, at).drafts
        ratings = take_in_ratings(drafts, organization=program.organization, by=program, at=at)
        SentRating.objects.bulk_create(
            SentRating(token=token, client_id=row.client_id, digest=_digest(row), rating=rating)
            for row, rating in zip(new.values(), ratings, strict=True)
        )

    program, token = _locked(by)
    known = SentRating.objects.filter(token=token)
    return _once(token, call, at, lambda: _taken(rows, _known(known, rows), record))


def _locked(by: Actor) -> tuple[Integration, Token]:
    """Return who calls, and let one call of them write at a time, until the transaction ends.

    Raises NotFound for people, who record otherwise.
    """
    if not isinstance(by, Integration):
        raise NotFound
    require_scope(by, TokenScope.WRITE_EVIDENCE)
    return by, Token.objects.select_for_update().get(acts_as=by.actor_id)


def _once(token: Token, call: Call | None, at: datetime, do: Callable[[], list[RowTaken]]) -> Taken:
    """Do what a call asks and keep the answer, or give the one that was kept."""
    if call is None:
        return Taken(do())
    kept = KeptAnswer.objects.filter(token=token, key=call.key, at__gt=at - KEPT_FOR).first()
    if kept is None:
        KeptAnswer.objects.filter(token=token, at__lte=at - KEPT_FOR).delete()
        rows = do()
        answer = [asdict(row) for row in rows]
        KeptAnswer.objects.create(
            token=token, key=call.key, digest=call.digest, answer=answer, at=at
        )
        return Taken(rows)
    if kept.digest != call.digest:
        raise Conflict(
            _("This Idempotency-Key was sent with another call before. Use a new key for each.")
        )
    return Taken([RowTaken(**row) for row in kept.answer], is_repeated=True)


def _taken(
    rows: Sequence[Row], known: Mapping[str, str], record: Callable[[Mapping[int, Row]], None]
) -> list[RowTaken]:
    """Record the rows that are new, by their numbers from 1, and say what became of each."""
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Refused(_("A call holds 1 to %(most)s rows.") % {"most": MOST_ROWS})
    faults, new, seen = [], {}, dict(known)
    for number, row in enumerate(rows, 1):
        if row.client_id not in seen:
            new[number], seen[row.client_id] = row, _digest(row)
        elif seen[row.client_id] != _digest(row):
            allowed = _("a client_id that named no other row before")
            faults.append(Fault("", number, "client_id", row.client_id, allowed))
    if faults:
        raise Conflict(_("A client_id names one row for ever. Nothing was recorded."), faults)
    if new:
        record(new)
    recorded = {row.client_id for row in new.values()}
    return [
        RowTaken(row.client_id, RECORDED if row.client_id in recorded else KNOWN) for row in rows
    ]


def _known(
    sent: QuerySet[SentResponse] | QuerySet[SentRating],
    rows: Sequence[ResponseRow] | Sequence[RatingRow],
) -> dict[str, str]:
    found = sent.filter(client_id__in={row.client_id for row in rows})
    return dict(found.values_list("client_id", "digest"))


def _digest(row: ResponseRow | RatingRow) -> str:
    """Return the hash of what a row says, whatever zone its time was written in."""
    says = asdict(row) | {"done_at": to_microseconds(row.done_at)}
    return sha256(json.dumps(says, sort_keys=True, default=str).encode()).hexdigest()


@dataclass
class _RowsRead:
    """Faults of rows, found before anything is recorded."""

    by: Integration
    at: datetime
    faults: list[Fault] = field(default_factory=list)

    def note(self, number: int, name: str, value: object, allowed: str) -> None:
        self.faults.append(Fault("", number, name, str(value), allowed))

    def people(self, ids: set[UUID]) -> dict[UUID, Person]:
        found = people_seen_by(self.by).filter(public_id__in=ids)
        return {person.public_id: person for person in found}

    def check_date(self, number: int, done_at: datetime) -> None:
        if not EARLIEST <= done_at <= self.at:
            self.note(number, "done_at", done_at.isoformat(), _("a moment from 2000 until now"))

    def require_none(self) -> None:
        if self.faults:
            raise Refused(_("Nothing was recorded: some rows can't be."), self.faults)


class _ResponsesRead(_RowsRead):
    """Responses as drafts, in the order of the rows; raises Refused with all that is wrong."""

    def __init__(self, rows: Mapping[int, ResponseRow], by: Integration, at: datetime) -> None:
        super().__init__(by, at)
        people = self.people({row.learner for row in rows.values()})
        tasks = {
            task.public_id: task
            for task in Task.objects.filter(public_id__in={row.task for row in rows.values()})
        }
        answers = set(
            Answer.objects.filter(task__in=tasks.values()).values_list("task", "position")
        )
        for number, row in rows.items():
            task = tasks.get(row.task)
            if row.learner not in people:
                self.note(number, "learner", row.learner, _("the id of a person of yours"))
            if task is None:
                self.note(number, "task", row.task, _("the id of a task"))
            elif row.chosen is not None and (task.pk, row.chosen) not in answers:
                self.note(number, "chosen", row.chosen, _("the place of an answer of the task"))
            if not 0 <= row.outcome <= 1:
                self.note(number, "outcome", row.outcome, _("a number from 0 to 1"))
            if not 1 <= row.attempt <= 1000:
                self.note(number, "attempt", row.attempt, _("a number from 1 to 1000"))
            self.check_date(number, row.done_at)
        self.require_none()
        self.drafts = [
            ResponseDraft(
                people[row.learner],
                tasks[row.task],
                row.outcome,
                row.done_at,
                row.chosen,
                row.attempt,
            )
            for row in rows.values()
        ]


class _RatingsRead(_RowsRead):
    """Ratings as drafts, in the order of the rows; raises Refused with all that is wrong."""

    def __init__(self, rows: Mapping[int, RatingRow], by: Integration, at: datetime) -> None:
        super().__init__(by, at)
        said = rows.values()
        people = self.people({row.learner for row in said} | {row.rater for row in said})
        competencies = _competencies({row.competency for row in said})
        held: dict[tuple[UUID, UUID, str], str] = {}
        self.drafts: list[RatingDraft] = []
        for number, row in rows.items():
            learner, rater = people.get(row.learner), people.get(row.rater)
            competency, role = competencies.get(row.competency), _role(row.role)
            levels = _levels(competency)
            if learner is None:
                self.note(number, "learner", row.learner, _("the id of a person of yours"))
            if rater is None:
                self.note(number, "rater", row.rater, _("the id of a person of yours"))
            if competency is None:
                self.note(number, "competency", row.competency, _("the id of a competency"))
            elif row.level not in levels:
                allowed = ", ".join(levels) or _("none: the framework has no scale")
                self.note(number, "level", row.level, allowed)
            if role is None:
                self.note(number, "role", row.role, ", ".join(RaterRole))
            self.check_date(number, row.done_at)
            if learner and rater and role:
                pair = (row.learner, row.rater, row.role)
                if pair not in held:
                    held[pair] = _refusal(learner, rater, role)
                if held[pair]:
                    self.note(number, "role", row.role, held[pair])
                elif competency and row.level in levels:
                    level = levels.index(row.level)
                    self.drafts.append(
                        RatingDraft(learner, competency, level, rater, role, row.done_at)
                    )
        self.require_none()


def _competencies(ids: set[UUID]) -> dict[UUID, Competency]:
    found = Competency.objects.filter(public_id__in=ids, framework__published_at__isnull=False)
    rows = found.select_related("framework__scale", "framework__family", "lineage")
    return {row.public_id: row for row in rows.prefetch_related("framework__scale__levels")}


def _levels(competency: Competency | None) -> list[str]:
    scale = competency.framework.scale if competency else None
    return [level.code for level in scale.levels.all()] if scale else []


def _role(text: str) -> RaterRole | None:
    return RaterRole(text) if text in RaterRole.values else None


def _refusal(learner: Person, rater: Person, role: RaterRole) -> str:
    """Return why a rater does not rate a learner so; empty where they do."""
    try:
        require_rating_handed_on(learner, rater, role)
    except Refused as refusal:
        return refusal.message
    return ""


def _columns(drafts: Sequence[ResponseDraft]) -> ResponseColumns:
    def numbers(values: Iterator[int]) -> "np.typing.NDArray[np.int64]":
        return np.fromiter(values, np.int64, len(drafts))

    return ResponseColumns(
        learner=numbers(draft.learner.pk for draft in drafts),
        task=numbers(draft.task.pk for draft in drafts),
        outcome=np.fromiter((draft.outcome for draft in drafts), np.float64, len(drafts)),
        done_at=numbers(to_microseconds(draft.done_at) for draft in drafts),
        clock=np.full(len(drafts), Clock.CALENDAR, np.int64),
        chosen=numbers(-1 if draft.chosen is None else draft.chosen for draft in drafts),
        attempt=numbers(draft.attempt for draft in drafts),
    )
