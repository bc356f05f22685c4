import uuid
from datetime import timedelta

import pytest

from manypaths.base.clock import today
from manypaths.base.errors import NotFound
from manypaths.base.scope import OutsideScope, district_scope
from manypaths.people.access import group_for, people_seen_by, person_for, require_sight
from manypaths.people.models import Membership, Organization, Person, Relationship
from manypaths.people.queries import group_named, learner_named
from manypaths.people.services import end_membership
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, user_of


@pytest.mark.parametrize("name", ["ada", "ben", "dana", "eli"])
def test_ada_her_teacher_leader_and_guardian_see_her_record(cast: Cast, name: str) -> None:
    assert person_for(user_of(getattr(cast, name)), cast.ada.public_id) == cast.ada


def test_a_teacher_elsewhere_gets_the_same_answer_as_for_nobody(cast: Cast) -> None:
    cleo = user_of(cast.cleo)
    with pytest.raises(NotFound) as forbidden:
        person_for(cleo, cast.ada.public_id)
    with pytest.raises(NotFound) as missing:
        person_for(cleo, uuid.uuid4())
    assert forbidden.value.as_json() == missing.value.as_json()


def test_a_guardian_sees_nothing_before_consent(cast: Cast) -> None:
    Relationship.objects.filter(learner=cast.ada).update(consented_on=None)
    with pytest.raises(NotFound):
        person_for(user_of(cast.eli), cast.ada.public_id)


def test_a_teacher_stops_seeing_a_learner_the_day_after_the_membership_ends(cast: Cast) -> None:
    ben = user_of(cast.ben)
    membership = Membership.objects.get(group=cast.ada_class, person=cast.ada)
    end_membership(membership, ends_on=today(), by=OPERATOR, at=AT)
    assert person_for(ben, cast.ada.public_id) == cast.ada
    end_membership(membership, ends_on=today() - timedelta(days=1), by=OPERATOR, at=AT)
    with pytest.raises(NotFound):
        person_for(ben, cast.ada.public_id)


def test_a_learner_sees_themself_alone(cast: Cast) -> None:
    assert list(people_seen_by(user_of(cast.ada))) == [cast.ada]


def test_sight_of_many_needs_sight_of_each(cast: Cast) -> None:
    other = Membership.objects.get(group=cast.cleo_class, part="learner").person
    require_sight(user_of(cast.cleo), [other])
    with pytest.raises(NotFound):
        require_sight(user_of(cast.cleo), [other, cast.ada])


def test_groups_are_seen_by_their_leads_and_leaders(cast: Cast) -> None:
    for person in (cast.ben, cast.dana):
        assert group_for(user_of(person), cast.ada_class.public_id) == cast.ada_class
    for person in (cast.ada, cast.cleo, cast.eli):
        with pytest.raises(NotFound):
            group_for(user_of(person), cast.ada_class.public_id)


def test_names_and_ids_lead_to_a_learner_only_for_those_who_may_see_them(cast: Cast) -> None:
    for text in (str(cast.ada.public_id), "Ada Okafor"):
        assert learner_named(text, by=user_of(cast.ben)) == cast.ada
        with pytest.raises(NotFound):
            learner_named(text, by=user_of(cast.cleo))
    with pytest.raises(NotFound):
        group_named("7B Mathematics", by=user_of(cast.cleo))


def test_the_people_of_another_district_are_not_there(cast: Cast) -> None:
    with district_scope(make_district("Far Away").pk), pytest.raises(NotFound):
        person_for(OPERATOR, cast.ada.public_id)


def test_people_are_not_read_outside_a_scope(db: None) -> None:
    with pytest.raises(OutsideScope):
        Person.objects.count()


def test_a_row_of_another_district_is_not_written(district: Organization) -> None:
    other = make_district("Far Away")
    with pytest.raises(OutsideScope):
        Person.objects.create(given_name="Ada", district_id=other.pk)
    with pytest.raises(OutsideScope):
        Person.objects.bulk_create([Person(given_name="Ada", district_id=other.pk)])
