"""What moved lately: which way, since which status, and by what work."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.base.errors import NotFound
from manypaths.estimates import services
from manypaths.estimates.moves import Direction, Move, moves_of
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.status import Status
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def answer(world: World, learner: Person, number: int, outcome: float, code: str = "F1") -> None:
    task = world.tasks[f"{code}-{1 + number % 2}"]
    services.take_in(ResponseDraft(learner, task, outcome, day(number)), by=OPERATOR, at=LATER)


def practise(world: World, learner: Person, outcomes: str, *, since: int) -> None:
    for number, sign in enumerate(outcomes, start=since):
        answer(world, learner, number, float(sign == "+"))


def status_now(world: World, learner: Person, code: str = "F1") -> str:
    found = estimates_of([learner], world.framework, by=OPERATOR, at=LATER)
    return found.status_by_code()[0][code]


def moves(cast: Cast, world: World) -> list[Move]:
    return moves_of(cast.ada, world.framework, by=user_of(cast.ada), at=LATER)


def the_move(cast: Cast, world: World, code: str = "F1") -> Move:
    return next(move for move in moves(cast, world) if move.competency.code == code)


def test_work_that_lifts_a_status_is_a_move_up(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "++-+", since=40)
    before = status_now(world, cast.ada)
    for _ in range(12):
        answer(world, cast.ada, 58, 1.0)
    move = the_move(cast, world)
    assert move.direction is Direction.UP
    assert (move.before, move.status) == (before, status_now(world, cast.ada))
    assert move.is_new_status
    assert len(move.pieces) == 12


def test_before_is_what_the_page_said_before_that_days_work(cast: Cast, world: World) -> None:
    for number, outcome in enumerate((1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0), start=50):
        before = status_now(world, cast.ada)
        answer(world, cast.ada, number, outcome)
        days = moves_of(
            cast.ada, world.framework, by=OPERATOR, at=day(number) + timedelta(hours=1), days=0
        )
        assert [move.before for move in days] == [before]


def test_a_surprise_makes_it_less_sure_and_no_more(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "+" * 14, since=30)
    for _ in range(3):
        answer(world, cast.ada, 58, 0.0)
    move = the_move(cast, world)
    assert move.direction is Direction.SOFT
    assert len(move.pieces) == 3
    assert move.day == day(58).date()


def test_what_was_to_be_expected_leaves_it_the_same(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "+" * 20, since=20)
    answer(world, cast.ada, 58, 1.0)
    assert the_move(cast, world).direction is Direction.SAME


def test_of_several_days_the_newest_clear_one_is_told(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "+" * 20, since=20)
    for _ in range(4):
        answer(world, cast.ada, 55, 0.0)
    answer(world, cast.ada, 58, 1.0)
    answers = [move.day for move in moves(cast, world) if move.competency.code == "F1"]
    assert answers == [day(55).date()]


def test_a_signing_off_is_a_move_with_its_signer(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "++++", since=50)
    at = day(59) + timedelta(hours=2)
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(59).date())
    services.sign_off(draft, by=user_of(cast.ben), at=at)
    move = the_move(cast, world)
    assert (move.status, move.signer) == (Status.DEMONSTRATED, cast.ben)
    assert move.achievement is not None


def test_what_was_demonstrated_before_stays_so_in_what_moved(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "++++", since=20)
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(30).date())
    services.sign_off(draft, by=user_of(cast.ben), at=day(30))
    answer(world, cast.ada, 58, 1.0)
    assert the_move(cast, world).before == Status.DEMONSTRATED


def test_work_of_long_ago_is_not_told(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "++++", since=20)
    assert moves(cast, world) == []


def test_a_rating_of_oneself_that_moves_nothing_stays_the_same(cast: Cast, world: World) -> None:
    draft = RatingDraft(cast.ada, world.competencies["F2"], 2, cast.ada, RaterRole.SELF, day(58))
    services.take_in_rating(draft, by=user_of(cast.ada), at=LATER)
    move = the_move(cast, world, "F2")
    assert move.status == Status.NEEDS_EVIDENCE
    assert [piece.row for piece in move.pieces] == list(cast.ada.ratings.all())


def test_newest_moves_stand_first(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "++", since=50)
    answer(world, cast.ada, 58, 1.0, "F3")
    assert [move.competency.code for move in moves(cast, world)] == ["F3", "F1"]


def test_moves_take_as_many_queries_for_much_work_as_for_little(
    cast: Cast, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    practise(world, cast.ada, "+-", since=50)
    moves(cast, world)
    with django_assert_num_queries(15):
        moves(cast, world)
    practise(world, cast.ada, "++-+-+", since=52)
    with django_assert_num_queries(15):
        moves(cast, world)


def test_an_outsider_learns_of_no_move(cast: Cast, world: World) -> None:
    with pytest.raises(NotFound):
        moves_of(cast.ada, world.framework, by=user_of(cast.cleo), at=LATER)
