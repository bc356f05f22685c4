"""A district learns for whom its estimates are worse, and nothing of few people."""

from collections.abc import Sequence

import numpy as np
import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.small_groups import MINIMUM, shown_groups
from manypaths.estimates.calibration import CalibrationReport, Subgroup, calibration_report
from manypaths.estimates.services import take_in_responses
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseColumns
from manypaths.evidence.models import Clock
from manypaths.mastery.calibration import SCORES
from manypaths.people.models import Organization, Part, Person, Role
from manypaths.people.services import add_people, create_group, create_school, enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, user_of

pytestmark = pytest.mark.django_db

SIZES = {"North": {"7A": 22, "7B": 14, "7C": 4}, "South": {"8A": 24}}


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def learners(cast: Cast, world: World) -> dict[str, list[Person]]:
    """Enrol two schools and let everyone answer; an item is far harder in class 8A."""
    rng = np.random.default_rng(0)
    found = {}
    for school_name, classes in SIZES.items():
        school = create_school(school_name, parent=cast.district, by=OPERATOR, at=AT)
        for name, n in classes.items():
            found[name] = people = add_people(
                [(f"{name}-{place}", "Learner") for place in range(n)],
                organization=school,
                role=Role.STUDENT,
                starts_on=SINCE,
                by=OPERATOR,
                at=AT,
            )
            group = create_group(school, name, by=OPERATOR, at=AT)
            enroll(group, people, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
            answer(rng, people, world, cast.district, odd=name == "8A")
    return found


def answer(
    rng: np.random.Generator,
    people: Sequence[Person],
    world: World,
    district: Organization,
    *,
    odd: bool,
) -> None:
    tasks = [task.pk for task in world.tasks.values()]
    learner, task = (np.ravel(g) for g in np.meshgrid([p.pk for p in people], tasks, indexing="ij"))
    ability = np.repeat(rng.normal(0.8, 1, len(people)), len(tasks))
    p = 1 / (1 + np.exp(-ability))
    if odd:
        p = np.where(task == tasks[0], 0.03, p)
    take_in_responses(
        ResponseColumns(
            learner=learner,
            task=task,
            outcome=(rng.random(p.size) < p).astype(np.float64),
            done_at=np.tile(np.arange(len(tasks)), len(people)),
            clock=np.full(p.size, Clock.NONE),
            chosen=np.full(p.size, -1),
            attempt=np.ones(p.size, np.int64),
        ),
        organization=district,
        by=OPERATOR,
        at=day(0),
    )


def report(world: World, **options: object) -> CalibrationReport:
    return calibration_report(world.framework, by=OPERATOR, **options)  # type: ignore[arg-type]  # its own


def test_everyone_and_each_group_that_may_be_told_of_have_figures(
    learners: dict[str, list[Person]], world: World
) -> None:
    found = report(world)
    n = sum(len(people) for people in learners.values())
    assert found.everyone.n_learners == n // 10 * 10
    assert found.everyone.calibration.gaps == {}
    names = [subgroup.name for subgroup in found.subgroups]
    # 7C has four: it is hidden, and with it the smallest beside it.
    assert names == [("North",), ("North", "7A"), ("South",), ("South", "8A")]
    assert found.is_partial
    for subgroup in found.subgroups:
        assert set(subgroup.calibration.figures) == set(subgroup.calibration.gaps) == set(SCORES)
        assert subgroup.n_learners % 10 == 0
    assert 0.5 < found.everyone.calibration.figures["auc"].value < 0.9


def test_an_item_that_is_harder_for_one_school_is_named(
    learners: dict[str, list[Person]], world: World
) -> None:
    found = report(world)
    odd = next(iter(world.tasks.values()))
    assert (("South",), odd) in [(item.name, item.task) for item in found.items]
    for item in found.items:
        if item.task == odd and item.name == ("South",):
            assert item.difference.delta < -1.5
            assert item.difference.letter in "BC"


def test_the_operator_may_bring_other_subgroups(
    learners: dict[str, list[Person]], world: World
) -> None:
    everyone = [person for people in learners.values() for person in people]
    groups = {person.pk: "first" if n < 30 else "second" for n, person in enumerate(everyone)}
    found = report(world, groups=groups)
    assert [subgroup.name for subgroup in found.subgroups] == [("first",), ("second",)]
    assert not found.is_partial
    first, second = found.subgroups
    assert gap(first) == pytest.approx(-gap(second))
    few = {person.pk: "few" if n < 5 else "rest" for n, person in enumerate(everyone)}
    assert report(world, groups=few).subgroups == []


def gap(subgroup: Subgroup) -> float:
    return subgroup.calibration.gaps["log_loss"].value


def test_nobody_else_may_ask_and_leaders_may_not_choose_subgroups(
    learners: dict[str, list[Person]], world: World, cast: Cast
) -> None:
    chief = add_people(
        [("Femi", "Ade")],
        organization=cast.district,
        role=Role.LEADER,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )[0]
    n_deeds = AuditEntry.objects.count()
    for person in (cast.ada, cast.ben, cast.dana):
        with pytest.raises(NotFound):
            calibration_report(world.framework, by=user_of(person))
    with pytest.raises(NotFound):
        calibration_report(world.framework, by=user_of(chief), groups={cast.ada.pk: "one"})
    assert calibration_report(world.framework, by=user_of(chief)).subgroups
    assert AuditEntry.objects.count() == n_deeds


def test_nothing_is_told_of_a_handful(world: World, cast: Cast) -> None:
    rng = np.random.default_rng(1)
    people = add_people(
        [("Few", str(n)) for n in range(MINIMUM - 1)],
        organization=cast.school,
        role=Role.STUDENT,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    with pytest.raises(Refused, match="Fewer than 10 learners"):
        report(world)
    answer(rng, people, world, cast.district, odd=False)
    with pytest.raises(Refused, match="Fewer than 10 learners"):
        report(world)


def test_later_work_is_told_of_where_enough_did_any(
    learners: dict[str, list[Person]], world: World
) -> None:
    # All answered the same fifteen tasks, so the same groups are shown.
    paths = [
        (school, name)
        for school, classes in SIZES.items()
        for name in classes
        for _ in learners[name]
    ]
    found = report(world)
    assert {s.name for s in found.subgroups} | {()} == shown_groups(paths)
    assert all(s.covered is not None for s in found.subgroups)
    assert found.everyone.covered is not None
    assert found.everyone.covered > 0.8
