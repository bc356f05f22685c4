"""What is kept until the next deed is never stale, never another district's, never unsure."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from manypaths.base.audit import record_deed
from manypaths.base.kept import FRAMEWORKS, MODELS, atomic_beside, kept_until
from manypaths.base.models import AuditEntry
from manypaths.base.reading import one_reading
from manypaths.base.scope import current_owner, district_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# As on pages: no transaction is open unless the test opens one.
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Somebody:
    actor_id: int | None = 7


class Counted:
    """Something to read, and how often it was read."""

    def __init__(self) -> None:
        self.n_read = 0
        self.by_framework = kept_until(FRAMEWORKS)(self._read)
        self.by_both = kept_until(FRAMEWORKS, MODELS)(self._read)

    def _read(self, key: int) -> tuple[int | None, int, int]:
        self.n_read += 1
        return current_owner(), key, self.n_read


@pytest.fixture
def counted() -> Counted:
    return Counted()


def deed(kind: str) -> None:
    record_deed("change", by=Somebody(), at=AT, subject=(kind, 1))


def test_what_was_read_is_kept_for_each_that_is_asked_for(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
        assert counted.by_framework(1) is first
        assert counted.by_framework(2) != first
    assert counted.n_read == 2


def test_a_deed_of_the_kind_ends_it_and_no_other(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
        deed(MODELS)
        deed("person")
        assert counted.by_framework(1) is first
        deed(FRAMEWORKS)
        assert counted.by_framework(1) is not first


def test_what_hangs_on_two_kinds_is_ended_by_either(counted: Counted) -> None:
    with district_scope(101):
        for kind in (MODELS, FRAMEWORKS):
            counted.by_both(1)
            before = counted.n_read
            deed(kind)
            counted.by_both(1)
            assert counted.n_read == before + 1


def test_nothing_of_one_district_reaches_another(counted: Counted) -> None:
    for district in (101, 102, None):
        with district_scope(district):
            assert counted.by_framework(1)[0] == district


def test_a_deed_above_the_districts_ends_it_in_all_and_one_beside_does_not(
    counted: Counted,
) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
    with district_scope(102):
        deed(FRAMEWORKS)
    with district_scope(101):
        assert counted.by_framework(1) is first
    with district_scope(None):
        deed(FRAMEWORKS)
    with district_scope(101):
        assert counted.by_framework(1) is not first


def test_in_a_transaction_nothing_is_taken_and_nothing_is_kept(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
        with transaction.atomic():
            deed(FRAMEWORKS)
            assert counted.by_framework(1) is not first
            transaction.set_rollback(True)
        assert counted.by_framework(1) is first


def test_a_deed_that_is_written_after_a_later_one_ends_it_too(counted: Counted) -> None:
    with district_scope(101):
        deed(FRAMEWORKS)
        newest = AuditEntry.objects.latest("pk").pk
        AuditEntry.objects.create(
            pk=newest + 2, at=0, actor_id=7, deed="later", subject_kind=FRAMEWORKS
        )
        first = counted.by_framework(1)
        # Begun before the other, as in a transaction that takes longer.
        AuditEntry.objects.create(
            pk=newest + 1, at=0, actor_id=7, deed="earlier", subject_kind=FRAMEWORKS
        )
        assert counted.by_framework(1) is not first


def test_the_newest_deeds_are_asked_for_once_a_reading(counted: Counted) -> None:
    with district_scope(101), one_reading(), CaptureQueriesContext(connection) as queries:
        counted.by_framework(1)
        counted.by_both(2)
        counted.by_both(3)
    assert len(queries) == 1


def test_a_kind_whose_deeds_nobody_watches_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="deeds are watched on framework, fitted model"):
        kept_until("person")


def test_a_transaction_beside_takes_what_is_kept_and_keeps_it(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
        with atomic_beside(FRAMEWORKS, MODELS):
            assert counted.by_framework(1) is first
            second = counted.by_framework(2)
        assert counted.by_framework(2) is second
    assert counted.n_read == 2


def test_it_asks_for_the_newest_deeds_once(counted: Counted) -> None:
    asked = []
    for keys in (range(1), range(5)):
        capturing = CaptureQueriesContext(connection)
        with district_scope(101), capturing as queries, atomic_beside(FRAMEWORKS):
            for key in keys:
                counted.by_framework(key)
        asked.append(len(queries))
    assert asked[0] == asked[1] > 0


def test_it_takes_only_kinds_that_it_leaves_alone(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_both(1)
        with atomic_beside(FRAMEWORKS):
            assert counted.by_both(1) is not first


def test_inside_a_transaction_it_is_one_like_any_other(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
        with transaction.atomic(), atomic_beside(FRAMEWORKS):
            assert counted.by_framework(1) is not first
            deed(FRAMEWORKS)
        assert counted.by_framework(1) is not first


def test_it_does_no_deed_on_what_it_leaves_alone(counted: Counted) -> None:
    with district_scope(101):
        with pytest.raises(RuntimeError, match="a deed on a framework"), atomic_beside(FRAMEWORKS):
            deed(FRAMEWORKS)
        assert not AuditEntry.every_district.exists()
        with atomic_beside(FRAMEWORKS):
            deed(MODELS)
        deed(FRAMEWORKS)


def test_after_it_failed_nothing_of_it_is_left(counted: Counted) -> None:
    with district_scope(101):
        first = counted.by_framework(1)
        with pytest.raises(ValueError, match="half way"), atomic_beside(FRAMEWORKS):
            raise ValueError("half way")
        with transaction.atomic():
            assert counted.by_framework(1) is not first
