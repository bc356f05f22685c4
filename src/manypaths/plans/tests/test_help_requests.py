"""Asking for help, whose frameworks there are, and every step that is open."""

import pytest

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.frameworks.services import publish_framework, start_version
from manypaths.people.tests.cast import OPERATOR, Cast, user_of
from manypaths.plans.models import HelpRequest, StepKind
from manypaths.plans.queries import (
    choice_for,
    frameworks_of_learner,
    help_request_for,
    next_steps,
    open_choices,
    open_help_requests,
    open_steps,
    pins_of,
)
from manypaths.plans.services import (
    answer_help_request,
    ask_for_help,
    choose_framework,
    choose_step,
    drop_choice,
    set_window,
    take_up_again,
)
from manypaths.plans.tests.work import LATER, practise


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def ask(cast: Cast, world: World, code: str | None = "F1", words: str = "") -> HelpRequest:
    competency = world.competencies[code] if code else None
    return ask_for_help(
        cast.ada, competency=competency, words=words, by=user_of(cast.ada), at=day(10)
    )


def test_those_who_teach_see_who_asks_for_help(cast: Cast, world: World) -> None:
    asked = ask(cast, world, words=" I mix them up. ")
    (seen,) = open_help_requests([cast.ada], by=user_of(cast.ben))
    assert (seen, seen.words, seen.competency) == (
        asked,
        "I mix them up.",
        world.competencies["F1"],
    )
    assert help_request_for(asked.public_id, by=user_of(cast.ben)) == asked


def test_asking_again_for_the_same_thing_waits_once(cast: Cast, world: World) -> None:
    ask(cast, world, None)
    ask(cast, world, None, "Still.")
    assert [row.words for row in open_help_requests([cast.ada], by=user_of(cast.ada))] == ["Still."]
    ask(cast, world, "F2")
    assert len(open_help_requests([cast.ada], by=user_of(cast.ada))) == 2


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_a_request_ends_when_it_is_answered_or_taken_back(
    cast: Cast, world: World, who: str
) -> None:
    by = user_of(getattr(cast, who))
    asked = answer_help_request(ask(cast, world), by=by, at=day(11))
    assert (asked.answered_at, asked.answered_by) == (to_microseconds(day(11)), by.pk)
    assert open_help_requests([cast.ada], by=user_of(cast.ada)) == []
    with pytest.raises(Refused, match="answered already"):
        answer_help_request(asked, by=by, at=day(12))


def test_nobody_asks_for_help_in_anothers_name(cast: Cast, world: World) -> None:
    for who in (cast.ben, cast.eli, cast.cleo):
        with pytest.raises(NotFound):
            ask_for_help(cast.ada, by=user_of(who), at=day(10))


def test_family_sees_a_request_and_does_not_answer_it(cast: Cast, world: World) -> None:
    asked = ask(cast, world)
    assert open_help_requests([cast.ada], by=user_of(cast.eli)) == [asked]
    with pytest.raises(NotFound):
        answer_help_request(asked, by=user_of(cast.eli), at=day(11))


def test_a_choice_that_was_let_go_can_be_taken_up_again(cast: Cast, world: World) -> None:
    by = user_of(cast.ada)
    choice = choose_step(cast.ada, world.competencies["F1"], kind=StepKind.LEARN, by=by, at=day(1))
    with pytest.raises(Refused, match="open already"):
        take_up_again(choice, by=by, at=day(2))
    drop_choice(choice, by=by, at=day(2))
    assert choice_for(choice.public_id, by=by).dropped_at is not None
    take_up_again(choice, by=by, at=day(3))
    assert open_choices([cast.ada], by=by) == [choice]


def test_every_offer_is_among_the_open_steps(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+-++")
    by = user_of(cast.ada)
    offered = next_steps(cast.ada, world.framework, by=by, at=LATER)
    found = {
        (s.kind, s.competency.pk): s for s in open_steps(cast.ada, world.framework, by=by, at=LATER)
    }
    assert offered
    for offer in offered:
        assert found[offer.kind, offer.competency.pk] == offer
    assert len(found) > len(offered)


def test_who_pinned_what_is_known(cast: Cast, world: World) -> None:
    competency = world.competencies["F2"]
    set_window(cast.ada_class, [competency], pinned=competency, by=user_of(cast.ben), at=day(1))
    assert pins_of(cast.ada, by=user_of(cast.ada)) == {competency.lineage_id: cast.ben}


def test_a_learners_frameworks_are_those_with_evidence(cast: Cast, world: World) -> None:
    assert frameworks_of_learner(cast.ada, by=user_of(cast.ada)) == []
    assert frameworks_of_learner(cast.ben, by=user_of(cast.ben)) == []
    practise(world, cast.ada, "F1", "+")
    assert frameworks_of_learner(cast.ada, by=user_of(cast.ada)) == [world.framework]


def test_a_framework_is_named_in_its_newest_version(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+")
    newer = start_version(world.framework, version="2", by=OPERATOR, at=LATER)
    publish_framework(newer, by=OPERATOR, at=LATER)
    assert frameworks_of_learner(cast.ada, by=user_of(cast.ada)) == [newer]


def test_what_ones_class_works_by_is_among_ones_frameworks(cast: Cast, world: World) -> None:
    choose_framework(cast.ada_class, world.framework, by=user_of(cast.ben), at=LATER)
    assert frameworks_of_learner(cast.ada, by=user_of(cast.ada)) == [world.framework]


def test_educators_have_the_frameworks_that_are_for_educators(cast: Cast) -> None:
    world = make_world(self_ratings_move=True)
    assert frameworks_of_learner(cast.ben, by=user_of(cast.ben)) == [world.framework]
    assert frameworks_of_learner(cast.ada, by=user_of(cast.ada)) == []
