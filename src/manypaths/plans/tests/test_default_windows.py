"""What a district sets for classes without a window of their own."""

import pytest

from manypaths.base.errors import NotFound
from manypaths.base.models import AuditEntry
from manypaths.estimates.tests.world import World, make_world
from manypaths.frameworks.tests.drafts import competency, framework_of, saved
from manypaths.people.tests.cast import OPERATOR, Cast, user_of
from manypaths.plans.default_windows import default_window_of, set_default_window
from manypaths.plans.queries import class_overview, next_steps
from manypaths.plans.services import set_window
from manypaths.plans.tests.work import LATER, practise, sign_off


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def score_of(cast: Cast, world: World, code: str) -> float:
    offers = next_steps(cast.ada, world.framework, by=OPERATOR, at=LATER)
    return next(offer.score for offer in offers if offer.competency.code == code)


def set_default(world: World, *codes: str) -> None:
    chosen = [world.competencies[code] for code in codes]
    set_default_window(world.framework, chosen, by=OPERATOR, at=LATER)


def test_next_steps_keep_to_the_default_until_the_class_sets_its_own(
    cast: Cast, world: World
) -> None:
    free = score_of(cast, world, "F1")
    set_default(world, "F2")
    assert score_of(cast, world, "F1") < free
    set_window(cast.ada_class, [world.competencies["F1"]], by=user_of(cast.ben), at=LATER)
    assert score_of(cast, world, "F1") == free
    set_window(cast.ada_class, [], by=user_of(cast.ben), at=LATER)
    assert score_of(cast, world, "F1") < free
    set_default(world)
    assert score_of(cast, world, "F1") == free


def test_a_class_without_a_window_moves_on_beyond_the_default(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+" * 12)
    practise(world, cast.ada, "F2", "+", since=20)
    sign_off(world, cast.ada, "F1")

    def moving_on() -> list[str | None]:
        found = class_overview(cast.ada_class, world.framework, by=user_of(cast.ben), at=LATER)
        return [need.competency.code for need in found.ready_to_move_on]

    assert moving_on() == []  # F2 is begun, and without a window that is all that counts
    set_default(world, "F1")
    assert moving_on() == ["F2"]
    set_default(world, "F1", "F2")
    assert moving_on() == []


def test_a_window_of_another_framework_leaves_the_default(cast: Cast, world: World) -> None:
    other = saved(framework_of(competency("A"), identifier="other"))
    free = score_of(cast, world, "F1")
    set_default(world, "F2")
    theirs = list(other.competencies.all())
    set_window(cast.ada_class, theirs, by=user_of(cast.ben), at=LATER)
    assert score_of(cast, world, "F1") < free


def test_the_default_is_told_with_how_many_keep_their_own(cast: Cast, world: World) -> None:
    set_default(world, "F2", "F3")
    found = default_window_of(world.framework, by=OPERATOR)
    assert found.lineages == {world.competencies[code].lineage_id for code in ("F2", "F3")}
    assert found.n_groups_with_own == 0
    set_window(cast.ada_class, [world.competencies["F1"]], by=user_of(cast.ben), at=LATER)
    assert default_window_of(world.framework, by=OPERATOR).n_groups_with_own == 1


def test_setting_it_is_one_deed(cast: Cast, world: World) -> None:
    last = AuditEntry.objects.latest("pk").pk
    set_default(world, "F2", "F3")
    (entry,) = AuditEntry.objects.filter(pk__gt=last)
    assert (entry.deed, entry.facts["count"]) == ("set default window", 2)


def test_a_competency_of_another_framework_is_not_taken(cast: Cast, world: World) -> None:
    other = saved(framework_of(competency("A"), identifier="other"))
    with pytest.raises(NotFound):
        set_default_window(world.framework, list(other.competencies.all()), by=OPERATOR, at=LATER)
