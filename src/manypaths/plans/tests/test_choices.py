"""Choices and windows: who makes them, when they end, and what becomes of a linked learner's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.estimates import services as estimates
from manypaths.estimates.tests.world import CODES, World, day, make_world
from manypaths.evidence.models import Clock, Response
from manypaths.frameworks.services import publish_framework, start_version
from manypaths.people.models import Part, Person, RelationshipKind
from manypaths.people.services import create_group, enroll, relate
from manypaths.people.tests.cast import (
    AT,
    OPERATOR,
    SINCE,
    Cast,
    make_cast,
    make_district,
    user_of,
)
from manypaths.plans.models import Choice, StepKind, WindowEntry
from manypaths.plans.queries import (
    framework_of_group,
    framework_of_learner,
    next_steps,
    open_choices,
    window_of,
)
from manypaths.plans.services import (
    choose_step,
    drop_choice,
    finish_choice,
    set_window,
    take_up_again,
)
from manypaths.plans.tests.work import LATER, answer, bring_learners, rate, sign_off

only_postgres = pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite lets one write at a time"
)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def choose(cast: Cast, world: World, by: Person, *, code: str = "F1", number: int = 10) -> Choice:
    return choose_step(
        cast.ada,
        world.competencies[code],
        kind=StepKind.PRACTISE,
        task=world.tasks[f"{code}-1"],
        reason="It is next.",
        by=user_of(by),
        at=day(number),
    )


def test_a_choice_is_on_record_with_the_reason_of_its_day(cast: Cast, world: World) -> None:
    choice = choose(cast, world, cast.ada)
    choice.refresh_from_db()
    assert (choice.learner, choice.kind, choice.competency.code) == (cast.ada, "practise", "F1")
    assert (choice.task, choice.reason) == (world.tasks["F1-1"], "It is next.")
    assert (choice.chosen_at, choice.chosen_by) == (
        to_microseconds(day(10)),
        user_of(cast.ada).pk,
    )
    assert choice.dropped_at is None


@pytest.mark.parametrize(("name", "own"), [("ada", True), ("ben", False), ("dana", False)])
def test_a_learner_chooses_and_a_teacher_plans(
    cast: Cast, world: World, name: str, own: bool
) -> None:
    assert choose(cast, world, getattr(cast, name)).is_learners_own is own


@pytest.mark.parametrize("kind", ["coach", "mentor", "advisor"])
def test_a_supporter_plans_with_a_learner(cast: Cast, world: World, kind: str) -> None:
    relate(
        [(cast.cleo, cast.ada)],
        kind=RelationshipKind(kind),
        organization=cast.school,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    assert not choose(cast, world, cast.cleo).is_learners_own


@pytest.mark.parametrize("name", ["cleo", "eli"])
def test_others_choose_nothing_for_a_learner(cast: Cast, world: World, name: str) -> None:
    choice = choose(cast, world, cast.ada)
    other = getattr(cast, name)
    with pytest.raises(NotFound):
        choose(cast, world, other)
    with pytest.raises(NotFound):
        drop_choice(choice, by=user_of(other), at=LATER)
    assert open_choices([cast.ada], by=OPERATOR) == [choice]


def test_a_task_that_does_not_show_the_competency_is_refused(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="does not show"):
        choose_step(
            cast.ada,
            world.competencies["F1"],
            kind=StepKind.LEARN,
            task=world.tasks["F2-1"],
            by=OPERATOR,
            at=LATER,
        )
    assert not Choice.objects.exists()


def test_a_choice_is_let_go_once_and_stays_on_record(cast: Cast, world: World) -> None:
    choice = choose(cast, world, cast.ben)
    drop_choice(choice, by=user_of(cast.ada), at=LATER)
    assert open_choices([cast.ada], by=OPERATOR) == []
    assert Choice.objects.get().dropped_at == to_microseconds(LATER)
    with pytest.raises(Refused, match="let go already"):
        drop_choice(choice, by=user_of(cast.ada), at=LATER)


def n_deeds(deed: str) -> int:
    return AuditEntry.objects.filter(deed=deed).count()


def test_who_saw_a_choice_before_it_changed_changes_it_no_second_time(
    cast: Cast, world: World
) -> None:
    choose(cast, world, cast.ben)
    first, second = Choice.objects.get(), Choice.objects.get()
    drop_choice(first, by=user_of(cast.ada), at=LATER)
    with pytest.raises(Refused, match="let go already"):
        drop_choice(second, by=user_of(cast.ben), at=LATER + timedelta(hours=1))
    assert Choice.objects.get().dropped_at == to_microseconds(LATER)
    first, second = Choice.objects.get(), Choice.objects.get()
    take_up_again(first, by=user_of(cast.ada), at=LATER)
    with pytest.raises(Refused, match="open already"):
        take_up_again(second, by=user_of(cast.ben), at=LATER)
    finish_choice(first, by=user_of(cast.ada), at=LATER)
    again = finish_choice(second, by=user_of(cast.ada), at=LATER + timedelta(hours=1))
    assert again.done_at == Choice.objects.get().done_at == to_microseconds(LATER)
    assert [n_deeds(deed) for deed in ("drop choice", "take up again", "finish choice")] == [1] * 3


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_let_a_choice_go_at_once_one_does() -> None:
    district = make_district()
    with district_scope(district.pk):
        cast = make_cast(district)
        choice = choose(cast, make_world(), cast.ben)
    with ThreadPoolExecutor(1) as people:
        with district_scope(district.pk), transaction.atomic():
            drop_choice(choice, by=user_of(cast.ada), at=LATER)
            other = people.submit(drops_too, district.pk, choice.pk)
            while not is_anybody_waiting():
                assert not other.done()
        assert "let go already" in other.result()
    with district_scope(district.pk):
        assert n_deeds("drop choice") == 1


def drops_too(district_id: int, choice_id: int) -> str:
    """Let a choice go over a connection of one's own; return what was refused."""
    try:
        with district_scope(district_id), pytest.raises(Refused) as refused:
            drop_choice(Choice.objects.get(pk=choice_id), by=OPERATOR, at=LATER)
        return str(refused.value)
    finally:
        connection.close()


