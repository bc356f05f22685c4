"""The end of a school year: groups become an archive, learners go on, and there is a way back."""

from datetime import date, timedelta

import pytest

from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.models import Achievement
from manypaths.estimates.services import take_in, take_in_class_ratings
from manypaths.estimates.tests.world import World, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.people.access import group_for, groups_seen_by
from manypaths.people.models import Group, Membership, Part, Role, RollOver, Term
from manypaths.people.queries import learners_of
from manypaths.people.services import add_to_group, create_term, enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_class, make_person, user_of
from manypaths.plans.models import GroupFramework, Support, WindowEntry
from manypaths.plans.queries import framework_of_group
from manypaths.plans.roll_over import (
    Promotion,
    YearDraft,
    groups_of_year,
    next_name,
    roll_over,
    roll_over_for,
    roll_overs_of,
    undo_roll_over,
)
from manypaths.plans.services import choose_framework, set_window
from manypaths.plans.supporting import SupportDraft, plan_support
from manypaths.plans.tests.work import LATER, practise, sign_off

DAY = timedelta(days=1)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def new_term(cast: Cast) -> Term:
    return create_term(
        cast.district,
        "Next year",
        starts_on=today(),
        ends_on=today() + timedelta(days=300),
        by=OPERATOR,
        at=AT,
    )


@pytest.fixture
def year(cast: Cast, new_term: Term) -> YearDraft:
    """Return a year whose last day was yesterday."""
    old = create_term(
        cast.school, "This year", starts_on=SINCE, ends_on=today() - DAY, by=OPERATOR, at=AT
    )
    Group.objects.filter(pk=cast.ada_class.pk).update(term=old)
    return YearDraft(cast.school, old, new_term)


def do(cast: Cast, year: YearDraft, name: str = "8B Mathematics", **who: bool) -> RollOver:
    return roll_over(
        year, [Promotion(cast.ada_class, name, **who)], by=user_of(cast.dana), at=LATER
    )


def new_group(done: RollOver) -> Group:
    return Group.objects.get(pk__in=done.made_groups)


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("7B Mathematics", "8B Mathematics"),
        ("Grade 9", "Grade 10"),
        ("Robotics", "Robotics"),
        ("Class of 2031", "Class of 2031"),
    ],
)
def test_a_year_later_the_grade_is_one_more(name: str, later: str) -> None:
    assert next_name(name) == later


def test_a_leader_sees_what_would_end_and_go_on(cast: Cast, year: YearDraft) -> None:
    (found,) = groups_of_year(year, by=user_of(cast.dana))
    assert (found.group, found.next_name) == (cast.ada_class, "8B Mathematics")
    assert (found.learners, found.leads) == ([cast.ada], [cast.ben])


def test_learners_and_teachers_go_on_in_next_years_group(cast: Cast, year: YearDraft) -> None:
    new = new_group(do(cast, year))
    assert (new.name, new.term, new.organization) == ("8B Mathematics", year.to_term, cast.school)
    assert learners_of(new, by=user_of(cast.ben)) == [cast.ada]
    cast.ada_class.refresh_from_db()
    assert cast.ada_class.ends_on == today() - DAY


def test_a_group_may_go_on_without_its_teachers_or_not_at_all(cast: Cast, year: YearDraft) -> None:
    new = new_group(do(cast, year, with_leads=False))
    assert [row.part for row in Membership.objects.filter(group=new)] == [Part.LEARNER]
    undo_roll_over(RollOver.objects.get(), by=OPERATOR, at=LATER)
    assert do(cast, year, "").made_groups == []


def test_what_was_demonstrated_stays_the_learners(
    cast: Cast, world: World, year: YearDraft
) -> None:
    practise(world, cast.ada, "F1", "+" * 8)
    sign_off(world, cast.ada, "F1")
    do(cast, year)
    assert Achievement.objects.get().learner == cast.ada


def test_the_framework_goes_along(cast: Cast, world: World, year: YearDraft) -> None:
    choose_framework(cast.ada_class, world.framework, by=OPERATOR, at=AT)
    new = new_group(do(cast, year))
    assert framework_of_group(new, by=user_of(cast.ben)) == world.framework


def test_the_archive_is_read_by_leaders_and_added_to_by_nobody(
    cast: Cast, world: World, year: YearDraft
) -> None:
    do(cast, year)
    cast.ada_class.refresh_from_db()
    old, dana = cast.ada_class, user_of(cast.dana)
    assert group_for(dana, old.public_id) == old
    assert old not in groups_seen_by(user_of(cast.ben))
    somebody = make_person("Iris Berg", cast.school, Role.STUDENT)
    deeds = (
        lambda: set_window(old, [world.competencies["F1"]], by=dana, at=LATER),
        lambda: choose_framework(old, world.framework, by=dana, at=LATER),
        lambda: enroll(old, [somebody], part=Part.LEARNER, starts_on=SINCE, by=dana, at=AT),
        lambda: take_in_class_ratings([], group=old, by=dana, at=LATER),
        lambda: add_to_group(
            [("Noor", "Aziz")],
            group=old,
            part=Part.LEARNER,
            role=Role.STUDENT,
            starts_on=today(),
            by=dana,
            at=AT,
        ),
    )
    for deed in deeds:
        with pytest.raises(Refused, match="nothing is added to it"):
            deed()


