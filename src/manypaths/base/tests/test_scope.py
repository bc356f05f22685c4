"""Rows are reached in the scope of their district and nowhere else."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from manypaths.base.scope import (
    OutsideScope,
    current_district,
    current_owner,
    current_scope,
    district_scope,
)

# Looked up by name, for this room knows none of the others.
PERSON: Any = apps.get_model("people", "Person")
SOURCE_ID: Any = apps.get_model("people", "SourceId")
FRAMEWORK: Any = apps.get_model("frameworks", "Framework")
COMPETENCY: Any = apps.get_model("frameworks", "Competency")

HERE, THERE = 101, 202

pytestmark = pytest.mark.django_db


@pytest.fixture
def source_id() -> Any:
    """Return an id of Ada, who is in the district HERE, read anew."""
    with district_scope(HERE):
        ada = PERSON.objects.create(given_name="Ada")
        made = SOURCE_ID.objects.create(person=ada, source="sis", value="17")
        return SOURCE_ID.objects.get(pk=made.pk)


Touch = Callable[[Any], Any]

READS: dict[str, Touch] = {
    "all": lambda row: list(PERSON.objects.all()),
    "count": lambda row: PERSON.objects.count(),
    "exists": lambda row: PERSON.objects.filter(pk=row.person_id).exists(),
    "get": lambda row: PERSON.objects.get(pk=row.person_id),
    "in_bulk": lambda row: PERSON.objects.in_bulk([row.person_id]),
    "values": lambda row: list(PERSON.objects.values("given_name")),
    "iterator": lambda row: list(PERSON.objects.iterator()),
    "aggregate": lambda row: PERSON.objects.aggregate(models.Max("pk")),
    "raw": lambda row: list(PERSON.objects.raw("SELECT * FROM people_person")),
    "foreign key": lambda row: row.person,
    "related rows": lambda row: list(_ada(row).source_ids.all()),
    "refresh": lambda row: row.refresh_from_db(),
    "lock": lambda row: list(PERSON.objects.select_for_update()),
}
WRITES: dict[str, Touch] = {
    "create": lambda row: PERSON.objects.create(given_name="Bo", district_id=HERE),
    "create without a district": lambda row: PERSON.objects.create(given_name="Bo"),
    "bulk create": lambda row: PERSON.objects.bulk_create([PERSON(district_id=HERE)]),
    "get or create": lambda row: PERSON.objects.get_or_create(given_name="Bo"),
    "update": lambda row: PERSON.objects.update(given_name="Bo"),
    "bulk update": lambda row: PERSON.objects.bulk_update([_ada(row)], ["label"]),
    "save": lambda row: _ada(row).save(),
    "save a new one": lambda row: PERSON(given_name="Bo", district_id=HERE).save(),
    "save a field": lambda row: _ada(row).save(update_fields=["given_name"]),
    "delete": lambda row: PERSON.objects.all().delete(),
    "delete one": lambda row: _ada(row).delete(),
    "create related": lambda row: _ada(row).source_ids.create(
        source="log", value="1", district_id=HERE
    ),
}


def _ada(row: Any) -> Any:
    """Return Ada without reading her."""
    return PERSON(pk=row.person_id, given_name="Ada", district_id=HERE)


def rows() -> list[Any]:
    """Return everything there is, whoever's it is."""
    return [
        list(model.every_district.order_by("pk").values())
        for model in (PERSON, SOURCE_ID, FRAMEWORK, COMPETENCY)
    ]


@pytest.mark.parametrize("touch", (READS | WRITES).values(), ids=(READS | WRITES).keys())
def test_rows_of_a_district_are_not_touched_outside_a_scope(source_id: Any, touch: Touch) -> None:
    before = rows()
    with pytest.raises(OutsideScope), transaction.atomic():
        touch(source_id)
    assert rows() == before


@pytest.mark.parametrize("touch", (READS | WRITES).values(), ids=(READS | WRITES).keys())
def test_above_the_districts_none_of_their_rows_is_touched(source_id: Any, touch: Touch) -> None:
    before = rows()
    with district_scope(None), pytest.raises(OutsideScope), transaction.atomic():
        touch(source_id)
    assert rows() == before


@pytest.mark.parametrize("touch", READS.values(), ids=READS.keys())
def test_in_the_district_they_are_read(source_id: Any, touch: Touch) -> None:
    with district_scope(HERE):
        touch(source_id)


@pytest.mark.parametrize("name", [name for name in READS if name != "raw"])
def test_in_another_district_they_are_not_there(source_id: Any, name: str) -> None:
    with district_scope(THERE):
        try:
            found = READS[name](source_id)
        except (PERSON.DoesNotExist, SOURCE_ID.DoesNotExist):
            return
    assert not found or found == {"pk__max": None}


