"""What lets a child in, and that it lets in nobody else."""

from datetime import timedelta

import pytest

from manypaths.accounts.access import card_behind, class_behind, invitation_behind
from manypaths.accounts.models import PicturePassword
from manypaths.accounts.queries import class_entry, picture_signers
from manypaths.accounts.services import (
    end_class_code,
    give_class_code,
    give_learner_code,
    give_one_time_code,
    make_cards,
    set_pictures,
    take_pictures_away,
    try_pictures,
)
from manypaths.accounts.tokens import spelled
from manypaths.base.errors import NotFound, Refused
from manypaths.people.models import Membership, Part, Role
from manypaths.people.services import add_people, enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of

MINE = ["sun", "key", "fish"]


def test_a_teacher_gives_their_own_student_a_code_for_twenty_minutes(cast: Cast) -> None:
    issued = give_one_time_code(cast.ada, by=user_of(cast.ben), at=AT)
    assert invitation_behind(issued.token, AT + timedelta(minutes=19)).person == cast.ada
    with pytest.raises(NotFound):
        invitation_behind(issued.token, AT + timedelta(minutes=20))
    with pytest.raises(NotFound):
        give_one_time_code(cast.ada, by=user_of(cast.cleo), at=AT)


def test_nobody_gets_into_a_colleagues_sign_in_by_a_spoken_code(cast: Cast) -> None:
    enroll(cast.ada_class, [cast.eli], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    coach = make_person("Noor Aziz", cast.school, Role.COACH)
    enroll(cast.ada_class, [coach], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    for grown_up in (coach, cast.eli):
        with pytest.raises(Refused, match="for students alone"):
            give_one_time_code(grown_up, by=user_of(cast.ben), at=AT)
        with pytest.raises(Refused, match="for students alone"):
            set_pictures(grown_up, MINE, by=user_of(grown_up), at=AT)
    assert [card.person for card in make_cards(cast.ada_class, by=OPERATOR, at=AT)] == [cast.ada]


def test_the_right_pictures_in_their_order_let_a_student_in(cast: Cast) -> None:
    ada = user_of(cast.ada)
    set_pictures(cast.ada, MINE, by=ada, at=AT)
    assert try_pictures(cast.ada, MINE) == ada
    assert try_pictures(cast.ada, ["key", "sun", "fish"]) is None
    assert "sun" not in PicturePassword.objects.get().secret


def test_pictures_are_chosen_by_their_student_alone(cast: Cast) -> None:
    for other in (cast.ben, cast.dana, cast.eli):
        with pytest.raises(NotFound):
            set_pictures(cast.ada, MINE, by=user_of(other), at=AT)


@pytest.mark.parametrize("picked", [["sun", "sun", "key"], ["sun"], ["sun", "key", "sword"]])
def test_three_different_pictures_are_picked(cast: Cast, picked: list[str]) -> None:
    with pytest.raises(Refused, match="Pick three different pictures"):
        set_pictures(cast.ada, picked, by=user_of(cast.ada), at=AT)


def test_after_twelve_wrong_tries_in_a_row_no_picture_is_right(cast: Cast) -> None:
    ada = user_of(cast.ada)
    set_pictures(cast.ada, MINE, by=ada, at=AT)
    for _ in range(12):
        assert try_pictures(cast.ada, ["cup", "key", "fish"]) is None
    assert try_pictures(cast.ada, MINE) is None
    set_pictures(cast.ada, MINE, by=ada, at=AT)
    assert try_pictures(cast.ada, MINE) == ada


def test_a_teacher_takes_pictures_away(cast: Cast) -> None:
    set_pictures(cast.ada, MINE, by=user_of(cast.ada), at=AT)
    take_pictures_away(cast.ada, by=user_of(cast.ben), at=AT)
    assert try_pictures(cast.ada, MINE) is None
    with pytest.raises(Refused, match="has no pictures"):
        take_pictures_away(cast.ada, by=user_of(cast.ben), at=AT)


def test_a_class_code_opens_the_list_of_those_with_pictures(cast: Cast) -> None:
    (iris,) = add_people(
        [("Iris", "Berg")],
        organization=cast.school,
        role=Role.STUDENT,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    enroll(cast.ada_class, [iris], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    given = give_class_code(cast.ada_class, by=user_of(cast.ben), at=AT)
    assert picture_signers(given) == []
    set_pictures(cast.ada, MINE, by=user_of(cast.ada), at=AT)
    assert picture_signers(class_behind(spelled(given.code).lower())) == [cast.ada]
    Membership.objects.filter(person=cast.ada).update(ends_on=SINCE)
    assert picture_signers(given) == []


def test_a_new_class_code_ends_the_one_before(cast: Cast) -> None:
    ben = user_of(cast.ben)
    first = give_class_code(cast.ada_class, by=ben, at=AT)
    second = give_class_code(cast.ada_class, by=ben, at=AT)
    with pytest.raises(NotFound):
        class_behind(first.code)
    end_class_code(cast.ada_class, by=ben, at=AT)
    with pytest.raises(NotFound):
        class_behind(second.code)
    with pytest.raises(NotFound):
        give_class_code(cast.ada_class, by=user_of(cast.cleo), at=AT)


def test_a_new_card_ends_the_one_before(cast: Cast) -> None:
    ben = user_of(cast.ben)
    (first,) = make_cards(cast.ada_class, by=ben, at=AT)
    (second,) = make_cards(cast.ada_class, by=ben, at=AT)
    with pytest.raises(NotFound):
        card_behind(first.token)
    assert card_behind(second.token).person == cast.ada


def test_a_learner_code_is_given_once(cast: Cast) -> None:
    user = give_learner_code(cast.ada, by=user_of(cast.ben), at=AT)
    assert user.email is None
    with pytest.raises(Refused, match="can sign in already"):
        give_learner_code(cast.ada, by=user_of(cast.ben), at=AT)


def test_a_teacher_reads_how_their_class_gets_in(cast: Cast) -> None:
    ben = user_of(cast.ben)
    make_cards(cast.ada_class, by=ben, at=AT)
    entry = class_entry(cast.ada_class, by=ben)
    assert entry.code == ""
    assert [(w.learner, w.has_card, w.has_pictures) for w in entry.learners] == [
        (cast.ada, True, False)
    ]
    with pytest.raises(NotFound):
        class_entry(cast.ada_class, by=user_of(cast.cleo))