def is_anybody_waiting() -> bool:
    """Say whether a connection waits for what another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone() != (0,))


def test_evidence_that_follows_closes_a_choice(cast: Cast, world: World) -> None:
    first = choose(cast, world, cast.ada, number=10)
    answer(world, cast.ada, "F1-2", 9, 1.0)  # before
    answer(world, cast.ada, "F2-1", 11, 1.0)  # on something else
    gone = answer(world, cast.ada, "F1-2", 12, 1.0)
    assert open_choices([cast.ada], by=OPERATOR) == []
    estimates.withdraw(gone, reason="Not hers", by=OPERATOR, at=LATER)
    assert open_choices([cast.ada], by=OPERATOR) == [first]
    rate(world, cast.ada, "F1", 13, 2, rater=cast.ben)
    assert open_choices([cast.ada], by=OPERATOR) == []


def test_a_choice_is_closed_by_work_on_a_task_that_shows_it_in_part(
    cast: Cast, world: World
) -> None:
    choose(cast, world, cast.ada, number=10)
    answer(world, cast.ada, "F2-3", 11, 1.0)  # three tenths of it are F1
    assert open_choices([cast.ada], by=OPERATOR) == []


def test_work_without_a_date_closes_no_choice(cast: Cast, world: World) -> None:
    choice = choose(cast, world, cast.ada, number=10)
    Response.objects.create(
        learner=cast.ada,
        task=world.tasks["F1-1"],
        outcome=1.0,
        done_at=1,
        clock=Clock.NONE,
        recorded_at=to_microseconds(LATER),
    )
    assert open_choices([cast.ada], by=OPERATOR) == [choice]


def test_open_choices_are_those_of_the_learners_asked_for_oldest_first(
    cast: Cast, world: World
) -> None:
    late, early = (
        choose(cast, world, cast.ben, code=c, number=n) for c, n in (("F1", 9), ("F2", 2))
    )
    choose_step(cast.eli, world.competencies["F1"], kind=StepKind.LEARN, by=OPERATOR, at=day(1))
    assert open_choices([cast.ada], by=user_of(cast.eli)) == [early, late]
    assert len(open_choices([cast.ada, cast.eli], by=OPERATOR)) == 3
    assert open_choices([], by=user_of(cast.eli)) == []


def test_a_window_takes_the_place_of_the_one_before(cast: Cast, world: World) -> None:
    one, two, three = (world.competencies[code] for code in CODES)
    ben = user_of(cast.ben)
    set_window(cast.ada_class, [one, two, one], by=ben, at=AT)
    set_window(cast.ada_class, [two, three], pinned=three, by=ben, at=LATER)
    entries = window_of(cast.ada_class, by=ben)
    assert [(entry.competency, entry.is_pinned) for entry in entries] == [
        (three, True),
        (two, False),
    ]
    assert {entry.opened_by for entry in entries} == {ben.pk}
    set_window(cast.ada_class, [], by=ben, at=LATER)
    assert window_of(cast.ada_class, by=ben) == []


def test_only_what_is_in_the_window_is_pinned(cast: Cast, world: World) -> None:
    one, two = world.competencies["F1"], world.competencies["F2"]
    set_window(cast.ada_class, [one], by=OPERATOR, at=AT)
    with pytest.raises(Refused, match="can't be pinned: it is not in the window"):
        set_window(cast.ada_class, [one], pinned=two, by=OPERATOR, at=LATER)
    assert [entry.competency for entry in WindowEntry.objects.all()] == [one]


@pytest.mark.parametrize("name", ["ada", "cleo", "eli"])
def test_who_does_not_lead_a_class_sets_no_window(cast: Cast, world: World, name: str) -> None:
    by = user_of(getattr(cast, name))
    with pytest.raises(NotFound):
        set_window(cast.ada_class, list(world.competencies.values()), by=by, at=LATER)
    with pytest.raises(NotFound):
        window_of(cast.ada_class, by=by)


def test_a_learner_of_two_classes_has_both_windows(cast: Cast, world: World) -> None:
    team = create_group(cast.school, "Robotics", by=OPERATOR, at=AT)
    enroll(team, [cast.ada], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    one, two, three = (world.competencies[code] for code in CODES)
    everything = next_steps(cast.ada, world.framework, by=OPERATOR, at=LATER)
    set_window(cast.ada_class, [one], by=OPERATOR, at=AT)
    assert next_steps(cast.ada, world.framework, by=OPERATOR, at=LATER) != everything
    set_window(team, [two, three], by=OPERATOR, at=AT)
    assert next_steps(cast.ada, world.framework, by=OPERATOR, at=LATER) == everything


def test_the_framework_of_a_learner_is_that_with_most_evidence(cast: Cast, world: World) -> None:
    assert framework_of_learner(cast.ada, by=OPERATOR) is None
    assert framework_of_group(cast.ada_class, by=OPERATOR) is None
    answer(world, cast.ada, "F1-1", 0, 1.0)
    assert framework_of_learner(cast.ada, by=user_of(cast.eli)) == world.framework
    assert framework_of_group(cast.ada_class, by=user_of(cast.ben)) == world.framework
    assert framework_of_group(cast.cleo_class, by=user_of(cast.cleo)) is None


def test_without_evidence_it_is_that_of_what_was_signed_off(cast: Cast, world: World) -> None:
    sign_off(world, cast.ada, "F1")
    assert framework_of_learner(cast.ada, by=OPERATOR) == world.framework


def test_a_newcomer_begins_on_the_framework_of_the_class(cast: Cast, world: World) -> None:
    (new,) = bring_learners(cast, 1)
    assert framework_of_learner(new, by=OPERATOR) is None
    answer(world, cast.ada, "F1-1", 0, 1.0)
    assert framework_of_learner(new, by=OPERATOR) == world.framework
    assert next_steps(new, world.framework, by=OPERATOR, at=LATER)


def test_it_is_its_newest_published_version(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    started = start_version(world.framework, version="2", by=OPERATOR, at=AT)
    assert framework_of_learner(cast.ada, by=OPERATOR) == world.framework
    publish_framework(started, by=OPERATOR, at=AT + timedelta(days=1))
    assert framework_of_learner(cast.ada, by=OPERATOR) == started


def test_a_window_of_one_version_is_that_of_the_next(cast: Cast, world: World) -> None:
    set_window(cast.ada_class, [world.competencies["F1"]], by=OPERATOR, at=AT)
    started = start_version(world.framework, version="2", by=OPERATOR, at=AT)
    publish_framework(started, by=OPERATOR, at=LATER)
    one, two = (
        next_steps(cast.ada, version, by=OPERATOR, at=LATER)
        for version in (world.framework, started)
    )
    assert [(o.kind, o.task, o.score) for o in one] == [(o.kind, o.task, o.score) for o in two]
    assert {o.competency.framework_id for o in two} == {started.pk}
