import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.changes import Changes
from manypaths.base.errors import Fault, ManypathsError, NotFound, Refused
from manypaths.base.ids import as_public_id

FAULT = Fault("log.csv", 7, "correct", "yes", "a number between 0 and 1")


def test_every_error_has_one_json_shape() -> None:
    refused = Refused("The log has faults; nothing was taken in.", [FAULT])
    assert refused.as_json() == {
        "error": {"code": "refused", "message": "The log has faults; nothing was taken in."},
        "faults": [
            {
                "file": "log.csv",
                "row": 7,
                "column": "correct",
                "value": "yes",
                "allowed": "a number between 0 and 1",
            }
        ],
    }


@pytest.mark.parametrize("error", [NotFound(), Refused("No."), ManypathsError("No.", [FAULT])])
def test_an_error_is_json_with_the_same_keys_whatever_it_is(error: ManypathsError) -> None:
    shown = json.loads(json.dumps(error.as_json()))
    assert shown.keys() == {"error", "faults"}
    assert shown["error"].keys() == {"code", "message"}
    assert str(error) == shown["error"]["message"]


def test_what_is_not_there_says_nothing_of_what_was_asked_for() -> None:
    assert NotFound().as_json() == {
        "error": {
            "code": "not_found",
            "message": "There is no such record, or it is not yours to see.",
        },
        "faults": [],
    }


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (FAULT, "log.csv, row 7, column correct: 'yes' a number between 0 and 1"),
        (Fault("a.yaml", None, "scale", None, "two levels"), "a.yaml, column scale: two levels"),
        (Fault("", 0, None, "", "a text"), "row 0: '' a text"),
    ],
)
def test_a_fault_says_where_what_and_what_is_allowed(fault: Fault, sentence: str) -> None:
    assert str(fault) == sentence


@given(public_id=st.uuids())
def test_a_public_id_is_read_as_it_is_written(public_id: uuid.UUID) -> None:
    assert as_public_id(str(public_id)) == public_id


@pytest.mark.parametrize("text", ["", "Ada Okafor", "12", "not-a-uuid", "0" * 31, "ſ" * 32])
def test_other_texts_name_no_public_id(text: str) -> None:
    assert as_public_id(text) is None


def test_changes_are_reported_by_name() -> None:
    assert Changes(read=3, created=2, unchanged=1).as_json() == {
        "read": 3,
        "created": 2,
        "updated": 0,
        "unchanged": 1,
        "retired": 0,
    }
