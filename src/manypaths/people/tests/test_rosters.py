"""What leaders change about who is where, and what stays as it was."""

from datetime import date, timedelta

import pytest

from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.people import services
from manypaths.people.access import people_seen_by, teaches
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
)
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of

DAY = timedelta(days=1)


@pytest.fixture
def second_class(cast: Cast) -> Group:
    return services.create_group(cast.school, "7C", by=OPERATOR, at=AT)


def adas_place(cast: Cast) -> Membership:
    return Membership.objects.get(person=cast.ada, group=cast.ada_class)


def test_pasted_people_come_into_role_and_class_in_one_deed(cast: Cast) -> None:
    added = services.add_to_group(
        [("Iris", "Berg"), ("Noor", "")],
        group=cast.ada_class,
        part=Part.LEARNER,
        role=Role.STUDENT,
        starts_on=today(),
        by=user_of(cast.dana),
        at=AT,
    )
    assert [person.name for person in added] == ["Iris Berg", "Noor"]
    assert all(teaches(user_of(cast.ben), person) for person in added)
    assert RoleHeld.objects.filter(person__in=added, role=Role.STUDENT).count() == 2


def test_one_faulty_name_adds_nobody(cast: Cast) -> None:
    n_people = Person.objects.count()
    with pytest.raises(Refused):
        services.add_to_group(
            [("Iris", "Berg"), ("x" * 101, "Aziz")],
            group=cast.ada_class,
            part=Part.LEARNER,
            role=Role.STUDENT,
            starts_on=today(),
            by=OPERATOR,
            at=AT,
        )
    assert Person.objects.count() == n_people


def test_a_leader_corrects_a_name(cast: Cast) -> None:
    services.rename_person(
        cast.ada, given_name=" Adaeze ", family_name="Okafor", by=user_of(cast.dana), at=AT
    )
    cast.ada.refresh_from_db()
    assert cast.ada.name == "Adaeze Okafor"
    with pytest.raises(Refused, match="at least one letter"):
        services.rename_person(
            cast.ada, given_name=" ", family_name="", by=user_of(cast.dana), at=AT
        )


def test_a_role_is_given_once_and_ends_with_its_day(cast: Cast) -> None:
    dana = user_of(cast.dana)
    given = services.give_role(
        cast.ben, Role.MENTOR, organization=cast.school, starts_on=today(), by=dana, at=AT
    )
    with pytest.raises(Refused, match="already"):
        services.give_role(
            cast.ben, Role.MENTOR, organization=cast.school, starts_on=today(), by=dana, at=AT
        )
    services.end_role(given, ends_on=today(), by=dana, at=AT)
    assert RoleHeld.objects.get(pk=given.pk).ends_on == today()
    with pytest.raises(Refused, match="can't end or move before"):
        services.end_role(given, ends_on=today() - DAY, by=dana, at=AT)


def test_nobody_ends_their_own_leadership(cast: Cast) -> None:
    own = RoleHeld.objects.get(person=cast.dana, role=Role.LEADER)
    with pytest.raises(Refused, match="another leader can"):
        services.end_role(own, ends_on=today(), by=user_of(cast.dana), at=AT)


def test_a_moved_learner_leaves_one_class_and_is_in_the_other_the_next_day(
    cast: Cast, second_class: Group
) -> None:
    services.move_learner(adas_place(cast), second_class, on=today(), by=user_of(cast.dana), at=AT)
    assert adas_place(cast).ends_on == today() - DAY
    there = Membership.objects.get(person=cast.ada, group=second_class)
    assert (there.part, there.starts_on, there.ends_on) == (Part.LEARNER, today(), None)
    assert not teaches(user_of(cast.ben), cast.ada)


def test_a_move_on_the_day_of_joining_takes_the_slip_back(cast: Cast, second_class: Group) -> None:
    joined = services.add_member(
        second_class, cast.ada, part=Part.LEARNER, starts_on=today(), by=OPERATOR, at=AT
    )
    third = services.create_group(cast.school, "7D", by=OPERATOR, at=AT)
    services.move_learner(joined, third, on=today(), by=OPERATOR, at=AT)
    assert not Membership.objects.filter(group=second_class).exists()


def test_nobody_is_moved_to_where_they_are(cast: Cast, second_class: Group) -> None:
    services.add_member(
        second_class, cast.ada, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT
    )
    for group in (second_class, cast.ada_class):
        with pytest.raises(Refused):
            services.move_learner(adas_place(cast), group, on=today(), by=OPERATOR, at=AT)
    with pytest.raises(Refused, match=r"Ada Okafor is in 7C already\."):
        services.add_member(
            second_class, cast.ada, part=Part.LEARNER, starts_on=today(), by=OPERATOR, at=AT
        )


