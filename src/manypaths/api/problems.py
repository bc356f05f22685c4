"""The one shape of what went wrong, for every call of the API."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel

from manypaths.base.errors import Fault

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "That could not be read",
    401: "Show a token that is good",
    403: "The token was not given this",
    404: "There is nothing here for you",
    405: "The address does not do that",
    409: "That was said otherwise before",
    413: "That is too large",
    415: "Send JSON",
    422: "That can't be done as it stands",
    429: "Too many calls",
    500: "Something broke on our side",
    503: "We are not here for a moment",
}


class FaultShape(BaseModel):
    """One thing wrong: in which row of the call, from 1, in which field, and what is allowed."""

    row: int | None
    field: str | None
    value: str | None
    allowed: str


class ProblemShape(BaseModel):
    """What went wrong, in the form of RFC 9457, with each fault by its place."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[FaultShape]


class Problem(Exception):
    """Ends a call with an answer of this shape."""

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, tuple(faults)
        self.headers = dict(headers or {})

    def answer(self) -> HttpResponse:
        """Return the answer."""
        content = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "faults": [
                {"row": one.row, "field": one.column, "value": one.value, "allowed": one.allowed}
                for one in self.faults
            ],
        }
        return JsonResponse(
            content, status=self.status, content_type=CONTENT_TYPE, headers=self.headers
        )


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for an address that there is not, as for a record that is not there."""
    return nothing_here().answer()


def nothing_here() -> Problem:
    """Return the answer for what is not there, and for what is not theirs: one and the same."""
    return Problem(404, "There is no such record, or it is not yours to see.")
