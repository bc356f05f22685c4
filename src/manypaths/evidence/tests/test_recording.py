"""What is taken into the log, what is refused, and that many at once are as many by themselves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.evidence import services
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.models import Artifact, ArtifactKind, Clock, RaterRole, Rating, Response
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.frameworks.tests.drafts import competency, framework_of, saved
from manypaths.people.models import Membership, Part, Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def response(cast: Cast, shelf: Shelf, **changes: Any) -> ResponseDraft:
    return replace(ResponseDraft(cast.ada, shelf.item, 1.0, day(0)), **changes)


def rating(cast: Cast, shelf: Shelf, **changes: Any) -> RatingDraft:
    draft = RatingDraft(cast.ada, shelf.b, 2, cast.ben, RaterRole.TEACHER, day(0))
    return replace(draft, **changes)


def artifact(learner: Person, **changes: Any) -> Artifact:
    given: dict[str, Any] = {
        "kind": ArtifactKind.TEXT,
        "title": "Mine",
        "text": "Words",
        "done_at": day(0),
    }
    return services.record_artifact(learner, by=OPERATOR, at=LATER, **(given | changes))


def columns_of(rows: list[tuple[int, int, float, int, int, int, int]]) -> ResponseColumns:
    """Return rows of (learner, task, outcome, done_at, clock, chosen, attempt) as columns."""
    learner, task, outcome, done_at, clock, chosen, attempt = np.array(rows).reshape(-1, 7).T
    whole = (column.astype(np.int64) for column in (learner, task, done_at, clock, chosen, attempt))
    first, second, third, fourth, fifth, sixth = whole
    return ResponseColumns(first, second, outcome, third, fourth, fifth, sixth)


def test_a_response_is_on_record_as_it_was_given(cast: Cast, shelf: Shelf) -> None:
    draft = response(cast, shelf, outcome=0.5, chosen=2, attempt=3)
    row = services.record_response(draft, by=user_of(cast.ben), at=LATER)
    row.refresh_from_db()
    assert (row.learner, row.task, row.outcome) == (cast.ada, shelf.item, 0.5)
    assert (row.chosen, row.attempt, row.clock) == (2, 3, Clock.CALENDAR)
    assert row.done_at == to_microseconds(day(0))
    assert row.recorded_at == to_microseconds(LATER)
    assert row.recorded_by == user_of(cast.ben).pk
    assert row.withdrawal is None


@pytest.mark.parametrize("name", ["ada", "ben", "dana"])
def test_a_learner_and_their_teachers_record_the_learners_work(
    cast: Cast, shelf: Shelf, name: str
) -> None:
    by = user_of(getattr(cast, name))
    assert services.record_response(response(cast, shelf), by=by, at=LATER).recorded_by == by.pk


@pytest.mark.parametrize("name", ["cleo", "eli"])
def test_others_record_none_of_it(cast: Cast, shelf: Shelf, name: str) -> None:
    by = user_of(getattr(cast, name))
    with pytest.raises(NotFound):
        services.record_response(response(cast, shelf), by=by, at=LATER)
    with pytest.raises(NotFound):
        services.record_artifact(
            cast.ada,
            kind=ArtifactKind.TEXT,
            title="x",
            text="x",
            done_at=day(0),
            by=by,
            at=LATER,
        )
    assert not Response.objects.exists()
    assert not Artifact.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"outcome": 1.01}, "between 0 .wrong. and 1 .right., not at 1.01"),
        ({"outcome": -0.5}, "not at -0.5"),
        ({"outcome": float("nan")}, "not at nan"),
        ({"attempt": 0}, "counted from 1; this is 0"),
        ({"done_at": LATER + timedelta(seconds=1)}, "in the future"),
        ({"chosen": 4}, "What is a half|A-1 has no answer number 4"),
        ({"chosen": -1}, "has no answer number -1"),
    ],
)
def test_a_response_that_can_not_be_is_refused(
    cast: Cast, shelf: Shelf, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        services.record_response(response(cast, shelf, **changes), by=OPERATOR, at=LATER)
    assert not Response.objects.exists()


def test_a_rating_is_on_record_as_it_was_given(cast: Cast, shelf: Shelf) -> None:
    criterion = shelf.project.criteria.get(title="Says why")
    work = artifact(cast.ada)
    draft = rating(
        cast, shelf, task=shelf.project, criterion=criterion, artifact=work, note="Clear."
    )
    row = services.record_rating(draft, by=user_of(cast.ben), at=LATER)
    row.refresh_from_db()
    assert (row.learner, row.competency, row.level) == (cast.ada, shelf.b, 2)
    assert (row.rater, row.role, row.note) == (cast.ben, "teacher", "Clear.")
    assert (row.task, row.criterion, row.artifact) == (shelf.project, criterion, work)


@pytest.mark.parametrize("level", [-1, 4])
def test_a_level_that_the_scale_lacks_is_refused_by_its_names(
    cast: Cast, shelf: Shelf, level: int
) -> None:
    with pytest.raises(Refused, match="Choose one of: Starting, Growing, Secure, Beyond"):
        services.record_rating(rating(cast, shelf, level=level), by=OPERATOR, at=LATER)


def test_nothing_is_rated_without_a_scale(cast: Cast, shelf: Shelf) -> None:
    bare = saved(framework_of(competency("C", code="C"), identifier="bare", title="Bare"))
    draft = rating(cast, shelf, competency=bare.competencies.get())
    with pytest.raises(Refused, match="Bare has no scale to rate on"):
        services.record_rating(draft, by=OPERATOR, at=LATER)


def test_a_rating_of_tomorrow_is_refused(cast: Cast, shelf: Shelf) -> None:
    draft = rating(cast, shelf, done_at=LATER + timedelta(days=1))
    with pytest.raises(Refused, match="in the future"):
        services.record_rating(draft, by=OPERATOR, at=LATER)


def test_a_criterion_speaks_of_its_own_competency_alone(cast: Cast, shelf: Shelf) -> None:
    criterion = shelf.project.criteria.get(title="Gets it right")
    with pytest.raises(Refused, match="Gets it right does not look for"):
        services.record_rating(rating(cast, shelf, criterion=criterion), by=OPERATOR, at=LATER)


def test_a_rating_does_not_point_to_the_work_of_another(cast: Cast, shelf: Shelf) -> None:
    theirs = artifact(other_learner(cast))
    with pytest.raises(NotFound):
        services.record_rating(rating(cast, shelf, artifact=theirs), by=OPERATOR, at=LATER)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": " "}, "needs a title"),
        ({"text": " "}, "a text needs words"),
        ({"kind": ArtifactKind.LINK, "text": ""}, "begins with https://"),
        ({"kind": ArtifactKind.VIDEO, "link": "http://example.org"}, "begins with https://"),
        ({"kind": ArtifactKind.LINK, "link": "javascript:alert(1)"}, "begins with https://"),
        ({"done_at": LATER + timedelta(seconds=1)}, "in the future"),
    ],
)
def test_an_empty_or_odd_piece_of_work_is_refused(
    cast: Cast, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        artifact(cast.ada, **changes)
    assert not Artifact.objects.exists()


def test_a_piece_of_work_is_kept_as_it_was_handed_in(cast: Cast, shelf: Shelf) -> None:
    work = artifact(
        cast.ada,
        kind=ArtifactKind.LINK,
        title=" My page ",
        text="",
        link="https://example.org/p",
        task=shelf.project,
    )
    assert (str(work), work.link, work.task) == ("My page", "https://example.org/p", shelf.project)


rows_given = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.25, 0.5, 1.0, 1 / 3]),
        st.integers(0, 2**53),
        st.sampled_from([Clock.NONE.value, Clock.CALENDAR.value, Clock.RELATIVE.value]),
        st.integers(-1, 3),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=20,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_rows=rows_given)
def test_many_responses_at_once_are_as_many_by_themselves(
    cast: Cast, shelf: Shelf, given_rows: list[tuple[float, int, int, int, int]]
) -> None:
    rows = [(cast.ada.pk, shelf.item.pk, *row) for row in given_rows]
    ids = services.record_responses(
        columns_of(rows), organization=cast.school, by=user_of(cast.dana), at=LATER
    )
    names = ("pk", "learner", "task", "outcome", "done_at", "clock", "chosen", "attempt")
    found = list(Response.objects.filter(pk__in=list(ids)).order_by("pk").values_list(*names))
    assert found == [
        (pk, who, what, outcome, done_at, clock, None if chosen < 0 else chosen, attempt)
        for pk, (who, what, outcome, done_at, clock, chosen, attempt) in zip(ids, rows, strict=True)
    ]
    facts = AuditEntry.objects.latest("pk").facts
    assert (facts["first_id"], facts["last_id"], facts["count"]) == (ids[0], ids[-1], len(rows))


def test_columns_of_responses_are_chosen_by_row() -> None:
    columns = columns_of([(n, n, n / 4, n, 1, n, n) for n in range(4)])
    assert columns.only([1, 3]).learner.tolist() == [1, 3]
    assert len(columns.only(columns.outcome > 0.6)) == 1


def one_row(learner: int, task: int) -> ResponseColumns:
    return columns_of([(learner, task, 1.0, 5, Clock.NONE.value, -1, 1)])


def test_many_are_recorded_for_learners_whom_one_teaches_alone(cast: Cast, shelf: Shelf) -> None:
    other = other_learner(cast)
    dana = user_of(cast.dana)
    for learner in (other.pk, 10**12):
        with pytest.raises(NotFound):
            services.record_responses(
                one_row(learner, shelf.item.pk), organization=cast.school, by=dana, at=LATER
            )
    draft = rating(cast, shelf, learner=other)
    with pytest.raises(NotFound):
        services.record_ratings([draft], organization=cast.school, by=dana, at=LATER)
    assert not Response.objects.exists()
    assert not Rating.objects.exists()


def test_many_are_recorded_on_tasks_that_are_there(cast: Cast, shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        services.record_responses(
            one_row(cast.ada.pk, 10**12), organization=cast.school, by=OPERATOR, at=LATER
        )


def test_a_teacher_does_not_record_for_a_whole_school(cast: Cast, shelf: Shelf) -> None:
    ben = user_of(cast.ben)
    with pytest.raises(NotFound):
        services.record_responses(
            one_row(cast.ada.pk, shelf.item.pk), organization=cast.school, by=ben, at=LATER
        )


def test_many_ratings_are_one_deed(cast: Cast, shelf: Shelf) -> None:
    drafts = [rating(cast, shelf, level=level, done_at=day(level)) for level in range(4)]
    before = AuditEntry.objects.count()
    rows = services.record_ratings(
        drafts, organization=cast.school, by=user_of(cast.dana), at=LATER
    )
    assert [row.level for row in rows] == [0, 1, 2, 3]
    assert AuditEntry.objects.count() == before + 1


def test_one_impossible_rating_keeps_all_others_out(cast: Cast, shelf: Shelf) -> None:
    drafts = [rating(cast, shelf), rating(cast, shelf, level=9)]
    with pytest.raises(Refused):
        services.record_ratings(drafts, organization=cast.school, by=OPERATOR, at=LATER)
    assert not Rating.objects.exists()


@pytest.mark.parametrize("model", [Response, Rating, Artifact])
def test_the_log_is_not_edited(cast: Cast, shelf: Shelf, model: type[Response]) -> None:
    services.record_response(response(cast, shelf), by=OPERATOR, at=LATER)
    services.record_rating(rating(cast, shelf), by=OPERATOR, at=LATER)
    artifact(cast.ada)
    for change in ({"done_at": 0}, {"learner": cast.ben}, {"withdrawal": None, "done_at": 0}):
        with pytest.raises(TypeError, match="evidence is not edited"):
            model.objects.update(**change)
    with pytest.raises(TypeError, match="evidence is not deleted"):
        model.objects.all().delete()
    assert model.objects.get().learner == cast.ada


def test_what_evidence_refers_to_does_not_go(cast: Cast, shelf: Shelf) -> None:
    services.record_response(response(cast, shelf), by=OPERATOR, at=LATER)
    for row in (shelf.item, cast.ada):
        with pytest.raises(ProtectedError):
            row.delete()


def other_learner(cast: Cast) -> Person:
    """Return the learner of Cleo's class, whom nobody of Hill School sees."""
    return Membership.objects.get(group=cast.cleo_class, part=Part.LEARNER).person
