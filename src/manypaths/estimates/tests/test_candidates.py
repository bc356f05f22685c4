"""A new model is fitted beside the one in force, compared with it, and switched on by a person."""

import json
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.estimates import services
from manypaths.estimates.engine import row_in_force
from manypaths.estimates.models import Achievement, Belief, FittedModel, GeneralBelief
from manypaths.estimates.queries import (
    drifted_learners,
    effects_of_switch,
    estimated_competencies,
    estimates_with_evidence,
    model_named,
    models_of,
)
from manypaths.estimates.rows import OWN_FIELDS
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.switching import Effects
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.models import Clock, RaterRole, Response
from manypaths.frameworks.services import publish_framework, set_target, start_version
from manypaths.people.access import Actor, people_seen_by
from manypaths.people.models import Organization, Person, Role, RoleHeld
from manypaths.people.services import add_people
from manypaths.people.tests.cast import OPERATOR, SINCE, Cast, make_cast, make_district, make_person
from manypaths.people.tests.cast import user_of as sign_in

LATER = day(400)
A_DAY = 86_400_000_000


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def newcomers(cast: Cast, n: int) -> list[Person]:
    return add_people(
        [("Pupil", f"Number {number}") for number in range(n)],
        organization=cast.school,
        role=Role.STUDENT,
        starts_on=SINCE,
        by=OPERATOR,
        at=day(0),
    )


def work_of(
    cast: Cast,
    world: World,
    learners: list[Person],
    *,
    at: datetime = LATER,
    seed: int = 0,
    n: int = 16,
    first_day: int = 0,
    strengths: tuple[float, float] = (0.2, 0.95),
) -> range:
    """Let learners, from weak to strong, answer an item each day."""
    rng = np.random.default_rng(seed)
    tasks = [task.pk for name, task in world.tasks.items() if name[-1].isdigit()]
    strength = np.repeat(np.linspace(*strengths, len(learners)), n)
    done_at = (day(first_day).timestamp() * 1e6 + A_DAY * np.arange(n)).astype(np.int64)
    columns = ResponseColumns(
        learner=np.repeat([learner.pk for learner in learners], n),
        task=rng.choice(tasks, strength.size),
        outcome=(rng.random(strength.size) < strength).astype(float),
        done_at=np.tile(done_at, len(learners)),
        clock=np.full(strength.size, Clock.CALENDAR.value),
        chosen=np.full(strength.size, -1),
        attempt=np.ones(strength.size, np.int64),
    )
    return services.take_in_responses(columns, organization=cast.district, by=OPERATOR, at=at)


def candidate_of(world: World, *, at: datetime = LATER, **options: Any) -> FittedModel:
    return services.fit_candidate(world.framework, by=OPERATOR, at=at, **options)


def compared(row: FittedModel) -> dict[str, Any]:
    assert row.comparison is not None
    found: dict[str, Any] = row.comparison
    return found


def beliefs() -> dict[tuple[int, int], list[float | None]]:
    return {
        (row.learner_id, row.competency_id): [getattr(row, name) for name in OWN_FIELDS]
        for row in Belief.objects.all()
    }


def statuses(world: World) -> dict[tuple[int, str], str]:
    """Return what every screen says now, by learner and competency."""
    learners = list(Person.objects.filter(pk__in=GeneralBelief.objects.values("learner")))
    found = estimates_with_evidence(learners, world.framework, by=OPERATOR, at=LATER)
    pairs = found.pairs
    return {
        (learners[who].pk, str(pairs.competencies[what])): found.status(row).value
        for row, (who, what) in enumerate(zip(pairs.who, pairs.what, strict=True))
    }


@pytest.fixture
def busy(cast: Cast, world: World) -> list[Person]:
    """Forty learners with work that the model in force has learned from, and more work since."""
    learners = newcomers(cast, 40)
    work_of(cast, world, learners, at=day(20))
    work_of(cast, world, learners, at=day(40), seed=1, first_day=21)
    return learners


