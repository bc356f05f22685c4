"""What the tables hold to, and how evidence and beliefs outlive the versions of a framework."""

from collections.abc import Callable

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from manypaths.base.scope import district_scope
from manypaths.estimates import services
from manypaths.estimates.models import Belief, FittedModel, GeneralBelief
from manypaths.estimates.queries import (
    estimated_competencies,
    estimates_of,
    estimates_with_evidence,
    why,
)
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseDraft, TaskDraft
from manypaths.evidence.models import RaterRole, TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.services import (
    publish_framework,
    retire_competency,
    set_rules,
    set_self_ratings_move,
    set_target,
    start_version,
)
from manypaths.people.models import Person
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, user_of

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def answer(world: World, learner: Person, task: str, number: int, outcome: float) -> None:
    draft = ResponseDraft(learner, world.tasks[task], outcome, day(number))
    services.take_in(draft, by=OPERATOR, at=LATER)


def rate(learner: Person, node: Competency, number: int, level: int, rater: Person) -> None:
    role = RaterRole.SELF if rater == learner else RaterRole.TEACHER
    draft = RatingDraft(learner, node, level, rater, role, day(number))
    services.take_in_rating(draft, by=OPERATOR, at=LATER)


def next_version(framework: Framework, **changes: Callable[[Framework], object]) -> Framework:
    """Start a version, do what is wanted to the draft, and publish it."""
    started = start_version(framework, version="2", by=OPERATOR, at=LATER)
    for change in changes.values():
        change(started)
    return publish_framework(started, by=OPERATOR, at=LATER)


def node_of(framework: Framework, code: str) -> Competency:
    return Competency.objects.select_related("framework", "lineage").get(
        framework=framework, code=code
    )


def copy_of(row: FittedModel | GeneralBelief | Belief) -> None:
    row.pk = None
    if isinstance(row, FittedModel):
        row.public_id = FittedModel().public_id
    row._state.adding = True
    with transaction.atomic():
        row.save()


def test_one_model_is_in_force_and_each_belief_is_held_once(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    for row in (FittedModel.objects.get(), GeneralBelief.objects.get(), Belief.objects.get()):
        with pytest.raises(IntegrityError):
            copy_of(row)
    earlier = FittedModel.objects.get()
    earlier.in_force = False
    copy_of(earlier)
    assert FittedModel.objects.count() == 2


def test_evidence_on_one_version_is_seen_through_the_next(cast: Cast, world: World) -> None:
    for number in range(6):
        answer(world, cast.ada, f"F1-{1 + number % 5}", number, float(number > 1))
    rate(cast.ada, world.competencies["F2"], 7, 2, cast.ben)
    second = next_version(world.framework)
    first, after = (
        estimates_of([cast.ada], version, by=user_of(cast.eli), at=LATER)
        for version in (world.framework, second)
    )
    assert first.status_by_code() == after.status_by_code()
    assert np.array_equal(first.numbers.mean, after.numbers.mean)
    assert np.array_equal(first.n_pieces, after.n_pieces)
    assert {c.framework_id for c in after.pairs.competencies} == {second.pk}
    reasons = why(cast.ada, node_of(second, "F1"), by=OPERATOR, at=LATER)
    assert len(reasons.descriptions) == 6


def test_evidence_on_the_next_version_moves_the_same_beliefs(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    second = next_version(world.framework)
    node = node_of(second, "F1")
    task = TaskDraft("F1-new", TaskKind.ITEM, (("F1", 1.0),))
    saved = save_tasks(second, [task], by=OPERATOR, at=LATER).by_source_id["F1-new"]
    services.take_in(ResponseDraft(cast.ada, saved, 0.0, day(3)), by=OPERATOR, at=LATER)
    rate(cast.ada, node, 4, 3, cast.ben)
    belief = Belief.objects.get()
    assert (belief.competency, belief.n_pieces) == (world.competencies["F1"], 3)
    general = GeneralBelief.objects.get()
    assert (general.family, general.n_events) == (world.framework, 3)
    assert FittedModel.objects.get().family == world.framework
    streamed = estimates_of([cast.ada], second, by=OPERATOR, at=LATER)
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    rebuilt = estimates_of([cast.ada], second, by=OPERATOR, at=LATER)
    assert np.allclose(streamed.numbers.mean, rebuilt.numbers.mean, atol=1e-9, rtol=0)


def test_what_the_next_version_leaves_out_is_listed_no_more(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F2-1", 0, 1.0)
    second = next_version(
        world.framework,
        retire=lambda draft: retire_competency(node_of(draft, "F2"), by=OPERATOR, at=LATER),
    )
    assert [str(c) for c in estimated_competencies(second)] == ["F1", "F3"]
    assert [str(c) for c in estimated_competencies(world.framework)] == ["F1", "F2", "F3"]
    assert Belief.objects.get().competency == world.competencies["F2"]
    assert len(estimates_with_evidence([cast.ada], second, by=OPERATOR, at=LATER)) == 0


def test_each_version_has_its_own_target_and_thresholds(cast: Cast, world: World) -> None:
    for number in range(12):
        answer(world, cast.ada, f"F1-{1 + number % 5}", number, 1.0)
    second = next_version(
        world.framework,
        target=lambda draft: set_target(draft, level=1, by=OPERATOR, at=LATER),
        rules=lambda draft: set_rules(draft, {"least_pieces": 50}, by=OPERATOR, at=LATER),
    )
    one, two = (
        estimates_of([cast.ada], version, by=OPERATOR, at=LATER).status_by_code()[0]["F1"]
        for version in (world.framework, second)
    )
    assert (one, two) == ("ready to show", "needs evidence")


def test_self_ratings_move_by_the_current_version(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    next_version(
        world.framework,
        move=lambda draft: set_self_ratings_move(draft, True, by=OPERATOR, at=LATER),
    )
    before = Belief.objects.get().mean
    rate(cast.ada, world.competencies["F1"], 1, 0, cast.ada)
    moved = Belief.objects.get().mean
    assert moved < before
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert Belief.objects.get().mean == pytest.approx(moved, abs=1e-9)


def test_a_draft_of_the_next_version_changes_nothing_yet(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    before = Belief.objects.get().mean
    started = start_version(world.framework, version="2", by=OPERATOR, at=LATER)
    set_self_ratings_move(started, True, by=OPERATOR, at=LATER)
    rate(cast.ada, world.competencies["F1"], 1, 0, cast.ada)
    assert Belief.objects.get().mean == before


def test_beliefs_of_another_district_are_not_there(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    with district_scope(make_district("Far Away").pk):
        for model in (FittedModel, GeneralBelief, Belief):
            assert not model.objects.exists()
        with district_scope(None):
            above = make_world()
        found = estimates_of([], above.framework, by=OPERATOR, at=AT)
        assert found.status_by_code() == []
