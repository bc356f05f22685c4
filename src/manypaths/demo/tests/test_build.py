"""The demo district as the rooms hold it: found again, alive on every screen, the same twice."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from manypaths.base.clock import from_microseconds
from manypaths.base.errors import Refused
from manypaths.base.models import AuditEntry
from manypaths.base.progress import silence
from manypaths.base.scope import district_scope
from manypaths.demo.build import DemoDistrict, build_demo, find_demo
from manypaths.demo.content import EDUCATORS, MATHEMATICS
from manypaths.demo.roster import ONE_CLASS_A_GRADE, WHOLE_DISTRICT, Size
from manypaths.demo.school_days import ZONE, at_hour
from manypaths.demo.slips import PLANTED
from manypaths.demo.tests.years import LAST_DAY, small_year
from manypaths.estimates.queries import estimates_with_evidence, words_of
from manypaths.evidence.models import Contest, ContestOutcome, Rating, Response
from manypaths.evidence.queries import waiting_to_be_looked_at
from manypaths.evidence.slips import slips_of
from manypaths.evidence.storage import kept_file
from manypaths.frameworks.models import Framework
from manypaths.frameworks.queries import framework_named
from manypaths.frameworks.starters import read_starter
from manypaths.people.models import Group, GroupKind, Organization, Person, Role
from manypaths.people.queries import group_named, learner_named, learners_of
from manypaths.people.tests.cast import OPERATOR, make_district, user_of
from manypaths.plans.models import Choice
from manypaths.plans.queries import (
    ClassOverview,
    class_overview,
    next_steps,
    open_help_requests,
    window_of,
)
from manypaths.plans.services import set_window
from manypaths.plans.supporting import notes_about

pytestmark = pytest.mark.django_db

# In the evening after the last work, and before anything fades further.
AT = from_microseconds(at_hour(LAST_DAY, 22))


def build(size: Size = ONE_CLASS_A_GRADE) -> DemoDistrict:
    return build_demo(seed=0, last_day=LAST_DAY, by=OPERATOR, progress=silence, size=size)


def framework(name: str) -> Framework:
    return framework_named(read_starter(name).identifier, by=OPERATOR)


def overview_of(demo: DemoDistrict, at: datetime = AT) -> ClassOverview:
    group = group_named(demo.class_name, by=OPERATOR)
    return class_overview(group, framework(MATHEMATICS), by=OPERATOR, at=at)


def statuses(name: str, roles: list[Role]) -> Counter[str]:
    """Return how many pairs with evidence have each status."""
    people = list(Person.objects.filter(roles__role__in=roles).order_by("pk"))
    found = estimates_with_evidence(people, framework(name), by=OPERATOR, at=AT)
    return Counter(found.status(row).value for row in range(len(found)))


def classes() -> list[Group]:
    return list(Group.objects.filter(kind=GroupKind.CLASS).order_by("pk"))


def slips_by_class() -> dict[str, list[str]]:
    found = {}
    for group in classes():
        learners = learners_of(group, by=OPERATOR)
        shown = slips_of(learners, framework(MATHEMATICS), by=OPERATOR, at=AT)
        found[group.name] = [slip.slip.code for slip in shown.of_class]
    return {name: slips for name, slips in found.items() if slips}


def everything_said(demo: DemoDistrict) -> object:
    """Return what pages would say of a class: its lists, and each learner's status and steps."""
    with district_scope(demo.district.pk, ZONE):
        overview = overview_of(demo)
        offers = [
            (offer.kind, str(offer.competency), offer.task.source_id, offer.reason, offer.score)
            for learner in overview.learners[:5]
            for offer in next_steps(learner, framework(MATHEMATICS), by=OPERATOR, at=AT)
        ]
        lists = [
            [(need.learner.name, str(need.competency), need.reason) for need in needs]
            for needs in (
                overview.needs_help,
                overview.planned,
                overview.ready_to_show,
                overview.ready_to_move_on,
            )
        ]
        return overview.status, offers, lists


def assert_alive(demo: DemoDistrict) -> None:
    """Check that the class that is shown has something in each list, and nothing absurd."""
    overview = overview_of(demo)
    for needs in (
        overview.needs_help,
        overview.planned,
        overview.ready_to_show,
        overview.ready_to_move_on,
    ):
        assert needs
    in_need = Counter(str(need.competency) for need in overview.needs_help)
    assert max(in_need.values()) <= 0.4 * len(overview.learners)
    assert [shown.slip.code for shown in overview.slips] == [PLANTED[0].slip]