# Fitting changes nothing


def test_a_candidate_leaves_what_is_in_force_and_what_is_believed(
    world: World, busy: list[Person]
) -> None:
    before, in_force = beliefs(), row_in_force(world.framework)
    assert in_force is not None
    row = candidate_of(world)
    assert row_in_force(world.framework) == in_force
    assert row.version != in_force.version
    assert beliefs() == before
    assert (row.is_candidate, row.in_force, row.n_learners) == (True, False, 40)
    assert row.n_responses == compared(row)["n_pieces"] == 40 * 32


def test_a_newer_candidate_takes_the_place_of_the_older(world: World, busy: list[Person]) -> None:
    one, other = candidate_of(world), candidate_of(world, seed=5)
    assert list(FittedModel.objects.filter(is_candidate=True)) == [other]
    with pytest.raises(NotFound):
        services.switch_model(one, by=OPERATOR, at=LATER)
    with pytest.raises(NotFound):
        services.discard_candidate(one, by=OPERATOR, at=LATER)


def test_the_same_evidence_and_seed_give_the_same_candidate(
    world: World, busy: list[Person]
) -> None:
    one, other = candidate_of(world, seed=3), candidate_of(world, seed=3)
    assert one.version == other.version
    assert one.comparison == other.comparison


def test_a_candidate_can_be_dropped_and_one_in_force_can_not(
    world: World, busy: list[Person]
) -> None:
    services.discard_candidate(candidate_of(world), by=OPERATOR, at=LATER)
    (left,) = models_of(world.framework, by=OPERATOR)
    assert left.in_force
    with pytest.raises(Refused, match="is no candidate: models that were in force are kept"):
        services.discard_candidate(left, by=OPERATOR, at=LATER)


def test_without_evidence_there_is_nothing_to_fit(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="no evidence on Fractions yet"):
        candidate_of(world)


def test_a_family_has_one_candidate_and_none_in_force(world: World, busy: list[Person]) -> None:
    row = candidate_of(world)
    for changes in ({"pk": None, "public_id": FittedModel().public_id}, {"in_force": True}):
        odd = FittedModel.objects.get(pk=row.pk)
        FittedModel.objects.filter(in_force=True).update(in_force=False)
        for name, value in changes.items():
            setattr(odd, name, value)
        odd._state.adding = odd.pk is None
        with pytest.raises(IntegrityError), transaction.atomic():
            odd.save()


# What is compared


def test_both_are_scored_on_the_same_held_out_work(world: World, busy: list[Person]) -> None:
    found = compared(candidate_of(world))
    in_force = row_in_force(world.framework)
    assert in_force is not None
    assert found["compared_with"] == in_force.version
    ours, theirs = found["candidate"], found["in_force"]
    # A fifth, and their work since the model in force was fitted.
    assert found["held_out"] == {"n_learners": 8, "n_seen_by_in_force": 8, "is_fair": True}
    for scored in (ours, theirs):
        assert (scored["n_learners"], scored["n_responses"], scored["n_ratings"]) == (8, 128, 0)
        assert 0.5 < scored["auc"] < 1
        assert scored["rating_log_loss"] is None
    between = found["difference"]
    assert between["log_loss"] == pytest.approx(ours["log_loss"] - theirs["log_loss"])
    assert 0 < between["log_loss_error"] < ours["log_loss_error"]
    by_code = {row["competency"]: row for row in found["by_competency"]}
    assert by_code.keys() == {"F1", "F2", "F3"}
    # An item may show two.
    assert sum(row["candidate"]["n_responses"] for row in by_code.values()) > 128


def test_that_the_model_in_force_has_seen_all_of_it_is_said(cast: Cast, world: World) -> None:
    work_of(cast, world, newcomers(cast, 40))
    row = candidate_of(world, seed=2)
    assert compared(row)["held_out"] == {
        "n_learners": 8,
        "n_seen_by_in_force": 8,
        "is_fair": False,
    }


