from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.errors import Refused
from manypaths.frameworks.draft import CompetencyDraft, FrameworkDraft
from manypaths.frameworks.models import Association
from manypaths.frameworks.queries import levels_of, prerequisites, tree
from manypaths.frameworks.services import save_framework
from manypaths.frameworks.starters import read_starter, starter_names
from manypaths.frameworks.tests.drafts import saved
from manypaths.frameworks.yaml_form import read_yaml
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

SMALL = """
framework: {code: NUM, title: Numbers, version: 1.5, date: 2026-09-01, audience: [all]}
scale:
  - {level: 1, code: START, name: Starting, meaning: "First tries."}
  - {level: 2, code: GROW, name: Growing}
  - {level: 3, code: SURE, name: Secure}
  - {level: 4, code: BEYOND, name: Beyond}
domains:
  - {code: N, name: Number, summary: "How much and how many.", prompt: "Need to count"}
competencies:
  - code: N1
    domain: N
    grade: 6
    title: Negatives
    statement: "Orders numbers below zero."
    indicators:
      - {code: N1.a, text: "Places them on a line."}
      - {code: N1.b, text: "Compares two of them."}
    progression: {1: "With a line.", 3: "Without one."}
    crosswalk: {intasc: [{standard: 4, basis: echo}, {standard: 5, basis: same}]}
  - code: N2
    domain: N
    statement: "Adds numbers below zero."
    prerequisites: [N1]
    edition_note: "New this year."
"""


def content() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(SMALL)
    return read


def read(changed: object) -> FrameworkDraft:
    return read_yaml(yaml.safe_dump(changed), file="small.yaml")


def by_code(draft: FrameworkDraft) -> dict[str, CompetencyDraft]:
    return {competency.code: competency for competency in draft.competencies}


def test_the_educator_framework_comes_with_manypaths(district: Organization) -> None:
    framework = saved(read_starter("educator-competencies"))
    assert [level.name for level in levels_of(framework)] == [
        "Exploring",
        "Developing",
        "Applying",
        "Leading",
    ]
    assert (framework.target_level, framework.self_ratings_move) == (2, True)
    by_depth = [node.depth for node in tree(framework)]
    assert [by_depth.count(depth) for depth in range(3)] == [4, 22, 96]
    crosswalk = Association.objects.filter(kind="isRelatedTo")
    assert crosswalk.count() == 59
    assert crosswalk.filter(source__extensions__basis="echo").count() == 4
    assert set(crosswalk.values_list("destination", flat=True)) == {None}
    assert {name[:7] for name in crosswalk.values_list("destination_identifier", flat=True)} == {
        "INTASC-"
    }


@pytest.mark.parametrize("name", starter_names())
def test_every_starter_can_be_taken_up_and_again_without_change(
    district: Organization, name: str
) -> None:
    draft = read_starter(name)
    assert save_framework(draft, by=OPERATOR, at=AT).items.created == len(draft.competencies)
    again = save_framework(draft, by=OPERATOR, at=AT)
    assert again.items.unchanged == len(draft.competencies)
    assert again.associations.unchanged == len(draft.associations)


def test_an_unknown_starter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match="There are: educator-competencies"):
        read_starter("astrology")


def test_domains_hold_competencies_and_those_their_indicators(district: Organization) -> None:
    framework = saved(read_yaml(SMALL, file="small.yaml"))
    drawn = ["." * node.depth + node.competency.code for node in tree(framework)]
    assert drawn == ["N", ".N1", "..N1.a", "..N1.b", ".N2"]
    assert [(a.code, b.code) for a, b in prerequisites(framework)] == [("N1", "N2")]


def test_a_competency_keeps_what_its_file_says_of_it() -> None:
    draft = read_yaml(SMALL, file="small.yaml")
    nodes = by_code(draft)
    assert (nodes["N"].title, nodes["N"].statement) == ("Number", "How much and how many.")
    assert [nodes[code].kind for code in ("N", "N1", "N1.a")] == ["Area", "Competency", "Indicator"]
    assert nodes["N1"].progression == {"START": "With a line.", "SURE": "Without one."}
    assert nodes["N1"].source["educationLevel"] == ["06"]
    assert nodes["N2"].source["extensions"] == {"edition_note": "New this year."}
    assert (draft.version, draft.source["extensions"]["audience"]) == ("1.5", ["all"])


def test_a_crosswalk_claims_sameness_only_where_the_file_does() -> None:
    draft = read_yaml(SMALL, file="small.yaml")
    crosswalk = {tie.destination: tie for tie in draft.associations if "INTASC" in tie.destination}
    assert crosswalk["INTASC-4"].kind == "isRelatedTo"
    assert crosswalk["INTASC-5"].kind == "exactMatchOf"
    assert crosswalk["INTASC-4"].source["extensions"] == {"basis": "echo"}


