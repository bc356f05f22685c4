"""What comes in is read in any form that makes sense, and all that makes none is named."""

import json

import pytest

from manypaths.base.errors import Fault
from manypaths.frameworks.draft import FrameworkDraft, JsonObject
from manypaths.interop.case import CaseReading, read_case
from manypaths.interop.tests.case_documents import (
    DECIMAL,
    DOCUMENT,
    FRACTION,
    NUMBER,
    SCALE,
    association,
    criterion,
    full_package,
    identifier,
    item,
    lax_package,
    small_package,
    with_scale,
    with_value,
    without,
    written,
)

SMALL = small_package()


def read(package: object) -> CaseReading:
    return read_case(written(package), file="numbers.json")


def draft_of(package: object) -> FrameworkDraft:
    reading = read(package)
    assert reading.faults == ()
    assert reading.draft is not None
    return reading.draft


def faults_of(package: object) -> tuple[Fault, ...]:
    reading = read(package)
    assert reading.draft is None
    return reading.faults


def test_a_package_is_read_into_a_framework() -> None:
    draft = draft_of(full_package())
    assert (draft.identifier, draft.title, draft.version) == (DOCUMENT, "Numbers", "3")
    fraction = draft.competencies[2]
    assert (fraction.identifier, fraction.code, fraction.title, fraction.kind) == (
        FRACTION,
        "N.F",
        "Fractions",
        "Standard",
    )
    assert fraction.statement == "Reads fractions."
    assert fraction.source == full_package()["CFItems"][2]
    inspires = draft.associations[4]
    assert (inspires.kind, inspires.origin, inspires.destination) == (
        "ext:inspires",
        DECIMAL,
        "any name at all",
    )
    assert [tie.sequence for tie in draft.associations] == [1, 1, 2, None, None]
    assert draft.definitions == full_package()["CFDefinitions"]
    assert draft.rubrics == tuple(full_package()["CFRubrics"])
    assert draft.extensions == full_package()["extensions"]


def test_a_strict_package_is_read_without_a_word() -> None:
    assert read(SMALL).notices == ()


def test_a_package_may_hold_its_document_alone() -> None:
    draft = draft_of({"CFDocument": SMALL["CFDocument"]})
    assert (draft.competencies, draft.associations) == ((), ())


def test_every_kind_of_tolerance_is_said_once_with_a_count() -> None:
    reading = read_case(b"\xef\xbb\xbf" + written(lax_package()), file="numbers.json")
    assert reading.draft is not None
    assert list(reading.notices) == [
        "The file begins with a byte order mark, which JSON does not allow.",
        "CASE has no place for these fields inside a package; they are kept: CFPackageURI (1), "
        "CFDocumentURI (1).",
        "CASE does not know these fields; they are kept: CFPackageVersion (1), rating (1).",
        "CASE wants other values in these fields; they are kept as they are: caseVersion (1), "
        "educationLevel (1), statusEndDate (1), originNodeURI (1), associationType (1).",
        "CASE wants these fields, which are missing: creator (1), lastChangeDateTime (1).",
        "CASE wants lower-case UUIDs of the versions 1 to 5 as identifiers; so many are of "
        "another form and kept as they are: 1.",
        "So many ends of associations are named by no such UUID: 2.",
        "So many URIs are no web addresses to look up: 2.",
        "So many ends of associations lie outside the package: 1.",
        "CASE has no null; so many fields without a value were left out: 2.",
    ]


def test_unknown_fields_and_values_are_kept_as_they_came() -> None:
    lax = lax_package()
    draft = draft_of(lax)
    assert draft.competencies[1].source["educationLevel"] == "06"
    assert draft.competencies[2].source["rating"] == {"stars": 5}
    assert draft.competencies[0].source["CFDocumentURI"] == lax["CFItems"][0]["CFDocumentURI"]
    assert draft.extensions == {"manypaths": {"fields": {"CFPackageVersion": 2}}}


def test_nulls_count_as_missing_except_in_extensions() -> None:
    package = with_value(SMALL, {"org.example": None}, "CFItems", 0, "extensions")
    package = with_value(package, ["06", None], "CFItems", 0, "educationLevel")
    source = draft_of(package).competencies[0].source
    assert source["extensions"] == {"org.example": None}
    assert source["educationLevel"] == ["06"]


