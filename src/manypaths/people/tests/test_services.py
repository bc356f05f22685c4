"""What deeds on organizations, persons and groups change, and what they refuse."""

from datetime import date, timedelta

import pytest

from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.people import services
from manypaths.people.access import (
    assesses_for,
    learns_beside,
    people_seen_by,
    person_for,
    require_educator,
)
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Part,
    Person,
    RelationshipKind,
    Role,
    RoleHeld,
    SourceId,
    User,
)
from manypaths.people.services import UnnamedLearners
from manypaths.people.tests.cast import (
    AT,
    OPERATOR,
    SINCE,
    Cast,
    make_district,
    make_person,
    user_of,
)

YESTERDAY, TOMORROW = timedelta(days=-1), timedelta(days=1)


def unnamed(group: Group, *source_ids: str, source: str = "log") -> UnnamedLearners:
    return services.add_unnamed_learners(
        source_ids, source=source, group=group, starts_on=SINCE, by=OPERATOR, at=AT
    )


def give_id(person: Person, value: str, *, source: str = "sis") -> None:
    home = Organization.objects.get(name="Hill School")
    services.give_source_ids(
        [person], [value], source=source, organization=home, by=OPERATOR, at=AT
    )


def tie(
    supporter: Person, learner: Person, kind: RelationshipKind, consented_on: date | None = None
) -> None:
    services.relate(
        [(supporter, learner)],
        kind=kind,
        organization=Organization.objects.get(name="Hill School"),
        starts_on=SINCE,
        consented_on=consented_on,
        by=OPERATOR,
        at=AT,
    )


def learners_in(group: Group) -> set[Person]:
    return {row.person for row in Membership.objects.filter(group=group, part=Part.LEARNER)}


@pytest.mark.parametrize(
    "zone",
    ["Mars/Olympus", "", "Europe", "UTC+1", "../../etc/passwd", "Europe/Lisbon\0", "x" * 300],
)
def test_an_unknown_time_zone_is_refused(db: None, zone: str) -> None:
    with pytest.raises(Refused, match="is no time zone"):
        services.create_district("Riverside", time_zone=zone, by=OPERATOR, at=AT)
    assert not Organization.every_district.exists()


def test_a_district_is_its_own_scope(db: None) -> None:
    made = services.create_district("Riverside", time_zone="Asia/Kathmandu", by=OPERATOR, at=AT)
    assert made.district_id == made.pk
    with district_scope(made.pk):
        assert list(Organization.objects.all()) == [made]
        school = services.create_school("Hill School", parent=made, by=OPERATOR, at=AT)
    assert (school.district_id, school.time_zone) == (made.pk, "Asia/Kathmandu")


def test_a_leader_makes_schools_in_what_they_lead_and_nowhere_else(cast: Cast) -> None:
    leader = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    assert services.create_school("New School", parent=cast.district, by=leader, at=AT)
    with pytest.raises(NotFound):
        services.create_school("Other", parent=cast.district, by=user_of(cast.dana), at=AT)


def test_a_name_stands_once_in_a_district(cast: Cast) -> None:
    with pytest.raises(Refused, match="has a school Hill School already"):
        services.create_school("Hill School", parent=cast.district, by=OPERATOR, at=AT)


def test_a_term_ends_after_it_starts(cast: Cast) -> None:
    begin = date(2026, 9, 1)
    make = services.create_term
    made = make(
        cast.school, "Autumn", starts_on=begin, ends_on=begin + TOMORROW, by=OPERATOR, at=AT
    )
    assert list(cast.school.terms.all()) == [made]
    with pytest.raises(Refused, match="is not after"):
        make(cast.school, "Autumn", starts_on=begin, ends_on=begin, by=OPERATOR, at=AT)


def test_people_are_added_in_order_each_with_the_role(cast: Cast) -> None:
    names = [("Iris", "Berg"), ("Noor", "Aziz"), ("Iris", "Berg")]
    added = services.add_people(
        names,
        organization=cast.school,
        role=Role.COACH,
        starts_on=SINCE,
        by=user_of(cast.dana),
        at=AT,
    )
    assert [(person.given_name, person.family_name) for person in added] == names
    held = RoleHeld.objects.filter(person__in=added)
    assert {(row.organization, row.role, row.ends_on) for row in held} == {
        (cast.school, Role.COACH, None)
    }
    assert held.count() == 3


def test_ids_without_a_name_become_learners_of_the_group_once(cast: Cast) -> None:
    first = unnamed(cast.ada_class, "17", "4", "17")
    again = unnamed(cast.ada_class, "4", "17", "9")
    assert (first.n_created, again.n_created) == (2, 1)
    assert [person.label for person in first.by_source_id.values()] == ["Learner 17", "Learner 4"]
    assert again.by_source_id["17"] == first.by_source_id["17"]
    assert learners_in(cast.ada_class) == {cast.ada, *again.by_source_id.values()}
    assert all(person.is_unnamed for person in again.by_source_id.values())


def test_members_are_known_by_the_ids_of_other_sources(cast: Cast) -> None:
    give_id(cast.ada, "17")
    assert unnamed(cast.ada_class, "17").by_source_id == {"17": cast.ada}


