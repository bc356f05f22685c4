"""What a learner is promised who sits down to a few tasks."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import AnswerDraft, TaskDraft
from manypaths.evidence.models import AnswerForm, Response, TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.people.tests.cast import AT, OPERATOR, Cast, user_of
from manypaths.plans.models import StepKind
from manypaths.plans.queries import open_choices
from manypaths.plans.services import choose_step, finish_choice
from manypaths.plans.tests.work import practise
from manypaths.sittings.models import Sitting
from manypaths.sittings.queries import (
    answer_waiting,
    answers_waiting,
    choice_to_do,
    last_sitting,
    open_sitting,
    places_of,
    sitting_for,
)
from manypaths.sittings.services import answer_place, mark_answer, start_sitting, stop_sitting
from manypaths.sittings.words import what_moved

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def sit(cast: Cast, world: World, code: str = "F1", **changes: Any) -> Sitting:
    given: dict[str, Any] = {"by": user_of(cast.ada), "at": LATER, "rng": Random(7)}
    return start_sitting(cast.ada, world.competencies[code], **(given | changes))


def answer(cast: Cast, sitting: Sitting, number: int, given: str = "1/2") -> Any:
    at = LATER + timedelta(minutes=number)
    return answer_place(sitting, number, given, by=user_of(cast.ada), at=at)


def test_a_sitting_has_five_tasks_from_easy_to_hard(cast: Cast, world: World) -> None:
    shown = places_of(sit(cast, world), by=user_of(cast.ada))
    assert [place.place.number for place in shown] == [1, 2, 3, 4, 5]
    depths = [place.task.depth_of_knowledge or 0 for place in shown]
    assert depths == sorted(depths)
    assert {place.task.answer_form for place in shown} == {"number"}


def test_what_was_done_lately_or_often_comes_last(cast: Cast, world: World) -> None:
    extra = [
        TaskDraft(
            source_id=f"F1-new-{number}",
            kind=TaskKind.ITEM,
            alignments=(("F1", 1.0),),
            prompt="New",
            answer_form=AnswerForm.NUMBER,
            depth_of_knowledge=3,
            answers=(AnswerDraft("1", True),),
        )
        for number in range(3)
    ]
    save_tasks(world.framework, extra, by=OPERATOR, at=AT)
    practise(world, cast.ada, "F1", "+++++", since=55)
    shown = places_of(sit(cast, world), by=user_of(cast.ada))
    assert sum("new" in place.task.source_id for place in shown) == 3


def test_the_task_of_the_offer_is_among_them(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+++++++++", since=51)
    extra = [
        TaskDraft(
            source_id=f"F1-new-{number}",
            kind=TaskKind.ITEM,
            alignments=(("F1", 1.0),),
            prompt="New",
            answer_form=AnswerForm.NUMBER,
            answers=(AnswerDraft("1", True),),
        )
        for number in range(5)
    ]
    save_tasks(world.framework, extra, by=OPERATOR, at=AT)
    wanted = world.tasks["F1-3"]
    shown = places_of(sit(cast, world, task=wanted), by=user_of(cast.ada))
    assert wanted in [place.task for place in shown]


def test_answers_move_the_estimate_and_the_end_says_so(cast: Cast, world: World) -> None:
    sitting = sit(cast, world)
    for number in range(1, 6):
        place = answer(cast, sitting, number)
        assert (place.outcome, place.response.outcome) == (1.0, 1.0)
    sitting.refresh_from_db()
    assert sitting.ended_at is not None
    assert sitting.status_before == "not started"
    assert sitting.success_after is not None
    assert sitting.success_after > sitting.success_before
    assert what_moved(sitting) == (
        "Fractions, step F1: needs evidence. It moved up, and we are a little surer."
    )


def test_wrong_answers_are_spoken_of_softly(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+++++++", since=40)
    sitting = sit(cast, world)
    for number in range(1, 6):
        assert answer(cast, sitting, number, "1/4").outcome == 0.0
    sitting.refresh_from_db()
    assert what_moved(sitting).endswith("Nothing that you have shown is taken away.")
    first = sit(cast, world, "F2")
    for number in range(1, 6):
        answer(cast, first, number, "1/4")
    first.refresh_from_db()
    assert what_moved(first) == (
        "Fractions, step F2: needs evidence. "
        "This is the first evidence; a few more tries will tell."
    )
    shown = places_of(sitting, by=user_of(cast.ada))[0]
    assert (shown.given, shown.right, shown.is_right) == ("1/4", "1/2", False)
    assert shown.slip is not None
    assert shown.slip.name == "keeps top"


def test_the_same_answer_twice_counts_once(cast: Cast, world: World) -> None:
    sitting = sit(cast, world)
    first = answer(cast, sitting, 1, "1/4")
    again = answer(cast, sitting, 1, "1/2")
    assert (again.given, again.response) == ("1/4", first.response)
    assert Response.objects.count() == 1


def test_what_is_no_answer_can_be_given_again(cast: Cast, world: World) -> None:
    sitting = sit(cast, world)
    with pytest.raises(Refused):
        answer(cast, sitting, 1, "a half")
    assert not Response.objects.exists()
    assert answer(cast, sitting, 1, "½").outcome == 1.0


def test_starting_again_goes_on_with_what_is_open(cast: Cast, world: World) -> None:
    sitting = sit(cast, world)
    answer(cast, sitting, 1)
    assert sit(cast, world) == sitting
    assert open_sitting(cast.ada, world.competencies["F1"], by=user_of(cast.ada)) == sitting
    stop_sitting(sitting, by=user_of(cast.ada), at=LATER)
    assert sit(cast, world) != sitting


def test_whoever_stops_keeps_what_was_answered(cast: Cast, world: World) -> None:
    sitting = sit(cast, world)
    answer(cast, sitting, 1)
    for _ in range(2):
        stopped = stop_sitting(sitting, by=user_of(cast.ada), at=LATER)
    assert stopped.status_after == "needs evidence"
    assert answer(cast, sitting, 2).response is None
    assert Response.objects.count() == 1


def test_a_second_try_at_a_task_is_counted_as_one(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "-----", since=40)
    assert answer(cast, sit(cast, world), 1).response.attempt == 2


def test_options_keep_their_order_and_are_not_always_in_the_same_one(
    cast: Cast, world: World
) -> None:
    choices = [
        TaskDraft(
            source_id=f"F3-choice-{number}",
            kind=TaskKind.ITEM,
            alignments=(("F3", 1.0),),
            prompt="Choose",
            answer_form=AnswerForm.CHOICE,
            depth_of_knowledge=1,
            answers=tuple(AnswerDraft(str(n), n == 0) for n in range(4)),
        )
        for number in range(5)
    ]
    save_tasks(world.framework, choices, by=OPERATOR, at=AT)
    practise(world, cast.ada, "F3", "+++++", since=55)
    sitting = sit(cast, world, "F3")
    shown = places_of(sitting, by=user_of(cast.ada))
    orders = [[option.position for option in place.options] for place in shown]
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert len({tuple(order) for order in orders}) > 1
    again = places_of(sitting, by=user_of(cast.ada))
    assert [[option.position for option in place.options] for place in again] == orders


def test_a_text_waits_until_a_teacher_marks_it(cast: Cast, world: World) -> None:
    text = TaskDraft(
        source_id="F2-why",
        kind=TaskKind.ITEM,
        alignments=(("F2", 1.0),),
        prompt="Why?",
        answer_form=AnswerForm.TEXT,
    )
    task = save_tasks(world.framework, [text], by=OPERATOR, at=AT).by_source_id["F2-why"]
    sitting = sit(cast, world, "F2", task=task)
    shown = places_of(sitting, by=user_of(cast.ada))
    number = next(place.place.number for place in shown if place.task == task)
    assert answer(cast, sitting, number, "Because").waits
    ben = user_of(cast.ben)
    (waiting,) = answers_waiting([cast.ada], by=ben)
    assert waiting == answer_waiting(sitting.public_id, number, by=ben)
    with pytest.raises(NotFound):
        mark_answer(waiting, is_right=True, by=user_of(cast.ada), at=LATER)
    marked = mark_answer(waiting, is_right=True, by=ben, at=LATER + timedelta(days=1))
    assert marked.response is not None
    assert (marked.response.outcome, marked.response.task) == (1.0, task)
    with pytest.raises(Refused, match="already"):
        mark_answer(waiting, is_right=False, by=ben, at=LATER + timedelta(days=1))
    assert answers_waiting([cast.ada], by=ben) == []


def test_without_questions_there_is_nothing_to_sit_down_to(cast: Cast, world: World) -> None:
    for task in world.tasks.values():
        if task.kind == TaskKind.ITEM:
            task.retired_at = LATER
            task.save()
    with pytest.raises(Refused, match="no questions"):
        sit(cast, world)


@pytest.mark.parametrize("name", ["ben", "eli", "dana", "cleo"])
def test_nobody_answers_in_a_learners_place(cast: Cast, world: World, name: str) -> None:
    by = user_of(getattr(cast, name))
    sitting = sit(cast, world)
    with pytest.raises(NotFound):
        sit(cast, world, by=by)
    with pytest.raises(NotFound):
        answer_place(sitting, 1, "1/2", by=by, at=LATER)
    with pytest.raises(NotFound):
        sitting_for(sitting.public_id, by=by)


def test_a_choice_leads_to_its_sittings_and_closes_by_what_was_done(
    cast: Cast, world: World
) -> None:
    ada = user_of(cast.ada)
    choice = choose_step(cast.ada, world.competencies["F1"], kind=StepKind.LEARN, by=ada, at=LATER)
    assert choice_to_do(choice.public_id, by=ada) == choice
    assert last_sitting(choice, by=ada) is None
    sitting = sit(cast, world, choice=choice)
    assert last_sitting(choice, by=ada) == sitting
    assert open_choices([cast.ada], by=ada) == [choice]
    for _ in range(2):
        finish_choice(choice, by=ada, at=LATER)
    assert open_choices([cast.ada], by=ada) == []
    with pytest.raises(NotFound):
        choice_to_do(uuid4(), by=ada)


def test_places_take_three_queries(
    cast: Cast, world: World, django_assert_num_queries: Any
) -> None:
    sitting = sit(cast, world)
    ada = user_of(cast.ada)
    with django_assert_num_queries(2):
        assert [place.right for place in places_of(sitting, by=ada)]
