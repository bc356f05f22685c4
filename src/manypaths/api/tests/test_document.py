"""The API keeps to its document, and the document to what it was said to be."""

import json
from pathlib import Path

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, override_settings

from manypaths.api.app import document
from manypaths.api.tests.asking import ask_everything, one_connection
from manypaths.api.tests.callers import caller_for
from manypaths.estimates.tests.world import make_world
from manypaths.people.tests.cast import Cast

SNAPSHOT = Path(__file__).resolve().parents[4] / "docs/reference/openapi.json"


def test_the_document_is_the_one_that_was_reviewed() -> None:
    assert document() == json.loads(SNAPSHOT.read_text("utf-8")), "run `make openapi` and look"


def test_anybody_may_read_the_document(db: None) -> None:
    served = json.loads(Client().get("/api/v1/openapi.json").content)
    assert served == document()


def test_every_call_says_how_it_ends_and_needs_a_token() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation["security"], (method, path)
            assert {"200", "401", "403", "404", "422", "429", "500"} <= set(
                operation["responses"]
            ), path
            assert operation["summary"], path
            assert operation["description"], path


@pytest.mark.sweep
def test_no_call_breaks_or_answers_otherwise_than_its_document(cast: Cast) -> None:
    make_world()
    headers = caller_for(cast.district).headers
    with override_settings(API_CALLS_A_MINUTE=10**9), one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
        assert ask_everything(schema, headers, n_examples=60) == len(
            [one for path in document()["paths"].values() for one in path]
        )
