"""Who may rate whom in what role, from who they are to each other."""

import pytest

from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.evidence.access import rater_roles
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import RaterRole, Rating
from manypaths.evidence.services import record_rating
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.people.models import Part, Person, Relationship, RelationshipKind, Role
from manypaths.people.services import enroll, relate
from manypaths.people.tests.cast import (
    AT,
    OPERATOR,
    SINCE,
    Cast,
    make_district,
    make_person,
    user_of,
)

# Who is what to Ada, and so in what roles they rate her.
MAY: dict[str, set[str]] = {
    "ada": {"self"},
    "ben": {"teacher"},
    "cleo": set(),
    "dana": {"teacher"},
    "eli": {"family"},
    "peer": {"peer"},
    "coach": {"coach"},
    "mentor": {"coach"},
    "advisor": set(),
    "assessor": {"assessor"},
    "assessor elsewhere": set(),
    "former coach": set(),
    "guardian without consent": set(),
}


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def somebody(cast: Cast, name: str) -> Person:
    """Return the person of this part in Ada's life."""
    if hasattr(cast, name):
        found: Person = getattr(cast, name)
        return found
    if name.startswith("assessor"):
        home = cast.school_elsewhere if name.endswith("elsewhere") else cast.school
        return make_person(f"{name} A", home, Role.ASSESSOR)
    person = make_person(f"{name} P", cast.school, Role.FAMILY)
    if name == "peer":
        enroll(cast.ada_class, [person], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    else:
        _tie(cast, person, name)
    return person


def _tie(cast: Cast, person: Person, name: str) -> None:
    words = {"former coach": "coach", "guardian without consent": "guardian"}
    relate(
        [(person, cast.ada)],
        kind=RelationshipKind(words.get(name, name)),
        organization=cast.school,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    if name == "former coach":
        Relationship.objects.filter(supporter=person).update(ends_on=SINCE)


@pytest.mark.parametrize("name", MAY)
def test_everybody_rates_in_the_roles_they_have_and_in_no_other(
    cast: Cast, shelf: Shelf, name: str
) -> None:
    rater = somebody(cast, name)
    by = user_of(rater)
    for role in RaterRole:
        draft = RatingDraft(cast.ada, shelf.a, 2, rater, role, day(0))
        if role.value in MAY[name]:
            assert record_rating(draft, by=by, at=LATER).role == role
            continue
        with pytest.raises(Refused if MAY[name] else NotFound) as refused:
            record_rating(draft, by=by, at=LATER)
        for allowed in MAY[name]:
            assert f"as {allowed}, not as {role.value}" in refused.value.message
    assert set(Rating.objects.values_list("role", flat=True)) == MAY[name]


def test_somebody_who_is_several_things_to_a_learner_rates_as_each(cast: Cast) -> None:
    _tie(cast, cast.ben, "coach")
    assert rater_roles(user_of(cast.ben), cast.ada) == {RaterRole.TEACHER, RaterRole.COACH}


def test_a_rating_is_given_in_ones_own_name(cast: Cast, shelf: Shelf) -> None:
    draft = RatingDraft(cast.ada, shelf.a, 2, cast.dana, RaterRole.TEACHER, day(0))
    with pytest.raises(Refused, match="in one's own name"):
        record_rating(draft, by=user_of(cast.ben), at=LATER)


def test_the_operator_enters_ratings_of_everybody(cast: Cast, shelf: Shelf) -> None:
    for role in RaterRole:
        draft = RatingDraft(cast.ada, shelf.a, 2, cast.eli, role, day(0))
        assert record_rating(draft, by=OPERATOR, at=LATER).recorded_by is None


def test_the_operator_rates_nobody_of_another_district(cast: Cast, shelf: Shelf) -> None:
    with district_scope(make_district("Far Away").pk):
        assert rater_roles(OPERATOR, cast.ada) == set()


def test_a_leader_is_no_teacher_of_themself(cast: Cast) -> None:
    assert rater_roles(user_of(cast.dana), cast.dana) == {RaterRole.SELF}


def test_a_class_that_ended_gives_no_role(cast: Cast) -> None:
    ended = cast.ada.memberships.get()
    ended.starts_on, ended.ends_on = SINCE, SINCE
    ended.save()
    assert ended.ends_on < today()
    assert rater_roles(user_of(cast.ben), cast.ada) == set()
