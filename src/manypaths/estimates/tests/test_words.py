"""What a teacher says beside the estimate."""

from typing import Any

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.models import TeachersWord
from manypaths.estimates.queries import estimates_of, word_for, words_of
from manypaths.estimates.services import say_word, withdraw_word
from manypaths.estimates.status import Status
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.people.tests.cast import OPERATOR, Cast, user_of

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def say(cast: Cast, world: World, name: str = "ben", **changes: Any) -> TeachersWord:
    given: dict[str, Any] = {"reason": "She explained it.", "level": 2}
    by = user_of(getattr(cast, name))
    return say_word(cast.ada, world.competencies["F1"], by=by, at=LATER, **(given | changes))


def test_a_word_stands_beside_the_estimate_and_moves_nothing(cast: Cast, world: World) -> None:
    before = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    word = say(cast, world)
    after = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert after.numbers.mean.tolist() == before.numbers.mean.tolist()
    assert after.status_code.tolist() == before.status_code.tolist()
    (shown,) = words_of(cast.ada, world.competencies["F1"], by=user_of(cast.eli))
    assert (shown.word, shown.level_name, shown.word.said_by) == (word, "Secure", cast.ben)
    assert words_of(cast.ada, world.competencies["F2"], by=user_of(cast.ada)) == []


def test_a_word_can_be_a_status(cast: Cast, world: World) -> None:
    word = say(cast, world, level=None, status=Status.READY)
    assert (word.level, word.status) == (None, "ready to show")


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "  "},
        {"level": None},
        {"status": Status.GROWING},
        {"level": 4},
        {"level": -1},
    ],
)
def test_a_word_says_one_thing_and_why(cast: Cast, world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        say(cast, world, **changes)


@pytest.mark.parametrize("name", ["ada", "eli", "cleo"])
def test_only_those_who_could_sign_off_say_a_word(cast: Cast, world: World, name: str) -> None:
    with pytest.raises(NotFound):
        say(cast, world, name)


def test_a_word_that_was_taken_back_stays_on_record_and_is_shown_no_more(
    cast: Cast, world: World
) -> None:
    word = say(cast, world)
    for _ in range(2):
        withdraw_word(word, by=user_of(cast.dana), at=LATER)
    assert words_of(cast.ada, world.competencies["F1"], by=user_of(cast.ben)) == []
    assert TeachersWord.objects.get().withdrawn_at is not None
    with pytest.raises(NotFound):
        word_for(word.public_id, by=user_of(cast.cleo))
    assert word_for(word.public_id, by=user_of(cast.ben)) == word