def test_identifiers_stay_when_the_version_and_the_words_change() -> None:
    changed = content()
    changed["framework"]["version"] = "2"
    changed["competencies"][0]["statement"] = "Orders all numbers."
    before, after = read_yaml(SMALL, file="small.yaml"), read(changed)
    assert after.identifier == before.identifier
    assert [node.identifier for node in after.competencies] == [
        node.identifier for node in before.competencies
    ]
    assert [tie.identifier for tie in after.associations] == [
        tie.identifier for tie in before.associations
    ]


def test_the_same_code_in_two_frameworks_has_two_identifiers() -> None:
    other = content()
    other["framework"]["code"] = "OTHER"
    ours = {node.identifier for node in read_yaml(SMALL, file="small.yaml").competencies}
    assert not ours & {node.identifier for node in read(other).competencies}


def test_the_target_is_the_last_level_but_one_unless_the_file_says_otherwise() -> None:
    assert read_yaml(SMALL, file="small.yaml").target_level == 2
    changed = content()
    changed["framework"]["target_level"] = 4
    assert read(changed).target_level == 3
    assert read(changed).cut_points == (0.5, 0.65, 0.8)
    del changed["scale"], changed["framework"]["target_level"]
    changed["competencies"][0]["progression"] = {}
    assert (read(changed).scale, read(changed).target_level) == (None, None)


CHANGES: list[tuple[list[str | int], object, str]] = [
    (["framework", "titel"], "x", "framework.titel"),
    (["framework", "title"], "", "framework.title"),
    (["framework", "title"], 7, "framework.title"),
    (["scale", 3, "code"], True, "scale[3].code"),
    (["framework", "self_ratings_move"], "yes", "framework.self_ratings_move"),
    (["framework", "target_level"], 1, "framework.target_level"),
    (["framework", "target_level"], 5, "framework.target_level"),
    (["framework", "date"], "soon", "framework.date"),
    (["framework", "audience"], [None], "framework.audience"),
    (["framework"], "NUM", "framework"),
    (["levels"], [], "levels"),
    (["domains"], {}, "domains"),
    (["scale"], [{"level": 1, "code": "X", "name": "X"}], "scale"),
    (["scale", 1, "level"], 3, "scale[1].level"),
    (["competencies", 0, "progression"], {5: "Too far."}, "competencies[0].progression.5"),
    (["competencies", 0, "progression"], {"one": "x"}, "competencies[0].progression"),
    (["competencies", 0, "grade"], 13, "competencies[0].grade"),
    (["competencies", 0, "domain"], "M", "competencies[0].domain"),
    (["competencies", 0, "indicators", 1, "code"], "N2", "competencies[1].code"),
    (["competencies", 0, "indicators", 1, "tex"], "x", "competencies[0].indicators[1].tex"),
    (["competencies", 0, "crosswalk"], {"intasc": [{"standard": 4}]}, "competencies[0].crosswalk"),
    (["competencies", 1, "prerequisites"], ["N7"], "competencies[1].prerequisites[0]"),
    (["competencies", 0, "prerequisites"], ["N2"], "competencies[1].prerequisites[0]"),
]


@pytest.mark.parametrize(("path", "value", "place"), CHANGES)
def test_a_file_that_makes_no_sense_is_refused_with_the_place(
    path: list[str | int], value: object, place: str
) -> None:
    changed = whole = content()
    for step in path[:-1]:
        changed = changed[step]  # type: ignore[index]  # a path through lists and mappings
    changed[path[-1]] = value  # type: ignore[index]
    with pytest.raises(Refused) as refused:
        read(whole)
    assert place in {fault.column for fault in refused.value.faults}
    assert {fault.file for fault in refused.value.faults} == {"small.yaml"}


def test_a_missing_key_is_named() -> None:
    changed = content()
    del changed["competencies"][1]["statement"]
    with pytest.raises(Refused) as refused:
        read(changed)
    assert [fault.column for fault in refused.value.faults] == ["competencies[1].statement"]


@pytest.mark.parametrize(
    "text",
    ["", "- a list", "framework: {", "a: b: c", "!!python/object:x {}", "\0", "[" * 9_000],
    ids=lambda text: text[:20],
)
def test_what_is_no_framework_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_yaml(text, file="small.yaml")


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        ("framework: &a {title: x}\ndomains: *a", 2, "an alias"),
        ("framework: {}\nscale: []\nframework: {}", 3, "framework twice"),
        ("x: &a [*a]", 1, "an alias"),
    ],
)
def test_aliases_and_repeated_keys_are_refused(text: str, row: int, value: str) -> None:
    with pytest.raises(Refused) as refused:
        read_yaml(text, file="small.yaml")
    (fault,) = refused.value.faults
    assert (fault.row, fault.value) == (row, value)


def test_broken_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(Refused) as refused:
        read_yaml("framework:\n  code: [NUM\ndomains: x", file="small.yaml")
    assert refused.value.faults[0].row == 3


VALUES = st.recursive(
    st.none() | st.text() | st.integers() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=VALUES, section=st.sampled_from(["framework", "scale", "domains", "competencies"]))
def test_no_content_crashes_the_reader(value: object, section: str) -> None:
    with suppress(Refused):
        assert read({**content(), section: value}).title
