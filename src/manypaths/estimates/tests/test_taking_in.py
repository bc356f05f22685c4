"""Evidence in any order, late, corrected or withdrawn: the beliefs are those of a rebuild."""

import itertools
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.estimates import services
from manypaths.estimates.models import Belief, GeneralBelief
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.rows import GENERAL_FIELDS, OWN_FIELDS
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole, Response
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of

LATER = day(400)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def answer(cast: Cast, world: World, task: str, number: int, outcome: float) -> Response:
    draft = ResponseDraft(cast.ada, world.tasks[task], outcome, day(number))
    return services.take_in(draft, by=user_of(cast.ben), at=LATER)


def rate(cast: Cast, world: World, code: str, number: int, level: int, role: RaterRole) -> None:
    rater = cast.ada if role is RaterRole.SELF else cast.ben
    draft = RatingDraft(cast.ada, world.competencies[code], level, rater, role, day(number))
    services.take_in_rating(draft, by=OPERATOR, at=LATER)


def beliefs_of(learner: Person) -> dict[str, list[float | None]]:
    general = {
        f"general {row.family}": [getattr(row, name) for name in (*GENERAL_FIELDS, "last_done_at")]
        for row in GeneralBelief.objects.filter(learner=learner).select_related("family")
    }
    own = {
        row.competency.code: [getattr(row, name) for name in OWN_FIELDS]
        for row in Belief.objects.filter(learner=learner).select_related("competency")
    }
    return general | own


def assert_same(one: dict[str, list[float | None]], other: dict[str, list[float | None]]) -> None:
    assert one.keys() == other.keys()
    for name, numbers in one.items():
        assert numbers == pytest.approx(other[name], abs=1e-9), name


