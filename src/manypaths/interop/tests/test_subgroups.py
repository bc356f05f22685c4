"""A file of subgroups is read whole, or refused with what is wrong and where."""

from pathlib import Path

import pytest

from manypaths.base.errors import Refused
from manypaths.interop.subgroups import read_subgroups


def written(folder: Path, text: str) -> Path:
    file = folder / "subgroups.csv"
    file.write_text(text, "utf-8")
    return file


def test_columns_may_stand_in_any_order_and_others_beside(tmp_path: Path) -> None:
    text = '\ufeffsubgroup,note,learner\n"a, b",x,s1\n\n multilingual ,y,s2\n"a, b",z,s1\n'
    assert read_subgroups(written(tmp_path, text)) == {"s1": "a, b", "s2": "multilingual"}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("learner,subgroup\ns1,\n", "subgroup"),
        ("learner,subgroup\ns1\n", "subgroup"),
        ("learner,subgroup\n,a\n", "learner"),
        ("learner,subgroup\ns1,a\ns1,b\n", "subgroup"),
        (f"learner,subgroup\n{'s' * 201},a\n", "learner"),
        ("learner,subgroup\ns1,a\x1b[2J\n", "subgroup"),
    ],
)
def test_rows_that_can_not_stand_are_named(tmp_path: Path, text: str, column: str) -> None:
    with pytest.raises(Refused) as refused:
        read_subgroups(written(tmp_path, text))
    assert refused.value.faults[0].column == column
    assert refused.value.faults[0].row == text.count("\n")


@pytest.mark.parametrize("text", ["", "learner\ns1\n", "subgroup;learner\na;s1\n"])
def test_a_file_without_the_columns_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match="needs the columns learner and subgroup"):
        read_subgroups(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "subgroups.csv"
    file.write_bytes(b"learner,subgroup\n\xff,a\n")
    with pytest.raises(Refused, match="no text in UTF-8"):
        read_subgroups(file)


def test_a_file_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be used"):
        read_subgroups(written(tmp_path, "learner,subgroup\n"))
