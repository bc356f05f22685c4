from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.frameworks.models import Association, Competency
from manypaths.frameworks.queries import (
    Node,
    competency_coded,
    framework_named,
    levels_of,
    prerequisites,
    tree,
)
from manypaths.frameworks.services import publish_framework, start_version
from manypaths.frameworks.tests.drafts import (
    FOUR_LEVELS,
    child_of,
    competency,
    framework_of,
    named,
    precedes,
    saved,
)
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, user_of

LATER = AT + timedelta(days=1)


def drawn(nodes: list[Node]) -> list[str]:
    """Draw a tree, a dot for each step down."""
    return ["." * node.depth + node.competency.identifier for node in nodes]


def tree_of(*parts: object) -> list[str]:
    return drawn(tree(saved(framework_of(*parts))))  # type: ignore[arg-type]  # drafts of both kinds


A, B, C, D = (competency(name, code=name.lower()) for name in "ABCD")


def test_a_tree_is_read_depth_first_with_siblings_by_sequence(district: Organization) -> None:
    ties = [
        child_of("A", "fractions", 2),
        child_of("B", "A", 2),
        child_of("C", "A", 1),
        child_of("D", "fractions", 1),
    ]
    assert tree_of(A, B, C, D, *ties) == ["D", "A", ".C", ".B"]


def test_siblings_without_a_sequence_stand_last_as_their_publisher_lists_them(
    district: Organization,
) -> None:
    ties = [child_of("A", "D"), child_of("C", "D"), child_of("B", "D", 7)]
    assert tree_of(C, A, D, B, *ties) == ["D", ".B", ".C", ".A"]


def test_the_publishers_order_survives_a_later_import(district: Organization) -> None:
    assert tree_of(C, B) == ["C", "B"]
    assert tree_of(A, B, C) == ["A", "B", "C"]


def test_a_node_with_two_parents_stands_under_the_first(district: Organization) -> None:
    ties = [child_of("C", "B"), child_of("C", "A"), child_of("A", "fractions")]
    assert tree_of(A, B, C, *ties) == ["A", "B", ".C"]


def test_nodes_without_a_parent_are_roots_at_the_end(district: Organization) -> None:
    ties = [child_of("D", "fractions"), child_of("A", "elsewhere"), child_of("C", "B")]
    assert tree_of(A, B, C, D, *ties) == ["D", "A", "B", ".C"]


def test_retired_nodes_are_left_out_unless_asked_for(district: Organization) -> None:
    saved(framework_of(A, B, C, child_of("B", "A"), child_of("C", "B")))
    framework = saved(framework_of(A, C, child_of("C", "A")))
    assert drawn(tree(framework)) == ["A", ".C"]
    assert drawn(tree(framework, with_retired=True)) == ["A", ".B", ".C"]


def test_a_circle_in_the_table_loses_no_node(district: Organization) -> None:
    framework = saved(framework_of(A, B, C, child_of("A", "B"), child_of("C", "fractions")))
    Association.objects.create(
        framework=framework,
        identifier="back",
        kind="isChildOf",
        origin=named(framework, "B"),
        destination=named(framework, "A"),
    )
    assert drawn(tree(framework)) == ["C", "A", ".B"]


def test_a_chain_of_thousands_is_walked(district: Organization) -> None:
    nodes = [competency(str(number)) for number in range(1_500)]
    ties = [child_of(str(number), str(number - 1)) for number in range(1, 1_500)]
    assert tree(saved(framework_of(*nodes, *ties)))[-1].depth == 1_499


def test_prerequisites_are_pairs_of_what_is_held(district: Organization) -> None:
    framework = saved(framework_of(A, B, precedes("A", "B"), precedes("B", "elsewhere")))
    assert prerequisites(framework) == [(named(framework, "A"), named(framework, "B"))]
    Competency.objects.filter(identifier="A").update(retired_at=AT)
    assert prerequisites(framework) == []


def test_levels_rise_from_the_bottom(district: Organization) -> None:
    framework = saved(framework_of(A, scale=FOUR_LEVELS))
    assert [level.name for level in levels_of(framework)] == [
        "Starting",
        "Growing",
        "Secure",
        "Beyond",
    ]
    assert levels_of(saved(framework_of(A, identifier="other"))) == []


