"""Who looked at a record: said to the learner and those near them, each look once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from manypaths.base.errors import NotFound
from manypaths.people.access_log import Purpose, ViewerRole, record_view, views_of
from manypaths.people.models import Membership
from manypaths.people.services import end_membership
from manypaths.people.tests.cast import OPERATOR, Cast, user_of

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def test_a_look_names_who_in_what_role_and_where(cast: Cast) -> None:
    record_view(cast.ada, by=user_of(cast.ben), at=NOON, page="path:of")
    record_view(cast.ada, by=user_of(cast.eli), at=NOON + timedelta(hours=1), page="why:of")
    record_view(cast.ada, by=user_of(cast.dana), at=NOON + timedelta(hours=2), page="path:of")
    views = views_of(cast.ada, by=user_of(cast.ada))
    assert [(v.viewer, v.role, v.page) for v in views] == [
        (cast.dana, ViewerRole.LEADER, "path:of"),
        (cast.eli, ViewerRole.FAMILY, "why:of"),
        (cast.ben, ViewerRole.TEACHER, "path:of"),
    ]


def test_a_look_at_a_class_is_a_look_at_each_who_learned_in_it_that_day(cast: Cast) -> None:
    ben = user_of(cast.ben)
    membership = Membership.objects.get(person=cast.ada)
    end_membership(membership, ends_on=date(2026, 3, 3), by=OPERATOR, at=NOON)
    record_view(cast.ada_class, by=ben, at=NOON, page="classes:one")
    record_view(cast.ada_class, by=ben, at=NOON + timedelta(days=1), page="classes:one")
    assert [v.at for v in views_of(cast.ada, by=user_of(cast.ada))] == [NOON]


def test_own_looks_are_written_and_not_listed(cast: Cast) -> None:
    ada = user_of(cast.ada)
    entry = record_view(cast.ada, by=ada, at=NOON, page="path:own", purpose=Purpose.EXPORT)
    assert (entry.role, entry.purpose) == ("self", "export")
    assert views_of(cast.ada, by=ada) == []


def test_who_may_not_see_a_record_leaves_no_look_and_reads_none(cast: Cast) -> None:
    with pytest.raises(NotFound):
        record_view(cast.ada, by=user_of(cast.cleo), at=NOON, page="path:of")
    with pytest.raises(NotFound):
        views_of(cast.ada, by=user_of(cast.cleo))
    assert views_of(cast.ada, by=OPERATOR) == []