deeds = st.lists(
    st.tuples(
        st.sampled_from(["answer", "rate", "withdraw", "correct"]),
        st.sampled_from([f"F{k}-{n}" for k in (1, 2, 3) for n in (1, 2, 3, 4)]),
        st.integers(0, 6),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=deeds)
def test_a_rebuild_equals_the_stream_after_any_deeds(
    cast: Cast, world: World, deeds: list[tuple[str, str, int, float]]
) -> None:
    for verb, task, number, outcome in deeds:
        standing = Response.objects.standing().filter(learner=cast.ada).first()
        if verb == "rate":
            role = RaterRole.SELF if outcome == 0.5 else RaterRole.TEACHER
            rate(cast, world, task[:2], number, int(outcome * 3), role)
        elif verb == "answer" or standing is None:
            answer(cast, world, task, number, outcome)
        elif verb == "withdraw":
            services.withdraw(standing, reason="Entered twice", by=OPERATOR, at=LATER)
        else:
            services.correct_response(
                standing, outcome=outcome, reason="Misread", by=OPERATOR, at=LATER
            )
    streamed = beliefs_of(cast.ada)
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert_same(streamed, beliefs_of(cast.ada))
    Response.objects.standing().filter(learner=cast.ada)
    for row in Response.objects.standing().filter(learner=cast.ada):
        services.withdraw(row, reason="Clean up", by=OPERATOR, at=LATER)


def test_every_order_of_arrival_ends_in_the_same_beliefs(cast: Cast, world: World) -> None:
    work = [("F1-1", 0, 1.0), ("F2-3", 0, 0.0), ("F1-2", 2, 0.0), ("F1-3", 5, 1.0)]
    ends = []
    for order in itertools.permutations(work):
        rows = [answer(cast, world, *piece) for piece in order]
        ends.append(beliefs_of(cast.ada))
        for row in rows:
            services.withdraw(row, reason="Begin anew", by=OPERATOR, at=LATER)
    for end in ends[1:]:
        assert_same(ends[0], end)


def test_a_withdrawn_piece_counts_as_if_it_had_never_come(cast: Cast, world: World) -> None:
    answer(cast, world, "F1-1", 0, 1.0)
    answer(cast, world, "F1-2", 3, 0.0)
    before = beliefs_of(cast.ada)
    late = answer(cast, world, "F2-3", 1, 0.0)
    assert beliefs_of(cast.ada) != before
    services.withdraw(late, reason="Another learner's work", by=user_of(cast.ben), at=LATER)
    assert_same(beliefs_of(cast.ada), before)


def test_withdrawing_the_last_piece_leaves_no_belief(cast: Cast, world: World) -> None:
    only = answer(cast, world, "F1-1", 0, 1.0)
    services.withdraw(only, reason="A trial", by=OPERATOR, at=LATER)
    assert beliefs_of(cast.ada) == {}
    assert Response.objects.get(pk=only.pk).withdrawal is not None


def test_evidence_that_was_withdrawn_is_not_withdrawn_again(cast: Cast, world: World) -> None:
    row = answer(cast, world, "F1-1", 0, 1.0)
    services.withdraw(row, reason="A trial", by=OPERATOR, at=LATER)
    with pytest.raises(Refused):
        services.withdraw(row, reason="Once more", by=OPERATOR, at=LATER)


def test_a_withdrawal_needs_a_reason(cast: Cast, world: World) -> None:
    row = answer(cast, world, "F1-1", 0, 1.0)
    with pytest.raises(Refused):
        services.withdraw(row, reason="  ", by=OPERATOR, at=LATER)
    assert Response.objects.standing().count() == 1


def test_each_deed_leaves_one_audit_entry(cast: Cast, world: World) -> None:
    before = AuditEntry.objects.count()
    answer(cast, world, "F1-1", 0, 1.0)
    assert AuditEntry.objects.count() == before + 1


def test_evidence_is_not_edited_or_deleted_behind_the_log(cast: Cast, world: World) -> None:
    answer(cast, world, "F1-1", 0, 1.0)
    with pytest.raises(TypeError):
        Response.objects.standing().update(outcome=0.0)
    with pytest.raises(TypeError):
        Response.objects.all().delete()


def test_a_teacher_elsewhere_records_nothing_and_learns_nothing(cast: Cast, world: World) -> None:
    draft = ResponseDraft(cast.ada, world.tasks["F1-1"], 1.0, day(0))
    with pytest.raises(NotFound):
        services.take_in(draft, by=user_of(cast.cleo), at=LATER)
    assert not Response.objects.exists()
    assert not GeneralBelief.objects.exists()


def test_what_lies_ahead_is_not_recorded(cast: Cast, world: World) -> None:
    draft = ResponseDraft(cast.ada, world.tasks["F1-1"], 1.0, LATER + timedelta(days=1))
    with pytest.raises(Refused):
        services.take_in(draft, by=OPERATOR, at=LATER)


def test_fitting_a_model_gives_all_learners_beliefs_by_it(cast: Cast, world: World) -> None:
    for number, outcome in enumerate([1.0, 0.0, 1.0, 1.0]):
        answer(cast, world, f"F1-{number + 1}", number, outcome)
    row = services.fit_model(world.framework, by=OPERATOR, at=LATER)
    assert GeneralBelief.objects.get(learner=cast.ada).model == row
    streamed = answer(cast, world, "F1-5", 9, 1.0)
    ours = beliefs_of(cast.ada)
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert_same(ours, beliefs_of(cast.ada))
    assert streamed.recorded_by == user_of(cast.ben).pk


def test_self_ratings_are_on_record_and_move_nothing_unless_the_framework_lets_them(
    cast: Cast, world: World
) -> None:
    answer(cast, world, "F1-1", 0, 1.0)
    before = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    rate(cast, world, "F1", 1, 3, RaterRole.SELF)
    after = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert after.n_pieces[0] == before.n_pieces[0] + 1
    assert np.allclose(before.numbers.mean, after.numbers.mean, atol=1e-12)
