from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.errors import Refused
from manypaths.frameworks.checks import (
    closing_ties,
    faults_of,
    is_storable,
    repeated,
    shortened,
)
from manypaths.frameworks.draft import FrameworkDraft, LevelDraft, ScaleDraft
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import save_framework
from manypaths.frameworks.tests.drafts import (
    FOUR_LEVELS,
    child_of,
    competency,
    framework_of,
    tie,
)
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

A, B = competency("A"), competency("B")


@pytest.mark.parametrize(
    ("draft", "place"),
    [
        (framework_of(title=" "), "title"),
        (framework_of(title="x" * 501), "title"),
        (framework_of(identifier=""), "identifier"),
        (framework_of(A, competency("A")), "competencies[1].identifier"),
        (framework_of(competency("A", statement="")), "competencies[0].statement"),
        (framework_of(competency("A", statement="half \ud83d")), "competencies[0].statement"),
        (framework_of(competency("A", code="x\0")), "competencies[0].code"),
        (framework_of(A, child_of("A", "B"), child_of("A", "B")), "associations[1].identifier"),
        (framework_of(A, child_of("A", "A")), "associations[0].destination"),
        (framework_of(A, tie("", "A", "B")), "associations[0].kind"),
        (framework_of(A, child_of("", "A")), "associations[0].origin"),
        (framework_of(A, child_of("A", "B", 2**31)), "associations[0].sequence"),
        (framework_of(A, target_level=2), "scale"),
        (framework_of(A, scale=FOUR_LEVELS, target_level=0), "scale.target_level"),
        (framework_of(A, scale=FOUR_LEVELS, target_level=4), "scale.target_level"),
        (framework_of(A, scale=FOUR_LEVELS, cut_points=(0.5, 0.8)), "scale.cut_points"),
        (framework_of(A, scale=FOUR_LEVELS, cut_points=(0.5, 0.4, 0.9)), "scale.cut_points"),
        (framework_of(A, scale=ScaleDraft("One", FOUR_LEVELS.levels[:1])), "scale.levels"),
        (
            framework_of(A, scale=ScaleDraft("Two", (LevelDraft("X", "a"), LevelDraft("X", "b")))),
            "scale.levels[1].code",
        ),
        (
            framework_of(competency("A", progression={"SECURE": "Does it."})),
            "competencies[0].progression.SECURE",
        ),
        (
            framework_of(competency("A", progression={"SECURE": ""}), scale=FOUR_LEVELS),
            "competencies[0].progression.SECURE",
        ),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused_with_the_place(
    district: Organization, draft: FrameworkDraft, place: str
) -> None:
    with pytest.raises(Refused) as refused:
        save_framework(draft, by=OPERATOR, at=AT)
    assert place in {fault.column for fault in refused.value.faults}
    assert not Framework.objects.exists()


def test_all_faults_are_said_at_once() -> None:
    draft = framework_of(competency("", statement=""), A, A, child_of("A", "A"), title="")
    assert [fault.column for fault in faults_of(draft)] == [
        "title",
        "competencies[0].identifier",
        "competencies[0].statement",
        "competencies[2].identifier",
        "associations[0].destination",
    ]


def test_a_fault_names_the_row_and_what_is_allowed() -> None:
    (fault,) = faults_of(framework_of(A, B, competency("A")))
    assert (fault.row, fault.value) == (3, "A")
    assert fault.allowed == "an identifier of its own; competencies[0] has this one"


NODES = st.sampled_from("ABCDEF")
TIES = st.lists(st.tuples(NODES, NODES), max_size=14)


def _has_circle(ties: list[tuple[str, str]]) -> bool:
    """Say so by brute force: some node can be reached from itself."""
    reach = set(ties)
    for _ in "ABCDEF":
        reach |= {(one, other) for one, via in reach for here, other in reach if via == here}
    return any(one == other for one, other in reach)


@given(ties=TIES)
def test_without_the_closing_ties_no_circle_is_left(ties: list[tuple[str, str]]) -> None:
    closing = closing_ties(ties)
    assert bool(closing) == _has_circle(ties)
    rest = TopologicalSorter[str]()
    for index, (child, parent) in enumerate(ties):
        if index not in closing:
            rest.add(child, parent)
    rest.prepare()  # raises for a circle


def test_a_long_chain_is_walked_without_running_out_of_stack() -> None:
    chain = [(str(number), str(number + 1)) for number in range(50_000)]
    assert closing_ties([*chain, ("50000", "0")]) == [50_000]


@given(names=st.lists(st.sampled_from("abc")))
def test_repeats_are_all_but_the_first_of_each_name(names: list[str]) -> None:
    found = list(repeated(names))
    assert len(found) == len(names) - len(set(names))
    assert all(names[again] == names[first] and first < again for again, first in found)


@given(value=st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text())))
def test_a_value_is_shown_on_a_line_that_can_be_printed(value: object) -> None:
    shown = shortened(value)
    assert (shown is None) == (value is None)
    assert len((shown or "").encode("ascii", "replace")) <= 80
    assert is_storable(shown or "")
