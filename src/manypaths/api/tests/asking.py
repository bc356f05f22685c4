"""Asks an API for everything that its document allows, and for more."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS: Sequence[Any] = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the connection of the test, which a handler would close after each request."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        yield
    finally:
        for end in ends:
            end.connect(close_old_connections)


def ask_everything(
    schema: Any, headers: dict[str, str], *, n_examples: int, checks: Sequence[Any] = CHECKS
) -> int:
    """Call each operation of a schemathesis schema so many times; return how many there are."""
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:

        @settings(
            max_examples=n_examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            # Its WSGI client does not unpack what comes compressed.
            response = case.call(headers=headers | {"Accept-Encoding": "identity"})
            case.validate_response(response, checks=list(checks))

        call()
    return len(operations)
