"""Tables of other programs: read in any usual writing, asked about once, faults in their words."""

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.estimates.tests.world import make_world
from manypaths.evidence.models import Response
from manypaths.interop.foreign_tables import (
    ForeignTable,
    guessed_columns,
    guessed_kind,
    guessed_order,
    read_foreign,
)
from manypaths.interop.mapped_import import import_mapped, known_mapping, remember_mapping
from manypaths.interop.models import ColumnMapping
from manypaths.interop.report import ImportReport
from manypaths.interop.response_import import ImportTarget
from manypaths.people.models import Membership, Part, Person
from manypaths.people.queries import learners_of
from manypaths.people.tests.cast import AT, OPERATOR, Cast, user_of

QUIZ = (
    "Student ID;Question;Points;Max score;Submitted;Standards\n"
    "u1;q1;0,5;1;31.08.2026 09:15;F1\n"
    "u2;q1;2;4;01.09.2026;F1, F2\n"
    "u1;q2;1;1;02.09.2026;F2\n"
)
COLUMNS = {
    "learner": "Student ID",
    "item": "Question",
    "correct": "Points",
    "full_score": "Max score",
    "time": "Submitted",
    "competencies": "Standards",
}
NAMES = "Last name,First name,Local ID,Notes\nBerg,Iris,17,\nAziz,Noor,18,late\nBerg,Iris,19,\n"
TARGET = ImportTarget("7B Mathematics", "Fractions")


def table(text: str, encoding: str = "utf-8") -> ForeignTable:
    return read_foreign(text.encode(encoding), file="quiz.csv")


def take_in(
    cast: Cast, text: str, columns: dict[str, str], kind: str = "responses", *, dry: bool = False
) -> ImportReport:
    found = table(text)
    mapping = remember_mapping(
        found, kind, columns, order=guessed_order(found, columns.get("time")), by=OPERATOR, at=AT
    )
    return import_mapped(found, mapping, TARGET, by=OPERATOR, at=AT, dry_run=dry)


# --- reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    raw = "Vorname;Nachname\nJörg;Müller\nZoë;O’Neil\n".encode(encoding)
    if encoding == "utf-16-le":
        raw = b"\xff\xfe" + raw
    assert read_foreign(raw, file="x").rows[0][1] == ("Jörg", "Müller")
    assert read_foreign(raw, file="x").rows[1][1] == ("Zoë", "O’Neil")


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_every_usual_delimiter_is_found(sign: str) -> None:
    text = QUIZ.replace("F1, F2", "F1").replace("0,5", "1").replace(";", sign)
    assert table(text).header[:2] == ("Student ID", "Question")
    assert table(text).delimiter == sign


def test_columns_are_guessed_by_name_and_content() -> None:
    assert guessed_kind(table(QUIZ)) == "responses"
    assert guessed_columns(table(QUIZ), "responses") == COLUMNS
    assert guessed_kind(table(NAMES)) == "class list"
    guesses = {"family_name": "Last name", "given_name": "First name", "id": "Local ID"}
    assert guessed_columns(table(NAMES), "class list") == guesses


