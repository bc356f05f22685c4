"""What a pasted list of names says, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.people.names import MOST_LINES, read_names


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ada Okafor", ("Ada", "Okafor")),
        ("  Ada   Grace  Okafor ", ("Ada Grace", "Okafor")),
        ("Okafor, Ada Grace", ("Ada Grace", "Okafor")),
        ("Ana Lucía\tQuispe Mamani", ("Ana Lucía", "Quispe Mamani")),
        ("Suharto", ("Suharto", "")),
        ("O’Neil-Ng, Zoë", ("Zoë", "O’Neil-Ng")),
    ],
)
def test_a_line_is_read_as_people_write_names(line: str, name: tuple[str, str]) -> None:
    found = read_names(line)
    assert (found.names, found.faults) == ((name,), ())


def test_blank_lines_are_left_out_and_lines_keep_their_numbers() -> None:
    found = read_names("\nAda Okafor\n\nBo Lind\n")
    assert (found.names, found.lines) == ((("Ada", "Okafor"), ("Bo", "Lind")), (2, 4))


def test_every_faulty_line_is_named() -> None:
    found = read_names(f"Ada Okafor\n12345\n{'x' * 101} Lind\n---")
    assert (found.faults[0].row, found.faults[0].value) == (2, "12345")
    assert [fault.row for fault in found.faults] == [2, 3, 4]


def test_a_list_of_more_is_a_file() -> None:
    found = read_names("Ada Okafor\n" * (MOST_LINES + 1))
    assert "import a file" in found.faults[0].allowed


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_names(text)
    assert len(found.names) == len(found.lines)
