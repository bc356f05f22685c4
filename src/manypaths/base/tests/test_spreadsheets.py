"""CSV that we write holds no formula, and every text comes back from it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.spreadsheets import as_csv, restored, safe_cell

beginnings = st.sampled_from(["", "=", "+", "-", "@", "'", "''", "\t", " =", "'=", "＝", "\r"])
texts = st.builds(str.__add__, beginnings, st.text(max_size=20))
# What a spreadsheet runs; a blank before it changes nothing.
FORMULAS = tuple("=+-@\t\r\n\0＝＋－＠")


@given(texts)
def test_every_text_comes_back(text: str) -> None:
    assert restored(str(safe_cell(text))) == text


@given(texts)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not str(safe_cell(text)).lstrip(" ").startswith(FORMULAS)


@given(st.lists(st.lists(texts.filter(lambda text: "\0" not in text), min_size=2, max_size=2)))
def test_a_table_reads_back_as_it_was(rows: list[list[str]]) -> None:
    text = b"".join(as_csv(["one", "two"], rows)).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [[restored(cell) for cell in row] for row in found] == rows


@pytest.mark.parametrize("name", ["'t Hooft", "O'Brien", "-12 is a number", "Ada"])
def test_names_are_marked_only_where_they_must_be(name: str) -> None:
    assert (safe_cell(name) == name) == (name[0] != "-")


def test_numbers_stay_numbers() -> None:
    assert safe_cell(-1.5) == -1.5