CREATED_ELSEWHERE = [
    lambda: PERSON.objects.create(given_name="Bo", district_id=HERE),
    lambda: PERSON.objects.bulk_create([PERSON(given_name="Bo", district_id=HERE)]),
    lambda: PERSON(given_name="Bo", district_id=HERE).save(),
    lambda: FRAMEWORK.objects.create(identifier="x", title="X", district_id=HERE),
    lambda: FRAMEWORK(identifier="x", title="X", district_id=None).save(),
]


@pytest.mark.parametrize("create", CREATED_ELSEWHERE)
def test_a_row_of_another_district_is_not_made(create: Callable[[], Any]) -> None:
    with district_scope(THERE), pytest.raises(OutsideScope), transaction.atomic():
        create()
    assert rows() == [[], [], [], []]


def test_a_row_does_not_move_to_another_district(source_id: Any) -> None:
    before = rows()
    with district_scope(HERE):
        ada = PERSON.objects.get()
        ada.district_id = THERE
        with pytest.raises(OutsideScope), transaction.atomic():
            ada.save()
        with pytest.raises(OutsideScope), transaction.atomic():
            PERSON.objects.update(district_id=THERE)
    assert rows() == before


def test_writes_in_another_district_change_nothing(source_id: Any) -> None:
    before = rows()
    with district_scope(THERE):
        assert PERSON.objects.update(given_name="Bo") == 0
        assert PERSON.objects.all().delete()[0] == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            _ada(source_id).save(update_fields=["given_name"])
        with pytest.raises(OutsideScope), transaction.atomic():
            _ada(source_id).save()
    assert rows() == before


def make_framework(*, published: bool) -> Any:
    """Make a framework with one competency above the districts."""
    with district_scope(None):
        framework = FRAMEWORK.objects.create(
            identifier="f", title="F", published_at=timezone.now() if published else None
        )
        return COMPETENCY.objects.create(framework=framework, identifier="c", statement="C")


def test_what_is_published_above_is_read_in_every_district() -> None:
    competency = make_framework(published=True)
    for district in (HERE, THERE):
        with district_scope(district):
            assert list(COMPETENCY.objects.all()) == [competency]
            assert COMPETENCY.objects.get().framework.title == "F"
            assert list(FRAMEWORK.objects.get().competencies.all()) == [competency]


def test_a_draft_above_is_seen_above_alone() -> None:
    competency = make_framework(published=False)
    with district_scope(HERE):
        assert not FRAMEWORK.objects.exists()
        assert not COMPETENCY.objects.exists()
        with pytest.raises(COMPETENCY.DoesNotExist):
            competency.refresh_from_db()
    with district_scope(None):
        assert list(COMPETENCY.objects.all()) == [competency]


def test_a_districts_own_rows_are_not_seen_above() -> None:
    with district_scope(HERE):
        FRAMEWORK.objects.create(identifier="own", title="Own", published_at=timezone.now())
    with district_scope(None):
        assert not FRAMEWORK.objects.exists()


def test_what_is_published_above_is_read_only_in_a_district() -> None:
    make_framework(published=True)
    before = rows()
    with district_scope(HERE):
        framework = FRAMEWORK.objects.get()
        framework.title = "Changed"
        assert FRAMEWORK.objects.update(title="Changed") == 0
        assert COMPETENCY.objects.all().delete()[0] == 0
        with pytest.raises(OutsideScope), transaction.atomic():
            framework.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            framework.save(update_fields=["title"])
    assert rows() == before
    with district_scope(None):
        framework.save()
        assert FRAMEWORK.objects.get().title == "Changed"


def test_every_table_of_ours_fails_closed() -> None:
    """Sign-ins and their sessions lie outside the districts: nobody is known before them.

    So do the forms that they sent, counts of calls without a token, seals on the logs of all
    districts, and the ledger, which is replayed before any is open.
    """
    above = ("User", "Session", "SentForm", "AddressUse", "Seal", "LedgerEntry")
    tables = [m for m in apps.get_models() if m.__module__.startswith("manypaths.")]
    scoped = [m for m in tables if m.__name__ not in above]
    for model in scoped:
        for manager in (model._default_manager, model._base_manager):
            with pytest.raises(OutsideScope):
                manager.count()


def test_scopes_end_where_their_block_ends() -> None:
    with district_scope(HERE) as outer:
        with district_scope(THERE):
            assert current_district() == THERE
            with district_scope(None):
                assert current_owner() is None
        assert current_scope() is outer
        with pytest.raises(KeyError), district_scope(THERE):
            raise KeyError
        assert current_scope() is outer
    with pytest.raises(OutsideScope):
        current_scope()


def test_a_thread_begins_outside_every_scope() -> None:
    seen: list[str] = []

    def look() -> None:
        try:
            current_scope()
        except OutsideScope:
            seen.append("outside")

    with district_scope(HERE):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == ["outside"]
