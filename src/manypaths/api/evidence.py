"""Calls that write responses and ratings, one or many: all of a call or nothing.

Each row has an id of the caller's own, and a call may have a key, so that both can be sent again.
"""

import hashlib
import re
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Router
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from manypaths.api.door import Call, TokenWith, on_behalf
from manypaths.api.problems import Problem
from manypaths.api.shapes import Shape
from manypaths.api.statuses import answers
from manypaths.base.clock import now
from manypaths.base.errors import Fault
from manypaths.evidence.models import RaterRole
from manypaths.integrations import services
from manypaths.integrations.services.evidence import MOST_ROWS, RatingRow, ResponseRow, Taken
from manypaths.people.access import TokenScope

router = Router(auth=TokenWith(TokenScope.WRITE_EVIDENCE), tags=["Evidence"])

_PLAIN = re.compile(r"[\x21-\x7e]{1,100}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")


def _as_text(value: object) -> object:
    """Refuse moments that are numbers: nobody can tell seconds from milliseconds."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("a moment such as 2026-03-02T09:00:00+01:00")
    return value


ClientId = Annotated[
    str,
    Field(
        pattern=r"^[!-~]{1,100}$",
        max_length=100,
        description="An id of your own for this row, in up to 100 letters, digits and signs.",
        strict=True,
    ),
]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_as_text),
    Field(description="When the work was done, with its zone: from 2000 until now."),
]
Key = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        description="An id of your own for this call. The same call again is answered alike.",
    ),
]


class Strict(BaseModel):
    """What is sent: these fields, each of its own kind, and no others."""

    model_config = ConfigDict(extra="forbid")


class SentResponse(Strict):
    """One answer to one task."""

    client_id: ClientId
    learner: UUID
    task: UUID
    outcome: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False, strict=True, description="0 wrong, 1 right."),
    ]
    done_at: Moment
    chosen: Annotated[
        int | None, Field(ge=0, le=1000, strict=True, description="The place of the answer given.")
    ] = None
    attempt: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1


class SentRating(Strict):
    """A level that somebody gave a learner on a competency, in a role."""

    client_id: ClientId
    learner: UUID
    competency: UUID
    level: Annotated[
        str, Field(min_length=1, max_length=40, strict=True, description="The code of a level.")
    ]
    rater: UUID
    role: RaterRole
    done_at: Moment


class SentResponses(Strict):
    """Up to 500 responses."""

    rows: Annotated[list[SentResponse], Field(min_length=1, max_length=MOST_ROWS)]


class SentRatings(Strict):
    """Up to 500 ratings."""

    rows: Annotated[list[SentRating], Field(min_length=1, max_length=MOST_ROWS)]


class RowShape(Shape):
    """What became of a row: `recorded` now, or `known` already, and not changed."""

    client_id: str
    state: str


class TakenShape(Shape):
    """What became of the rows of a call."""

    rows: list[RowShape]


_ANSWERS = answers(TakenShape, 400, 409, 413, 415)


@router.post("/responses", response=_ANSWERS, url_name="response")
@on_behalf
def response(
    request: Call, answer: HttpResponse, payload: SentResponse, idempotency_key: Key = None
) -> TakenShape:
    """Record one response."""
    return _responses(request, answer, [payload], idempotency_key)


@router.post("/responses/batch", response=_ANSWERS, url_name="responses")
@on_behalf
def responses(
    request: Call, answer: HttpResponse, payload: SentResponses, idempotency_key: Key = None
) -> TakenShape:
    """Record up to 500 responses: all of them, or none with what is wrong row by row."""
    return _responses(request, answer, payload.rows, idempotency_key)


@router.post("/ratings", response=_ANSWERS, url_name="rating")
@on_behalf
def rating(
    request: Call, answer: HttpResponse, payload: SentRating, idempotency_key: Key = None
) -> TakenShape:
    """Record one rating, in the name of a person who rates the learner so."""
    return _ratings(request, answer, [payload], idempotency_key)


@router.post("/ratings/batch", response=_ANSWERS, url_name="ratings")
@on_behalf
def ratings(
    request: Call, answer: HttpResponse, payload: SentRatings, idempotency_key: Key = None
) -> TakenShape:
    """Record up to 500 ratings: all of them, or none with what is wrong row by row."""
    return _ratings(request, answer, payload.rows, idempotency_key)


def _responses(
    request: Call, answer: HttpResponse, sent: list[SentResponse], key: str | None
) -> TakenShape:
    rows = [ResponseRow(**one.model_dump()) for one in sent]
    taken = services.take_in_sent_responses(
        rows, by=request.by, at=now(), call=_named(request, key)
    )
    return _told(taken, answer)


def _ratings(
    request: Call, answer: HttpResponse, sent: list[SentRating], key: str | None
) -> TakenShape:
    rows = [RatingRow(**one.model_dump(mode="python") | {"role": one.role.value}) for one in sent]
    taken = services.take_in_sent_ratings(rows, by=request.by, at=now(), call=_named(request, key))
    return _told(taken, answer)


def _named(request: Call, key: str | None) -> services.Call | None:
    if key is None:
        return None
    if not _PLAIN.fullmatch(key):
        fault = Fault("", None, "Idempotency-Key", None, "1 to 100 letters, digits and signs")
        raise Problem(422, "The key of the call can't be kept.", [fault])
    asked = f"{request.method} {request.path_info}\n".encode() + request.body
    return services.Call(key, hashlib.sha256(asked).hexdigest())


def _told(taken: Taken, answer: HttpResponse) -> TakenShape:
    if taken.is_repeated:
        answer["Idempotency-Replayed"] = "true"
    rows = [RowShape(client_id=row.client_id, state=row.state) for row in taken.rows]
    return TakenShape(rows=rows)
