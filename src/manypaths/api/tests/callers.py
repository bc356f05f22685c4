"""Programs of tests: each with a token, calling as others would."""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.test import Client

from manypaths.integrations.models import Token
from manypaths.integrations.services import make_token
from manypaths.people.access import TokenScope
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

ALL_SCOPES = tuple(TokenScope.values)
DAYS = 400


class Caller:
    """A program with a token."""

    def __init__(self, secret: str, token: Token | None = None) -> None:
        self.token = token
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: object) -> "Answer":
        said = {name: str(value) for name, value in query.items()}
        return self.client.get(f"/api/v1{path}", said, headers=self.headers)

    def post(self, path: str, content: object, *, key: str | None = None) -> "Answer":
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(
            f"/api/v1{path}", body, content_type="application/json", headers=headers
        )


def caller_for(
    organization: Organization, scopes: Collection[str] = ALL_SCOPES, name: str = "Quiz Program"
) -> Caller:
    made = make_token(organization, name, scopes=scopes, days=DAYS, by=OPERATOR, at=AT)
    return Caller(made.secret, made.token)


def told(answer: "Answer") -> Any:
    """Return what an answer says, and see that a problem has the one shape of problems."""
    content = json.loads(answer.content)
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert set(content) == {"type", "title", "status", "detail", "faults"}
        assert content["status"] == answer.status_code
        assert answer.status_code < 500, content
        assert content["detail"]
        for fault in content["faults"]:
            assert set(fault) == {"row", "field", "value", "allowed"}
    return content