def test_help_that_was_planned_ends_and_the_window_stays_with_the_old_group(
    cast: Cast, world: World, year: YearDraft
) -> None:
    set_window(cast.ada_class, [world.competencies["F1"]], by=OPERATOR, at=AT)
    draft = SupportDraft("Walk", world.competencies["F1"], [cast.ada], LATER.date())
    plan_support(cast.ada_class, draft, by=OPERATOR, at=AT)
    done = do(cast, year)
    assert Support.objects.get().ended_at is not None
    assert WindowEntry.objects.get().group == cast.ada_class
    undo_roll_over(done, by=user_of(cast.dana), at=LATER)
    assert Support.objects.get().ended_at is None


def test_undone_all_is_as_before(cast: Cast, world: World, year: YearDraft) -> None:
    choose_framework(cast.ada_class, world.framework, by=OPERATOR, at=AT)

    def rows() -> list[list[tuple[object, ...]]]:
        tables = (Group, Membership, GroupFramework, Support)
        return [list(table.objects.order_by("pk").values_list()) for table in tables]

    before = rows()
    done = do(cast, year)
    assert rows() != before
    undo_roll_over(done, by=user_of(cast.dana), at=LATER)
    assert rows() == before
    with pytest.raises(Refused, match="taken back already"):
        undo_roll_over(done, by=user_of(cast.dana), at=LATER)


def test_once_something_is_recorded_in_the_new_year_it_stays(
    cast: Cast, world: World, year: YearDraft
) -> None:
    done = do(cast, year)
    from manypaths.base.clock import now

    draft = ResponseDraft(cast.ada, world.tasks["F1-1"], 1.0, now())
    take_in(draft, by=OPERATOR, at=now())
    with pytest.raises(Refused, match="recorded in the new year"):
        undo_roll_over(done, by=OPERATOR, at=LATER)


def test_once_somebody_joined_a_new_group_it_stays(cast: Cast, year: YearDraft) -> None:
    done = do(cast, year)
    iris = make_person("Iris Berg", cast.school, Role.STUDENT)
    enroll(new_group(done), [iris], part=Part.LEARNER, starts_on=today(), by=OPERATOR, at=AT)
    with pytest.raises(Refused, match="changed in the new groups"):
        undo_roll_over(done, by=OPERATOR, at=LATER)


def test_two_groups_of_one_name_are_refused_and_nothing_is_done(
    cast: Cast, year: YearDraft
) -> None:
    other = make_class("7C", cast.school, lead=cast.ben, learners=[])
    Group.objects.filter(pk=other.pk).update(term=year.from_term)
    promotions = [Promotion(group, "8") for group in (cast.ada_class, other)]
    with pytest.raises(Refused, match="two groups 8 in Next year"):
        roll_over(year, promotions, by=OPERATOR, at=LATER)
    assert not RollOver.objects.exists()
    assert Group.objects.filter(ends_on=None).count() == 3


def test_a_term_before_the_old_one_is_no_next_year(cast: Cast, year: YearDraft) -> None:
    assert year.from_term is not None
    backwards = YearDraft(cast.school, year.to_term, year.from_term)
    with pytest.raises(Refused, match="begins after"):
        groups_of_year(backwards, by=OPERATOR)


@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "eli"])
def test_whoever_does_not_lead_the_school_rolls_nothing_over(
    cast: Cast, year: YearDraft, name: str
) -> None:
    by = user_of(getattr(cast, name))
    done = do(cast, year)
    with pytest.raises(NotFound):
        roll_over(year, [], by=by, at=LATER)
    with pytest.raises(NotFound):
        undo_roll_over(done, by=by, at=LATER)
    with pytest.raises(NotFound):
        roll_overs_of(cast.school, by=by)


def test_groups_of_another_school_are_not_rolled_over(cast: Cast, year: YearDraft) -> None:
    with pytest.raises(NotFound):
        roll_over(year, [Promotion(cast.cleo_class, "8A")], by=user_of(cast.dana), at=LATER)


def test_roll_overs_that_stand_are_listed(cast: Cast, year: YearDraft) -> None:
    done, dana = do(cast, year), user_of(cast.dana)
    assert roll_overs_of(cast.school, by=dana) == [done]
    assert roll_over_for(done.public_id, cast.school, by=dana) == done
    undo_roll_over(done, by=dana, at=LATER)
    assert roll_overs_of(cast.school, by=dana) == []
    with pytest.raises(NotFound):
        roll_over_for(done.public_id, cast.school, by=dana)


def test_an_empty_year_is_said_so(cast: Cast, new_term: Term) -> None:
    empty = create_term(
        cast.school, "Empty", starts_on=SINCE, ends_on=date(2021, 1, 1), by=OPERATOR, at=AT
    )
    with pytest.raises(Refused, match="nothing to carry on"):
        roll_over(YearDraft(cast.school, empty, new_term), [], by=OPERATOR, at=LATER)
