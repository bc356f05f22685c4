"""Logs are sealed beside the deeds, databases refuse to change them, and a changed one is found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_save

from manypaths.base import append_only, seals
from manypaths.base.append_only import clearing_logs, unguarded_logs
from manypaths.base.models import AuditEntry, Seal, ViewEntry
from manypaths.base.scope import district_scope
from manypaths.base.seals import n_unsealed, runs_of, seal_logs, verify_logs

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def write(n: int, *, first: int | None = None) -> list[int]:
    with district_scope(1):
        return [
            AuditEntry.objects.create(
                pk=None if first is None else first + place, at=place, deed="count", facts={"n": n}
            ).pk
            for place in range(n)
        ]


def look() -> ViewEntry:
    with district_scope(1):
        return ViewEntry.objects.create(
            at=1, actor_id=1, role="self", purpose="learn", page="p", scope_kind="x", scope_id=1
        )


def unguarded(sql: str, *values: int) -> None:
    """Do what somebody with the database in hand does: take the guard away, and change."""
    with connection.cursor() as cursor:
        for log in append_only.LOGS:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {log} DISABLE TRIGGER USER")
            else:
                for deed in ("UPDATE", "DELETE"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {log}_keeps_{deed}")
        cursor.execute(sql, values)


@pytest.mark.parametrize("log", append_only.LOGS)
@pytest.mark.parametrize("sql", ["UPDATE {log} SET at = 7", "DELETE FROM {log}"])
def test_the_database_refuses_to_change_an_entry(log: str, sql: str) -> None:
    write(2)
    look()
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(log=log))
    assert not unguarded_logs()


def test_whole_tables_are_emptied_by_who_says_so() -> None:
    write(2)
    with clearing_logs():
        AuditEntry.every_district.all().delete()
    assert not AuditEntry.every_district.exists()
    write(1)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.every_district.all().delete()


def test_sealed_logs_are_whole() -> None:
    write(5)
    look()
    assert seal_logs(at=AT) == 6
    assert seal_logs(at=AT) == 0
    write(3)
    assert n_unsealed() == 3
    assert seal_logs(at=AT) == 3
    found = verify_logs()
    assert found.is_whole
    assert (found.n_seals, found.n_entries, found.n_unsealed, found.n_late) == (3, 9, 0, 0)


def test_a_long_log_has_seals_of_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MOST_ENTRIES", 4)
    write(10)
    assert seal_logs(at=AT) == 10
    assert [seal.n_entries for seal in Seal.objects.order_by("number")] == [4, 4, 2]
    assert verify_logs().is_whole


def test_who_writes_without_a_rest_is_not_followed() -> None:
    def go_on(**_told: object) -> None:
        write(2)
        assert Seal.objects.count() < 10

    write(3)
    post_save.connect(go_on, sender=Seal)
    try:
        assert seal_logs(at=AT) == 3
    finally:
        post_save.disconnect(go_on, sender=Seal)
    assert n_unsealed() == 2
    assert seal_logs(at=AT) == 2
    assert verify_logs().is_whole


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE base_auditentry SET actor_id = 9 WHERE id = %s", "changed"),
        ("UPDATE base_auditentry SET facts = '{}' WHERE id = %s", "changed"),
        ("DELETE FROM base_auditentry WHERE id = %s", "taken out"),
    ],
)
def test_a_changed_or_removed_entry_is_found_where_it_is(sql: str, what: str) -> None:
    ids = write(9)
    seal_logs(at=AT)
    unguarded(sql, ids[4])
    (broken,) = verify_logs().breaks
    assert (broken.log, broken.first_id, broken.last_id) == ("audit", ids[4], ids[4])
    assert what in str(broken)
    assert unguarded_logs()


def test_an_entry_that_was_put_in_later_is_found() -> None:
    write(1, first=1000)
    write(1, first=1002)
    seal_logs(at=AT)
    write(2, first=1010)
    seal_logs(at=AT + timedelta(days=3))
    write(1, first=1001)
    (broken,) = verify_logs().breaks
    assert broken.first_id == 1001
    assert "put in" in broken.what


def test_an_entry_of_a_deed_that_ended_late_is_sealed_and_counted() -> None:
    write(1, first=2000)
    write(1, first=2002)
    seal_logs(at=AT)
    write(1, first=2001)
    assert verify_logs().is_whole
    assert seal_logs(at=AT + timedelta(minutes=5)) == 1
    found = verify_logs()
    assert found.is_whole
    assert found.n_late == 1
    unguarded("UPDATE base_auditentry SET actor_id = 9 WHERE id = 2001")
    assert not verify_logs().is_whole


def test_a_changed_or_removed_seal_is_found() -> None:
    for _ in range(3):
        write(2)
        seal_logs(at=AT)
    Seal.objects.filter(number=2).update(sha256="0" * 64)
    assert [broken.what for broken in verify_logs().breaks]
    Seal.objects.filter(number=2).delete()
    assert "missing" in str(verify_logs().breaks[0])


def test_an_entry_that_never_was_cannot_be_sealed_away() -> None:
    ids = write(4)
    seal_logs(at=AT)
    unguarded("DELETE FROM base_auditentry WHERE id = %s", ids[-1])
    assert not verify_logs().is_whole
    write(1)
    seal_logs(at=AT)
    assert not verify_logs().is_whole


def test_ids_become_runs() -> None:
    assert runs_of([1, 2, 3, 5, 7, 8]) == [(1, 3), (5, 5), (7, 8)]
    assert runs_of([]) == []
