"""Values leave a database as text and come back as they were."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from manypaths.upkeep.cells import NULL, from_text, to_text

pytestmark = pytest.mark.django_db

SAME: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False),
    "text": st.text(),
    "bytes": st.binary(),
}


@pytest.mark.parametrize("kind", SAME)
def test_a_value_comes_back_as_it_was(kind: str) -> None:
    write, read = to_text(kind), from_text(kind)

    @given(value=SAME[kind])
    def holds(value: object) -> None:
        assert read(write(value)) == value

    holds()


@given(text=st.text())
def test_no_text_is_taken_for_nothing(text: str) -> None:
    assert to_text("text")(text) != NULL


def test_moments_are_written_alike_on_both_databases() -> None:
    write: Callable[[Any], str] = to_text("moment")
    moment = datetime(2026, 3, 2, 9, 0, 0, 120, tzinfo=UTC)
    assert (
        write(moment) == write("2026-03-02 09:00:00.000120") == "2026-03-02T09:00:00.000120+00:00"
    )
    read = from_text("moment")(write(moment))
    assert read == (moment if connection.vendor == "postgresql" else "2026-03-02 09:00:00.000120")


def test_json_is_written_in_one_order() -> None:
    assert to_text("json")('{"b": 1, "a": [1.5, null]}') == '{"a":[1.5,null],"b":1}'
    assert to_text("json")({"b": 1, "a": [1.5, None]}) == '{"a":[1.5,null],"b":1}'
