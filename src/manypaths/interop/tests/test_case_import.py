"""Packages are imported whole or not at all, and a second time without a change."""

import json
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.base.changes import Changes
from manypaths.base.errors import NotFound
from manypaths.base.models import AuditEntry
from manypaths.frameworks.models import Association, Competency, Framework
from manypaths.frameworks.queries import framework_named, tree
from manypaths.interop.case import import_case, read_case, to_case
from manypaths.interop.report import ImportReport
from manypaths.interop.tests.case_documents import (
    DECIMAL,
    DOCUMENT,
    FRACTION,
    association,
    full_package,
    lax_package,
    small_package,
    without,
    written,
)
from manypaths.interop.tests.conformance import CASE_FILES, case_file
from manypaths.people.models import Organization, Role
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person, user_of

LATER = AT + timedelta(days=1)


def bring_in(content: bytes, *, dry_run: bool = False) -> ImportReport:
    return import_case(content, file="x.json", by=OPERATOR, at=AT, dry_run=dry_run)


@pytest.mark.parametrize("package", [small_package(), full_package(), lax_package()])
def test_a_package_is_imported_once_however_often(
    district: Organization, package: dict[str, list[object]]
) -> None:
    n_items, n_ties = len(package["CFItems"]), len(package["CFAssociations"])
    first = bring_in(written(package))
    assert first.changes == {
        "items": Changes(read=n_items, created=n_items),
        "associations": Changes(read=n_ties, created=n_ties),
    }
    second = bring_in(written(package))
    assert second.changes == {
        "items": Changes(read=n_items, unchanged=n_items),
        "associations": Changes(read=n_ties, unchanged=n_ties),
    }
    assert (Competency.objects.count(), Association.objects.count()) == (n_items, n_ties)


def test_our_own_export_changes_nothing_when_it_is_imported(district: Organization) -> None:
    bring_in(written(lax_package()))
    out = to_case(Framework.objects.get()).package
    assert bring_in(written(out)).changes["items"] == Changes(read=3, unchanged=3)


def test_a_dry_run_says_what_would_change_and_changes_nothing(district: Organization) -> None:
    dry = bring_in(written(full_package()), dry_run=True)
    assert dry.changes["items"].created == 3
    assert not Framework.objects.exists()
    assert not AuditEntry.objects.filter(deed="save framework").exists()
    assert bring_in(written(full_package())).changes == dry.changes


def test_a_damaged_package_imports_nothing(district: Organization) -> None:
    report = bring_in(written(without(small_package(), "CFItems", 2, "fullStatement")))
    assert report.as_json()["items"] == Changes().as_json()
    assert report.as_json()["faults"] == [
        {
            "file": "x.json",
            "row": 3,
            "column": "CFItems[2].fullStatement",
            "value": None,
            "allowed": "a text; it must be there",
        }
    ]
    assert not Framework.objects.exists()


def test_an_item_gone_upstream_is_retired_and_kept(district: Organization) -> None:
    bring_in(written(small_package()))
    package = small_package()
    package["CFItems"].pop()
    package["CFAssociations"].pop(1)
    report = bring_in(written(package))
    assert report.changes["items"] == Changes(read=2, unchanged=2, retired=1)
    assert Competency.objects.get(identifier=FRACTION).retired_at == AT


def test_prerequisites_in_a_circle_are_noticed(district: Organization) -> None:
    package = small_package()
    package["CFAssociations"] += [
        association(8, "precedes", FRACTION, DECIMAL),
        association(9, "precedes", DECIMAL, FRACTION),
    ]
    report = bring_in(written(package))
    assert not report.faults
    assert any("close a circle" in notice and "first: 1." in notice for notice in report.notices)


