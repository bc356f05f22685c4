"""Columns go in as rows and come back as columns, as if each row had been saved by itself."""

from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.append_only import clearing_logs
from manypaths.base.bulk import insert_columns, read_columns
from manypaths.base.models import AuditEntry
from manypaths.base.scope import OutsideScope, district_scope

HERE, THERE = 101, 202

pytestmark = pytest.mark.django_db

exact = st.integers(-(2**53), 2**53)
rows_of_four = st.lists(
    st.tuples(exact, st.none() | exact, st.none() | exact, st.text("aß漢\t\\,\n'\"", max_size=9)),
    max_size=30,
)


def columns(rows: list[tuple[int, int | None, int | None, str]]) -> dict[str, Any]:
    """Return rows of (at, actor_id, subject_id, deed) as columns: nulls as a mask, and as None."""
    at = np.array([row[0] for row in rows], np.int64)
    actor = np.ma.masked_array(
        [row[1] or 0 for row in rows], mask=[row[1] is None for row in rows], dtype=np.int64
    )
    return {
        "at": at,
        "actor_id": actor,
        "subject_id": [row[2] for row in rows],
        "deed": [row[3] for row in rows],
        "subject_kind": [""] * len(rows),
        "facts": ["{}"] * len(rows),
    }


def numbered(n: int) -> dict[str, Any]:
    return columns([(number, None, None, "count") for number in range(n)])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=rows_of_four)
def test_columns_are_the_rows_that_would_have_been_saved_one_by_one(
    db: None, rows: list[tuple[int, int | None, int | None, str]]
) -> None:
    with district_scope(HERE):
        ids = insert_columns(AuditEntry, columns(rows))
        assert len(ids) == len(rows)
        found = AuditEntry.objects.filter(pk__in=list(ids)).order_by("pk")
        assert list(found.values_list("pk", "at", "actor_id", "subject_id", "deed")) == [
            (pk, *row) for pk, row in zip(ids, rows, strict=True)
        ]
        assert all(row.facts == {} and row.district_id == HERE for row in found)
        back = read_columns(found, ("id", "at", "actor_id"))
    expected = [(pk, row[0], row[1]) for pk, row in zip(ids, rows, strict=True)]
    assert back.shape == (3, len(rows))
    assert np.array_equal(back.T, np.array(expected, float).reshape(-1, 3), equal_nan=True)


def test_a_row_saved_afterwards_gets_an_id_of_its_own() -> None:
    with district_scope(HERE):
        first = insert_columns(AuditEntry, numbered(3))
        saved = AuditEntry.objects.create(at=1, deed="count")
        second = insert_columns(AuditEntry, numbered(2))
        last = AuditEntry.objects.create(at=1, deed="count")
    assert first.stop <= saved.pk < second.start
    assert second.stop <= last.pk


def test_ids_of_deleted_rows_are_not_given_again() -> None:
    with district_scope(HERE):
        first = insert_columns(AuditEntry, numbered(3))
        with clearing_logs():
            AuditEntry.objects.all().delete()
        second = insert_columns(AuditEntry, numbered(1))
    assert second.start >= first.stop


def test_no_rows_are_no_trouble() -> None:
    with district_scope(HERE):
        assert len(insert_columns(AuditEntry, numbered(0))) == 0
        assert len(insert_columns(AuditEntry, numbered(1))) == 1
        assert AuditEntry.objects.count() == 1


def test_more_rows_than_go_at_once_stay_in_order() -> None:
    n = 20_003
    with district_scope(HERE):
        ids = insert_columns(AuditEntry, numbered(n))
        found = read_columns(AuditEntry.objects.order_by("pk"), ("id", "at"))
    assert np.array_equal(found[0], np.array(ids))
    assert np.array_equal(found[1], np.arange(n))


@pytest.mark.parametrize("short", ["at", "actor_id", "deed"])
def test_columns_of_different_lengths_are_refused(short: str) -> None:
    uneven = numbered(3)
    uneven[short] = uneven[short][:2]
    with district_scope(HERE), pytest.raises(ValueError, match="different lengths"):
        insert_columns(AuditEntry, uneven)
    assert not AuditEntry.every_district.exists()


def test_rows_are_written_into_the_district_of_the_scope_alone() -> None:
    with pytest.raises(OutsideScope):
        insert_columns(AuditEntry, numbered(1))
    with district_scope(None), pytest.raises(OutsideScope):
        insert_columns(AuditEntry, numbered(1))
    with district_scope(HERE):
        insert_columns(AuditEntry, numbered(2))
    with district_scope(THERE):
        assert read_columns(AuditEntry.objects.all(), ("id",)).shape == (1, 0)


def test_a_deed_that_breaks_off_leaves_no_rows(db: None) -> None:
    broken = numbered(3) | {"deed": ["count", "count", None]}
    with district_scope(HERE), pytest.raises(Exception, match=r"(?i)null"):
        insert_columns(AuditEntry, broken)
    assert not AuditEntry.every_district.exists()


def test_the_order_and_the_choice_of_rows_are_kept() -> None:
    with district_scope(HERE):
        insert_columns(AuditEntry, numbered(6))
        chosen = AuditEntry.objects.filter(at__gte=2).order_by("-at")
        assert read_columns(chosen, ("at",)).tolist() == [[5.0, 4.0, 3.0, 2.0]]


def test_a_choice_that_can_only_be_empty_reads_no_rows() -> None:
    with district_scope(HERE):
        nobody = AuditEntry.objects.filter(pk__in=[])
        assert read_columns(nobody, ("id", "at")).shape == (2, 0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no such numbers")
@pytest.mark.parametrize("way", ["columns", "rows"])
def test_postgresql_knows_of_many_new_rows_while_they_are_still_coming_in(way: str) -> None:
    new = numbered(5_000)
    with district_scope(HERE):
        if way == "columns":
            insert_columns(AuditEntry, new)
        else:
            values = zip(*(column.tolist() for column in map(np.array, new.values())), strict=True)
            AuditEntry.objects.bulk_create(
                AuditEntry(**dict(zip(new, row, strict=True))) for row in values
            )
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'base_auditentry'")
        assert cursor.fetchone() == (5_000,)
