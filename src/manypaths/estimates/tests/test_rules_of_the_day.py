"""What a leader sets holds at once, for every screen, and takes nothing away."""

import pytest

from manypaths.estimates.queries import estimates_of, models_of, why
from manypaths.estimates.rule_effects import (
    effects_of_rules,
    effects_of_self_ratings,
    rules_told,
)
from manypaths.estimates.services import (
    AchievementDraft,
    fit_candidate,
    fit_model,
    let_self_ratings_move,
    rebuild,
    sign_off,
    switch_model,
    take_in,
    take_in_rating,
)
from manypaths.estimates.table import Estimates
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole
from manypaths.frameworks.models import Competency
from manypaths.frameworks.services import set_rules
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    """Make a world in which Ada was right in nine of twelve answers on twelve days."""
    made = make_world()
    for number, outcome in enumerate("+++-+++-+++-"):
        task = made.tasks[f"F1-{1 + number % 5}"]
        draft = ResponseDraft(cast.ada, task, float(outcome == "+"), day(number))
        take_in(draft, by=OPERATOR, at=LATER)
    return made


def of(learner: Person, world: World) -> Estimates:
    return estimates_of([learner], world.framework, by=OPERATOR, at=LATER)


def status(learner: Person, world: World, code: str = "F1") -> str:
    return of(learner, world).status_by_code()[0][code]


def set_tau(world: World, tau: float) -> None:
    set_rules(world.framework, {"tau": tau}, by=OPERATOR, at=LATER)


def test_statuses_follow_what_counts_as_mastered_at_once(cast: Cast, world: World) -> None:
    fit_model(world.framework, by=OPERATOR, at=LATER)
    before = of(cast.ada, world)
    assert status(cast.ada, world) == "growing"
    effects = effects_of_rules(world.framework, {"tau": 0.5}, by=OPERATOR, at=LATER)
    set_tau(world, 0.5)
    after = of(cast.ada, world)
    assert status(cast.ada, world) == "ready to show"
    assert (effects.n_changed, [c.n for c in effects.changes]) == (1, [1])
    # What is believed is the same, and so is the model: only what it takes is another thing.
    assert after.numbers.mean.tolist() == before.numbers.mean.tolist()
    assert after.model.version == before.model.version
    set_tau(world, 0.8)
    assert of(cast.ada, world).status_code.tolist() == before.status_code.tolist()


@pytest.mark.parametrize("tau", [0.5, 0.8, 0.95])
def test_why_says_the_same_chance_as_every_list(cast: Cast, world: World, tau: float) -> None:
    set_tau(world, tau)
    competency = Competency.objects.get(pk=world.competencies["F1"].pk)
    reasons = why(cast.ada, competency, by=OPERATOR, at=LATER)
    row = float(of(cast.ada, world).numbers.p_mastered[0])
    assert reasons.explanation.estimate.p_mastered == pytest.approx(row, abs=1e-9)
    moved = sum(piece.shift_p for piece in reasons.explanation.pieces)
    prior = reasons.explanation.prior.p_mastered
    assert prior + moved == pytest.approx(row, abs=1e-9)


def test_what_is_demonstrated_stays_whatever_counts_as_mastered(cast: Cast, world: World) -> None:
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(59).date())
    sign_off(draft, by=OPERATOR, at=LATER)
    for tau in (0.5, 0.99):
        set_tau(world, tau)
        assert status(cast.ada, world) == "demonstrated"


def test_another_tau_does_not_stand_in_the_way_of_an_earlier_model(
    cast: Cast, world: World
) -> None:
    first = fit_model(world.framework, by=OPERATOR, at=LATER)
    take_in(ResponseDraft(cast.ada, world.tasks["F2-1"], 1.0, day(20)), by=OPERATOR, at=LATER)
    fit_model(world.framework, by=OPERATOR, at=LATER)
    set_tau(world, 0.6)
    switch_model(first, by=OPERATOR, at=LATER)
    candidate = fit_candidate(world.framework, by=OPERATOR, at=LATER)
    set_tau(world, 0.7)
    switch_model(candidate, by=OPERATOR, at=LATER)
    assert models_of(world.framework, by=OPERATOR)[0] == candidate
    assert of(cast.ada, world).model.settings.tau == 0.7


def test_the_rule_is_told_with_the_thresholds_that_are_tried(world: World) -> None:
    now, then = (
        rules_told(world.framework, rules, by=OPERATOR)
        for rules in ({}, {"tau": 0.6, "least_days": 5})
    )
    assert "getting 80 in 100 average tasks right" in now[0]
    assert "getting 60 in 100 average tasks right" in then[0]
    assert "5 days" in then[1]


def rate_oneself(cast: Cast, world: World, level: int) -> None:
    draft = RatingDraft(
        cast.ada, world.competencies["F1"], level, cast.ada, RaterRole.SELF, day(30)
    )
    take_in_rating(draft, by=OPERATOR, at=LATER)


def test_own_ratings_move_beliefs_from_the_moment_they_are_let(cast: Cast, world: World) -> None:
    rate_oneself(cast, world, 3)
    before = of(cast.ada, world)
    let_self_ratings_move(world.framework, True, by=OPERATOR, at=LATER)
    moved = of(cast.ada, world)
    assert moved.numbers.mean[0] > before.numbers.mean[0]
    rebuild(world.framework, by=OPERATOR, at=LATER)
    again = of(cast.ada, world)
    assert again.numbers.mean == pytest.approx(moved.numbers.mean, abs=1e-9)
    let_self_ratings_move(world.framework, False, by=OPERATOR, at=LATER)
    assert of(cast.ada, world).numbers.mean == pytest.approx(before.numbers.mean, abs=1e-9)


def test_what_own_ratings_would_change_is_what_they_then_change(cast: Cast, world: World) -> None:
    for level in (3, 3):
        rate_oneself(cast, world, level)
    # So near to ready that a good word of one's own tips it.
    p_now = float(of(cast.ada, world).numbers.p_mastered[0])
    set_rules(world.framework, {"ready": round(p_now, 4) + 0.001}, by=OPERATOR, at=LATER)
    before = status(cast.ada, world)
    effects = effects_of_self_ratings(world.framework, True, by=OPERATOR, at=LATER)
    same = effects_of_self_ratings(world.framework, False, by=OPERATOR, at=LATER)
    assert (effects.n_looked_at, effects.n_changed, same.n_changed) == (1, 1, 0)
    let_self_ratings_move(world.framework, True, by=OPERATOR, at=LATER)
    after = status(cast.ada, world)
    assert [(c.before, c.after) for c in effects.changes] == [(before, after)]
