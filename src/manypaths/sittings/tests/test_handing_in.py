"""Work that is handed in for a step, and what becomes of it."""

from typing import Any
from uuid import uuid4

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.models import Achievement
from manypaths.estimates.services import save_draft
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.models import Artifact, ArtifactKind, Draft, Rating
from manypaths.evidence.queries import waiting_to_be_looked_at
from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.models import StepKind
from manypaths.plans.queries import open_choices
from manypaths.plans.services import choose_step
from manypaths.sittings.access import may_answer
from manypaths.sittings.services import answer_work, hand_in
from manypaths.sittings.work import WorkAnswer, WorkDraft, draft_place

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def work_on(world: World, **changes: Any) -> WorkDraft:
    return WorkDraft(world.competencies["F1"], "My poster", "A half is two quarters.", **changes)


def hand(cast: Cast, world: World, **changes: Any) -> Artifact:
    return hand_in(cast.ada, work_on(world, **changes), by=user_of(cast.ada), at=LATER)


def answer(cast: Cast, work: Artifact, **given: Any) -> Artifact:
    return answer_work(work, WorkAnswer(**given), by=user_of(cast.ben), at=LATER)


def test_handing_in_ends_the_draft_and_the_step(cast: Cast, world: World) -> None:
    ada, task = user_of(cast.ada), world.tasks["F1-show"]
    competency = world.competencies["F1"]
    choice = choose_step(cast.ada, competency, kind=StepKind.SHOW, task=task, by=ada, at=LATER)
    save_draft(cast.ada, draft_place(competency, task), text="A half", by=ada, at=LATER)
    work = hand(cast, world, task=task, choice=choice)
    assert (work.task, work.competency, work.kind) == (task, competency, "text")
    assert not Draft.objects.exists()
    assert open_choices([cast.ada], by=ada) == []
    assert waiting_to_be_looked_at([cast.ada], by=user_of(cast.ben)) == [work]


def test_a_double_click_hands_in_once(cast: Cast, world: World) -> None:
    key = uuid4()
    assert hand(cast, world, key=key) == hand(cast, world, key=key)
    assert Artifact.objects.count() == 1


def test_work_is_of_the_kind_that_it_holds_most_of(cast: Cast, world: World) -> None:
    work = hand(cast, world, link="https://example.org/page")
    assert (work.kind, work.text) == (ArtifactKind.LINK, "A half is two quarters.")


def test_an_answer_rates_and_signs_and_says(cast: Cast, world: World) -> None:
    work = hand(cast, world, task=world.tasks["F1-show"])
    for _ in range(2):
        answer(cast, work, words="Well drawn.", level=2, is_signed_off=True)
    rating, achievement = Rating.objects.get(), Achievement.objects.get()
    assert (rating.level, rating.role, rating.artifact) == (2, "teacher", work)
    assert (achievement.level, achievement.demonstrated_on) == (2, LATER.date())
    work.refresh_from_db()
    assert work.look.words == "Well drawn."


def test_another_level_takes_the_place_of_the_first(cast: Cast, world: World) -> None:
    work = hand(cast, world)
    answer(cast, work, level=1)
    answer(cast, work, level=2)
    assert [rating.level for rating in Rating.objects.standing()] == [2]
    assert Rating.objects.count() == 2


def test_an_answer_says_something(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="Choose a level"):
        answer(cast, hand(cast, world), words=" ")


@pytest.mark.parametrize(("name", "may"), [("ben", True), ("ada", False), ("eli", False)])
def test_who_may_answer(cast: Cast, world: World, name: str, may: bool) -> None:
    work, by = hand(cast, world), user_of(getattr(cast, name))
    assert may_answer(work, by=by) is may
    if not may:
        with pytest.raises(NotFound):
            answer_work(work, WorkAnswer("Fine", level=3), by=by, at=LATER)
