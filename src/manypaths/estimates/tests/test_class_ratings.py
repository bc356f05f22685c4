"""A teacher rates a class in one go, and can take that back."""

import pytest

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.base.models import AuditEntry
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import take_in_class_ratings, withdraw_class_ratings
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import RaterRole, Rating
from manypaths.people.models import Person
from manypaths.people.tests.cast import Cast, user_of

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def draft(world: World, learner: Person, rater: Person, level: int = 2) -> RatingDraft:
    return RatingDraft(
        learner, world.competencies["F1"], level, rater, RaterRole.TEACHER, done_at=day(50)
    )


def n_pieces(cast: Cast, world: World) -> int:
    found = estimates_of([cast.ada], world.framework, by=user_of(cast.ben), at=LATER)
    return int(found.n_pieces.sum())


def test_ratings_of_a_class_are_one_deed_and_can_be_taken_back(cast: Cast, world: World) -> None:
    ben, last = user_of(cast.ben), AuditEntry.objects.latest("pk").pk
    drafts = [draft(world, cast.ada, cast.ben)]
    take_in_class_ratings(drafts, group=cast.ada_class, by=ben, at=LATER)
    assert AuditEntry.objects.filter(pk__gt=last).count() == 1
    assert n_pieces(cast, world) == 1
    n_taken = withdraw_class_ratings(
        group=cast.ada_class,
        recorded_at=to_microseconds(LATER),
        reason="Entered by mistake",
        by=ben,
        at=LATER,
    )
    assert (n_taken, n_pieces(cast, world)) == (1, 0)


def test_a_class_is_rated_in_ones_own_name_alone(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="own name"):
        take_in_class_ratings(
            [draft(world, cast.ada, cast.dana)],
            group=cast.ada_class,
            by=user_of(cast.ben),
            at=LATER,
        )
    assert not Rating.objects.exists()


def test_with_one_rating_refused_none_is_saved(cast: Cast, world: World) -> None:
    drafts = [draft(world, cast.ada, cast.ben), draft(world, cast.ada, cast.ben, level=99)]
    with pytest.raises(Refused):
        take_in_class_ratings(drafts, group=cast.ada_class, by=user_of(cast.ben), at=LATER)
    assert not Rating.objects.exists()
