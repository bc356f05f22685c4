"""The newest work: a day's answers together, each rating and artifact alone."""

import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.base.errors import NotFound
from manypaths.evidence import services
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.latest import Work, latest_work
from manypaths.evidence.models import ArtifactKind, RaterRole
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.people.tests.cast import OPERATOR, Cast, user_of


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def answer(cast: Cast, shelf: Shelf, number: int, outcome: float) -> None:
    draft = ResponseDraft(cast.ada, shelf.item, outcome, day(number))
    services.record_response(draft, by=OPERATOR, at=LATER)


def latest(cast: Cast, shelf: Shelf, *, most: int = 6) -> list[Work]:
    return latest_work(cast.ada, shelf.framework, by=user_of(cast.eli), most=most)


def test_the_answers_of_a_day_stand_together(cast: Cast, shelf: Shelf) -> None:
    for outcome in (1.0, 0.0, 0.5):
        answer(cast, shelf, 3, outcome)
    answer(cast, shelf, 4, 1.0)
    found = latest(cast, shelf)
    assert [(work.day, work.n_right, work.n_answers) for work in found] == [
        (day(4).date(), 1, 1),
        (day(3).date(), 1, 3),
    ]
    assert found[0].competency is not None


def test_a_rating_stands_alone_with_the_name_of_its_level(cast: Cast, shelf: Shelf) -> None:
    draft = RatingDraft(cast.ada, shelf.b, 2, cast.ben, RaterRole.TEACHER, day(3))
    rating = services.record_rating(draft, by=OPERATOR, at=LATER)
    (work,) = latest(cast, shelf)
    assert (work.rating, work.competency, work.level) == (rating, shelf.b, "Secure")


def test_an_artifact_is_among_the_work_and_withdrawn_work_is_not(cast: Cast, shelf: Shelf) -> None:
    answer(cast, shelf, 3, 1.0)
    artifact = services.record_artifact(
        cast.ada,
        kind=ArtifactKind.TEXT,
        title="My page",
        text="Words",
        done_at=day(5),
        by=OPERATOR,
        at=LATER,
    )
    assert [work.artifact for work in latest(cast, shelf)] == [artifact, None]
    services.withdraw_evidence(artifact, reason="Twice", by=OPERATOR, at=LATER)
    assert [work.artifact for work in latest(cast, shelf)] == [None]


def test_only_the_newest_few_are_returned(cast: Cast, shelf: Shelf) -> None:
    for number in range(5):
        answer(cast, shelf, number, 1.0)
    assert [work.day for work in latest(cast, shelf, most=2)] == [day(4).date(), day(3).date()]


def test_the_number_of_queries_does_not_grow(
    cast: Cast, shelf: Shelf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        answer(cast, shelf, number, 1.0)
    latest(cast, shelf)
    with django_assert_num_queries(7):
        latest(cast, shelf)
    for number in range(3, 9):
        answer(cast, shelf, number, 0.0)
    with django_assert_num_queries(7):
        latest(cast, shelf)


def test_an_outsider_sees_no_work(cast: Cast, shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        latest_work(cast.ada, shelf.framework, by=user_of(cast.cleo))
