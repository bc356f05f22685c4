from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.base.changes import Changes
from manypaths.base.errors import Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.frameworks.models import Association, Competency, Framework, Progression
from manypaths.frameworks.services import (
    publish_framework,
    save_framework,
    set_self_ratings_move,
    set_target,
    start_version,
)
from manypaths.frameworks.tests.drafts import (
    FOUR_LEVELS,
    child_of,
    competency,
    framework_of,
    named,
    precedes,
    saved,
    tie,
)
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR, make_district

LATER = AT + timedelta(days=1)
A, B = competency("A"), competency("B")
DRAFT = framework_of(A, B, child_of("A", "fractions", 1), child_of("B", "A", 1))


def test_a_new_framework_is_published_as_the_first_of_its_family(district: Organization) -> None:
    framework = saved(DRAFT)
    assert framework.published_at == AT
    assert framework.family == framework
    assert framework.previous is None
    assert {row.lineage_id for row in framework.competencies.all()} == {
        row.pk for row in framework.competencies.all()
    }


def test_a_second_time_changes_nothing(district: Organization) -> None:
    saved(DRAFT)
    rows = list(Competency.objects.order_by("pk").values())
    second = save_framework(DRAFT, by=OPERATOR, at=LATER)
    assert second.items == Changes(read=2, unchanged=2)
    assert second.associations == Changes(read=2, unchanged=2)
    assert list(Competency.objects.order_by("pk").values()) == rows
    assert Framework.objects.get().published_at == AT


def test_what_changed_upstream_changes_in_place(district: Organization) -> None:
    framework = saved(DRAFT)
    before = named(framework, "A")
    changed = framework_of(
        replace(A, statement="Can do more."), B, child_of("A", "fractions", 2), title="Fractions 2"
    )
    again = save_framework(changed, by=OPERATOR, at=LATER)
    assert again.items == Changes(read=2, updated=1, unchanged=1)
    assert again.associations == Changes(read=1, updated=1, retired=1)
    after = named(framework, "A")
    assert (after.pk, after.public_id, after.lineage_id) == (
        before.pk,
        before.public_id,
        before.lineage_id,
    )
    assert after.statement == "Can do more."
    assert Framework.objects.get().title == "Fractions 2"


def test_what_is_gone_upstream_is_retired_and_comes_back(district: Organization) -> None:
    framework = saved(DRAFT)
    without_b = framework_of(A, child_of("A", "fractions", 1))
    gone = save_framework(without_b, by=OPERATOR, at=LATER)
    assert gone.items == Changes(read=1, unchanged=1, retired=1)
    assert named(framework, "B").retired_at == LATER
    assert save_framework(without_b, by=OPERATOR, at=LATER).items.retired == 0
    back = save_framework(DRAFT, by=OPERATOR, at=LATER)
    assert back.items == Changes(read=2, updated=1, unchanged=1)
    assert back.associations == Changes(read=2, updated=1, unchanged=1)
    assert named(framework, "B").retired_at is None


def test_a_node_that_moved_in_the_list_only_counts_as_unchanged(district: Organization) -> None:
    saved(DRAFT)
    turned = save_framework(
        replace(DRAFT, competencies=DRAFT.competencies[::-1]), by=OPERATOR, at=LATER
    )
    assert turned.items == Changes(read=2, unchanged=2)