def assert_written_to(demo: DemoDistrict) -> None:
    """Check that every page around the class that is shown has something that people wrote."""
    student, teacher = (learner_named(name, by=OPERATOR) for name in (demo.student, demo.teacher))
    by = user_of(teacher)
    waiting = waiting_to_be_looked_at(
        learners_of(group_named(demo.class_name, by=by), by=by), by=by
    )
    assert {work.learner for work in waiting} >= {student}
    pictures = [work for work in waiting if work.file_name]
    assert all(kept_file(work).stat().st_size < 20_000 for work in pictures)
    assert len(pictures) == 1
    outcomes = Contest.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [ContestOutcome.WITHDRAWN, ContestOutcome.OPEN]
    rows = framework(MATHEMATICS).competencies
    (word,) = words_of(student, rows.get(code="N5"), by=by)
    assert word.level_name == "Secure"
    assert open_help_requests(learners_of(group_named(demo.class_name, by=by), by=by), by=by)
    assert notes_about(student, by=by)


@pytest.mark.sweep
def test_the_district_holds_the_year_and_is_found_again(db: None, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    told: list[tuple[str, int, int]] = []
    demo = build_demo(
        seed=0,
        last_day=LAST_DAY,
        by=OPERATOR,
        progress=lambda *part: told.append(part),
        size=ONE_CLASS_A_GRADE,
        log=log,
    )
    assert [(done, of) for _, done, of in told] == [(n, 18) for n in range(1, 19)]
    assert find_demo(demo.district) == demo
    assert (demo.seed, demo.last_day, demo.is_touched) == (0, LAST_DAY, False)
    assert demo.district.is_demonstration
    year = small_year()
    with district_scope(demo.district.pk, ZONE):
        assert len(classes()) == 3
        assert Person.objects.filter(roles__role=Role.STUDENT).count() == 75
        assert Response.objects.count() == len(year.work.responses)
        assert len(log.read_text().splitlines()) == 1 + len(year.work.responses)
        given = Rating.objects.filter(competency__framework=framework(EDUCATORS))
        assert given.count() == len(year.educators.ratings)
        assert_written_to(demo)
        for source_id in (demo.student, demo.educator, demo.teacher):
            learner_named(source_id, by=OPERATOR)
        assert all(len(window_of(group, by=OPERATOR)) in (3, 4) for group in classes())
        assert_alive(demo)
        assert slips_by_class() == {slip.class_name: [slip.slip] for slip in PLANTED[:2]}
        assert len(statuses(MATHEMATICS, [Role.STUDENT])) >= 4
        assert len(statuses(EDUCATORS, [Role.TEACHER])) >= 4
        assert Choice.objects.filter(is_learners_own=True).count() >= 6
        set_window(classes()[0], [], by=OPERATOR, at=AT)
    assert find_demo(demo.district).is_touched


@pytest.mark.sweep
def test_two_builds_of_one_seed_say_the_same(db: None) -> None:
    assert everything_said(build()) == everything_said(build())


def test_a_build_that_breaks_off_leaves_nothing_behind(db: None) -> None:
    class BrokenOff(Exception):
        """The screen that was told went away."""

    def break_off(part: str, done: int, of: int) -> None:
        if done == 5:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        build_demo(
            seed=0, last_day=LAST_DAY, by=OPERATOR, progress=break_off, size=ONE_CLASS_A_GRADE
        )
    assert not Organization.every_district.exists()
    assert not AuditEntry.every_district.exists()


def test_a_district_that_was_not_built_here_is_no_demo(db: None) -> None:
    with pytest.raises(Refused, match="Riverside is no demo district"):
        find_demo(make_district())


@pytest.mark.sweep
def test_the_whole_district_has_a_healthy_mix_and_interesting_pages(db: None) -> None:
    demo = build(WHOLE_DISTRICT)
    with district_scope(demo.district.pk, ZONE):
        assert_alive(demo)
        assert slips_by_class() == {slip.class_name: [slip.slip] for slip in PLANTED}
        assert_healthy(statuses(MATHEMATICS, [Role.STUDENT]))
        assert len(statuses(EDUCATORS, [Role.TEACHER, Role.COACH, Role.LEADER])) >= 3
        student = learner_named(demo.student, by=OPERATOR)
        offers = next_steps(student, framework(MATHEMATICS), by=OPERATOR, at=AT)
        assert len({offer.kind for offer in offers}) >= 3
        assert n_statuses(student, MATHEMATICS) >= 4
        assert n_statuses(learner_named(demo.educator, by=OPERATOR), EDUCATORS) >= 2


def assert_healthy(students: Counter[str]) -> None:
    share = {status: n / students.total() for status, n in students.items()}
    assert share["needs evidence"] < 0.5
    assert share["growing"] < 0.6
    assert 0.03 < share["ready to show"] < 0.25
    assert 0.1 < share["demonstrated"] < 0.4
    assert 0.002 < share["worth a refresh"] < 0.1


def n_statuses(person: Person, name: str) -> int:
    found = estimates_with_evidence([person], framework(name), by=OPERATOR, at=AT)
    return len({found.status(row) for row in range(len(found))})
