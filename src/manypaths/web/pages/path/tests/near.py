"""Work of the last days, for pages that look at the real clock."""

from datetime import datetime, timedelta

from manypaths.base.clock import now
from manypaths.estimates import services
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.tests.world import World
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole, Rating
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, user_of


def days_ago(n: int) -> datetime:
    return now() - timedelta(days=n)


def answers(world: World, learner: Person, code: str, outcomes: str, *, n_days_ago: int) -> None:
    """Answer an item a day up to so many days ago: + is right, - is wrong with the first slip."""
    first = n_days_ago + len(outcomes) - 1
    for number, sign in enumerate(outcomes):
        draft = ResponseDraft(
            learner,
            world.tasks[f"{code}-{1 + number % 2}"],
            float(sign == "+"),
            days_ago(first - number),
            chosen=1 if sign == "-" else None,
        )
        services.take_in(draft, by=OPERATOR, at=now())


def rating(world: World, learner: Person, code: str, level: int, *, rater: Person) -> Rating:
    role = RaterRole.SELF if rater == learner else RaterRole.TEACHER
    draft = RatingDraft(learner, world.competencies[code], level, rater, role, days_ago(1))
    return services.take_in_rating(draft, by=OPERATOR, at=now())


def sign_off(world: World, learner: Person, code: str, *, by: Person) -> None:
    draft = AchievementDraft(
        learner, world.competencies[code], days_ago(1).date(), note="She explained it."
    )
    services.sign_off(draft, by=user_of(by), at=now())
