from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from manypaths.base.errors import Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.frameworks.models import Association, Competency, Framework
from manypaths.frameworks.queries import levels_of, prerequisites, tree
from manypaths.frameworks.services import (
    edit_competency,
    publish_framework,
    retire_competency,
    set_rules,
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
from manypaths.people.tests.cast import AT, OPERATOR

LATER = AT + timedelta(days=1)
DRAFT = framework_of(
    competency("area"),
    competency("A", progression={"SECURE": "Does it alone."}, source={"notes": "kept"}),
    competency("B"),
    child_of("area", "fractions"),
    child_of("A", "area", 1),
    child_of("B", "area", 2),
    precedes("A", "B"),
    scale=FOUR_LEVELS,
    self_ratings_move=True,
)


@pytest.fixture
def first(district: Organization) -> Framework:
    saved(framework_of(competency("there"), identifier="elsewhere"))
    crossing = tie("isRelatedTo", "A", "there")
    framework = saved(replace(DRAFT, associations=(*DRAFT.associations, crossing)))
    return set_rules(framework, {"tau": 0.7}, by=OPERATOR, at=AT)


def start(framework: Framework) -> Framework:
    return start_version(framework, version="2", by=OPERATOR, at=LATER)


def test_a_new_version_is_a_draft_of_the_same_family(first: Framework) -> None:
    second = start(first)
    assert (second.previous, second.family) == (first, first)
    assert (second.version, second.published_at) == ("2", None)
    assert second.identifier != first.identifier
    assert (second.title, second.rules, second.self_ratings_move) == (
        first.title,
        {"tau": 0.7},
        True,
    )
    assert (second.target_level, second.cut_points) == (2, [0.5, 0.8, 0.9])


def test_no_competency_loses_its_lineage_over_versions(first: Framework) -> None:
    lineages = dict(first.competencies.values_list("identifier", "lineage"))
    second = publish_framework(start(first), by=OPERATOR, at=LATER)
    third = start_version(second, version="3", by=OPERATOR, at=LATER)
    for version in (first, second, third):
        rows = version.competencies.all()
        assert dict(rows.values_list("identifier", "lineage")) == lineages
        assert version.family == first
    assert set(lineages.values()) == set(first.competencies.values_list("pk", flat=True))
    assert Competency.objects.filter(lineage=None).count() == 0


def test_a_new_version_holds_the_same_tree_ties_and_levels_in_rows_of_its_own(
    first: Framework,
) -> None:
    second = start(first)
    assert [str(node.competency) for node in tree(second)] == [
        str(node.competency) for node in tree(first)
    ]
    assert {node.competency.framework for node in tree(second)} == {second}
    assert prerequisites(second) == [(named(second, "A"), named(second, "B"))]
    levels = levels_of(second)
    assert [level.code for level in levels] == [level.code for level in levels_of(first)]
    assert not {level.pk for level in levels} & {level.pk for level in levels_of(first)}
    progression = named(second, "A").progressions.get()
    assert (progression.text, progression.level) == ("Does it alone.", levels[2])
    assert named(second, "A").source == named(first, "A").source


def test_ties_into_another_framework_stay_there(first: Framework) -> None:
    crossing = Association.objects.get(framework=start(first), kind="isRelatedTo")
    assert crossing.destination == Competency.objects.get(identifier="there")


def test_a_retired_competency_stays_retired_and_known_in_the_next_version(
    first: Framework,
) -> None:
    saved(replace(DRAFT, competencies=DRAFT.competencies[:2], associations=()))
    second = start(first)
    assert named(second, "B").retired_at == AT
    assert named(second, "B").lineage == named(first, "B")


def test_one_version_follows_another_once(first: Framework) -> None:
    second = start(first)
    with pytest.raises(Refused, match="followed by 2 already"):
        start(first)
    with pytest.raises(Refused, match="draft still"):
        start(second)


@pytest.mark.parametrize("version", ["", "x" * 101])
def test_a_version_needs_a_name(first: Framework, version: str) -> None:
    with pytest.raises(Refused, match="name of its own"):
        start_version(first, version=version, by=OPERATOR, at=LATER)


def test_publishing_shows_a_version_and_its_scale_from_that_moment(
    district: Organization,
) -> None:
    with district_scope(None):
        second = start(saved(DRAFT))
    assert Framework.objects.filter(version="2").count() == 0
    with district_scope(None):
        publish_framework(second, by=OPERATOR, at=LATER)
    shown = Framework.objects.get(version="2")
    assert shown.published_at == LATER
    assert len(levels_of(shown)) == 4


def test_a_version_is_published_once(first: Framework) -> None:
    with pytest.raises(Refused, match="published already"):
        publish_framework(first, by=OPERATOR, at=LATER)


def test_a_draft_is_reworded_and_the_version_before_stays(first: Framework) -> None:
    second = start(first)
    edited = edit_competency(
        named(second, "A"), statement="Can do A well.", title="A", by=OPERATOR, at=LATER
    )
    assert (edited.statement, edited.title) == ("Can do A well.", "A")
    assert named(first, "A").statement == "Can do A."
    assert AuditEntry.objects.filter(deed="edit competency", subject_id=edited.pk).exists()


def test_a_competency_can_be_left_out_of_a_draft(first: Framework) -> None:
    second = start(first)
    retire_competency(named(second, "B"), by=OPERATOR, at=LATER)
    assert [node.competency.identifier for node in tree(second)] == ["area", "A"]
    assert prerequisites(second) == []


def test_a_published_version_is_not_edited(first: Framework) -> None:
    competency = named(first, "A")
    with pytest.raises(Refused, match="Start a new version"):
        edit_competency(competency, statement="Other words.", by=OPERATOR, at=LATER)
    with pytest.raises(Refused, match="Start a new version"):
        retire_competency(competency, by=OPERATOR, at=LATER)
    assert named(first, "A").statement == "Can do A."


@pytest.mark.parametrize(
    ("wording", "column"),
    [
        ({"statement": " "}, "statement"),
        ({"title": "x" * 501}, "title"),
        ({"title": "\0"}, "title"),
    ],
)
def test_words_that_can_not_be_kept_are_refused(
    first: Framework, wording: dict[str, Any], column: str
) -> None:
    competency = named(start(first), "A")
    with pytest.raises(Refused) as refused:
        edit_competency(competency, by=OPERATOR, at=LATER, **wording)
    assert [fault.column for fault in refused.value.faults] == [column]