def test_learners_whom_the_model_in_force_never_saw_are_held_out_first(
    cast: Cast, world: World
) -> None:
    work_of(cast, world, newcomers(cast, 20), at=day(20))
    work_of(cast, world, newcomers(cast, 30), at=day(40), seed=1)
    held_out = compared(candidate_of(world))["held_out"]
    assert held_out == {"n_learners": 10, "n_seen_by_in_force": 0, "is_fair": True}


def test_withdrawn_evidence_was_seen_all_the_same(cast: Cast, world: World) -> None:
    learners = newcomers(cast, 30)
    ids = work_of(cast, world, learners, at=day(20))
    services.withdraw_responses(
        list(ids), organization=cast.district, reason="Another key", by=OPERATOR, at=day(21)
    )
    work_of(cast, world, learners, at=day(22), seed=1)
    held_out = compared(candidate_of(world))["held_out"]
    assert (held_out["n_seen_by_in_force"], held_out["is_fair"]) == (6, False)


def test_priors_have_seen_nobody(cast: Cast, world: World) -> None:
    for number, learner in enumerate(newcomers(cast, 6)):
        for task in ("F1-1", "F1-2", "F2-1"):
            draft = ResponseDraft(learner, world.tasks[task], float(number > 2), day(number))
            services.take_in(draft, by=OPERATOR, at=LATER)
    found = compared(candidate_of(world))
    assert found["held_out"] == {"n_learners": 1, "n_seen_by_in_force": 0, "is_fair": True}
    # With one learner nobody can say how sure a figure is, and JSON knows no number that is none.
    assert found["candidate"]["log_loss_error"] is None


def test_too_few_to_hold_any_out_are_compared_by_statuses_alone(cast: Cast, world: World) -> None:
    work_of(cast, world, newcomers(cast, 4))
    found = compared(candidate_of(world, seed=1))
    assert [found[name] for name in ("held_out", "candidate", "in_force", "difference")] == [
        None
    ] * 4
    assert found["by_competency"] == []
    assert found["changes"]["n_learners"] == 4


def test_ratings_are_compared_where_there_are_no_responses(cast: Cast, world: World) -> None:
    rng = np.random.default_rng(0)
    drafts = [
        RatingDraft(
            learner,
            world.competencies[code],
            int(rng.integers(0, 4)),
            cast.ben,
            RaterRole.TEACHER,
            day(n),
        )
        for learner in newcomers(cast, 10)
        for n, code in enumerate(("F1", "F2", "F3"))
    ]
    services.take_in_ratings(drafts, organization=cast.district, by=OPERATOR, at=LATER)
    found = compared(candidate_of(world))
    assert found["candidate"]["n_ratings"] == 6
    assert found["candidate"]["auc"] is None
    assert found["difference"]["rating_log_loss"] == pytest.approx(
        found["candidate"]["rating_log_loss"] - found["in_force"]["rating_log_loss"]
    )


def test_what_is_kept_names_nobody(world: World, busy: list[Person]) -> None:
    row = candidate_of(world)
    kept = json.dumps(row.comparison)
    for person in Person.objects.all():
        assert person.name not in kept
        assert str(person.public_id) not in kept


# What would change for whom


def effects(row: FittedModel, *, by: Actor = OPERATOR, **options: Any) -> Effects:
    return effects_of_switch(row, by=by, at=LATER, **options)


