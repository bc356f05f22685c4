"""What a pasted list of names says, line by line."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.people.models import Person
from manypaths.people.names import MOST_LINES, read_names, short_names


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


def people_of(names: Sequence[tuple[str, str]]) -> list[Person]:
    return [
        Person(pk=pk, district_id=1, given_name=given_name, family_name=family_name)
        for pk, (given_name, family_name) in enumerate(names)
    ]


def called(*names: tuple[str, str]) -> list[str]:
    people = people_of(names)
    found = short_names(people)
    return [found[person.pk] for person in people]


def test_a_given_name_is_enough_until_two_share_it() -> None:
    assert called(("Ada", "Okafor"), ("Bo", "Lind")) == ["Ada", "Bo"]
    assert called(("Ana", "Berg"), ("ana", "Cole"), ("Bo", "Lind")) == ["Ana B.", "ana C.", "Bo"]


def test_who_shares_the_letter_too_is_called_in_full() -> None:
    names = [("Ana", "Berg"), ("Ana", "Bell"), ("Ana", "Cole")]
    assert called(*names) == ["Ana Berg", "Ana Bell", "Ana C."]


def test_who_has_one_name_alone_is_called_by_it() -> None:
    assert called(("Ana", ""), ("Ana", "Cole"), ("", "Suharto")) == ["Ana", "Ana C.", "Suharto"]


@given(st.lists(st.tuples(st.text("aAb", max_size=2), st.text("aAb", min_size=1, max_size=2))))
def test_two_are_called_alike_only_if_nothing_tells_them_apart(
    names: list[tuple[str, str]],
) -> None:
    people = people_of(names)
    found = short_names(people)
    for one in people:
        for other in people:
            if one.name.casefold() != other.name.casefold():
                assert found[one.pk] != found[other.pk]
