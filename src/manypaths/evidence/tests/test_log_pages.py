"""A learner's evidence, page by page."""

from typing import Any

import pytest

from manypaths.base.errors import NotFound
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.log_pages import ON_A_PAGE, competencies_with_evidence, evidence_page
from manypaths.evidence.models import ArtifactKind, RaterRole
from manypaths.evidence.services import (
    record_artifact,
    record_rating,
    record_response,
    withdraw_evidence,
)
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.people.tests.cast import OPERATOR, Cast, user_of


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def answer(cast: Cast, shelf: Shelf, number: int, chosen: int = 1) -> Any:
    draft = ResponseDraft(cast.ada, shelf.item, float(chosen == 0), day(number), chosen=chosen)
    return record_response(draft, by=OPERATOR, at=LATER)


def rate(cast: Cast, shelf: Shelf, number: int) -> Any:
    draft = RatingDraft(cast.ada, shelf.b, 2, cast.ben, RaterRole.TEACHER, day(number))
    return record_rating(draft, by=OPERATOR, at=LATER)


def work(cast: Cast, shelf: Shelf, number: int) -> Any:
    return record_artifact(
        cast.ada,
        kind=ArtifactKind.TEXT,
        title="Mine",
        text="Words",
        competency=shelf.b,
        done_at=day(number),
        by=OPERATOR,
        at=LATER,
    )


def test_the_latest_work_stands_first_whatever_it_is(cast: Cast, shelf: Shelf) -> None:
    rows = [work(cast, shelf, 2), answer(cast, shelf, 0), rate(cast, shelf, 1)]
    page = evidence_page(cast.ada, by=user_of(cast.eli))
    assert [shown.row for shown in page.pieces] == [rows[0], rows[2], rows[1]]
    assert [shown.kind for shown in page.pieces] == ["artifact", "rating", "response"]
    assert page.pieces[1].level == "Secure"
    assert (page.pieces[2].answer, str(page.pieces[2].slip)) == ("1", "adds both")
    assert page.pieces[0].done_at == day(2)


def test_what_was_withdrawn_stays_readable(cast: Cast, shelf: Shelf) -> None:
    withdraw_evidence(answer(cast, shelf, 0), reason="Twice", by=OPERATOR, at=LATER)
    (shown,) = evidence_page(cast.ada, by=user_of(cast.ada)).pieces
    assert shown.is_withdrawn
    assert str(shown.row.withdrawal) == "Twice"


def test_a_page_is_about_one_competency_where_that_is_asked(cast: Cast, shelf: Shelf) -> None:
    answered, rated = answer(cast, shelf, 0), rate(cast, shelf, 1)
    by = user_of(cast.ada)
    for competency, row in ((shelf.a, answered), (shelf.b, rated)):
        page = evidence_page(cast.ada, by=by, competency=competency)
        assert [shown.row for shown in page.pieces] == [row]
    assert competencies_with_evidence(cast.ada, by=by) == [shelf.a, shelf.b]


def test_many_pieces_come_in_pages_with_a_fixed_number_of_queries(
    cast: Cast, shelf: Shelf, django_assert_max_num_queries: Any
) -> None:
    for number in range(ON_A_PAGE + 1):
        answer(cast, shelf, number)
    rate(cast, shelf, 0)
    work(cast, shelf, 0)
    by = user_of(cast.ben)
    with django_assert_max_num_queries(12):
        first = evidence_page(cast.ada, by=by)
    with django_assert_max_num_queries(12):
        last = evidence_page(cast.ada, by=by, number=99)
    assert (first.number, first.n_pages, first.n_pieces, len(first.pieces)) == (1, 2, 53, 50)
    assert (last.number, len(last.pieces)) == (2, 3)
    assert evidence_page(cast.ada, by=by, number=0).number == 1


def test_an_empty_page_is_a_page(cast: Cast, shelf: Shelf) -> None:
    page = evidence_page(cast.ada, by=user_of(cast.ada))
    assert (list(page.pieces), page.n_pages, page.number) == ([], 1, 1)


def test_a_page_is_for_those_who_see_the_learner(cast: Cast, shelf: Shelf) -> None:
    answer(cast, shelf, 0)
    for query in (evidence_page, competencies_with_evidence):
        with pytest.raises(NotFound):
            query(cast.ada, by=user_of(cast.cleo))
