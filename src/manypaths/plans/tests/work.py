"""Ada's class at work on fractions: short ways to evidence, for tests of plans."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from manypaths.estimates import services
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.tests.world import World, day
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole, Rating, Response
from manypaths.people.models import Part, Person, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person

LATER = day(60)


def answer(
    world: World,
    learner: Person,
    task: str,
    number: int,
    outcome: float,
    *,
    chosen: int | None = None,
) -> Response:
    draft = ResponseDraft(learner, world.tasks[task], outcome, day(number), chosen=chosen)
    return services.take_in(draft, by=OPERATOR, at=LATER)


def practise(world: World, learner: Person, code: str, outcomes: str, *, since: int = 0) -> None:
    """Answer an item a day: + is right, - is wrong with the first slip, . wrong without one."""
    for number, sign in enumerate(outcomes):
        answer(
            world,
            learner,
            f"{code}-{1 + number % 5}",
            since + number,
            float(sign == "+"),
            chosen=1 if sign == "-" else None,
        )


def rate(
    world: World, learner: Person, code: str, number: int, level: int, *, rater: Person
) -> Rating:
    role = RaterRole.SELF if rater == learner else RaterRole.TEACHER
    draft = RatingDraft(learner, world.competencies[code], level, rater, role, day(number))
    return services.take_in_rating(draft, by=OPERATOR, at=LATER)


def sign_off(world: World, learner: Person, code: str, *, number: int = 59) -> None:
    at = day(number) + timedelta(hours=1)
    draft = AchievementDraft(learner, world.competencies[code], at.date())
    services.sign_off(draft, by=OPERATOR, at=at)


def bring_learners(cast: Cast, n: int) -> list[Person]:
    """Let more learners join Ada's class."""
    people = [
        make_person(f"Learner No{number:02}", cast.school, Role.STUDENT) for number in range(n)
    ]
    enroll(cast.ada_class, people, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return people


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block changed: for laws that are tried many times."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
