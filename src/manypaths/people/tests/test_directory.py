"""What those who lead an organization see of its people, groups and terms."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manypaths.base.clock import today
from manypaths.base.errors import NotFound
from manypaths.people import directory, services
from manypaths.people.directory import AT_A_TIME, Wanted
from manypaths.people.models import Organization, Part, Person, Role
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of


def names(page: directory.PeoplePage) -> list[str]:
    return [row.person.name for row in page.rows]


def many(place: Organization, count: int) -> list[Person]:
    return services.add_people(
        [(f"Given{n:04}", f"Family{n % 7}") for n in range(count)],
        organization=place,
        role=Role.STUDENT,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )


def test_a_school_s_people_stand_by_family_name(cast: Cast) -> None:
    page = directory.people_in(cast.school, Wanted(), by=user_of(cast.dana))
    assert names(page) == ["Dana Novak", "Ada Okafor", "Eli Okafor", "Ben Silva"]
    assert (page.n_people, page.next_after) == (4, None)
    ada = page.rows[1]
    assert [held.role for held in ada.roles] == [Role.STUDENT]
    assert [place.group for place in ada.memberships] == [cast.ada_class]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(text="oka"), ["Ada Okafor", "Eli Okafor"]),
        (Wanted(text="okafor ad"), ["Ada Okafor"]),
        (Wanted(text="nobody"), []),
        (Wanted(role=Role.TEACHER), ["Ben Silva"]),
        (Wanted(text="x%"), []),
    ],
)
def test_people_are_found_by_name_and_role(cast: Cast, wanted: Wanted, found: list[str]) -> None:
    page = directory.people_in(cast.school, wanted, by=user_of(cast.dana))
    assert names(page) == found


def test_people_are_found_by_group_and_by_an_id_of_a_source(cast: Cast) -> None:
    page = directory.people_in(cast.school, Wanted(group=cast.ada_class), by=OPERATOR)
    assert names(page) == ["Ada Okafor", "Ben Silva"]
    services.give_source_ids(
        [cast.ada], ["17"], source="sis", organization=cast.school, by=OPERATOR, at=AT
    )
    assert names(directory.people_in(cast.school, Wanted(text="17"), by=OPERATOR)) == ["Ada Okafor"]


def test_a_learner_without_a_role_belongs_to_the_school_of_the_class(cast: Cast) -> None:
    services.add_unnamed_learners(
        ["9"], source="log", group=cast.ada_class, starts_on=SINCE, by=OPERATOR, at=AT
    )
    found = directory.people_in(cast.school, Wanted(text="learner 9"), by=user_of(cast.dana))
    assert names(found) == ["Learner 9"]


def test_whose_role_has_ended_is_in_no_list(cast: Cast) -> None:
    for held in cast.ben.roles.all():
        services.end_role(held, ends_on=today() - timedelta(days=1), by=OPERATOR, at=AT)
    found = directory.people_in(cast.school, Wanted(role=Role.TEACHER), by=OPERATOR)
    assert names(found) == []


def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast) -> None:
    many(cast.school, 2 * AT_A_TIME + 3)
    seen: list[str] = []
    page = directory.people_in(cast.school, Wanted(), by=OPERATOR)
    while True:
        seen += names(page)
        if page.next_after is None:
            break
        page = directory.people_in(cast.school, Wanted(), by=OPERATOR, after=page.next_after)
    assert len(seen) == len(set(seen)) == page.n_people == 2 * AT_A_TIME + 3 + 4


def test_a_page_takes_the_same_queries_for_few_and_many(cast: Cast) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            directory.people_in(cast.district, Wanted(), by=OPERATOR)
        return len(captured)

    few = n_queries()
    many(cast.school, 120)
    assert n_queries() == few <= 6


def test_a_district_s_list_holds_its_schools(cast: Cast) -> None:
    found = directory.people_in(cast.district, Wanted(text="Cleo"), by=OPERATOR)
    assert names(found) == ["Cleo Marsh"]


def test_places_are_those_that_one_leads(cast: Cast) -> None:
    femi = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    assert directory.places_led(by=femi) == [cast.district, cast.school, cast.school_elsewhere]
    assert directory.place_named(None, by=femi) == cast.district
    assert directory.place_named(None, by=user_of(cast.dana)) == cast.school
    with pytest.raises(NotFound):
        directory.place_named(cast.school_elsewhere.public_id, by=user_of(cast.dana))
    with pytest.raises(NotFound):
        directory.places_led(by=user_of(cast.ben))


def test_names_that_are_there_already_are_told(cast: Cast) -> None:
    wanted = [("Ada", "Okafor"), ("Iris", "Berg"), ("Ada", "Berg")]
    assert directory.already_there(wanted, cast.school, by=OPERATOR) == {("Ada", "Okafor")}


def test_a_record_keeps_what_has_ended_apart(cast: Cast) -> None:
    other = services.create_group(cast.school, "7C", by=OPERATOR, at=AT)
    place = cast.ada.memberships.get()
    services.move_learner(place, other, on=today(), by=OPERATOR, at=AT)
    record = directory.record_of(cast.ada, by=user_of(cast.dana))
    assert [row.group.name for row in record.memberships] == ["7C"]
    assert [row.group.name for row in record.past_memberships] == ["7B Mathematics"]
    assert [tie.supporter for tie in record.supporters] == [cast.eli]
    with pytest.raises(NotFound):
        directory.record_of(cast.ada, by=user_of(cast.ben))


def test_groups_stand_with_their_leads_and_numbers(cast: Cast) -> None:
    page = directory.groups_in(cast.district, by=OPERATOR)
    assert [(row.group.name, row.n_learners) for row in page.rows] == [
        ("7A Mathematics", 1),
        ("7B Mathematics", 1),
    ]
    assert page.rows[1].leads == [cast.ben]
    found = directory.groups_in(cast.district, by=OPERATOR, text="7b")
    assert [row.group for row in found.rows] == [cast.ada_class]
    services.end_group(cast.ada_class, ends_on=today() - timedelta(days=1), by=OPERATOR, at=AT)
    assert len(directory.groups_in(cast.district, by=OPERATOR).rows) == 1


def test_a_group_s_record_names_its_members(cast: Cast) -> None:
    record = directory.group_record(cast.ada_class, by=user_of(cast.dana))
    assert [row.person for row in record.learners] == [cast.ada]
    assert [row.person for row in record.leads] == [cast.ben]


def test_terms_of_the_district_serve_its_schools(cast: Cast) -> None:
    term = services.create_term(
        cast.district, "Year", starts_on=SINCE, ends_on=AT.date(), by=OPERATOR, at=AT
    )
    assert directory.terms_in(cast.school, by=user_of(cast.dana)) == [term]


def test_schools_are_counted(cast: Cast) -> None:
    services.enroll(
        cast.ada_class, [cast.dana], part=Part.LEAD, starts_on=SINCE, by=OPERATOR, at=AT
    )
    rows = directory.schools_in(cast.district, by=OPERATOR)
    assert [(row.school.name, row.n_people, row.n_groups) for row in rows] == [
        ("Riverside", 0, 0),
        ("Hill School", 4, 1),
        ("Lake School", 2, 1),
    ]
