"""What goes out of us is strict CASE 1.1, and nothing that came in is lost on the way."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from pytest_django import DjangoAssertNumQueries

from manypaths.frameworks.draft import FrameworkDraft, JsonObject
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import (
    edit_competency,
    publish_framework,
    save_framework,
    start_version,
)
from manypaths.frameworks.starters import read_starter, starter_names
from manypaths.frameworks.tests.drafts import FOUR_LEVELS, competency, framework_of, named
from manypaths.interop.case import read_case, to_case
from manypaths.interop.tests import frameworks_drawn
from manypaths.interop.tests.case_documents import (
    DECIMAL,
    FRACTION,
    full_package,
    identifier,
    lax_package,
    small_package,
    written,
)
from manypaths.interop.tests.conformance import (
    CASE_FILES,
    case_file,
    faults_by_package_schema,
    faults_by_service_schema,
)
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

LATER = AT + timedelta(days=1)


def read(package: object) -> FrameworkDraft:
    reading = read_case(written(package), file="package.json")
    assert reading.faults == ()
    assert reading.draft is not None
    return reading.draft


def saved(draft: FrameworkDraft) -> Framework:
    return save_framework(draft, by=OPERATOR, at=AT).framework


def sent_out(package: object) -> JsonObject:
    return to_case(saved(read(package))).package


@pytest.mark.parametrize("package", [small_package(), full_package()], ids=["small", "full"])
def test_a_strict_package_goes_out_as_it_came_in(
    district: Organization, package: JsonObject
) -> None:
    assert sent_out(package) == package


@pytest.mark.parametrize(
    ("part", "empty"), [("CFDefinitions", {}), ("CFRubrics", []), ("extensions", {})]
)
def test_an_empty_part_goes_out_empty(district: Organization, part: str, empty: object) -> None:
    package = {**small_package(), part: empty}
    assert sent_out(package) == package


def test_arrays_keep_the_order_in_which_they_came(district: Organization) -> None:
    package = full_package()
    saved(read(small_package()))
    package["CFItems"].reverse()
    package["CFAssociations"].reverse()
    assert sent_out(package) == package


def test_a_lax_package_goes_out_strict_with_everything_that_was_in_it(
    district: Organization,
) -> None:
    package = lax_package()
    out = sent_out(package)
    document, (number, decimal, fraction) = out["CFDocument"], out["CFItems"]
    ours = {"fields": {"CFPackageURI": package["CFDocument"]["CFPackageURI"], "caseVersion": "1.0"}}
    assert document["extensions"] == {"manypaths": {**ours, "filled": ["creator"]}}
    assert document["creator"] == ""
    assert "caseVersion" not in document
    assert number["extensions"]["manypaths"]["fields"].keys() == {"CFDocumentURI"}
    assert "notes" not in number
    assert (decimal["identifier"], decimal["uri"]) == ("DEC-1", "local:DEC-1")
    assert decimal["extensions"] == {"manypaths": {"fields": {"educationLevel": "06"}}}
    assert fraction["extensions"] == {
        "manypaths": {
            "fields": {"statusEndDate": "2026-09-01T00:00:00Z", "rating": {"stars": 5}},
            "filled": ["lastChangeDateTime"],
        }
    }
    assert fraction["lastChangeDateTime"] == "2026-03-02T09:00:00Z"
    assert out["CFAssociations"][3]["associationType"] == "ext:is-the-aim-of"
    assert out["CFAssociations"][2]["originNodeURI"] == {
        "title": "",
        "identifier": "DEC-1",
        "uri": "urn:dec:1",
    }
    assert out["extensions"] == {"manypaths": {"fields": {"CFPackageVersion": 2}}}


def test_a_lax_package_comes_back_the_same(district: Organization) -> None:
    draft = read(lax_package())
    assert read(to_case(saved(draft)).package) == draft
    assert "rating" in draft.competencies[2].source
    assert draft.associations[3].kind == "is the aim of"


def test_what_departs_from_case_for_identitys_sake_is_said(district: Organization) -> None:
    assert to_case(saved(read(small_package()))).notices == ()
    others, aside, empty = to_case(saved(read(lax_package()))).notices
    assert others.endswith(": 1.")
    assert aside == "Fields that CASE has no place for stand under extensions: 8."
    assert empty == "Texts that CASE wants are missing and stand empty: 1."


def test_our_scale_goes_out_as_a_rubric(district: Organization) -> None:
    draft = read_starter("educator-competencies")
    (rubric,) = to_case(saved(draft)).package["CFRubrics"]
    criteria = rubric["CFRubricCriteria"]
    assert len(criteria) == 22
    described = [node for node in draft.competencies if node.progression]
    assert [one["CFItemURI"]["identifier"] for one in criteria] == [
        node.identifier for node in described
    ]
    levels = criteria[0]["CFRubricCriterionLevels"]
    assert [(level["quality"], level["score"], level["position"]) for level in levels] == [
        ("Exploring", 0, 0),
        ("Developing", 1, 1),
        ("Applying", 2, 2),
        ("Leading", 3, 3),
    ]
    assert levels[2]["description"] == described[0].progression["APPLYING"]


def test_a_scale_without_progressions_has_a_criterion_for_each_item(
    district: Organization,
) -> None:
    framework = saved(framework_of(competency("A"), competency("B"), scale=FOUR_LEVELS))
    (rubric,) = to_case(framework).package["CFRubrics"]
    criteria = rubric["CFRubricCriteria"]
    assert [one["CFItemURI"]["identifier"] for one in criteria] == ["A", "B"]
    assert "description" not in criteria[0]["CFRubricCriterionLevels"][0]


def test_our_scale_stands_beside_the_publishers_rubrics(district: Organization) -> None:
    draft = replace(read(full_package()), scale=FOUR_LEVELS, target_level=2)
    package = to_case(saved(draft)).package
    assert package["CFRubrics"][0] == full_package()["CFRubrics"][0]
    assert len(package["CFRubrics"]) == 2
    again = read(package)
    assert (again.scale, again.target_level, again.rubrics) == (FOUR_LEVELS, 2, draft.rubrics)


def test_an_item_gone_upstream_goes_out_with_the_date_of_its_end(district: Organization) -> None:
    saved(read(full_package()))
    package = small_package()
    package["CFItems"].pop()
    package["CFAssociations"].pop(1)
    framework = saved(read(package))
    out = to_case(framework).package
    ended = [one for one in out["CFItems"] if "statusEndDate" in one]
    assert [one["identifier"] for one in ended] == [FRACTION]
    assert ended[0]["extensions"]["manypaths"]["retired"] is True
    # Its place in the tree goes with it; ties of items in force that are gone do not.
    assert [one["identifier"] for one in out["CFAssociations"]] == [
        identifier(1),
        identifier(2),
        identifier(3),
        identifier(4),
    ]
    again = read_case(written(out), file="package.json")
    assert again.draft == read(package)
    assert again.notices == ("So many items and associations are retired and were left out: 3.",)


def test_a_new_version_goes_out_under_its_own_name_with_the_items_of_the_first(
    district: Organization,
) -> None:
    first = saved(read(small_package()))
    second = start_version(first, version="2", by=OPERATOR, at=LATER)
    edit_competency(named(second, DECIMAL), statement="Writes them.", by=OPERATOR, at=LATER)
    publish_framework(second, by=OPERATOR, at=LATER)
    out = to_case(second).package
    document = out["CFDocument"]
    assert (document["identifier"], document["version"]) == (second.identifier, "2")
    assert document["uri"] == f"urn:uuid:{second.identifier}"
    number, decimal, _ = out["CFItems"]
    assert number == small_package()["CFItems"][0]
    assert decimal["fullStatement"] == "Writes them."
    assert decimal["lastChangeDateTime"] == "2026-03-03T09:00:00Z"
    assert out["CFAssociations"][0]["destinationNodeURI"] == {
        "title": "Numbers",
        "identifier": second.identifier,
        "uri": document["uri"],
    }
    assert out["CFAssociations"][1] == small_package()["CFAssociations"][1]
    assert to_case(first).package == small_package()


def test_a_package_takes_a_fixed_number_of_queries(
    district: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    framework = saved(read_starter("educator-competencies"))
    framework = Framework.objects.get(pk=framework.pk)
    # The first version, its scale, its levels, items, associations, progressions.
    with django_assert_num_queries(6):
        to_case(framework)


@pytest.mark.parametrize("name", starter_names())
def test_a_starter_goes_out_strict_and_comes_back_the_same(
    district: Organization, name: str
) -> None:
    draft = read_starter(name)
    writing = to_case(saved(draft))
    assert read(writing.package) == draft
    assert writing.notices == ()
    assert {one["uri"][:9] for one in writing.package["CFItems"]} == {"urn:uuid:"}
    assert faults_by_package_schema(writing.package) == []
    assert faults_by_service_schema(writing.package) == []


@pytest.mark.parametrize("package", [small_package(), full_package(), lax_package()])
def test_the_official_schemas_take_what_goes_out(
    district: Organization, package: JsonObject
) -> None:
    out = sent_out(package)
    kept = {"DEC-1"} if package == lax_package() else set()
    for fault in (*faults_by_package_schema(out), *faults_by_service_schema(out)):
        assert any(identifier in fault for identifier in kept)


@pytest.mark.parametrize("name", CASE_FILES)
def test_packages_of_the_field_go_out_strict_and_come_back_the_same(
    district: Organization, name: str
) -> None:
    reading = read_case(case_file(name), file=name)
    assert reading.draft is not None
    package = to_case(saved(reading.draft)).package
    assert read(package) == reading.draft
    assert faults_by_package_schema(package) == []


def test_common_core_goes_out_field_by_field_as_it_came_in(district: Organization) -> None:
    package = json.loads(case_file("ccss-math.json"))
    out = sent_out(package)
    assert out == package
    assert faults_by_service_schema(out) == []


ROUND_TRIPS = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=60,
    deadline=None,
)


@ROUND_TRIPS
@given(package=frameworks_drawn.packages(strict=True))
def test_any_strict_package_goes_out_as_it_came_in(
    district: Organization, package: JsonObject
) -> None:
    with transaction.atomic():
        assert sent_out(package) == package
        transaction.set_rollback(True)


@ROUND_TRIPS
@given(package=frameworks_drawn.packages(strict=False))
def test_any_lax_package_comes_back_the_same(district: Organization, package: JsonObject) -> None:
    draft = read(package)
    with transaction.atomic():
        out = to_case(saved(draft)).package
        transaction.set_rollback(True)
    assert read(out) == draft
    assert departures(out) == []


@ROUND_TRIPS
@given(draft=frameworks_drawn.drafts())
def test_any_draft_of_our_own_comes_back_the_same(
    district: Organization, draft: FrameworkDraft
) -> None:
    with transaction.atomic():
        out = to_case(saved(draft)).package
        transaction.set_rollback(True)
    assert read(out) == draft
    assert departures(out) == []


def departures(package: JsonObject) -> list[str]:
    """Return what CASE has against a package, but for identifiers that are no UUIDs."""
    return [
        sentence
        for sentence in read_case(written(package), file="out.json").notices
        if sentence.startswith(("CASE has", "CASE does", "CASE wants other", "CASE wants these"))
    ]
