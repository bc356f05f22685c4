"""Which model speaks: none before evidence, one in force afterwards, the earlier ones kept."""

from typing import Any

import numpy as np
import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.estimates import services
from manypaths.estimates.engine import engine_for, engine_of, row_in_force, settings_of
from manypaths.estimates.models import Achievement, Belief, FittedModel, GeneralBelief
from manypaths.estimates.queries import drifted_learners, estimates_of, families_with_evidence
from manypaths.estimates.rows import OWN_FIELDS
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.services.replaying import model_for
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseColumns, ResponseDraft
from manypaths.evidence.models import Clock, Response
from manypaths.frameworks.services import set_target
from manypaths.frameworks.tests.drafts import competency, framework_of, saved
from manypaths.mastery.model import unfitted
from manypaths.people.models import Organization, Person, Role
from manypaths.people.services import create_school
from manypaths.people.tests.cast import OPERATOR, Cast, make_district, make_person, user_of

LATER = day(400)
AN_HOUR = 3_600_000_000


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def take_in(world: World, learner: Person, task: str, number: int, outcome: float) -> Response:
    draft = ResponseDraft(learner, world.tasks[task], outcome, day(number))
    return services.take_in(draft, by=OPERATOR, at=LATER)


def columns(
    world: World, learner: Person, work: list[tuple[str, float]], *, clock: Clock = Clock.RELATIVE
) -> ResponseColumns:
    """Return answers of a learner, an hour after the other on a clock without an origin."""
    n = len(work)
    return ResponseColumns(
        learner=np.full(n, learner.pk),
        task=np.array([world.tasks[task].pk for task, _ in work]),
        outcome=np.array([outcome for _, outcome in work]),
        done_at=AN_HOUR * np.arange(1, n + 1) if clock else np.arange(1, n + 1),
        clock=np.full(n, clock.value),
        chosen=np.full(n, -1),
        attempt=np.ones(n, np.int64),
    )


def import_work(
    cast: Cast, world: World, learner: Person, work: list[tuple[str, float]], **clock: Any
) -> range:
    given = columns(world, learner, work, **clock)
    return services.take_in_responses(given, organization=cast.district, by=OPERATOR, at=LATER)


def beliefs() -> dict[str, list[float | None]]:
    """Return all that is believed, by learner and competency."""
    rows = Belief.objects.select_related("competency")
    return {
        f"{row.learner_id} {row.competency.code}": [getattr(row, name) for name in OWN_FIELDS]
        for row in rows.order_by("learner", "competency")
    }


def assert_rebuilt_the_same(world: World) -> None:
    streamed = beliefs()
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    rebuilt = beliefs()
    assert rebuilt.keys() == streamed.keys()
    for name, numbers in streamed.items():
        assert rebuilt[name] == pytest.approx(numbers, abs=1e-9), name


WORK = [("F1-1", 1.0), ("F1-2", 1.0), ("F2-1", 0.0), ("F1-4", 1.0), ("F2-2", 0.0), ("F2-3", 1.0)]


def test_without_evidence_priors_speak_and_nothing_is_on_record(cast: Cast, world: World) -> None:
    assert row_in_force(world.framework) is None
    assert engine_for(world.framework).version == unfitted(settings_of(world.framework)).version
    found = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert set(found.status_by_code()[0].values()) == {"not started"}
    assert services.bring_up_to_date(world.framework, by=OPERATOR, at=LATER) is None
    with pytest.raises(Refused, match="no evidence on Fractions yet"):
        services.fit_model(world.framework, by=OPERATOR, at=LATER)
    assert not FittedModel.objects.exists()
    assert families_with_evidence(by=OPERATOR) == []


