from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.models import AuditEntry
from manypaths.base.scope import OutsideScope, district_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Somebody:
    actor_id: int | None = 7


def test_an_entry_says_who_did_what_to_which_row_and_when() -> None:
    with district_scope(101):
        record_deed("count stars", by=Somebody(), at=AT, subject=("sky", 3), count=12, all=None)
        entry = AuditEntry.objects.get()
    assert (entry.deed, entry.actor_id, entry.at) == ("count stars", 7, to_microseconds(AT))
    assert (entry.subject_kind, entry.subject_id) == ("sky", 3)
    assert entry.facts == {"count": 12, "all": None}
    assert entry.district_id == 101
    assert str(entry) == "count stars sky 3"


def test_a_deed_without_a_row_and_by_the_operator_is_on_record_too() -> None:
    with district_scope(101):
        entry = record_deed("wind the clock", by=Somebody(None), at=AT, subject=None)
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (None, "", None)
    assert str(entry) == "wind the clock"


def test_deeds_above_the_districts_are_seen_above_alone() -> None:
    with district_scope(None):
        entry = record_deed("publish", by=Somebody(), at=AT, subject=None)
        assert list(AuditEntry.objects.all()) == [entry]
    with district_scope(101):
        assert not AuditEntry.objects.exists()


def test_a_deed_outside_every_scope_is_a_mistake() -> None:
    with pytest.raises(OutsideScope):
        record_deed("count stars", by=Somebody(), at=AT, subject=None)


def test_a_deed_at_a_time_without_a_zone_is_a_mistake() -> None:
    with district_scope(101), pytest.raises(ValueError, match="needs a zone"):
        record_deed("count stars", by=Somebody(), at=AT.replace(tzinfo=None), subject=None)
