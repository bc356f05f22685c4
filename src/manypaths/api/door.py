"""The door of every call: who calls, how often, in which district, and that a look is written."""

import inspect
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from manypaths.api.problems import Problem
from manypaths.api.reading import require_known
from manypaths.base.clock import now
from manypaths.base.errors import NotFound
from manypaths.integrations.entry import (
    TooManyCalls,
    count_call,
    integration_of,
    scope_of,
    token_behind,
)
from manypaths.integrations.models import Token
from manypaths.people import access_log
from manypaths.people.access import Integration, TokenScope, one_look
from manypaths.people.access_log import Subject

__all__ = ["Call", "TokenWith", "look", "on_behalf", "shows_nobody"]

View = TypeVar("View", bound=Callable[..., Any])  # Any: ninja's views answer what they declare
_READS = ("GET", "HEAD")


class Call(HttpRequest):
    """A request of an integration."""

    token: Token
    by: Integration


class TokenWith(HttpBearer):
    """Lets in whoever shows a token with a scope, as often as tokens may call."""

    def __init__(self, scope: TokenScope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Integration | None:
        """Return as whom the caller acts, None for a token that is no good."""
        try:
            found = token_behind(token, now())
        except NotFound:
            return None
        try:
            count_call(found, now())
        except TooManyCalls as error:
            raise Problem(
                429,
                f"Wait {error.seconds} s, then go on.",
                headers={"Retry-After": str(error.seconds)},
            ) from None
        call = cast("Call", request)
        call.token, call.by = found, integration_of(found)
        if self.scope not in call.by.scopes:
            raise Problem(403, f"This needs the scope {self.scope}.")
        return call.by


def shows_nobody(view: View) -> View:
    """Mark a view that shows nobody's record."""
    view.shows_nobody = True  # type: ignore[attr-defined]  # a mark that `wraps` carries along
    return view


def look(call: Call, subject: Subject) -> None:
    """Write in the access log whose records this call reads. Once a call."""
    if getattr(call, "is_look_written", False):
        raise RuntimeError("a look is written once a call")
    assert call.resolver_match is not None  # there is a view
    access_log.record_view(subject, by=call.by, at=now(), page=call.resolver_match.view_name)
    call.is_look_written = True  # type: ignore[attr-defined]  # read in this module alone


def on_behalf(view: View) -> View:
    """Let a view work in the district of the token, with no parameter that it does not know.

    A read that gives out records without a look in the log ends in an error of ours.
    """
    named = set(inspect.signature(view).parameters) - {"request"}

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> object:
        call = cast("Call", request)
        in_path = call.resolver_match.kwargs if call.resolver_match else {}
        is_read = call.method in _READS
        require_known(call.GET, named - in_path.keys() if is_read else ())
        looks = one_look() if is_read else nullcontext()
        with scope_of(call.token), looks:
            answer = view(call, *args, **kwargs)
        shows_records = is_read and not hasattr(view, "shows_nobody")
        if shows_records and not getattr(call, "is_look_written", False):
            raise RuntimeError("a call has given out records and written no look")
        return answer

    return cast("View", entered)