def test_reads_take_a_fixed_number_of_queries(
    district: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    nodes = [competency(str(number)) for number in range(50)]
    ties = [child_of(str(number), "0") for number in range(1, 50)]
    framework = saved(framework_of(*nodes, *ties, precedes("1", "2"), precedes("2", "3")))
    for read, n_queries in ((tree, 2), (prerequisites, 1), (levels_of, 0)):  # it has no scale
        with django_assert_num_queries(n_queries):
            read(framework)
    with django_assert_num_queries(1):
        framework_named("Fractions", by=OPERATOR)
    with django_assert_num_queries(1):
        competency_coded(framework, "7", by=OPERATOR)


def test_a_framework_is_named_by_public_id_identifier_or_title(cast: Cast) -> None:
    framework = saved(framework_of(A))
    for text in (str(framework.public_id), "fractions", "Fractions"):
        assert framework_named(text, by=user_of(cast.ada)) == framework


@pytest.mark.parametrize("text", ["", "Ratios", "5d0c7a52-0b8e-4a4e-9a26-2b9d9c8a7f10"])
def test_a_framework_that_is_not_there_is_not_found(district: Organization, text: str) -> None:
    saved(framework_of(A))
    with pytest.raises(NotFound):
        framework_named(text, by=OPERATOR)


def test_of_several_versions_the_newest_published_one_is_meant(district: Organization) -> None:
    first = saved(framework_of(A))
    second = start_version(first, version="2", by=OPERATOR, at=AT)
    assert framework_named("Fractions", by=OPERATOR) == first
    publish_framework(second, by=OPERATOR, at=LATER)
    assert framework_named("Fractions", by=OPERATOR) == second
    third = start_version(second, version="3", by=OPERATOR, at=LATER)
    assert framework_named("Fractions", by=OPERATOR) == second
    assert framework_named(str(third.public_id), by=OPERATOR) == third


def test_two_families_of_one_name_have_to_be_told_apart(district: Organization) -> None:
    first = saved(framework_of(A))
    saved(framework_of(A, identifier="other"))
    with pytest.raises(Refused, match="Several frameworks"):
        framework_named("Fractions", by=OPERATOR)
    assert framework_named(str(first.public_id), by=OPERATOR) == first


def test_another_districts_framework_is_not_there(district: Organization) -> None:
    framework = saved(framework_of(A))
    with district_scope(make_district("Far Away").pk):
        for text in (str(framework.public_id), "fractions", "Fractions"):
            with pytest.raises(NotFound):
                framework_named(text, by=OPERATOR)
        with pytest.raises(NotFound):
            competency_coded(framework, "a", by=OPERATOR)


def test_a_competency_is_named_by_code_identifier_or_public_id(district: Organization) -> None:
    framework = saved(framework_of(A, B))
    competency = named(framework, "A")
    for text in ("a", "A", str(competency.public_id)):
        assert competency_coded(framework, text, by=OPERATOR) == competency
    for text in ("", "z", "5d0c7a52-0b8e-4a4e-9a26-2b9d9c8a7f10"):
        with pytest.raises(NotFound):
            competency_coded(framework, text, by=OPERATOR)


def test_a_code_that_two_competencies_have_is_refused(district: Organization) -> None:
    framework = saved(framework_of(A, competency("other", code="a")))
    with pytest.raises(Refused, match="Several competencies"):
        competency_coded(framework, "a", by=OPERATOR)


def test_a_retired_competency_is_found_by_its_id_alone(district: Organization) -> None:
    saved(framework_of(A, B))
    framework = saved(framework_of(B))
    assert competency_coded(framework, "A", by=OPERATOR) == named(framework, "A")
    with pytest.raises(NotFound):
        competency_coded(framework, "a", by=OPERATOR)


NAMES = st.sampled_from(["A", "B", "C", "D", "fractions", "elsewhere"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(ties=st.lists(st.tuples(NAMES, NAMES, st.none() | st.integers(0, 3)), max_size=8))
def test_every_node_stands_in_the_tree_once_and_right_below_its_parent(
    district: Organization, ties: list[tuple[str, str, int | None]]
) -> None:
    with transaction.atomic():
        framework = saved(framework_of(A, B, C, D))
        rows = {row.identifier: row for row in framework.competencies.all()}
        Association.objects.bulk_create(
            Association(
                framework=framework,
                identifier=str(number),
                kind="isChildOf",
                origin=rows.get(child),
                destination=rows.get(parent),
                destination_identifier=parent,
                sequence=sequence,
            )
            for number, (child, parent, sequence) in enumerate(ties)
        )
        nodes = tree(framework)
        transaction.set_rollback(True)
    assert sorted(node.competency.identifier for node in nodes) == ["A", "B", "C", "D"]
    above: list[Competency] = []
    for node in nodes:
        assert node.parent == (above[node.depth - 1] if node.depth else None)
        above[node.depth :] = [node.competency]