@pytest.mark.parametrize("name", ["CFItems", "CFAssociations"])
def test_a_list_that_is_missing_retires_nothing(district: Organization, name: str) -> None:
    bring_in(written(small_package()))
    cut_off = {key: part for key, part in small_package().items() if key != name}
    report = bring_in(written(cut_off))
    assert [(fault.column, fault.row) for fault in report.faults] == [(name, None)]
    assert "an empty one retires all of that" in report.faults[0].allowed
    assert not Competency.objects.exclude(retired_at=None).exists()
    assert not Association.objects.exclude(retired_at=None).exists()


def test_an_empty_list_retires_all_that_stood_in_it(district: Organization) -> None:
    bring_in(written(small_package()))
    report = bring_in(written({**small_package(), "CFItems": [], "CFAssociations": []}))
    assert not report.faults
    assert report.changes["items"].retired == Competency.objects.count()
    assert not Competency.objects.filter(retired_at=None).exists()


def test_the_tree_stands_in_the_order_of_the_sequence_numbers(district: Organization) -> None:
    bring_in(written(small_package()))
    nodes = tree(Framework.objects.get())
    assert [node.competency.statement for node in nodes] == [
        "Knows numbers.",
        "Reads fractions.",
        "Reads decimals.",
    ]
    assert [node.depth for node in nodes] == [0, 1, 1]


def test_an_association_of_an_unheard_kind_is_kept(district: Organization) -> None:
    bring_in(written(full_package()))
    assert Association.objects.get(kind="ext:inspires").destination_identifier == "any name at all"


def test_the_audit_knows_the_file_by_its_hash(district: Organization) -> None:
    bring_in(written(small_package()))
    (entry,) = AuditEntry.objects.filter(deed="save framework")
    assert len(entry.facts["sha256"]) == 64


@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "dana"])
def test_whoever_may_not_add_frameworks_learns_nothing_of_the_file(cast: Cast, name: str) -> None:
    by = user_of(getattr(cast, name))
    for content in (written(small_package()), b"no package"):
        with pytest.raises(NotFound):
            import_case(content, file="x.json", by=by, at=AT, dry_run=True)


def test_a_leader_of_the_district_may_import(cast: Cast) -> None:
    leader = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    import_case(written(small_package()), file="x.json", by=leader, at=AT, dry_run=False)
    assert framework_named("Numbers", by=user_of(cast.ada)).identifier == DOCUMENT


@pytest.mark.parametrize("name", CASE_FILES)
def test_packages_of_the_field_are_imported_whole_and_once(
    district: Organization, name: str
) -> None:
    content = case_file(name)
    package = json.loads(content)
    n_items, n_ties = len(package["CFItems"]), len(package["CFAssociations"])
    assert bring_in(content).changes == {
        "items": Changes(read=n_items, created=n_items),
        "associations": Changes(read=n_ties, created=n_ties),
    }
    assert bring_in(content).changes == {
        "items": Changes(read=n_items, unchanged=n_items),
        "associations": Changes(read=n_ties, unchanged=n_ties),
    }
    assert {node.competency.identifier for node in tree(Framework.objects.get())} == {
        item["identifier"] for item in package["CFItems"]
    }


def test_common_core_has_its_depth_and_its_order(
    district: Organization, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    content = case_file("ccss-math.json")
    bring_in(content)
    with django_assert_max_num_queries(10):
        bring_in(content)
    nodes = tree(Framework.objects.get())
    depths = [node.depth for node in nodes]
    assert [depths.count(depth) for depth in range(5)] == [71, 125, 283, 244, 36]
    codes = [node.competency.code for node in nodes]
    assert codes[:11] == ["MP", *(f"MP.{n}" for n in range(1, 9)), "CC", "K.CC.A"]
    sequences = {tie.origin_id: tie.sequence or 0 for tie in Association.objects.all()}
    siblings: dict[int | None, list[int]] = {}
    for node in nodes:
        parent = node.parent.pk if node.parent else None
        siblings.setdefault(parent, []).append(sequences[node.competency.pk])
    assert all(order == sorted(order) for order in siblings.values())


def test_common_core_is_read_without_a_word() -> None:
    assert read_case(case_file("ccss-math.json"), file="ccss-math.json").notices == ()