ITEM = ("CFItems", 1)
TIE = ("CFAssociations", 2)
MUST_BE_TEXT = [
    ("CFDocument", "identifier"),
    ("CFDocument", "title"),
    (*ITEM, "identifier"),
    (*ITEM, "fullStatement"),
    (*TIE, "identifier"),
    (*TIE, "associationType"),
    (*TIE, "originNodeURI", "identifier"),
    (*TIE, "destinationNodeURI", "identifier"),
]
MAY_BE_MISSING = [
    ("CFDocument", "version"),
    (*ITEM, "humanCodingScheme"),
    (*ITEM, "abbreviatedStatement"),
    (*ITEM, "CFItemType"),
]


def place_of(path: tuple[str | int, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


@pytest.mark.parametrize("path", MUST_BE_TEXT, ids=place_of)
def test_what_must_be_there_is_missed_by_its_place(path: tuple[str | int, ...]) -> None:
    (fault,) = faults_of(without(SMALL, *path))
    row = path[1] + 1 if isinstance(path[1], int) else None
    assert fault == Fault("numbers.json", row, place_of(path), None, "a text; it must be there")
    (fault,) = faults_of(with_value(SMALL, None, *path))
    assert fault.column == place_of(path)


@pytest.mark.parametrize("path", MUST_BE_TEXT, ids=place_of)
def test_what_must_say_something_is_not_empty(path: tuple[str | int, ...]) -> None:
    (fault,) = faults_of(with_value(SMALL, " \n", *path))
    assert (fault.column, fault.allowed) == (place_of(path), "a text that says something")


@pytest.mark.parametrize("path", [*MUST_BE_TEXT, *MAY_BE_MISSING], ids=place_of)
@pytest.mark.parametrize("value", [7, True, [], {"a": "b"}], ids=str)
def test_what_we_use_as_text_is_text(path: tuple[str | int, ...], value: object) -> None:
    (fault,) = faults_of(with_value(SMALL, value, *path))
    assert (fault.column, fault.value) == (place_of(path), json.dumps(value))
    assert fault.allowed == "a text"


@pytest.mark.parametrize("path", [*MUST_BE_TEXT, *MAY_BE_MISSING], ids=place_of)
def test_what_is_longer_than_its_column_is_refused(path: tuple[str | int, ...]) -> None:
    reading = read(with_value(SMALL, "x" * 2_000, *path))
    assert [fault.column for fault in reading.faults] == (
        [] if path[-1] == "fullStatement" else [place_of(path)]
    )


@pytest.mark.parametrize("value", ["1", 1.5, True, 2**31, -(2**31) - 1, [1]], ids=str)
def test_a_sequence_is_a_whole_number_that_a_column_holds(value: object) -> None:
    (fault,) = faults_of(with_value(SMALL, value, *TIE, "sequenceNumber"))
    assert (fault.row, fault.column) == (3, "CFAssociations[2].sequenceNumber")
    assert draft_of(with_value(SMALL, 7.0, *TIE, "sequenceNumber")).associations[2].sequence == 7


@pytest.mark.parametrize(
    ("package", "place"),
    [
        ([], ""),
        ("CASE", ""),
        ({}, "CFDocument"),
        ({"CFDocument": []}, "CFDocument"),
        (with_value(SMALL, {}, "CFItems"), "CFItems"),
        (with_value(SMALL, "x", "CFItems", 1), "CFItems[1]"),
        (with_value(SMALL, 1, "CFAssociations"), "CFAssociations"),
        (with_value(SMALL, [], *TIE, "originNodeURI"), "CFAssociations[2].originNodeURI"),
        (without(SMALL, *TIE, "originNodeURI"), "CFAssociations[2].originNodeURI"),
        (with_value(SMALL, [], "CFDefinitions"), "CFDefinitions"),
        (with_value(SMALL, {}, "CFRubrics"), "CFRubrics"),
        (with_value(SMALL, [1], "CFRubrics"), "CFRubrics[0]"),
        (with_value(SMALL, [], "extensions"), "extensions"),
    ],
)
def test_what_has_not_the_form_of_a_package_is_refused(package: object, place: str) -> None:
    assert place in {fault.column for fault in faults_of(package)}


def test_identifiers_stand_once() -> None:
    (fault,) = faults_of(with_value(SMALL, NUMBER, "CFItems", 2, "identifier"))
    assert fault == Fault(
        "numbers.json",
        3,
        "CFItems[2].identifier",
        NUMBER,
        "an identifier of its own; CFItems[0] has this one",
    )
    (fault,) = faults_of(with_value(SMALL, DOCUMENT, "CFItems", 2, "identifier"))
    assert "CFDocument has this one" in fault.allowed
    (fault,) = faults_of(with_value(SMALL, identifier(1), "CFAssociations", 1, "identifier"))
    assert fault.column == "CFAssociations[1].identifier"


def test_no_item_lies_below_itself() -> None:
    package = small_package()
    package["CFAssociations"] += [
        association(4, "isChildOf", NUMBER, FRACTION),
        association(5, "isChildOf", DECIMAL, DECIMAL),
        association(6, "precedes", FRACTION, NUMBER),
    ]
    itself, round_about = sorted(faults_of(package), key=lambda fault: -(fault.row or 0))
    assert (itself.row, itself.value) == (5, DECIMAL)
    assert itself.column == "CFAssociations[4].destinationNodeURI.identifier"
    assert round_about.row in (2, 4)


def test_every_fault_is_said_in_one_go() -> None:
    package = without(small_package(), "CFDocument", "title")
    package["CFItems"][0]["humanCodingScheme"] = 5
    package["CFItems"].append("an item")
    package["CFItems"].append(item(FRACTION, ""))
    del package["CFAssociations"][0]["originNodeURI"]["identifier"]
    package["CFAssociations"][1]["sequenceNumber"] = "first"
    package["CFRubrics"] = {}
    assert {(fault.column, fault.row) for fault in faults_of(package)} == {
        ("CFDocument.title", None),
        ("CFItems[0].humanCodingScheme", 1),
        ("CFItems[3]", 4),
        ("CFItems[4].fullStatement", 5),
        ("CFItems[4].identifier", 5),
        ("CFAssociations[0].originNodeURI.identifier", 1),
        ("CFAssociations[1].sequenceNumber", 2),
        ("CFRubrics", None),
    }


def test_a_long_value_is_shortened_in_its_fault() -> None:
    (fault,) = faults_of(with_value(SMALL, "x" * 2_000, *ITEM, "identifier"))
    assert fault.value == "x" * 79 + "…"


@pytest.mark.parametrize(
    ("ours", "path"),
    [
        ("ours", ITEM),
        ({"fields": []}, ITEM),
        ({"filled": "uri"}, TIE),
        ({"fields": {"notes": "a text that CASE takes"}}, ITEM),
        ({"fields": {"extensions": {"manypaths": 1}}}, ITEM),
        ({"retired": 1}, ITEM),
        ({"settings": {}}, ITEM),
        ({"unheard of": 1}, ("CFDocument",)),
        ({"settings": {"self_ratings_move": "yes"}}, ("CFDocument",)),
    ],
)
def test_what_stands_under_our_key_is_ours(ours: object, path: tuple[str | int, ...]) -> None:
    (fault,) = faults_of(with_value(SMALL, {"manypaths": ours}, *path, "extensions"))
    assert fault.column == f"{place_of(path)}.extensions.manypaths"


def test_a_rubric_of_ours_is_read_as_the_scale() -> None:
    high = {"position": 2, "description": "Reads all."}
    draft = draft_of(with_scale(SCALE, criterion(DECIMAL, {"position": 0}, high)))
    assert draft.scale is not None
    assert [level.code for level in draft.scale.levels] == ["low", "mid", "high"]
    assert (draft.target_level, draft.cut_points, draft.rubrics) == (1, (0.5, 0.8), ())
    assert draft.competencies[1].progression == {"high": "Reads all."}


@pytest.mark.parametrize(
    "package",
    [
        with_scale(None),
        with_scale({**SCALE, "levels": []}),
        with_scale({**SCALE, "levels": [{"code": "x"}]}),
        with_scale({**SCALE, "target_level": 3}),
        with_scale({**SCALE, "cut_points": [0.8, 0.5]}),
        with_scale({**SCALE, "title": 1}),
        with_scale(SCALE, {}),
        with_scale(SCALE, criterion("no such item", {"position": 0, "description": "x"})),
        with_scale(SCALE, criterion(DECIMAL, {"position": "0"})),
        {**with_scale(SCALE), "CFRubrics": with_scale(SCALE)["CFRubrics"] * 2},
    ],
)
def test_a_damaged_scale_of_ours_is_refused(package: JsonObject) -> None:
    assert all((fault.column or "").startswith("CFRubrics") for fault in faults_of(package))