def test_more_nodes_take_no_more_queries(
    district: Organization, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    nodes = [competency(str(number)) for number in range(300)]
    ties = [child_of(str(number), "0", number) for number in range(1, 300)]
    draft = framework_of(*nodes, *ties)
    # SQLite takes about a hundred rows in one statement; nothing else grows.
    with django_assert_max_num_queries(25):
        save_framework(draft, by=OPERATOR, at=AT)
    with django_assert_max_num_queries(10):
        save_framework(draft, by=OPERATOR, at=AT)


def test_ends_of_ties_are_linked_where_the_nodes_are_held(district: Organization) -> None:
    saved(framework_of(A, precedes("A", "elsewhere"), child_of("A", "fractions")))
    precedes_it = Association.objects.filter(kind="precedes")
    assert precedes_it.get().origin == Competency.objects.get(identifier="A")
    assert precedes_it.get().destination is None
    other = saved(framework_of(competency("elsewhere"), identifier="ratios"))
    assert precedes_it.get().destination == named(other, "elsewhere")
    assert Association.objects.get(kind="isChildOf").destination is None


def test_a_tie_finds_a_node_that_was_held_before(district: Organization) -> None:
    held = named(saved(framework_of(competency("there"), identifier="ratios")), "there")
    saved(framework_of(A, tie("exactMatchOf", "A", "there")))
    assert Association.objects.get().destination == held


def test_a_tie_leads_to_the_newest_version_of_what_is_held(district: Organization) -> None:
    first = saved(framework_of(competency("there"), identifier="ratios"))
    second = start_version(first, version="2", by=OPERATOR, at=AT)
    draft = framework_of(A, tie("exactMatchOf", "A", "there"))
    saved(draft)
    assert Association.objects.get().destination == named(first, "there")
    publish_framework(second, by=OPERATOR, at=LATER)
    assert save_framework(draft, by=OPERATOR, at=LATER).associations == Changes(read=1, unchanged=1)
    assert Association.objects.get().destination == named(second, "there")


def test_a_scale_comes_with_a_target_cut_points_and_progressions(district: Organization) -> None:
    described = replace(A, progression={"SECURE": "Does it alone.", "BEYOND": "Teaches it."})
    framework = saved(framework_of(described, B, scale=FOUR_LEVELS, self_ratings_move=True))
    assert framework.scale is not None
    levels = framework.scale.levels.values_list("position", "code", "name")
    assert list(levels)[::3] == [(0, "STARTING", "Starting"), (3, "BEYOND", "Beyond")]
    assert (framework.target_level, framework.cut_points) == (2, [0.5, 0.8, 0.9])
    assert framework.self_ratings_move
    texts = Progression.objects.values_list("competency__identifier", "level__code", "text")
    assert sorted(texts) == [("A", "BEYOND", "Teaches it."), ("A", "SECURE", "Does it alone.")]


def test_without_a_scale_there_is_no_target(district: Organization) -> None:
    framework = saved(DRAFT)
    assert (framework.scale, framework.target_level, framework.cut_points) == (None, None, [])


def test_a_reworded_progression_updates_its_competency(district: Organization) -> None:
    described = replace(A, progression={"SECURE": "Does it.", "BEYOND": "Teaches it."})
    saved(framework_of(described, B, scale=FOUR_LEVELS))
    reworded = replace(A, progression={"SECURE": "Does it alone."})
    again = save_framework(framework_of(reworded, B, scale=FOUR_LEVELS), by=OPERATOR, at=LATER)
    assert again.items == Changes(read=2, updated=1, unchanged=1)
    assert [row.text for row in Progression.objects.all()] == ["Does it alone."]


def test_levels_are_reworded_but_never_more_or_fewer(district: Organization) -> None:
    framework = saved(framework_of(A, scale=FOUR_LEVELS))
    first = replace(FOUR_LEVELS.levels[0], name="Beginning")
    reworded = replace(FOUR_LEVELS, levels=(first, *FOUR_LEVELS.levels[1:]))
    saved(framework_of(A, scale=reworded))
    assert framework.scale is not None
    assert framework.scale.levels.get(position=0).name == "Beginning"
    shorter = replace(FOUR_LEVELS, levels=FOUR_LEVELS.levels[:3])
    with pytest.raises(Refused, match="has 4 levels"):
        saved(framework_of(A, scale=shorter))


def test_what_the_school_set_outlasts_the_next_import(district: Organization) -> None:
    draft = framework_of(A, scale=FOUR_LEVELS, target_level=2)
    framework = saved(draft)
    set_target(framework, level=3, by=OPERATOR, at=AT)
    set_self_ratings_move(framework, True, by=OPERATOR, at=AT)
    again = saved(draft)
    assert (again.target_level, again.self_ratings_move) == (3, True)


def test_the_audit_holds_the_counts_and_the_hash_of_the_file(district: Organization) -> None:
    framework = save_framework(DRAFT, by=OPERATOR, at=AT, sha256="ab12").framework
    entry = AuditEntry.objects.get(deed="save framework")
    assert (entry.subject_kind, entry.subject_id) == ("framework", framework.pk)
    assert entry.facts["items_created"] == 2
    assert entry.facts["sha256"] == "ab12"


def test_two_districts_keep_the_same_framework_apart(district: Organization) -> None:
    saved(DRAFT)
    with district_scope(make_district("Far Away").pk):
        assert not Framework.objects.exists()
        assert save_framework(DRAFT, by=OPERATOR, at=AT).items.created == 2
        assert Competency.objects.count() == 2
    assert Competency.objects.count() == 2


def test_a_framework_above_the_districts_is_read_in_all_of_them(district: Organization) -> None:
    draft = framework_of(replace(A, progression={"SECURE": "Does it."}), scale=FOUR_LEVELS)
    with district_scope(None):
        above = saved(draft)
    for place in (district, make_district("Far Away")):
        with district_scope(place.pk):
            framework = Framework.objects.get()
            assert framework == above
            assert framework.scale is not None
            assert framework.scale.levels.count() == 4
            assert framework.competencies.get().progressions.get().text == "Does it."
            assert saved(draft) != above
