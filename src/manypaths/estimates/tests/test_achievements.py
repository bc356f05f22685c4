"""A level is signed off by a person who may, on a day that has been, and stays for good."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.estimates import services
from manypaths.estimates.engine import row_in_force
from manypaths.estimates.models import Achievement
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import AchievementDraft
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import Response
from manypaths.frameworks.services import publish_framework, start_version
from manypaths.frameworks.tests.drafts import competency, framework_of, saved
from manypaths.people.models import Membership, Part, Person, RelationshipKind, Role
from manypaths.people.services import relate
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of

LATER = day(60)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def draft(
    cast: Cast, world: World, *, code: str = "F1", level: int | None = None
) -> AchievementDraft:
    return AchievementDraft(cast.ada, world.competencies[code], day(50).date(), level)


def status_of(cast: Cast, world: World, code: str = "F1") -> str:
    found = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    return found.status_by_code()[0][code]


def work(cast: Cast, world: World, outcomes: list[float]) -> None:
    for number, outcome in enumerate(outcomes):
        answer = ResponseDraft(cast.ada, world.tasks[f"F1-{1 + number % 5}"], outcome, day(number))
        services.take_in(answer, by=OPERATOR, at=LATER)


def coach_of(cast: Cast) -> Person:
    relate(
        [(cast.cleo, cast.ada)],
        kind=RelationshipKind.COACH,
        organization=cast.school,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    return cast.cleo


def test_teachers_leaders_coaches_and_assessors_sign_off(cast: Cast, world: World) -> None:
    assessor = make_person("Asa Lund", cast.school, Role.ASSESSOR)
    for number, signer in enumerate((cast.ben, cast.dana, coach_of(cast), assessor)):
        row = services.sign_off(draft(cast, world), by=user_of(signer), at=LATER)
        assert row.signed_by == user_of(signer).pk
        assert Achievement.objects.count() == number + 1


def test_an_assessor_signs_without_seeing_the_record(cast: Cast, world: World) -> None:
    assessor = user_of(make_person("Asa Lund", cast.school, Role.ASSESSOR))
    services.sign_off(draft(cast, world), by=assessor, at=LATER)
    with pytest.raises(NotFound):
        estimates_of([cast.ada], world.framework, by=assessor, at=LATER)


def test_nobody_else_signs_off_and_no_learner_their_own(cast: Cast, world: World) -> None:
    elsewhere = make_person("Asa Lund", cast.school_elsewhere, Role.ASSESSOR)
    peer = make_person("Noor Aziz", cast.school, Role.STUDENT)
    Membership.objects.create(group=cast.ada_class, person=peer, part=Part.LEARNER, starts_on=SINCE)
    for person in (cast.ada, cast.cleo, cast.eli, elsewhere, peer):
        with pytest.raises(NotFound):
            services.sign_off(draft(cast, world), by=user_of(person), at=LATER)
    own = AchievementDraft(cast.dana, world.competencies["F1"], day(50).date())
    with pytest.raises(NotFound):
        services.sign_off(own, by=user_of(cast.dana), at=LATER)
    assert not Achievement.objects.exists()


def test_an_achievement_says_what_was_expected_on_its_day(cast: Cast, world: World) -> None:
    work(cast, world, [1.0] * 8)
    expected = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER).numbers.success[0]
    row = services.sign_off(draft(cast, world), by=user_of(cast.ben), at=LATER)
    row.refresh_from_db()
    assert row.expected_success == pytest.approx(float(expected), abs=1e-12)
    assert row.model == row_in_force(world.framework)
    assert (row.level, row.demonstrated_on) == (2, day(50).date())
    assert row.signed_at == to_microseconds(LATER)
    assert status_of(cast, world) == "demonstrated"


def test_without_evidence_a_person_may_sign_off_all_the_same(cast: Cast, world: World) -> None:
    row = services.sign_off(draft(cast, world), by=user_of(cast.ben), at=LATER)
    assert row.model is None
    assert status_of(cast, world) == "demonstrated"


@pytest.mark.parametrize(("level", "status"), [(0, "not started"), (1, "not started")])
def test_a_level_below_the_target_demonstrates_nothing_yet(
    cast: Cast, world: World, level: int, status: str
) -> None:
    services.sign_off(draft(cast, world, level=level), by=OPERATOR, at=LATER)
    assert Achievement.objects.get().level == level
    assert status_of(cast, world) == status


def test_the_highest_level_counts(cast: Cast, world: World) -> None:
    for level in (3, 1):
        services.sign_off(draft(cast, world, level=level), by=OPERATOR, at=LATER)
    found = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert found.level.tolist() == [3, -1, -1]
    assert status_of(cast, world) == "demonstrated"


@pytest.mark.parametrize("level", [-1, 4])
def test_a_level_that_the_scale_lacks_is_refused(cast: Cast, world: World, level: int) -> None:
    with pytest.raises(Refused, match="Starting, Developing, Secure, Extending"):
        services.sign_off(draft(cast, world, level=level), by=OPERATOR, at=LATER)
    assert not Achievement.objects.exists()


def test_without_a_scale_there_is_one_level_the_target(cast: Cast) -> None:
    bare = saved(framework_of(competency("A", code="A"), identifier="bare", title="Bare"))
    node = bare.competencies.get()
    services.sign_off(
        AchievementDraft(cast.ada, node, day(1).date()), by=user_of(cast.ben), at=LATER
    )
    assert Achievement.objects.get().level is None
    found = estimates_of([cast.ada], bare, by=OPERATOR, at=LATER)
    assert found.status_by_code() == [{"A": "demonstrated"}]


def test_the_day_has_been_by_the_districts_wall(cast: Cast, world: World) -> None:
    evening = LATER.replace(hour=23)
    tomorrow = AchievementDraft(
        cast.ada, world.competencies["F1"], (evening + timedelta(days=1)).date()
    )
    with pytest.raises(Refused, match="still to come"):
        services.sign_off(tomorrow, by=OPERATOR, at=evening)
    with district_scope(cast.district.pk, ZoneInfo("Pacific/Kiritimati")):
        assert services.sign_off(tomorrow, by=OPERATOR, at=evening)


def test_an_achievement_outlives_the_evidence_it_came_from(cast: Cast, world: World) -> None:
    work(cast, world, [1.0] * 6)
    services.sign_off(draft(cast, world), by=user_of(cast.ben), at=LATER)
    for row in Response.objects.standing():
        services.withdraw(row, reason="Another's", by=OPERATOR, at=LATER)
    services.rebuild(world.framework, by=OPERATOR, at=LATER)
    assert Achievement.objects.count() == 1
    assert status_of(cast, world) in ("demonstrated", "worth a refresh")


def test_many_are_signed_off_as_one_deed(cast: Cast, world: World) -> None:
    bare = saved(framework_of(competency("A", code="A"), identifier="bare", title="Bare"))
    other = AchievementDraft(cast.dana, bare.competencies.get(), day(1).date())
    drafts = [draft(cast, world), draft(cast, world, code="F2", level=3), other]
    leader = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    before = AuditEntry.objects.count()
    rows = services.sign_off_many(drafts, organization=cast.school, by=leader, at=LATER)
    assert AuditEntry.objects.count() == before + 1
    assert {(row.learner, row.competency.code, row.level) for row in rows} == {
        (cast.ada, "F1", 2),
        (cast.ada, "F2", 3),
        (cast.dana, "A", None),
    }


def test_of_many_none_is_signed_off_where_one_is_not_ones_own(cast: Cast, world: World) -> None:
    theirs = Membership.objects.get(group=cast.cleo_class, part=Part.LEARNER).person
    drafts = [
        draft(cast, world),
        AchievementDraft(theirs, world.competencies["F1"], day(1).date()),
    ]
    with pytest.raises(NotFound):
        services.sign_off_many(drafts, organization=cast.school, by=user_of(cast.dana), at=LATER)
    assert not Achievement.objects.exists()


def test_what_was_shown_on_one_version_is_shown_on_the_next(cast: Cast, world: World) -> None:
    services.sign_off(draft(cast, world), by=OPERATOR, at=LATER)
    started = start_version(world.framework, version="2", by=OPERATOR, at=LATER)
    publish_framework(started, by=OPERATOR, at=LATER)
    second = started.competencies.get(code="F2")
    services.sign_off(AchievementDraft(cast.ada, second, day(1).date()), by=OPERATOR, at=LATER)
    for version in (world.framework, started):
        words = estimates_of([cast.ada], version, by=OPERATOR, at=LATER).status_by_code()[0]
        assert words == {"F1": "demonstrated", "F2": "demonstrated", "F3": "not started"}