def test_the_first_piece_puts_priors_in_force(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-1", 0, 1.0)
    row = FittedModel.objects.get()
    assert (row.in_force, row.n_learners, row.n_responses) == (True, 0, 0)
    assert row == model_for(world.framework, at=LATER)
    assert engine_of(row).as_text() == row.parameters
    assert families_with_evidence(by=OPERATOR) == [world.framework]


def test_the_first_import_is_learned_from_at_once(cast: Cast, world: World) -> None:
    import_work(cast, world, cast.ada, WORK)
    row = FittedModel.objects.get()
    assert (row.in_force, row.n_learners, row.n_responses) == (True, 1, len(WORK))
    assert GeneralBelief.objects.get().model == row


def test_a_later_import_leaves_the_model_as_it_is(cast: Cast, world: World) -> None:
    import_work(cast, world, cast.ada, WORK)
    import_work(cast, world, cast.eli, WORK)
    row = FittedModel.objects.get()
    assert set(GeneralBelief.objects.values_list("learner", "model")) == {
        (cast.ada.pk, row.pk),
        (cast.eli.pk, row.pk),
    }
    assert_rebuilt_the_same(world)


def test_a_refit_keeps_the_models_before_and_puts_one_in_force(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-1", 0, 1.0)
    first = services.fit_model(world.framework, by=OPERATOR, at=LATER)
    for number, (task, outcome) in enumerate(WORK):
        take_in(world, cast.ada, task, 1 + number, outcome)
    second = services.fit_model(world.framework, by=OPERATOR, at=LATER)
    assert FittedModel.objects.count() == 3
    assert list(FittedModel.objects.filter(in_force=True)) == [second]
    assert FittedModel.objects.get(pk=first.pk).parameters == first.parameters
    assert first.version != second.version
    assert set(GeneralBelief.objects.values_list("model", flat=True)) == {second.pk}


def test_the_same_evidence_gives_the_same_model(cast: Cast, world: World) -> None:
    import_work(cast, world, cast.ada, WORK)
    one, other = (
        services.fit_model(world.framework, by=OPERATOR, at=LATER, seed=3) for _ in range(2)
    )
    assert one.version == other.version
    assert one.parameters == other.parameters


def test_achievements_stay_through_a_refit(cast: Cast, world: World) -> None:
    import_work(cast, world, cast.ada, WORK)
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(0).date())
    services.sign_off(draft, by=OPERATOR, at=LATER)
    before = Achievement.objects.values().get()
    services.fit_model(world.framework, by=OPERATOR, at=LATER, seed=1)
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert Achievement.objects.values().get() == before
    found = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert bool(found.is_demonstrated[0])


def test_bringing_up_to_date_fits_the_first_model_and_then_completes(
    cast: Cast, world: World
) -> None:
    for number, (task, outcome) in enumerate(WORK):
        take_in(world, cast.ada, task, number, outcome)
        take_in(world, cast.eli, task, number, 1.0)
    prior = FittedModel.objects.get()
    row = services.bring_up_to_date(world.framework, by=OPERATOR, at=LATER)
    assert row is not None
    assert (row.n_learners, row.in_force) == (2, True)
    complete = beliefs()
    # As if one learner's beliefs came from the model before.
    GeneralBelief.objects.filter(learner=cast.eli).update(model=prior)
    Belief.objects.filter(learner=cast.eli).update(mean=9.0)
    again = services.bring_up_to_date(world.framework, by=OPERATOR, at=LATER)
    assert again == row
    assert set(GeneralBelief.objects.values_list("model", flat=True)) == {row.pk}
    assert beliefs() == {name: pytest.approx(values) for name, values in complete.items()}


def test_beliefs_that_drifted_are_found(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-1", 0, 1.0)
    take_in(world, cast.eli, "F1-1", 0, 1.0)
    assert drifted_learners(world.framework, by=OPERATOR, sample=9) == (2, 0)
    Belief.objects.filter(learner=cast.eli).update(mean=9.0)
    assert drifted_learners(world.framework, by=OPERATOR, sample=9) == (2, 1)
    services.replay(cast.eli, world.framework, by=OPERATOR, at=LATER)
    assert drifted_learners(world.framework, by=OPERATOR, sample=9) == (2, 0)


def test_a_fit_is_one_deed_with_what_it_made(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-1", 0, 1.0)
    row = services.fit_model(world.framework, by=OPERATOR, at=LATER)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.deed, entry.subject_id) == ("fit model", row.pk)
    assert entry.facts == {"family": world.framework.pk, "version": row.version, "count": 1}


def test_only_who_leads_the_district_fits_and_rebuilds(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-1", 0, 1.0)
    femi = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    assert services.rebuild(world.framework, by=femi, at=LATER) == 1
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana, cast.eli):
        for deed in (services.fit_model, services.bring_up_to_date, services.rebuild):
            with pytest.raises(NotFound):
                deed(world.framework, by=user_of(person), at=LATER)


def test_each_family_has_its_own_model(cast: Cast, world: World) -> None:
    other = saved(framework_of(competency("A"), identifier="other", title="Other"))
    take_in(world, cast.ada, "F1-1", 0, 1.0)
    model_for(other, at=LATER)
    assert row_in_force(other) != row_in_force(world.framework)
    assert set(GeneralBelief.objects.values_list("family", flat=True)) == {world.framework.pk}


def test_a_model_starts_from_the_target_of_the_framework(cast: Cast, world: World) -> None:
    set_target(world.framework, level=1, cut_points=[0.4, 0.6, 0.8], by=OPERATOR, at=LATER)
    assert settings_of(world.framework).cut_points == (0.4, 0.6, 0.8)
    assert settings_of(world.framework).target == 0
    bare = saved(framework_of(competency("A"), identifier="bare", title="Bare"))
    assert settings_of(bare) == unfitted().settings


def test_two_districts_learn_from_their_own_evidence_alone(db: None) -> None:
    with district_scope(None):
        world = make_world()
    ends = []
    for name, outcome in (("Riverside", 1.0), ("Far Away", 0.0)):
        district = make_district(name)
        with district_scope(district.pk):
            learner = first_learner(district)
            for number in range(4):
                take_in(world, learner, f"F1-{1 + number}", number, outcome)
            row = services.fit_model(world.framework, by=OPERATOR, at=LATER)
            assert (row.n_learners, row.n_responses) == (1, 4)
            assert list(FittedModel.objects.filter(in_force=True)) == [row]
            assert GeneralBelief.objects.get().learner == learner
            found = estimates_of([learner], world.framework, by=OPERATOR, at=LATER)
            ends.append(float(found.numbers.success[0]))
    assert ends[0] > 0.6 > 0.4 > ends[1]


def first_learner(district: Organization) -> Person:
    school = create_school("Hill School", parent=district, by=OPERATOR, at=LATER)
    return make_person("Ada Okafor", school, Role.STUDENT)


def test_work_on_a_clock_without_origin_joins_dated_work(cast: Cast, world: World) -> None:
    import_work(cast, world, cast.ada, WORK)
    alone = beliefs()
    dated = take_in(world, cast.ada, "F1-5", 3, 0.0)
    assert beliefs() != alone
    assert_rebuilt_the_same(world)
    # What has no date among dated work comes first, and nobody says how long ago it was.
    touched = {name: values[OWN_FIELDS.index("touched_at")] for name, values in beliefs().items()}
    assert touched[f"{cast.ada.pk} F1"] == pytest.approx(dated.done_at / 86_400e6)
    assert touched[f"{cast.ada.pk} F2"] is None
    services.withdraw(dated, reason="Not hers", by=OPERATOR, at=LATER)
    assert beliefs() == {name: pytest.approx(values) for name, values in alone.items()}


def test_more_work_on_that_clock_may_come_after_dated_work(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-5", 3, 0.0)
    import_work(cast, world, cast.ada, WORK[:3])
    take_in(world, cast.ada, "F2-5", 4, 1.0)
    import_work(cast, world, cast.ada, WORK[3:], clock=Clock.NONE)
    assert_rebuilt_the_same(world)
    assert GeneralBelief.objects.get().n_events == 2 + len(WORK)


def test_a_withdrawn_import_leaves_what_was_there_before(cast: Cast, world: World) -> None:
    take_in(world, cast.ada, "F1-5", 3, 0.0)
    services.fit_model(world.framework, by=OPERATOR, at=LATER)
    before = beliefs()
    ids = import_work(cast, world, cast.ada, WORK)
    n = services.withdraw_responses(
        list(ids), organization=cast.district, reason="A wrong file", by=OPERATOR, at=LATER
    )
    assert n == len(WORK)
    assert beliefs() == {name: pytest.approx(values) for name, values in before.items()}