def test_the_same_id_in_another_group_is_somebody_else(cast: Cast) -> None:
    give_id(cast.ada, "17")
    found = unnamed(cast.cleo_class, "17", source="log of 7A")
    assert found.n_created == 1
    assert found.by_source_id["17"] != cast.ada


def test_of_two_members_with_one_id_the_sources_own_counts(cast: Cast) -> None:
    own = unnamed(cast.ada_class, "17").by_source_id["17"]
    give_id(cast.ada, "17")
    assert unnamed(cast.ada_class, "17").by_source_id["17"] == own


def test_no_learner_is_met_by_an_id_through_a_group_elsewhere(cast: Cast) -> None:
    give_id(cast.ada, "17")
    leader = user_of(make_person("Gwen Arroyo", cast.school_elsewhere, Role.LEADER))
    with pytest.raises(NotFound):
        services.add_unnamed_learners(
            ["17"], source="sis", group=cast.cleo_class, starts_on=SINCE, by=leader, at=AT
        )


def test_an_id_names_one_person_of_a_source(cast: Cast) -> None:
    give_id(cast.ada, "17")
    give_id(cast.ben, "17", source="payroll")
    with pytest.raises(Refused, match="The id 17 of sis names somebody already"):
        give_id(cast.ben, "17")
    assert set(SourceId.objects.values_list("person", "source")) == {
        (cast.ada.pk, "sis"),
        (cast.ben.pk, "payroll"),
    }


def test_two_districts_use_the_same_ids_and_names(cast: Cast) -> None:
    give_id(cast.ada, "17")
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        school = services.create_school("Hill School", parent=elsewhere, by=OPERATOR, at=AT)
        twin = make_person("Ada Okafor", school, Role.STUDENT)
        give_id(twin, "17")
        assert SourceId.objects.get(value="17").person == twin
    assert SourceId.objects.get(value="17").person == cast.ada


def test_whoever_sees_an_unnamed_learner_may_say_who_it_is(cast: Cast) -> None:
    learner = unnamed(cast.ada_class, "17").by_source_id["17"]
    ben = user_of(cast.ben)
    services.name_learner(learner, given_name=" Noor ", family_name="", by=ben, at=AT)
    learner.refresh_from_db()
    assert learner.name == "Noor"
    with pytest.raises(Refused, match="has a name already"):
        services.name_learner(learner, given_name="Iris", family_name="Berg", by=ben, at=AT)


def test_a_name_has_at_least_one_letter(cast: Cast) -> None:
    learner = unnamed(cast.ada_class, "17").by_source_id["17"]
    with pytest.raises(Refused, match="at least one letter"):
        services.name_learner(learner, given_name=" ", family_name="", by=OPERATOR, at=AT)


def test_a_group_name_stands_once_in_a_term(cast: Cast) -> None:
    dana = user_of(cast.dana)
    term = services.create_term(
        cast.school, "Autumn", starts_on=SINCE, ends_on=SINCE + TOMORROW, by=dana, at=AT
    )
    services.create_group(cast.school, "Robotics", by=dana, at=AT)
    services.create_group(cast.school, "Robotics", term=term, by=dana, at=AT)
    with pytest.raises(Refused, match="Hill School has a group Robotics already"):
        services.create_group(cast.school, "Robotics", term=term, by=dana, at=AT)


def test_nobody_is_brought_into_sight_by_enrolling_them(cast: Cast) -> None:
    leader = user_of(make_person("Gwen Arroyo", cast.school_elsewhere, Role.LEADER))
    with pytest.raises(NotFound):
        services.enroll(
            cast.cleo_class, [cast.ada], part=Part.LEARNER, starts_on=SINCE, by=leader, at=AT
        )
    assert cast.ada not in people_seen_by(leader)


def test_a_membership_ends_on_or_after_the_day_it_starts(cast: Cast) -> None:
    membership = Membership.objects.get(group=cast.ada_class, person=cast.ada)
    dana = user_of(cast.dana)
    with pytest.raises(Refused, match="can't end before"):
        services.end_membership(membership, ends_on=SINCE + YESTERDAY, by=dana, at=AT)
    assert services.end_membership(membership, ends_on=SINCE, by=dana, at=AT).ends_on == SINCE


def test_a_membership_of_tomorrow_opens_nothing_today(cast: Cast) -> None:
    noor = make_person("Noor Aziz", cast.school_elsewhere, Role.STUDENT)
    services.enroll(
        cast.ada_class,
        [noor],
        part=Part.LEARNER,
        starts_on=today() + TOMORROW,
        by=OPERATOR,
        at=AT,
    )
    with pytest.raises(NotFound):
        person_for(user_of(cast.ben), noor.public_id)


@pytest.mark.parametrize("kind", ["mentor", "coach", "advisor"])
def test_supporters_see_the_learner_from_the_day_they_are_tied(cast: Cast, kind: str) -> None:
    cleo = user_of(cast.cleo)
    tie(cast.cleo, cast.ada, RelationshipKind(kind))
    assert person_for(cleo, cast.ada.public_id) == cast.ada