def test_what_is_foretold_is_what_the_switch_does(world: World, busy: list[Person]) -> None:
    row = candidate_of(world)
    before, foretold = statuses(world), effects(row, n_largest=1_000)
    services.switch_model(row, by=OPERATOR, at=LATER)
    after = statuses(world)
    assert after.keys() == before.keys()
    moved = {pair for pair in before if before[pair] != after[pair]}
    assert moved
    assert (foretold.n_pairs, foretold.n_pairs_changed) == (len(before), len(moved))
    assert foretold.n_learners_changed == len({learner for learner, _ in moved})
    assert foretold.n_learners == 40
    told = {(move.learner.pk, str(move.competency)): move for move in foretold.largest}
    assert told.keys() == moved
    for pair, move in told.items():
        assert (move.before.value, move.after.value) == (before[pair], after[pair])
    found = foretold.as_json()
    counts = {(part["before"], part["after"]): part["n_pairs"] for part in found["by_status"]}
    assert counts == count_of([(before[pair], after[pair]) for pair in before])
    by_code = {part["competency"]: part["n_pairs_changed"] for part in found["by_competency"]}
    assert {code: n for code, n in by_code.items() if n} == count_of([code for _, code in moved])
    assert compared(row)["changes"] == found


def count_of(found: list[Any]) -> dict[Any, int]:
    return {each: found.count(each) for each in found}


def test_the_largest_moves_come_first_and_no_more_than_asked(
    world: World, busy: list[Person]
) -> None:
    row = candidate_of(world)
    every, few = effects(row, n_largest=1_000).largest, effects(row, n_largest=3).largest
    sizes = [abs(move.p_after - move.p_before) for move in every]
    assert sizes == sorted(sizes, reverse=True)
    assert list(few) == list(every[:3])
    assert effects(row, n_largest=0).largest == []


