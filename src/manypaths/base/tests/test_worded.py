"""Sentences made in English and read in another language."""

import json
from dataclasses import replace

import pytest
from django.utils.translation import override

from manypaths.base.errors import Fault
from manypaths.base.worded import in_readers_words, reworded, worded


def test_a_sentence_is_english_whoever_makes_it_and_the_readers_when_it_is_read() -> None:
    with override("es"):
        made = worded("two levels or more")
        assert made == "two levels or more"
        assert in_readers_words(made) != made
    with override("en"):
        assert in_readers_words(made) == made


def test_places_are_filled_in_every_language() -> None:
    made = worded("a text of at most {longest} characters", longest=1_000)
    assert made == "a text of at most 1000 characters"
    with override("es"):
        assert "1000" in in_readers_words(made)


def test_it_comes_back_from_json_with_all_that_it_says() -> None:
    made = worded("a file of at most {most_bytes:,} bytes", most_bytes=20_000)
    wording, places = json.loads(json.dumps(made.as_json()))
    assert reworded(wording, places) == made == "a file of at most 20,000 bytes"


@pytest.mark.parametrize("value", ["{", "{name}", "100 %", "<b>"])
def test_what_stands_in_a_file_is_never_taken_for_a_place(value: str) -> None:
    made = worded("a domain: {names}", names=value)
    assert in_readers_words(made) == made == f"a domain: {value}"
    assert worded(value) == value
    assert in_readers_words(worded(value)) == value


def test_a_fault_prints_as_json_in_plain_english() -> None:
    fault = Fault("a.yaml", 3, "scale", "x", worded("two levels or more"))
    with override("es"):
        assert fault.as_json()["allowed"] == "two levels or more"
        assert type(fault.as_json()["allowed"]) is str
        assert fault.words in str(fault) != str(replace(fault, allowed="two levels or more"))