def test_a_guardian_sees_the_learner_once_they_have_consented(cast: Cast) -> None:
    cleo = user_of(cast.cleo)
    tie(cast.cleo, cast.ada, RelationshipKind.GUARDIAN)
    assert cast.ada not in people_seen_by(cleo)
    cast.ada.supported_by.filter(supporter=cast.cleo).update(consented_on=today())
    assert cast.ada in people_seen_by(cleo)


def test_nobody_supports_themself(cast: Cast) -> None:
    with pytest.raises(Refused, match="Nobody is their own coach"):
        tie(cast.ada, cast.ada, RelationshipKind.COACH)


def test_a_role_counts_from_its_first_day_to_its_last(cast: Cast) -> None:
    ben = user_of(cast.ben)
    held = RoleHeld.objects.filter(person=cast.ben)
    require_educator(ben)
    held.update(ends_on=today())
    require_educator(ben)
    for span in ({"ends_on": today() + YESTERDAY}, {"starts_on": today() + TOMORROW}):
        held.update(starts_on=SINCE, ends_on=None)
        held.update(**span)
        with pytest.raises(NotFound):
            require_educator(ben)


@pytest.mark.parametrize("name", ["ada", "eli"])
def test_learners_and_families_are_no_educators(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        require_educator(user_of(getattr(cast, name)))


def test_a_leader_sees_their_school_no_longer_than_they_lead_it(cast: Cast) -> None:
    dana = user_of(cast.dana)
    assert cast.ada in people_seen_by(dana)
    RoleHeld.objects.filter(person=cast.dana).update(ends_on=today() + YESTERDAY)
    assert cast.ada not in people_seen_by(dana)


def test_a_leader_of_the_district_sees_all_its_schools(cast: Cast) -> None:
    leader = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    assert {cast.ada, cast.ben, cast.cleo, cast.dana, cast.eli} <= set(people_seen_by(leader))


def test_peers_learn_in_one_group_today(cast: Cast) -> None:
    noor = make_person("Noor Aziz", cast.school, Role.STUDENT)
    services.enroll(cast.ada_class, [noor], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    assert learns_beside(user_of(noor), cast.ada)
    assert not learns_beside(user_of(cast.ada), cast.ada)
    assert not learns_beside(user_of(cast.ben), cast.ada)
    noor.memberships.update(ends_on=today() + YESTERDAY)
    assert not learns_beside(user_of(noor), cast.ada)


def test_an_assessor_assesses_in_their_organization_and_below(cast: Cast) -> None:
    for home, may in ((cast.school, True), (cast.district, True), (cast.school_elsewhere, False)):
        assessor = user_of(make_person(f"{home.name} Assessor", home, Role.ASSESSOR))
        assert assesses_for(assessor, cast.ada) is may


def test_a_user_of_another_district_sees_nobody_here(cast: Cast) -> None:
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        school = services.create_school("Hill School", parent=elsewhere, by=OPERATOR, at=AT)
        leader = user_of(make_person("Zoe Far", school, Role.LEADER))
        assert [person.given_name for person in people_seen_by(leader)] == ["Zoe"]
    assert not people_seen_by(leader).exists()
    with pytest.raises(NotFound):
        require_educator(leader)


@pytest.mark.parametrize("part", ["7" * 101, "I\nris", "\x1b[31mIris"])
def test_a_part_of_a_name_is_short_and_on_one_line(cast: Cast, part: str) -> None:
    for name in ((part, "Berg"), ("Iris", part)):
        with pytest.raises(Refused, match="up to 100 characters on one line"):
            services.add_people(
                [name],
                organization=cast.school,
                role=Role.STUDENT,
                starts_on=SINCE,
                by=OPERATOR,
                at=AT,
            )
    assert not Person.objects.filter(family_name="Berg").exists()


# Signing in


def test_a_sign_in_has_no_password_yet_and_belongs_to_the_person(cast: Cast) -> None:
    iris = make_person("Iris Berg", cast.school, Role.STUDENT)
    user = services.give_sign_in(iris, email=" Iris@Berg.Example ", by=user_of(cast.dana), at=AT)
    assert user.email == "iris@berg.example"
    assert not user.has_usable_password()
    iris.refresh_from_db()
    assert iris.user == user


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("iris", "'iris' is no e-mail address"),
        ("", "'' is no e-mail address"),
        ("ADA@okafor.example", "Somebody signs in by this address already"),
    ],
)
def test_an_address_that_can_not_serve_is_refused(cast: Cast, email: str, words: str) -> None:
    iris = make_person("Iris Berg", cast.school, Role.STUDENT)
    user_of(cast.ada)
    User.objects.filter(person=cast.ada).update(email="ada@okafor.example")
    with pytest.raises(Refused, match=words):
        services.give_sign_in(iris, email=email, by=user_of(cast.dana), at=AT)
    iris.refresh_from_db()
    assert iris.user is None


def test_nobody_gets_a_second_sign_in(cast: Cast) -> None:
    user_of(cast.ada)
    with pytest.raises(Refused, match="can sign in already"):
        services.give_sign_in(cast.ada, email="other@okafor.example", by=OPERATOR, at=AT)
