"""What becomes of a piece of evidence that somebody says is not right."""

from typing import Any

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import answer_contest, open_contest, take_in, withdraw
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.log_pages import evidence_page
from manypaths.evidence.models import Contest, ContestOutcome, Response
from manypaths.evidence.queries import contestable, contests_of, open_contests
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def piece(cast: Cast, world: World) -> Response:
    """Return the wrong answer of Ada's, between right ones."""
    outcomes = (1.0, 0.0, 1.0)
    rows = [
        take_in(
            ResponseDraft(cast.ada, world.tasks[f"F1-{1 + n}"], outcome, day(n)),
            by=user_of(cast.ada),
            at=LATER,
        )
        for n, outcome in enumerate(outcomes)
    ]
    return rows[1]


def mean_of(world: World, learner: Person) -> float:
    found = estimates_of([learner], world.framework, by=OPERATOR, at=LATER)
    return float(found.numbers.mean[0])


def say(piece: Response, person: Person, words: str = "The key is wrong.") -> Contest:
    return open_contest(piece, words, by=user_of(person), at=LATER)


def answer(contest: Contest, person: Person, outcome: ContestOutcome) -> Contest:
    return answer_contest(contest, outcome=outcome, answer="I see.", by=user_of(person), at=LATER)


def test_a_contested_piece_counts_until_somebody_answers(
    cast: Cast, world: World, piece: Response
) -> None:
    before = mean_of(world, cast.ada)
    contest = say(piece, cast.ada)
    assert mean_of(world, cast.ada) == before
    assert open_contests([cast.ada], by=user_of(cast.ben)) == [contest]
    answer(contest, cast.ben, ContestOutcome.STAYS)
    assert mean_of(world, cast.ada) == before
    assert open_contests([cast.ada], by=user_of(cast.ben)) == []
    assert [found.answer for found in contests_of(cast.ada, by=user_of(cast.eli))] == ["I see."]


def test_a_piece_that_was_not_right_counts_as_if_it_had_never_come(
    cast: Cast, world: World, piece: Response
) -> None:
    contest = say(piece, cast.eli)
    before = mean_of(world, cast.ada)
    closed = answer(contest, cast.ben, ContestOutcome.WITHDRAWN)
    assert mean_of(world, cast.ada) > before
    piece.refresh_from_db()
    assert piece.withdrawal is not None
    assert piece.withdrawal.reason == "I see."
    assert closed.outcome == "withdrawn"


def test_a_piece_that_was_withdrawn_meanwhile_is_answered_all_the_same(
    cast: Cast, piece: Response
) -> None:
    contest = say(piece, cast.ada)
    withdraw(piece, reason="Twice", by=user_of(cast.ben), at=LATER)
    assert answer(contest, cast.ben, ContestOutcome.WITHDRAWN).answer == "I see."
    with pytest.raises(Refused, match="counts no more"):
        say(piece, cast.ada)


def test_saying_it_twice_opens_one(cast: Cast, piece: Response) -> None:
    assert say(piece, cast.ada) == say(piece, cast.eli, "Again")
    assert Contest.objects.get().words == "The key is wrong."


def test_after_an_answer_it_can_be_said_again(cast: Cast, piece: Response) -> None:
    answer(say(piece, cast.ada), cast.ben, ContestOutcome.STAYS)
    assert say(piece, cast.ada, "Look once more").outcome == ""
    assert Contest.objects.count() == 2


def test_an_answer_is_given_once_and_in_words(cast: Cast, piece: Response) -> None:
    contest = say(piece, cast.ada)
    with pytest.raises(Refused, match="few words"):
        answer_contest(
            contest, outcome=ContestOutcome.STAYS, answer=" ", by=user_of(cast.ben), at=LATER
        )
    answer(contest, cast.ben, ContestOutcome.STAYS)
    with pytest.raises(Refused, match="already"):
        answer(contest, cast.dana, ContestOutcome.WITHDRAWN)
    with pytest.raises(Refused, match="few words"):
        say(piece, cast.ada, "  ")


@pytest.mark.parametrize("name", ["ben", "cleo", "dana"])
def test_only_the_learner_and_their_family_contest(cast: Cast, piece: Response, name: str) -> None:
    with pytest.raises(NotFound):
        say(piece, getattr(cast, name))


@pytest.mark.parametrize("name", ["ada", "eli", "cleo"])
def test_only_those_who_teach_a_learner_answer(cast: Cast, piece: Response, name: str) -> None:
    contest = say(piece, cast.ada)
    with pytest.raises(NotFound):
        answer(contest, getattr(cast, name), ContestOutcome.WITHDRAWN)


@pytest.mark.parametrize(
    ("kind", "piece_id"),
    [("response", "x"), ("response", "9" * 30), ("rating", "1"), ("artifact", "1"), ("", "")],
)
def test_a_piece_that_no_page_names_is_not_there(
    cast: Cast, piece: Response, kind: str, piece_id: str
) -> None:
    with pytest.raises(NotFound):
        contestable(kind, piece_id, by=user_of(cast.ada))


def test_the_page_of_evidence_shows_what_is_contested_and_what_was_answered(
    cast: Cast, world: World, piece: Response
) -> None:
    contest = say(piece, cast.ada)
    shown = evidence_page(cast.ada, by=user_of(cast.ada)).pieces[1]
    assert (shown.row, shown.is_contested, shown.is_withdrawn) == (piece, True, False)
    answer(contest, cast.ben, ContestOutcome.WITHDRAWN)
    shown = evidence_page(cast.ada, by=user_of(cast.ada)).pieces[1]
    assert (shown.is_contested, shown.is_withdrawn) == (False, True)
    assert shown.contest is not None
    assert shown.contest.answer == "I see."


def test_what_is_open_takes_two_queries_however_much_it_is(
    cast: Cast, piece: Response, django_assert_num_queries: Any
) -> None:
    for row in Response.objects.all():
        say(row, cast.ada)
    ben = user_of(cast.ben)
    with django_assert_num_queries(2):
        found = open_contests([cast.ada], by=ben)
        assert [str(c.piece.task) + c.learner.name for c in found]
