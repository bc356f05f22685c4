"""The status of a learner on a competency: its order, its certainty, and that nothing is lost."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.errors import NotFound, Refused
from manypaths.estimates import services
from manypaths.estimates.queries import estimates_of, estimates_with_evidence, why
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.status import Certainty, Grounds, Status, certainty, status
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole
from manypaths.frameworks.rules import StatusRules
from manypaths.people.tests.cast import OPERATOR, Cast, user_of

LATER = day(30)
RULES = StatusRules()


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def one(**changes: float) -> Status:
    grounds = {
        "p_mastered": 0.5,
        "half_width": 0.15,
        "n_pieces": 6,
        "n_responses": 6,
        "n_days": 3,
        "n_ratings_by_others": 0,
        "is_demonstrated": False,
        "recall": 1.0,
    } | changes
    rows = Grounds(**{name: np.array([value]) for name, value in grounds.items()})
    return tuple(Status)[int(status(rows, RULES)[0])]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Status.GROWING),
        ({"p_mastered": 0.8}, Status.READY),
        ({"p_mastered": 0.79}, Status.GROWING),
        ({"n_pieces": 0, "n_responses": 0, "n_days": 0}, Status.NOT_STARTED),
        ({"p_mastered": 0.95, "n_responses": 3}, Status.NEEDS_EVIDENCE),
        ({"p_mastered": 0.95, "n_days": 1}, Status.NEEDS_EVIDENCE),
        ({"p_mastered": 0.95, "n_days": 0}, Status.READY),
        ({"p_mastered": 0.95, "half_width": 0.21}, Status.NEEDS_EVIDENCE),
        ({"n_responses": 0, "n_ratings_by_others": 1}, Status.NEEDS_EVIDENCE),
        ({"n_responses": 0, "n_ratings_by_others": 2, "p_mastered": 0.9}, Status.READY),
        ({"is_demonstrated": True, "p_mastered": 0.1}, Status.DEMONSTRATED),
        ({"is_demonstrated": True, "recall": 0.85}, Status.DEMONSTRATED),
        ({"is_demonstrated": True, "recall": 0.84}, Status.REFRESH),
        ({"is_demonstrated": True, "n_pieces": 0}, Status.DEMONSTRATED),
    ],
)
def test_the_status_is_decided_in_its_order(changes: dict[str, float], expected: Status) -> None:
    assert one(**changes) is expected


@given(
    half_width=st.floats(0, 0.5),
    p=st.floats(0, 1),
    pieces=st.integers(0, 20),
    days=st.integers(0, 5),
)
def test_nobody_is_ready_to_show_while_we_are_not_sure(
    half_width: float, p: float, pieces: int, days: int
) -> None:
    word = list(Certainty)[certainty(np.array([half_width]), RULES)[0]]
    found = one(
        half_width=half_width, p_mastered=p, n_pieces=pieces, n_responses=pieces, n_days=days
    )
    assert not (word is Certainty.NOT_YET and found in (Status.READY, Status.GROWING))


def answer(cast: Cast, world: World, task: str, number: int, outcome: float) -> None:
    draft = ResponseDraft(cast.ada, world.tasks[task], outcome, day(number))
    services.take_in(draft, by=user_of(cast.ben), at=LATER)


def status_of(cast: Cast, world: World, code: str, number: int = 30) -> str:
    found = estimates_of([cast.ada], world.framework, by=user_of(cast.eli), at=day(number))
    return found.status_by_code()[0][code]


def test_evidence_leads_from_not_started_over_growing_to_ready(cast: Cast, world: World) -> None:
    assert status_of(cast, world, "F1") == "not started"
    answer(cast, world, "F1-1", 0, 1.0)
    assert status_of(cast, world, "F1") == "needs evidence"
    for number in range(1, 12):
        answer(cast, world, f"F1-{1 + number % 2}", number, 1.0)
    assert status_of(cast, world, "F1") == "ready to show"


def test_an_achievement_stays_whatever_comes_after(cast: Cast, world: World) -> None:
    for number in range(8):
        answer(cast, world, f"F1-{1 + number % 2}", number, 1.0)
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(9).date())
    services.sign_off(draft, by=user_of(cast.ben), at=day(9))
    assert status_of(cast, world, "F1") == "demonstrated"
    for number in range(10, 22):
        answer(cast, world, f"F1-{1 + number % 2}", number, 0.0)
    assert status_of(cast, world, "F1") == "worth a refresh"
    services.fit_model(world.framework, by=OPERATOR, at=LATER)
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert status_of(cast, world, "F1") in ("demonstrated", "worth a refresh")


def test_a_learner_signs_off_nothing_of_their_own(cast: Cast, world: World) -> None:
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(0).date())
    for person in (cast.ada, cast.cleo, cast.eli):
        with pytest.raises(NotFound):
            services.sign_off(draft, by=user_of(person), at=LATER)


def test_nothing_is_signed_off_for_a_day_to_come(cast: Cast, world: World) -> None:
    tomorrow = (LATER + timedelta(days=1)).date()
    draft = AchievementDraft(cast.ada, world.competencies["F1"], tomorrow)
    with pytest.raises(Refused):
        services.sign_off(draft, by=user_of(cast.ben), at=LATER)


def test_a_generous_self_rating_alone_stays_needs_evidence(cast: Cast) -> None:
    world = make_world(self_ratings_move=True)
    for number in range(6):
        draft = RatingDraft(
            cast.ada, world.competencies["F1"], 3, cast.ada, RaterRole.SELF, day(number)
        )
        services.take_in_rating(draft, by=user_of(cast.ada), at=LATER)
    assert status_of(cast, world, "F1") == "needs evidence"


def test_estimates_are_read_in_a_fixed_number_of_queries(
    cast: Cast, world: World, django_assert_max_num_queries: object
) -> None:
    answer(cast, world, "F1-1", 0, 1.0)
    with django_assert_max_num_queries(9):  # type: ignore[operator]  # pytest-django has no type
        estimates_of([cast.ada, cast.ben], world.framework, by=OPERATOR, at=LATER)


def test_rows_with_evidence_are_the_same_rows(cast: Cast, world: World) -> None:
    for number in range(5):
        answer(cast, world, f"F2-{1 + number}", number, float(number % 2))
    every = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    some = estimates_with_evidence([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert some.status_by_code() == every.status_by_code()
    assert np.allclose(some.numbers.mean, every.numbers.mean[some.pairs.what])


def test_why_sums_from_the_prior_to_the_estimate(cast: Cast, world: World) -> None:
    for number in range(8):
        answer(cast, world, f"F{1 + number % 2}-{1 + number % 5}", number, float(number % 3 > 0))
    found = why(cast.ada, world.competencies["F2"], by=user_of(cast.eli), at=LATER)
    prior, end = found.explanation.prior, found.explanation.estimate
    pieces = found.explanation.pieces
    assert prior.mean + sum(p.shift_mean for p in pieces) == pytest.approx(end.mean, abs=1e-9)
    total = prior.p_mastered + sum(p.shift_p for p in pieces)
    assert total == pytest.approx(end.p_mastered, abs=1e-9)
    assert end.mean == pytest.approx(float(found.estimate.numbers.mean[0]), abs=1e-9)
    assert end.sd == pytest.approx(float(found.estimate.numbers.sd[0]), abs=1e-9)
    assert [p.kind for p in pieces].count("other") == 1


def test_estimates_are_alike_all_day(cast: Cast, world: World) -> None:
    answer(cast, world, "F1-1", 0, 1.0)
    morning, evening = (
        estimates_of([cast.ada], world.framework, by=OPERATOR, at=day(30) + timedelta(hours=hour))
        for hour in (-9, 13)
    )
    assert np.array_equal(morning.numbers.mean, evening.numbers.mean)
