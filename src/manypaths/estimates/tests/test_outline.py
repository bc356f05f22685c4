"""What screens keep of a framework is never older than the framework."""

import pytest

from manypaths.base.scope import district_scope
from manypaths.estimates.engine import engine_for, version_now
from manypaths.estimates.outline import outline_of
from manypaths.estimates.tests.world import make_world
from manypaths.evidence.drafts import TaskDraft
from manypaths.evidence.models import TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.services import publish_framework, set_rules, start_version
from manypaths.people.tests.cast import AT, OPERATOR, make_district

# As on pages: no transaction is open.
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_outline_is_kept_until_a_deed_changes_what_is_in_it() -> None:
    with district_scope(make_district().pk):
        framework = make_world().framework
        kept = outline_of(framework)
        assert outline_of(framework) is kept
        first = kept.competencies[0]
        new = TaskDraft(source_id="new", kind=TaskKind.ITEM, alignments=((first.code, 1.0),))
        saved = save_tasks(framework, [new], by=OPERATOR, at=AT).by_source_id["new"]
        assert saved.pk not in {task.pk for task in kept.tasks[first.pk]}
        assert saved.pk in {task.pk for task in outline_of(framework).tasks[first.pk]}


def test_thresholds_and_versions_hold_from_the_deed_on() -> None:
    with district_scope(make_district().pk):
        framework = make_world().framework
        before = engine_for(framework).settings.tau
        set_rules(framework, {"tau": 0.7}, by=OPERATOR, at=AT)
        assert engine_for(framework).settings.tau == 0.7 != before
        second = start_version(framework, version="2", by=OPERATOR, at=AT)
        assert version_now(framework.pk) == framework
        publish_framework(second, by=OPERATOR, at=AT)
        assert version_now(framework.pk) == second


def test_who_changes_the_row_in_hand_changes_nobody_elses() -> None:
    with district_scope(make_district().pk):
        framework = make_world().framework
        version_now(framework.pk).title = "Mine"
        assert version_now(framework.pk).title == "Fractions"
