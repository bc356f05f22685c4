"""A query that is kept as SQL gives the rows that it would give if it were built anew."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet, Value
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base import clock
from manypaths.base.prepared import prepared
from manypaths.base.reading import one_reading
from manypaths.base.scope import OutsideScope, district_scope
from manypaths.people.access import current
from manypaths.people.models import Group, Membership, Organization, Part, Person, Role
from manypaths.people.services import end_membership
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, make_person


@prepared
def people(keys: Sequence[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=keys).order_by("pk")


@prepared
def person(public_id: UUID) -> QuerySet[Person]:
    return Person.objects.filter(public_id=public_id)


@prepared
def named(given: str, key: int) -> QuerySet[Any, tuple[str, int]]:
    found = Person.objects.filter(given_name=given).exclude(pk=key)
    return found.values_list("family_name", "pk").order_by("pk")


@prepared
def members(group: int, part: Part) -> QuerySet[Any, int]:
    now = Membership.objects.filter(current(), group=group, part=part)
    return now.values_list("person", flat=True).order_by("person")


@prepared
def groups(key: int) -> QuerySet[Group]:
    return Group.objects.filter(pk=key).select_related("organization")


@prepared
def both(first: int, second: int) -> QuerySet[Any, tuple[str, int]]:
    one = Person.objects.filter(pk=first).annotate(what=Value("first")).values_list("what", "pk")
    other = Person.objects.filter(pk=second).annotate(what=Value("second"))
    return one.union(other.values_list("what", "pk"), all=True)


@given(places=st.lists(st.integers(0, 6), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_lists_of_any_length_find_what_a_query_built_anew_finds(
    cast: Cast, places: list[int]
) -> None:
    known = [*Person.objects.order_by("pk").values_list("pk", flat=True), 10**12]
    keys = [known[place] for place in places]
    assert people(keys) == list(Person.objects.filter(pk__in=keys).order_by("pk"))


def test_numbers_texts_and_public_ids_are_put_in_anew(cast: Cast) -> None:
    for one in (cast.ada, cast.ben, cast.ada):
        assert person(one.public_id) == [one]
        assert named(one.given_name, 0) == [(one.family_name, one.pk)]
        assert named(one.given_name, one.pk) == []
    assert person.first(uuid4()) is None


def test_a_kind_is_kept_apart(cast: Cast) -> None:
    assert members(cast.ada_class.pk, Part.LEARNER) == [cast.ada.pk]
    assert members(cast.ada_class.pk, Part.LEAD) == [cast.ben.pk]
    assert members(cast.cleo_class.pk, Part.LEAD) == [cast.cleo.pk]


def test_rows_come_with_what_they_are_joined_with(cast: Cast) -> None:
    groups(cast.cleo_class.pk)
    with CaptureQueriesContext(connection) as queries:
        (group,) = groups(cast.ada_class.pk)
        assert group.organization == cast.school
    assert len(queries) == 1


def test_parts_of_a_union_get_their_own_values(cast: Cast) -> None:
    both(cast.ada.pk, cast.ben.pk)
    found = both(cast.cleo.pk, cast.dana.pk)
    assert sorted(found) == [("first", cast.cleo.pk), ("second", cast.dana.pk)]


def test_no_row_of_another_district_is_found(cast: Cast) -> None:
    assert people([cast.ada.pk]) == [cast.ada]
    other = make_district("Elsewhere")
    with district_scope(other.pk):
        theirs = make_person("Ada Twin", other, Role.STUDENT)
        assert people([cast.ada.pk, theirs.pk]) == [theirs]
        assert person(cast.ada.public_id) == []
    assert people([cast.ada.pk, theirs.pk]) == [cast.ada]


def test_outside_every_scope_nothing_is_read(district: Organization) -> None:
    people([1])
    with district_scope(None), pytest.raises(OutsideScope):
        people([1])


def test_the_day_is_that_of_the_call(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    group, today = cast.ada_class.pk, clock.today()
    membership = Membership.objects.get(group=cast.ada_class, person=cast.ada)
    end_membership(membership, ends_on=today, by=OPERATOR, at=AT)
    assert members(group, Part.LEARNER) == [cast.ada.pk]
    for place in ("base.prepared", "people.access"):
        monkeypatch.setattr(f"manypaths.{place}.today", lambda: today + timedelta(days=1))
    assert members(group, Part.LEARNER) == []


def test_a_query_is_built_once(cast: Cast) -> None:
    built = []

    @prepared
    def counted(key: int) -> QuerySet[Person]:
        built.append(key)
        return Person.objects.filter(pk=key)

    assert [counted(one.pk) for one in (cast.ada, cast.ben)] == [[cast.ada], [cast.ben]]
    assert len(built) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans anew each time")
def test_postgresql_plans_once_for_small_and_large_numbers(cast: Cast) -> None:
    for key in [1, 40_000, 3_000_000_000] * 2:
        assert people([key, cast.ada.pk]) == [cast.ada]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT parameter_types::text FROM pg_prepared_statements "
            """WHERE statement LIKE '%"people_person"."id" IN ($%'"""
        )
        kinds = cursor.fetchall()
    assert kinds == [("{bigint,bigint,bigint,bigint,bigint}",)]


def test_within_one_reading_the_same_question_is_asked_once(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries, one_reading():
        first = people([cast.ada.pk])
        first.clear()
        assert people([cast.ada.pk]) == [cast.ada]
        assert people([cast.ben.pk]) == [cast.ben]
    assert len(queries) == 2


@pytest.mark.parametrize("lost", ["changed", "left out"])
def test_a_value_that_is_not_handed_on_as_it_is_is_a_mistake(
    district: Organization, lost: str
) -> None:
    @prepared
    def changed(key: int) -> QuerySet[Person]:
        return Person.objects.filter(pk=key + 1 if lost == "changed" else 1)

    with pytest.raises(ValueError, match="not all values that are asked for are in the query"):
        changed(1)


def test_what_needs_more_queries_is_not_kept(district: Organization) -> None:
    @prepared
    def with_roles(key: int) -> QuerySet[Person]:
        return Person.objects.filter(pk=key).prefetch_related("roles")

    with pytest.raises(ValueError, match="returns rows or lists of values"):
        with_roles(1)
