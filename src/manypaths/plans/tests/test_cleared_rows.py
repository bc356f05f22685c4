"""A row that a teacher has cleared stays away until new evidence comes."""

import pytest

from manypaths.base.errors import NotFound
from manypaths.estimates.tests.world import World, make_world
from manypaths.people.models import Person
from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.class_acts import clear_rows, restore_rows
from manypaths.plans.models import ListKind
from manypaths.plans.queries import ClassOverview, class_overview
from manypaths.plans.tests.work import LATER, answer, bring_learners, practise


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def slipping(cast: Cast, world: World) -> list[Person]:
    """Let three learners show the same slip."""
    people = bring_learners(cast, 4)
    for person in people[:3]:
        practise(world, person, "F1", "-+-+-+-+-+-+-+-+")
    practise(world, people[3], "F1", ".+.+.+.+.+.+.+.+")
    return people[:3]


def overview(cast: Cast, world: World) -> ClassOverview:
    return class_overview(cast.ada_class, world.framework, by=user_of(cast.ben), at=LATER)


def clear(cast: Cast, world: World) -> None:
    n_pieces = {need.learner: need.n_pieces for need in overview(cast, world).needs_help}
    clear_rows(
        cast.ada_class,
        world.competencies["F1"],
        n_pieces,
        cleared_from=ListKind.HELP,
        by=user_of(cast.ben),
        at=LATER,
    )


def who(found: ClassOverview) -> set[Person]:
    return {need.learner for need in found.needs_help}


def test_a_cleared_row_is_gone_until_new_evidence_comes(
    cast: Cast, world: World, slipping: list[Person]
) -> None:
    assert set(slipping) <= who(overview(cast, world))
    clear(cast, world)
    assert who(overview(cast, world)) == set()
    answer(world, slipping[0], "F1-2", 20, 0.0, chosen=1)
    assert who(overview(cast, world)) == {slipping[0]}


def test_a_row_is_cleared_from_its_own_list_alone(
    cast: Cast, world: World, slipping: list[Person]
) -> None:
    before = overview(cast, world)
    clear(cast, world)
    after = overview(cast, world)
    assert after.ready_to_show == before.ready_to_show
    assert after.ready_to_move_on == before.ready_to_move_on


def test_a_cleared_row_can_be_put_back(cast: Cast, world: World, slipping: list[Person]) -> None:
    before = who(overview(cast, world))
    clear(cast, world)
    n_back = restore_rows(
        cast.ada_class,
        world.competencies["F1"],
        cleared_from=ListKind.HELP,
        by=user_of(cast.ben),
        at=LATER,
    )
    assert n_back == len(before)
    assert who(overview(cast, world)) == before


def test_nobody_is_cleared_from_a_class_that_they_are_not_in(cast: Cast, world: World) -> None:
    with pytest.raises(NotFound):
        clear_rows(
            cast.ada_class,
            world.competencies["F1"],
            {cast.eli: 1},
            cleared_from=ListKind.HELP,
            by=user_of(cast.ben),
            at=LATER,
        )