def test_learners_beyond_a_thousand_are_counted_part_by_part(
    world: World, busy: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = candidate_of(world)
    whole = effects(row)
    monkeypatch.setattr("manypaths.estimates.switching._AT_ONCE", 7)
    parts = effects(row)
    assert parts.as_json() == whole.as_json()
    assert [move.learner for move in parts.largest] == [move.learner for move in whole.largest]


def test_only_those_are_named_whom_one_may_see(
    cast: Cast, world: World, busy: list[Person]
) -> None:
    femi = sign_in(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    row = candidate_of(world)
    assert effects(row, by=femi).largest == effects(row).largest
    gone = effects(row).largest[0].learner
    RoleHeld.objects.filter(person=gone).update(ends_on=SINCE)
    found = effects(row, by=femi, n_largest=1_000)
    assert not people_seen_by(femi).filter(pk=gone.pk).exists()
    assert gone not in [move.learner for move in found.largest]
    # Counted they are all the same.
    assert found.as_json() == effects(row).as_json()


# The switch


def test_a_switch_is_as_if_the_model_had_always_spoken(world: World, busy: list[Person]) -> None:
    row = services.switch_model(candidate_of(world), by=OPERATOR, at=LATER)
    assert list(FittedModel.objects.filter(in_force=True)) == [row]
    assert not FittedModel.objects.filter(is_candidate=True).exists()
    assert set(GeneralBelief.objects.values_list("model", flat=True)) == {row.pk}
    assert drifted_learners(world.framework, by=OPERATOR, sample=40) == (40, 0)
    switched = beliefs()
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert beliefs() == {pair: pytest.approx(numbers) for pair, numbers in switched.items()}


def test_one_can_switch_back(world: World, busy: list[Person]) -> None:
    before, first = beliefs(), row_in_force(world.framework)
    assert first is not None
    services.switch_model(candidate_of(world), by=OPERATOR, at=LATER)
    assert beliefs() != before
    earlier = model_named(world.framework, first.version, by=OPERATOR)
    assert effects(earlier).n_pairs_changed > 0
    assert services.switch_model(earlier, by=OPERATOR, at=LATER) == first
    assert beliefs() == {pair: pytest.approx(numbers) for pair, numbers in before.items()}


def test_achievements_stay_through_a_switch(cast: Cast, world: World, busy: list[Person]) -> None:
    for learner in busy[-5:]:
        draft = AchievementDraft(learner, world.competencies["F1"], day(30).date())
        services.sign_off(draft, by=OPERATOR, at=LATER)
    before = list(Achievement.objects.order_by("pk").values())
    services.switch_model(candidate_of(world), by=OPERATOR, at=LATER)
    assert list(Achievement.objects.order_by("pk").values()) == before


def test_evidence_after_a_switch_is_believed_by_the_new_model(
    world: World, busy: list[Person]
) -> None:
    row = services.switch_model(candidate_of(world), by=OPERATOR, at=LATER)
    draft = ResponseDraft(busy[0], world.tasks["F1-1"], 1.0, day(100))
    services.take_in(draft, by=OPERATOR, at=LATER)
    assert GeneralBelief.objects.get(learner=busy[0]).model == row
    assert drifted_learners(world.framework, by=OPERATOR, sample=40) == (40, 0)


# What is refused


def refusal(row: FittedModel) -> str:
    """Return why a switch is refused: the deed and its foretelling say the same."""
    with pytest.raises(Refused) as told:
        effects(row)
    with pytest.raises(Refused) as done:
        services.switch_model(row, by=OPERATOR, at=LATER)
    assert told.value.message == done.value.message
    return done.value.message


def test_what_is_in_force_can_not_come_into_force(world: World, busy: list[Person]) -> None:
    (row,) = models_of(world.framework, by=OPERATOR)
    assert refusal(row) == f"{row.version} is in force already."


def test_priors_do_not_come_back(cast: Cast, world: World) -> None:
    draft = ResponseDraft(cast.ada, world.tasks["F1-1"], 1.0, day(0))
    services.take_in(draft, by=OPERATOR, at=LATER)
    prior = FittedModel.objects.get()
    services.switch_model(candidate_of(world), by=OPERATOR, at=LATER)
    prior.refresh_from_db()
    assert "has learned from no evidence" in refusal(prior)


def test_a_candidate_is_stale_once_a_fifth_more_or_less_is_on_record(
    cast: Cast, world: World, busy: list[Person]
) -> None:
    row = candidate_of(world)
    more = work_of(cast, world, busy, seed=2, n=6, first_day=60)  # 240 pieces to 1,280
    effects(row)
    again = work_of(cast, world, busy, seed=2, n=1, first_day=80)
    assert "was compared on 1,280 pieces of evidence, and there are 1,560 now" in refusal(row)
    ids = [*more, *again, *Response.objects.order_by("pk").values_list("pk", flat=True)[:280]]
    services.withdraw_responses(
        ids, organization=cast.district, reason="A wrong file", by=OPERATOR, at=LATER
    )
    assert "and there are 1,000 now" in refusal(row)


def test_a_candidate_that_was_compared_with_another_model_is_stale(
    world: World, busy: list[Person]
) -> None:
    first = row_in_force(world.framework)
    second = services.fit_model(world.framework, by=OPERATOR, at=LATER)
    row = candidate_of(world, seed=4)
    assert first is not None
    first.refresh_from_db()
    services.switch_model(first, by=OPERATOR, at=LATER)
    said = refusal(row)
    assert f"was compared with {second.version}, but {first.version} is in force now" in said


def test_a_model_for_another_target_is_refused(world: World, busy: list[Person]) -> None:
    row, earlier = candidate_of(world), row_in_force(world.framework)
    set_target(world.framework, level=1, by=OPERATOR, at=LATER)
    assert "was fitted for another target" in refusal(row)
    fresh = candidate_of(world)
    services.switch_model(fresh, by=OPERATOR, at=LATER)
    assert earlier is not None
    earlier.refresh_from_db()
    assert "was fitted for another target" in refusal(earlier)


def test_a_model_of_a_form_that_nobody_can_read_is_refused(
    world: World, busy: list[Person]
) -> None:
    row = candidate_of(world)
    FittedModel.objects.filter(pk=row.pk).update(parameters="{}", version="dynamic-irt-0-old")
    row.refresh_from_db()
    assert "can't be read by this version of Manypaths" in refusal(row)


# Who may, and what is on record of it


def test_only_who_leads_the_district_fits_switches_and_drops(
    cast: Cast, world: World, busy: list[Person]
) -> None:
    femi = sign_in(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    row = services.fit_candidate(world.framework, by=femi, at=LATER)
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana, cast.eli):
        user = sign_in(person)
        with pytest.raises(NotFound):
            services.fit_candidate(world.framework, by=user, at=LATER)
        with pytest.raises(NotFound):
            services.switch_model(row, by=user, at=LATER)
        with pytest.raises(NotFound):
            services.discard_candidate(row, by=user, at=LATER)
        with pytest.raises(NotFound):
            effects(row, by=user)
        with pytest.raises(NotFound):
            models_of(world.framework, by=user)
    services.switch_model(row, by=femi, at=LATER)


def test_each_deed_is_on_record_with_what_it_was_done_to(world: World, busy: list[Person]) -> None:
    first = row_in_force(world.framework)
    assert first is not None
    row = candidate_of(world)
    services.switch_model(row, by=OPERATOR, at=LATER)
    dropped = candidate_of(world, seed=1)
    key = dropped.pk
    services.discard_candidate(dropped, by=OPERATOR, at=LATER)
    *_, fitted, switched, fitted_again, discarded = AuditEntry.objects.order_by("pk")
    of_family = {"family": world.framework.pk}
    counted = {"count": 40 * 32}
    assert (fitted.deed, fitted.subject_id) == ("fit candidate", row.pk)
    assert fitted.facts == of_family | counted | {"version": row.version}
    assert (switched.deed, switched.subject_id) == ("switch model", row.pk)
    assert switched.facts == of_family | counted | {
        "version": row.version,
        "replaced": first.version,
    }
    assert fitted_again.subject_id == discarded.subject_id == key
    assert discarded.deed == "discard candidate"
    assert discarded.facts == of_family | {"version": dropped.version}


def test_models_are_listed_with_what_concerns_one_now_first(
    world: World, busy: list[Person]
) -> None:
    earlier = services.fit_model(world.framework, by=OPERATOR, at=day(300))
    in_force = services.fit_model(world.framework, by=OPERATOR, at=day(301), seed=2)
    row = candidate_of(world)
    assert models_of(world.framework, by=OPERATOR)[:3] == [row, in_force, earlier]
    assert model_named(world.framework, None, by=OPERATOR) == row
    assert model_named(world.framework, in_force.version, by=OPERATOR) == in_force
    for version in ("dynamic-irt-1-unheard", ""):
        with pytest.raises(NotFound):
            model_named(world.framework, version, by=OPERATOR)


def test_the_next_version_of_a_framework_is_what_is_compared(
    world: World, busy: list[Person]
) -> None:
    started = start_version(world.framework, version="2", by=OPERATOR, at=LATER)
    second = publish_framework(started, by=OPERATOR, at=LATER)
    found = effects(candidate_of(world), n_largest=1_000)
    assert {move.competency.framework_id for move in found.largest} <= {second.pk}
    assert list(found.n_by_competency) == [str(c) for c in estimated_competencies(second)]


# In the background


@pytest.mark.django_db(transaction=True)
def test_others_can_write_while_a_candidate_is_fitted() -> None:
    district: Organization = make_district()
    with district_scope(district.pk):
        cast = make_cast(district)
        world = make_world()
        learners = newcomers(cast, 12)
        work_of(cast, world, learners)
        heard = []

        def tell(what: str, done: int, total: int) -> None:
            heard.append(what)
            assert not connection.in_atomic_block
            draft = ResponseDraft(learners[0], world.tasks["F1-1"], 1.0, day(100 + len(heard)))
            services.take_in(draft, by=OPERATOR, at=LATER)

        row = candidate_of(world, progress=tell)
        assert heard == [
            "Reading the evidence",
            "Fitting",
            "Comparing on held-out learners",
            "Comparing statuses",
        ]
        assert row.n_responses == 12 * 16 + 1
        assert Response.objects.count() == 12 * 16 + 4
