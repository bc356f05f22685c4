"""What is offered next: work that is there, of several kinds, each with its reason."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.errors import NotFound
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.tests.world import CODES, World, make_world
from manypaths.evidence.models import Task, TaskKind
from manypaths.frameworks.tests.drafts import competency, framework_of, saved
from manypaths.mastery.next_steps import GOAL, OUTSIDE_WINDOW
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of
from manypaths.plans import words
from manypaths.plans.models import StepKind
from manypaths.plans.offers import MOST_OFFERS, Offer
from manypaths.plans.queries import next_steps
from manypaths.plans.services import choose_step, set_window
from manypaths.plans.tests.work import LATER, answer, practise, rate, sign_off, undone

OPENED = {
    StepKind.LEARN: {TaskKind.RESOURCE},
    StepKind.PRACTISE: {TaskKind.ITEM, TaskKind.CHECK, TaskKind.OBSERVATION},
    StepKind.SHOW: {TaskKind.PROJECT, TaskKind.PORTFOLIO},
    StepKind.REFRESH: {TaskKind.ITEM, TaskKind.CHECK, TaskKind.OBSERVATION},
}


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def offers(cast: Cast, world: World) -> list[Offer]:
    return next_steps(cast.ada, world.framework, by=OPERATOR, at=LATER)


def offer_of(found: Sequence[Offer], code: str) -> Offer:
    return next(offer for offer in found if offer.competency.code == code)


def kinds(found: Sequence[Offer]) -> dict[str, str]:
    return {offer.competency.code: offer.kind.value for offer in found}


def test_a_newcomer_is_offered_what_comes_first(cast: Cast, world: World) -> None:
    found = offers(cast, world)
    assert found[0].competency.code == "F1"
    assert len(found) == 3
    assert len({offer.kind for offer in found}) == 2


def test_a_reason_says_whether_what_comes_before_is_in_place(cast: Cast, world: World) -> None:
    found = offers(cast, world)
    assert offer_of(found, "F1").reason.startswith("Not begun yet")
    for code in ("F2", "F3"):
        assert "not in place yet" in offer_of(found, code).reason
    sign_off(world, cast.ada, "F1", number=1)
    assert "is in place" in offer_of(offers(cast, world), "F2").reason


def test_a_learner_who_is_ready_is_offered_to_show_it(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    found = offers(cast, world)
    assert (found[0].kind, found[0].competency.code) == (StepKind.SHOW, "F1")
    assert found[0].task == world.tasks["F1-show"]
    assert found[0].reason.startswith("Ada is ready to show it: about 9 of 10 right")


def test_without_a_way_to_show_it_practice_goes_on(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    Task.objects.filter(source_id="F1-show").update(retired_at=LATER)
    assert offer_of(offers(cast, world), "F1").kind is StepKind.PRACTISE


def test_what_is_demonstrated_is_offered_no_more_and_opens_the_next(
    cast: Cast, world: World
) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    sign_off(world, cast.ada, "F1")
    found = offers(cast, world)
    assert "F1" not in kinds(found)
    assert found[0].competency.code == "F2"


def test_what_has_faded_is_offered_as_a_refresh(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    sign_off(world, cast.ada, "F1", number=13)
    practise(world, cast.ada, "F1", "." * 8, since=20)
    refresh = offer_of(offers(cast, world), "F1")
    assert refresh.kind is StepKind.REFRESH
    said = words.REFRESH_FADED.said("Ada", standing="about 5 of 10 right")
    assert (refresh.to_learner, refresh.reason) == (said.to_learner, said.about)


def test_a_slip_that_comes_again_is_looked_at_first(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+-+-+-")
    found = offer_of(offers(cast, world), "F1")
    assert (found.kind, found.task) == (StepKind.LEARN, world.tasks["F1-learn"])
    assert "“adds both” came up in 3 of your answers" in found.to_learner
    assert "“adds both” came up in 3 answers of Ada" in found.reason


def test_a_little_evidence_is_said_to_be_little(cast: Cast, world: World) -> None:
    answer(world, cast.ada, "F1-1", 0, 1.0)
    assert "one piece of evidence so far" in offer_of(offers(cast, world), "F1").reason


def test_the_least_tried_task_is_offered(cast: Cast, world: World) -> None:
    for number, name in enumerate(("F1-1", "F1-2", "F1-3", "F1-5", "F1-1")):
        answer(world, cast.ada, name, number, 1.0)
    assert offer_of(offers(cast, world), "F1").task == world.tasks["F1-4"]


def test_the_class_window_weighs_against_what_lies_outside(cast: Cast, world: World) -> None:
    before = {(o.kind, o.competency.code): o.score for o in offers(cast, world)}
    ben = user_of(cast.ben)
    set_window(cast.ada_class, [world.competencies["F2"]], by=ben, at=LATER)
    found = offers(cast, world)
    inside, outside = offer_of(found, "F2"), offer_of(found, "F1")
    assert outside.score == pytest.approx(before[outside.kind, "F1"] * OUTSIDE_WINDOW, abs=1e-5)
    assert inside.score == pytest.approx(before.get((inside.kind, "F2"), inside.score), abs=1e-5)


def test_a_pinned_competency_is_worth_more_and_says_so(cast: Cast, world: World) -> None:
    free = offer_of(offers(cast, world), "F1")
    competencies = [world.competencies[code] for code in CODES]
    set_window(cast.ada_class, competencies, pinned=competencies[0], by=user_of(cast.ben), at=LATER)
    pinned = offer_of(offers(cast, world), "F1")
    assert pinned.score == pytest.approx(free.score * GOAL, abs=1e-5)
    assert pinned.reason == f"The class works on it now. {free.reason}"
    assert pinned.to_learner == f"Your class works on it now. {free.to_learner}"


WORK = {
    "nothing yet": "",
    "a beginning": "+",
    "on the way": "+-+",
    "a slip": "+-+-+-",
    "hard": "------",
    "ready": "+" * 12,
}


@pytest.mark.parametrize("outcomes", WORK.values(), ids=WORK)
def test_a_reason_says_you_to_the_learner_alone_and_means_the_same_to_all(
    cast: Cast, world: World, outcomes: str
) -> None:
    practise(world, cast.ada, "F1", outcomes)
    readers: list[Actor] = [user_of(one) for one in (cast.ada, cast.ben, cast.eli, cast.dana)]
    own, *others = (
        next_steps(cast.ada, world.framework, by=by, at=LATER) for by in (*readers, OPERATOR)
    )
    assert own
    assert [offer.reason for offer in own] == [offer.to_learner for offer in own]
    for seen in others:
        assert [replace(offer, reason=offer.to_learner) for offer in seen] == own
        assert [offer.reason for offer in seen] == [offer.reason for offer in others[0]]
        for offer in seen:
            assert not re.search(r"\byour?\b", offer.reason, re.IGNORECASE), offer.reason


def test_a_reason_names_who_has_no_name_by_what_stands_for_one(cast: Cast, world: World) -> None:
    person = Person(given_name="", family_name="", label="Learner 7")
    assert words.PRACTISE_ON.said(person.first_name, standing="…").about.startswith("Learner 7 is")


def test_a_step_already_chosen_is_worth_more(cast: Cast, world: World) -> None:
    free = offer_of(offers(cast, world), "F1")
    choose_step(
        cast.ada,
        world.competencies["F1"],
        kind=StepKind.PRACTISE,
        by=user_of(cast.ada),
        at=LATER,
    )
    assert offer_of(offers(cast, world), "F1").score == pytest.approx(free.score * GOAL, abs=1e-5)


def test_the_window_of_another_class_does_not_matter(cast: Cast, world: World) -> None:
    before = offers(cast, world)
    set_window(cast.cleo_class, [world.competencies["F3"]], by=user_of(cast.cleo), at=LATER)
    assert offers(cast, world) == before


def test_a_framework_without_tasks_offers_nothing(cast: Cast) -> None:
    framework = saved(framework_of(competency("A"), competency("B"), identifier="bare"))
    assert next_steps(cast.ada, framework, by=OPERATOR, at=LATER) == []


def test_an_outsider_is_offered_nothing_of_a_learner(cast: Cast, world: World) -> None:
    with pytest.raises(NotFound):
        next_steps(cast.ada, world.framework, by=user_of(cast.cleo), at=LATER)


def test_next_steps_take_the_same_queries_however_much_is_known(cast: Cast, world: World) -> None:
    counts = []
    for n_days in (2, 9):
        for code in CODES:
            practise(world, cast.ada, code, "-+-" * n_days, since=n_days)
        with CaptureQueriesContext(connection) as queries:
            offers(cast, world)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


outcomes = st.text("+-.", max_size=12)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    done=st.fixed_dictionaries(dict.fromkeys(CODES, outcomes)),
    levels=st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 3)), max_size=3),
    signed=st.sets(st.sampled_from(CODES)),
)
def test_whatever_the_evidence_offers_are_sound(
    cast: Cast,
    world: World,
    done: dict[str, str],
    levels: list[tuple[str, int]],
    signed: set[str],
) -> None:
    with undone():
        for code, given_outcomes in done.items():
            practise(world, cast.ada, code, given_outcomes)
        for number, (code, level) in enumerate(levels):
            rate(world, cast.ada, code, 20 + number, level, rater=cast.ben)
        for code in signed:
            sign_off(world, cast.ada, code)
        found = offers(cast, world)
        assert_sound(cast, world, found)
        assert_ready(cast, world, found)


def assert_sound(cast: Cast, world: World, found: Sequence[Offer]) -> None:
    status = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER).status_by_code()[0]
    assert len(found) <= MOST_OFFERS
    assert [offer.score for offer in found] == sorted((o.score for o in found), reverse=True)
    assert len({offer.competency for offer in found}) == len(found)
    for offer in found:
        code = offer.competency.code
        assert status[code] != "demonstrated"
        assert (offer.kind is StepKind.REFRESH) == (status[code] == "worth a refresh")
        assert offer.kind is not StepKind.SHOW or status[code] == "ready to show"
        assert offer.task.kind in OPENED[offer.kind]
        assert offer.task.alignments.filter(competency=offer.competency).exists()
        assert offer.reason[0].isupper()
        assert offer.reason.endswith(".")
        assert "{" not in offer.reason
    open_codes = {code for code, word in status.items() if word != "demonstrated"}
    assert bool(found) == bool(open_codes)


def assert_ready(cast: Cast, world: World, found: Sequence[Offer]) -> None:
    """What comes first in the list is not what its own prerequisites speak against.

    Unless it is to be shown or refreshed, or the learner repeats a slip on it.
    """
    estimates = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    known = np.where(estimates.is_demonstrated, 1.0, estimates.numbers.p_mastered)
    too_early = {then for chance, then in zip(known, CODES[1:], strict=False) if chance < 0.02}
    first = found[0] if found else None
    if first and first.kind in (StepKind.LEARN, StepKind.PRACTISE) and "slip" not in first.reason:
        others = {code for code in CODES if code not in too_early}
        assert first.competency.code not in too_early or not others & kinds(found).keys()