def test_what_can_be_no_month_says_how_dates_are_written() -> None:
    american = QUIZ.replace("31.08.2026", "08/31/2026").replace("01.09.2026", "09/01/2026")
    assert guessed_order(table(american), "Submitted") == "month first"
    assert guessed_order(table(QUIZ), "Submitted") == "day first"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "names of columns, and rows below them"),
        (b"a;b\n", "names of columns, and rows below them"),
        (b"a;a\n1;2\n", "each column once"),
        (b"a;b\n1;\0\n", "row 2: text without zero bytes"),
        (b"a," * 1_000_000 + b"b\n1\n", "at most 200 columns"),
        (b'a,b\n1,"' + b"x" * 5_000_000 + b'"\n', "row 2"),
        (b'a,b\n1,"open\n', "row 2: well-formed CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_words(raw: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_foreign(raw, file="quiz.csv")
    assert words in " ".join(map(str, refusal.value.faults))


# --- responses


def test_points_dates_and_codes_of_another_program_become_responses(cast: Cast) -> None:
    make_world()
    report = take_in(cast, QUIZ, COLUMNS)
    assert report.changes["responses"].created == 3
    outcomes = Response.objects.order_by("done_at").values_list("outcome", flat=True)
    assert list(outcomes) == [0.5, 0.5, 1.0]
    again = take_in(cast, QUIZ, COLUMNS)
    assert again.changes["responses"].unchanged == 3


def test_faults_name_the_rows_and_columns_of_the_file(cast: Cast) -> None:
    make_world()
    faulty = (
        QUIZ.replace("0,5;1", "five;1").replace("\nu2;", "\n\nu2;").replace("01.09.2026", "soon")
    )
    with pytest.raises(Refused) as refusal:
        take_in(cast, faulty, COLUMNS)
    places = [(f.file, f.row, f.column, f.value) for f in refusal.value.faults]
    assert places == [
        ("quiz.csv", 2, "Points", "five"),
        ("quiz.csv", 4, "Submitted", "soon"),
    ]
    unknown = QUIZ.replace("\nu2;", "\n\nu2;").replace("F1, F2", "F9")
    with pytest.raises(Refused) as refusal:
        take_in(cast, unknown, COLUMNS)
    assert [(f.row, f.column) for f in refusal.value.faults] == [(4, "Standards")]
    assert not Response.objects.exists()


def test_a_dry_run_changes_nothing(cast: Cast) -> None:
    make_world()
    assert take_in(cast, QUIZ, COLUMNS, dry=True).changes["responses"].created == 3
    assert not Response.objects.exists()


# --- class lists


LIST = {"family_name": "Last name", "given_name": "First name", "id": "Local ID"}


def test_a_class_list_adds_who_is_not_there_yet(cast: Cast) -> None:
    report = take_in(cast, NAMES, LIST, "class list")
    assert (report.changes["people"].created, report.changes["people"].unchanged) == (3, 0)
    names = [person.name for person in learners_of(cast.ada_class, by=user_of(cast.ben))]
    assert sorted(names) == ["Ada Okafor", "Iris Berg", "Iris Berg", "Noor Aziz"]
    again = take_in(cast, NAMES, LIST, "class list")
    assert again.changes["people"].created == 0
    assert Membership.objects.filter(group=cast.ada_class, part=Part.LEARNER).count() == 4


def test_without_ids_a_name_that_is_in_the_class_is_known(cast: Cast) -> None:
    text = "Name;Room\nOkafor, Ada;3\nNoor Aziz;3\n"
    report = take_in(cast, text, {"name": "Name"}, "class list")
    assert (report.changes["people"].created, report.changes["people"].unchanged) == (1, 1)


def test_a_row_without_a_name_is_a_fault_and_nobody_is_added(cast: Cast) -> None:
    n_people = Person.objects.count()
    with pytest.raises(Refused) as refusal:
        take_in(cast, NAMES.replace("Aziz,Noor", "12,??"), LIST, "class list")
    assert [(f.row, f.column) for f in refusal.value.faults] == [(3, "Last name")]
    assert Person.objects.count() == n_people


# --- memory


def test_the_next_table_with_these_columns_asks_nothing_and_says_so(cast: Cast) -> None:
    make_world()
    take_in(cast, QUIZ, COLUMNS)
    later = table(QUIZ.replace("u1;q2", "u3;q9").replace("Student ID", "STUDENT ID"))
    mapping = known_mapping(later, by=user_of(cast.dana))
    assert mapping is not None
    report = import_mapped(table(QUIZ), mapping, TARGET, by=OPERATOR, at=AT)
    assert "The columns were read as somebody said on 2026-03-02." in report.notices
    assert known_mapping(table(NAMES), by=OPERATOR) is None
    with pytest.raises(NotFound):
        known_mapping(later, by=user_of(cast.ben))


def test_another_answer_replaces_the_one_before_with_an_entry_each(cast: Cast) -> None:
    for item in ("Question", "Submitted"):
        columns = {k: v for k, v in COLUMNS.items() if k != "time"} | {"item": item}
        remember_mapping(table(QUIZ), "responses", columns, order="day first", by=OPERATOR, at=AT)
    assert ColumnMapping.objects.get().columns["item"] == "Submitted"
    assert AuditEntry.objects.filter(deed="remember mapping").count() == 2


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({k: v for k, v in COLUMNS.items() if k != "item"}, "Say which column is the item"),
        (COLUMNS | {"item": "Nothing"}, "is no column of the file"),
        (COLUMNS | {"item": "Points"}, "stands for two things"),
        ({"name": "Question"}, "has no column for name"),
    ],
)
def test_an_answer_that_leaves_something_open_is_refused(
    cast: Cast, columns: dict[str, str], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        remember_mapping(table(QUIZ), "responses", columns, order="day first", by=OPERATOR, at=AT)
    assert not ColumnMapping.objects.exists()
