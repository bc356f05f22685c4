"""What a class needs: who needs which help, who is ready, and the same status everywhere."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.errors import NotFound
from manypaths.estimates.queries import estimates_of, why
from manypaths.estimates.tests.world import CODES, World, day, make_world
from manypaths.people.models import Person
from manypaths.people.services import create_group
from manypaths.people.tests.cast import AT, OPERATOR, Cast, user_of
from manypaths.plans.class_acts import add_small_group, drop_small_group, give_step
from manypaths.plans.class_lists import Need
from manypaths.plans.models import NeedKind, StepKind
from manypaths.plans.queries import ClassOverview, class_overview
from manypaths.plans.services import choose_step, drop_choice, set_window
from manypaths.plans.small_groups import GroupNeed, SmallGroup
from manypaths.plans.supporting import SupportDraft, end_support, plan_support
from manypaths.plans.tests.work import (
    LATER,
    answer,
    bring_learners,
    practise,
    rate,
    sign_off,
    undone,
)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def overview(cast: Cast, world: World) -> ClassOverview:
    return class_overview(cast.ada_class, world.framework, by=user_of(cast.ben), at=LATER)


def pairs(needs: object) -> list[tuple[Person, str]]:
    assert isinstance(needs, list)
    return [(need.learner, need.competency.code) for need in needs]


def assert_sentences(needs: object) -> None:
    assert isinstance(needs, list)
    for need in needs:
        assert isinstance(need, Need)
        assert need.reason[0].isupper()
        assert need.reason.endswith(".")
        assert "{" not in need.reason


def test_a_class_without_evidence_needs_nothing_yet(cast: Cast, world: World) -> None:
    found = overview(cast, world)
    assert found.learners == [cast.ada]
    assert found.status == [dict.fromkeys(CODES, "not started")]
    for needs in (found.needs_help, found.planned, found.ready_to_show, found.ready_to_move_on):
        assert needs == []
    assert found.slips == []


def test_a_class_without_learners_is_empty(cast: Cast, world: World) -> None:
    group = create_group(cast.school, "Nobody yet", by=OPERATOR, at=AT)
    found = class_overview(group, world.framework, by=user_of(cast.dana), at=LATER)
    assert (found.learners, found.status, found.needs_help) == ([], [], [])


def test_learners_with_a_slip_of_the_class_need_help(cast: Cast, world: World) -> None:
    people = bring_learners(cast, 4)
    for person in people[:3]:
        practise(world, person, "F1", "-+-+-+-+-+-+-+-+")
    practise(world, people[3], "F1", ".+.+.+.+.+.+.+.+")
    found = overview(cast, world)
    assert [(slip.slip.code, len(slip.learners)) for slip in found.slips] == [("F1.adds-both", 3)]
    by_slip = [need for need in found.needs_help if "“adds both”" in need.reason]
    assert pairs(by_slip) == [(person, "F1") for person in people[:3]]
    assert_sentences(found.needs_help)


def test_a_slip_of_two_is_no_slip_of_the_class(cast: Cast, world: World) -> None:
    for person in bring_learners(cast, 2):
        practise(world, person, "F1", "-+-+-+-+-+-+-+-+")
    found = overview(cast, world)
    assert found.slips == []
    assert not [need for need in found.needs_help if "slip" in need.reason]


def test_a_learner_far_from_the_target_needs_help(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "...." * 5)
    found = overview(cast, world)
    assert pairs(found.needs_help) == [(cast.ada, "F1")]
    assert "The target is far without help: about 1 of 10 right" in found.needs_help[0].reason
    assert_sentences(found.needs_help)


def test_help_is_needed_within_the_window_alone(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "...." * 5)
    set_window(cast.ada_class, [world.competencies["F2"]], by=OPERATOR, at=AT)
    assert overview(cast, world).needs_help == []


def test_nobody_needs_help_on_what_they_demonstrated(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "...." * 5)
    sign_off(world, cast.ada, "F1")
    assert overview(cast, world).needs_help == []


def test_planned_help_is_listed_until_evidence_follows(cast: Cast, world: World) -> None:
    plan = {"kind": StepKind.LEARN, "by": user_of(cast.ben), "at": day(10)}
    choose_step(cast.ada, world.competencies["F1"], task=world.tasks["F1-learn"], **plan)  # type: ignore[arg-type]  # one call in two parts
    dropped = choose_step(cast.ada, world.competencies["F2"], **plan)  # type: ignore[arg-type]  # as above
    own = plan | {"by": user_of(cast.ada)}
    choose_step(cast.ada, world.competencies["F3"], **own)  # type: ignore[arg-type]  # as above
    drop_choice(dropped, by=OPERATOR, at=day(11))
    found = overview(cast, world)
    assert pairs(found.planned) == [(cast.ada, "F1")]
    assert found.planned[0].reason == "Learn about it: About F1."
    answer(world, cast.ada, "F1-1", 12, 1.0)
    assert overview(cast, world).planned == []


def test_who_is_ready_to_show_is_listed_with_how_sure_we_are(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    found = overview(cast, world)
    assert pairs(found.ready_to_show) == [(cast.ada, "F1")]
    assert found.ready_to_show[0].reason == "Ready: about 9 of 10 right, and we are sure."


@pytest.mark.parametrize("is_own", [True, False])
def test_whom_a_check_waits_for_is_not_ready_to_be_given_one(
    cast: Cast, world: World, *, is_own: bool
) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    by = user_of(cast.ada if is_own else cast.ben)
    check = choose_step(cast.ada, world.competencies["F1"], kind=StepKind.SHOW, by=by, at=day(20))
    found = overview(cast, world)
    assert found.ready_to_show == []
    assert pairs(found.chosen_checks if is_own else found.planned) == [(cast.ada, "F1")]
    (waiting,) = [*found.planned, *found.chosen_checks]
    assert waiting.reason.endswith("Their own choice.") is is_own
    drop_choice(check, by=OPERATOR, at=day(21))
    assert pairs(overview(cast, world).ready_to_show) == [(cast.ada, "F1")]


def test_whom_help_is_planned_for_is_not_listed_again(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "." * 12)
    ben, f1 = user_of(cast.ben), world.competencies["F1"]
    draft = SupportDraft("Fraction strips", f1, [cast.ada], day(61).date())
    support = plan_support(cast.ada_class, draft, by=ben, at=day(20))
    assert overview(cast, world).needs_help == []
    end_support(support, by=ben, at=day(21))
    assert pairs(overview(cast, world).needs_help) == [(cast.ada, "F1")]


def test_who_sits_in_a_coming_group_is_not_to_be_grouped_again(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "." * 12)
    ben, f1 = user_of(cast.ben), world.competencies["F1"]
    small = SmallGroup(GroupNeed(NeedKind.PRACTISE, f1), [cast.ada], "These practise.")
    yesterday, tomorrow = (day(number).date() for number in (59, 61))
    add_small_group(cast.ada_class, small, held_on=yesterday, by=ben, at=day(20))
    assert pairs(overview(cast, world).needs_help) == [(cast.ada, "F1")]
    number = add_small_group(cast.ada_class, small, held_on=tomorrow, by=ben, at=day(20))
    assert overview(cast, world).needs_help == []
    drop_small_group(cast.ada_class, number, held_on=tomorrow, by=ben, at=day(21))
    assert pairs(overview(cast, world).needs_help) == [(cast.ada, "F1")]


def test_who_has_a_step_on_their_path_may_need_help_all_the_same(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "." * 12)
    plan = {"kind": StepKind.PRACTISE, "at": day(20)}
    for by in (cast.ada, cast.ben):
        choose_step(cast.ada, world.competencies["F1"], by=user_of(by), **plan)  # type: ignore[arg-type]  # one call in two parts
    found = overview(cast, world)
    assert pairs(found.needs_help) == pairs(found.planned) == [(cast.ada, "F1")]


def test_what_is_open_already_is_not_opened_again(cast: Cast, world: World) -> None:
    sign_off(world, cast.ada, "F1")
    assert pairs(overview(cast, world).ready_to_move_on) == [(cast.ada, "F2")]
    give_step(
        cast.ada_class,
        [cast.ada],
        world.competencies["F2"],
        kind=StepKind.LEARN,
        by=user_of(cast.ben),
        at=day(59) + timedelta(hours=2),
    )
    found = overview(cast, world)
    assert found.ready_to_move_on == []
    assert pairs(found.planned) == [(cast.ada, "F2")]


def test_who_demonstrated_what_comes_before_is_ready_to_move_on(cast: Cast, world: World) -> None:
    set_window(cast.ada_class, [world.competencies["F1"]], by=OPERATOR, at=AT)
    assert overview(cast, world).ready_to_move_on == []
    sign_off(world, cast.ada, "F1")
    found = overview(cast, world)
    assert pairs(found.ready_to_move_on) == [(cast.ada, "F2")]
    assert found.ready_to_move_on[0].reason == "Has demonstrated all that comes before it: F1."
    set_window(cast.ada_class, [world.competencies["F2"]], by=OPERATOR, at=AT)
    assert overview(cast, world).ready_to_move_on == []


def test_without_a_window_what_was_not_begun_lies_beyond_it(cast: Cast, world: World) -> None:
    sign_off(world, cast.ada, "F1")
    assert pairs(overview(cast, world).ready_to_move_on) == [(cast.ada, "F2")]
    answer(world, cast.ada, "F2-1", 0, 1.0)
    assert overview(cast, world).ready_to_move_on == []


def test_a_class_is_read_by_who_may_see_all_its_members(cast: Cast, world: World) -> None:
    for person in (cast.ben, cast.dana):
        assert class_overview(cast.ada_class, world.framework, by=user_of(person), at=LATER)
    for person in (cast.ada, cast.cleo, cast.eli):
        with pytest.raises(NotFound):
            class_overview(cast.ada_class, world.framework, by=user_of(person), at=LATER)


def test_two_learners_take_as_many_queries_as_thirty(cast: Cast, world: World) -> None:
    counts = []
    for n_more in (1, 28):
        for person in bring_learners(cast, n_more):
            practise(world, person, "F1", "-+-")
            choose_step(
                person, world.competencies["F1"], kind=StepKind.LEARN, by=OPERATOR, at=LATER
            )
            sign_off(world, person, "F2")
        by = user_of(cast.ben)
        with CaptureQueriesContext(connection) as queries:
            found = class_overview(cast.ada_class, world.framework, by=by, at=LATER)
            assert [person.name for person in found.learners]
        counts.append(len(queries))
    assert len(found.learners) == 30
    assert len(found.planned) == 29
    assert counts[0] == counts[1] <= 23


deeds = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["answer", "practise", "rate", "rate oneself", "sign off"]),
        st.sampled_from(CODES),
        st.integers(0, 3),
    ),
    max_size=9,
)


def do(cast: Cast, world: World, person: Person, verb: str, code: str, number: int) -> None:
    if verb == "answer":
        answer(world, person, f"{code}-{1 + number}", number, float(number % 2))
    elif verb == "practise":
        practise(world, person, code, "+-++++"[: 3 + number], since=10 * number)
    elif verb == "sign off":
        sign_off(world, person, code, number=number)
    else:
        rater = person if verb == "rate oneself" else cast.ben
        rate(world, person, code, number, number, rater=rater)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=deeds)
def test_the_status_is_one_on_every_screen(
    cast: Cast, world: World, deeds: list[tuple[int, str, str, int]]
) -> None:
    with undone():
        people = [cast.ada, *bring_learners(cast, 1)]
        for who, verb, code, number in deeds:
            do(cast, world, people[who], verb, code, number)
        found = class_overview(cast.ada_class, world.framework, by=OPERATOR, at=LATER)
        status = dict(zip(found.learners, found.status, strict=True))
        every = estimates_of(people, world.framework, by=OPERATOR, at=LATER).status_by_code()
        for person, words in zip(people, every, strict=True):
            assert status[person] == words
            for code, word in words.items():
                reasons = why(person, world.competencies[code], by=OPERATOR, at=LATER)
                assert reasons.estimate.status(0) == word