def test_a_learner_is_not_moved_into_somebody_elses_school(cast: Cast) -> None:
    with pytest.raises(NotFound):
        services.move_learner(
            adas_place(cast), cast.cleo_class, on=today(), by=user_of(cast.dana), at=AT
        )
    assert adas_place(cast).ends_on is None


def test_a_new_guardian_sees_the_learner_from_consent_on(cast: Cast) -> None:
    dana = user_of(cast.dana)
    nora = services.add_supporter(
        cast.ada,
        ("Nora", "Okafor"),
        kind=RelationshipKind.GUARDIAN,
        organization=cast.school,
        starts_on=today(),
        by=dana,
        at=AT,
    )
    assert cast.ada not in people_seen_by(user_of(nora))
    tie = Relationship.objects.get(supporter=nora)
    services.note_consent(tie, consented_on=AT.date(), by=dana, at=AT)
    assert cast.ada in people_seen_by(user_of(nora))
    services.end_relationship(tie, ends_on=today(), by=dana, at=AT)
    assert Relationship.objects.get(supporter=nora).ends_on == today()
    with pytest.raises(Refused, match="future"):
        services.note_consent(tie, consented_on=AT.date() + 9 * DAY, by=dana, at=AT)


def test_a_tie_is_not_made_twice(cast: Cast) -> None:
    with pytest.raises(Refused, match="tied like this already"):
        services.relate(
            [(cast.eli, cast.ada)],
            kind=RelationshipKind.GUARDIAN,
            organization=cast.school,
            starts_on=today(),
            by=OPERATOR,
            at=AT,
        )


def test_a_school_closes_when_nobody_is_there(cast: Cast) -> None:
    with pytest.raises(Refused, match="belong to Hill School still"):
        services.close_school(cast.school, on=today(), by=OPERATOR, at=AT)
    RoleHeld.objects.filter(organization=cast.school).update(ends_on=SINCE)
    with pytest.raises(Refused, match="1 group meets at Hill School still"):
        services.close_school(cast.school, on=today(), by=OPERATOR, at=AT)
    services.end_group(cast.ada_class, ends_on=today() - DAY, by=OPERATOR, at=AT)
    services.close_school(cast.school, on=today(), by=OPERATOR, at=AT)
    assert Organization.objects.get(pk=cast.school.pk).closed_on == today()


def test_a_district_is_not_closed(cast: Cast) -> None:
    with pytest.raises(Refused, match="Only a school"):
        services.close_school(cast.district, on=today(), by=OPERATOR, at=AT)


def test_a_group_ends_for_everybody_in_it(cast: Cast) -> None:
    services.end_group(cast.ada_class, ends_on=today(), by=user_of(cast.dana), at=AT)
    rows = Membership.objects.filter(group=cast.ada_class)
    assert {row.ends_on for row in rows} == {today()}
    assert rows.count() == 2


def test_names_of_schools_and_groups_stay_single(cast: Cast, second_class: Group) -> None:
    with pytest.raises(Refused, match="There is a school Lake School already"):
        services.rename_school(cast.school, "Lake School", by=OPERATOR, at=AT)
    with pytest.raises(Refused, match="There is a group 7B Mathematics already"):
        services.change_group(second_class, name="7B Mathematics", term=None, by=OPERATOR, at=AT)
    services.rename_school(cast.school, "Hill Academy", by=user_of(cast.dana), at=AT)
    assert Organization.objects.get(pk=cast.school.pk).name == "Hill Academy"


def test_a_group_moves_to_another_term(cast: Cast, second_class: Group) -> None:
    term = services.create_term(
        cast.school,
        "Spring",
        starts_on=date(2026, 1, 7),
        ends_on=date(2026, 6, 20),
        by=OPERATOR,
        at=AT,
    )
    services.change_group(second_class, name="7C Art", term=term, by=OPERATOR, at=AT)
    second_class.refresh_from_db()
    assert (second_class.name, second_class.term) == ("7C Art", term)
    services.change_term(
        term,
        name="Spring term",
        starts_on=date(2026, 1, 8),
        ends_on=date(2026, 6, 21),
        by=OPERATOR,
        at=AT,
    )
    with pytest.raises(Refused, match="after it starts"):
        services.change_term(
            term, name="x", starts_on=AT.date(), ends_on=AT.date(), by=OPERATOR, at=AT
        )


def test_somebody_else_s_leader_changes_nothing(cast: Cast) -> None:
    gwen = user_of(make_person("Gwen Arroyo", cast.school_elsewhere, Role.LEADER))
    for act in (
        lambda: services.end_group(cast.ada_class, ends_on=today(), by=gwen, at=AT),
        lambda: services.rename_school(cast.school, "Mine", by=gwen, at=AT),
        lambda: services.rename_person(cast.ada, given_name="X", family_name="Y", by=gwen, at=AT),
    ):
        with pytest.raises(NotFound):
            act()
