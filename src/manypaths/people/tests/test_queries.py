"""Who is found by what, and what is answered where a name fits several or nobody."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.people.models import Group, Membership, Part, Person, Role
from manypaths.people.queries import (
    districts,
    group_named,
    learner_named,
    learners_of,
    learners_with_ids,
    zone_of,
)
from manypaths.people.services import (
    add_unnamed_learners,
    create_group,
    create_school,
    create_term,
    enroll,
    give_source_ids,
)
from manypaths.people.tests.cast import (
    AT,
    OPERATOR,
    SINCE,
    Cast,
    make_district,
    make_person,
    user_of,
)


def give_id(cast: Cast, person: Person, value: str, *, source: str = "sis") -> None:
    give_source_ids([person], [value], source=source, organization=cast.school, by=OPERATOR, at=AT)


def join(group: Group, person: Person, part: Part = Part.LEARNER) -> Membership:
    enroll(group, [person], part=part, starts_on=SINCE, by=OPERATOR, at=AT)
    return Membership.objects.get(group=group, person=person)


def add_unnamed(group: Group, source_id: str) -> Person:
    added = add_unnamed_learners(
        [source_id], source="log", group=group, starts_on=SINCE, by=OPERATOR, at=AT
    )
    return added.by_source_id[source_id]


def test_a_learner_is_found_by_any_name_they_have(cast: Cast) -> None:
    give_id(cast, cast.ada, "A-17")
    for text in (str(cast.ada.public_id), "A-17", "Ada Okafor"):
        assert learner_named(text, by=user_of(cast.ben)) == cast.ada


def test_an_id_of_a_source_may_look_like_one_of_ours(cast: Cast) -> None:
    theirs = str(uuid.uuid4())
    give_id(cast, cast.ada, theirs)
    assert learner_named(theirs, by=user_of(cast.ben)) == cast.ada


def test_many_are_found_by_their_ids_and_nobody_is_passed_over(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give_id(cast, cast.ada, "A-17")
    give_id(cast, cast.cleo, "C-3")
    ids = ["A-17", str(cast.ben.public_id), "C-3"]
    with django_assert_num_queries(2):
        found = learners_with_ids(ids, by=OPERATOR)
    assert found == dict(zip(ids, (cast.ada, cast.ben, cast.cleo), strict=True))
    for missing, by in ((["A-17", "nobody"], OPERATOR), (ids, user_of(cast.ben))):
        with pytest.raises(NotFound):
            learners_with_ids(missing, by=by)
    give_id(cast, cast.cleo, "A-17", source="log")
    with pytest.raises(Refused, match="Several people have the id A-17"):
        learners_with_ids(["A-17"], by=OPERATOR)


@pytest.mark.parametrize("name", ["Mary Ann van der Berg", "Prince", " Spaced  Out "])
def test_names_of_any_number_of_words_are_found(cast: Cast, name: str) -> None:
    words = name.split(" ")
    person = Person.objects.create(given_name=" ".join(words[:2]), family_name=" ".join(words[2:]))
    assert learner_named(name, by=OPERATOR) == person


def test_an_unnamed_learner_is_found_by_label_and_by_id(cast: Cast) -> None:
    learner = add_unnamed(cast.ada_class, "17")
    assert learner_named("Learner 17", by=OPERATOR) == learner
    assert learner_named("17", by=OPERATOR) == learner


def test_of_several_with_one_name_none_is_taken(cast: Cast) -> None:
    make_person("Ada Okafor", cast.school, Role.STUDENT)
    with pytest.raises(Refused, match="Several people are called Ada Okafor"):
        learner_named("Ada Okafor", by=OPERATOR)


def test_of_several_with_one_id_none_is_taken(cast: Cast) -> None:
    give_id(cast, cast.ada, "17")
    give_id(cast, cast.ben, "17", source="payroll")
    with pytest.raises(Refused, match="Several people are called 17"):
        learner_named("17", by=OPERATOR)


def test_a_namesake_whom_one_may_not_see_is_no_namesake(cast: Cast) -> None:
    make_person("Ada Okafor", cast.school_elsewhere, Role.STUDENT)
    assert learner_named("Ada Okafor", by=user_of(cast.ben)) == cast.ada


@pytest.mark.parametrize(
    "text", ["", " ", "Ada", "Okafor", "ada okafor", "Learner", "17", "a " * 5000]
)
def test_what_names_nobody_finds_nobody(cast: Cast, text: str) -> None:
    add_unnamed(cast.ada_class, "4")
    with pytest.raises(NotFound):
        learner_named(text, by=OPERATOR)


def test_a_group_is_found_by_name_and_by_id(cast: Cast) -> None:
    for text in ("7B Mathematics", str(cast.ada_class.public_id)):
        assert group_named(text, by=user_of(cast.ben)) == cast.ada_class


def test_of_several_groups_with_one_name_none_is_taken(cast: Cast) -> None:
    create_group(cast.school_elsewhere, "7B Mathematics", by=OPERATOR, at=AT)
    with pytest.raises(Refused, match="Several groups are called 7B Mathematics"):
        group_named("7B Mathematics", by=OPERATOR)
    assert group_named("7B Mathematics", by=user_of(cast.dana)) == cast.ada_class


def test_of_the_same_group_in_two_terms_none_is_taken(cast: Cast) -> None:
    term = create_term(cast.school, "Autumn", starts_on=SINCE, ends_on=today(), by=OPERATOR, at=AT)
    create_group(cast.school, "7B Mathematics", term=term, by=OPERATOR, at=AT)
    with pytest.raises(Refused):
        group_named("7B Mathematics", by=user_of(cast.dana))


@pytest.mark.parametrize("text", ["", "7B", "11111111-2222-4333-8444-555555555555"])
def test_what_names_no_group_finds_none(cast: Cast, text: str) -> None:
    with pytest.raises(NotFound):
        group_named(text, by=OPERATOR)


def test_the_learners_of_a_group_stand_by_family_name(cast: Cast) -> None:
    for name in ("Noor Aziz", "Bo Okafor", "Zed Aziz"):
        join(cast.ada_class, make_person(name, cast.school, Role.STUDENT))
    names = [person.name for person in learners_of(cast.ada_class, by=user_of(cast.ben))]
    assert names == ["Noor Aziz", "Zed Aziz", "Ada Okafor", "Bo Okafor"]


@pytest.mark.parametrize(
    ("starts", "ends", "learns"),
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (-9, 1, True)],
)
def test_learners_are_those_of_today(
    cast: Cast, starts: int, ends: int | None, learns: bool
) -> None:
    noor = make_person("Noor Aziz", cast.school, Role.STUDENT)
    membership = join(cast.ada_class, noor)
    membership.starts_on = today() + timedelta(days=starts)
    membership.ends_on = None if ends is None else today() + timedelta(days=ends)
    membership.save()
    assert (noor in learners_of(cast.ada_class, by=OPERATOR)) is learns


def test_the_day_is_that_of_the_districts_wall(cast: Cast) -> None:
    membership = Membership.objects.get(group=cast.ada_class, person=cast.ada)
    # Two places that never share a date: where it is later, the membership has ended.
    with district_scope(cast.district.pk, ZoneInfo("Pacific/Pago_Pago")):
        membership.ends_on = today()
        membership.save()
        assert learners_of(cast.ada_class, by=OPERATOR) == [cast.ada]
    with district_scope(cast.district.pk, ZoneInfo("Pacific/Kiritimati")):
        assert learners_of(cast.ada_class, by=OPERATOR) == []


def test_leads_are_not_among_the_learners(cast: Cast) -> None:
    join(cast.ada_class, cast.dana, Part.LEAD)
    assert learners_of(cast.ada_class, by=OPERATOR) == [cast.ada]


def test_who_left_and_came_back_is_listed_once(cast: Cast) -> None:
    Membership.objects.filter(person=cast.ada).update(ends_on=today())
    enroll(cast.ada_class, [cast.ada], part=Part.LEARNER, starts_on=today(), by=OPERATOR, at=AT)
    assert learners_of(cast.ada_class, by=OPERATOR) == [cast.ada]


def test_districts_do_not_see_each_others_people_and_groups(cast: Cast) -> None:
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        school = create_school("Hill School", parent=elsewhere, by=OPERATOR, at=AT)
        twin = make_person("Ada Okafor", school, Role.STUDENT)
        group = create_group(school, "7B Mathematics", by=OPERATOR, at=AT)
        assert learner_named("Ada Okafor", by=OPERATOR) == twin
        assert group_named("7B Mathematics", by=OPERATOR) == group
        for find in (learner_named, group_named):
            with pytest.raises(NotFound):
                find(str(cast.ada.public_id), by=OPERATOR)
    assert learner_named("Ada Okafor", by=OPERATOR) == cast.ada
    assert group_named("7B Mathematics", by=OPERATOR) == cast.ada_class


def test_the_operator_alone_lists_all_districts(cast: Cast) -> None:
    elsewhere = make_district("Far Away")
    assert districts(by=OPERATOR) == [cast.district, elsewhere]
    leader = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    with pytest.raises(NotFound):
        districts(by=user_of(leader))


def test_an_organization_has_a_time_zone(cast: Cast) -> None:
    cast.school.time_zone = "Africa/Lagos"
    assert zone_of(cast.school) == ZoneInfo("Africa/Lagos")


def test_a_person_is_found_in_a_fixed_number_of_queries(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ben = user_of(cast.ben)
    with django_assert_max_num_queries(3):
        learner_named("Ada Okafor", by=ben)
