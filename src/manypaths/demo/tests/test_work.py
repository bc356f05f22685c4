"""The invented work against the truth behind it, and who is shown first."""

import numpy as np
import pytest

from manypaths.demo.generator import SchoolYear
from manypaths.demo.roster import Size, invent_roster
from manypaths.demo.slips import PLANTED
from manypaths.demo.tests.years import small_year, whole_year


@pytest.fixture
def year() -> SchoolYear:
    return small_year()


def holds_and_offers(year: SchoolYear) -> tuple[np.ndarray, np.ndarray]:
    """Say of each response whether its student holds an idea, and whether the item offers it."""
    responses, held = year.work.responses, year.scene.held
    classroom = {c.name: c.students for c in year.scene.roster.classes}
    holds = held.by_student[responses.student] >= 0
    offers = np.zeros(len(responses), bool)
    for number, slip in enumerate(held.slips):
        in_class = np.isin(responses.student, list(classroom[slip.class_name]))
        offers |= in_class & (held.answer[number][responses.item] >= 0)
    return holds, offers


def test_who_knows_more_is_right_more_often() -> None:
    year = whole_year()
    responses, content = year.work.responses, year.scene.content
    last_weeks = responses.done_at > responses.done_at.max() - 14 * 86_400_000_000
    recent = responses.only(last_weeks & (responses.attempt == 1))
    level = year.work.level[recent.student, content.own[recent.item]]
    shares = [
        recent.outcome[(level >= low) & (level < low + 0.25)].mean() for low in (0, 0.25, 0.5, 0.75)
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.5 < 0.8 < shares[-1]


def test_holders_of_an_idea_are_wrong_more_often_and_mostly_in_its_way(year: SchoolYear) -> None:
    responses = year.work.responses
    holds, offers = holds_and_offers(year)
    right_with, right_without = (
        responses.outcome[offers & group].mean() for group in (holds, ~holds)
    )
    assert right_with < right_without - 0.2
    idea = year.scene.held.answer_to(responses.student, responses.item)
    wrong = offers & holds & (responses.outcome == 0)
    assert 0.6 < (responses.chosen[wrong] == idea[wrong]).mean() < 0.9


def test_some_forty_to_sixty_in_a_hundred_hold_the_idea(year: SchoolYear) -> None:
    for number, slip in enumerate(year.scene.held.slips):
        school_class = year.scene.roster.class_named(slip.class_name)
        assert school_class is not None
        n_hold = (year.scene.held.by_student == number).sum()
        assert 0.38 <= n_hold / len(school_class.students) <= 0.62


def test_planted_slips_belong_to_the_grade_of_their_class_and_are_in_its_window() -> None:
    scene = whole_year().scene
    assert len({slip.class_name for slip in PLANTED}) == 4
    for slip in PLANTED:
        school_class = scene.roster.class_named(slip.class_name)
        assert school_class is not None
        place = scene.content.place(slip.competency)
        assert scene.content.grade[place] == school_class.grade
        assert school_class.school == 0
        schedule = scene.schedules[scene.roster.classes.index(school_class)]
        assert place in schedule.window


def test_students_are_away_for_days_and_some_for_weeks() -> None:
    responses = whole_year().work.responses
    days = np.unique(np.stack((responses.student, responses.done_at // 86_400_000_000)), axis=1)
    same = np.diff(days[0]) == 0
    gaps = np.diff(days[1])[same]
    assert (gaps > 25).sum() > 20


def test_classes_are_uneven() -> None:
    year = whole_year()
    responses = year.work.responses
    right, size = [], []
    for school_class in year.scene.roster.classes:
        own = np.isin(responses.student, list(school_class.students))
        right.append(responses.outcome[own].mean())
        size.append(own.sum() / len(school_class.students))
    assert np.ptp(right) > 0.1
    assert np.ptp(size) > 15


@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 2), Size(3, 4)])
def test_a_district_of_any_size_has_its_classes_students_and_educators(size: Size) -> None:
    roster = invent_roster(np.random.default_rng(0), size)
    n_classes = 3 * size.n_schools * size.n_sections
    assert len({c.name for c in roster.classes}) == n_classes
    assert len(roster.students) == 25 * n_classes
    assert len(roster.educators) == n_classes + 8 * size.n_schools
    assert sum(len(c.students) for c in roster.classes) == len(roster.students)
    for place, school_class in enumerate(roster.classes):
        assert all(roster.students[s].classroom == place for s in school_class.students)
        assert roster.educators[school_class.lead].school == school_class.school
    assert len({c.lead for c in roster.classes}) == n_classes
    ids = [*(s.source_id for s in roster.students), *(e.source_id for e in roster.educators)]
    assert len({*ids, *(g.source_id for g in roster.guardians)}) == len(ids) + len(roster.guardians)


def test_the_shown_student_keeps_to_the_idea_of_the_shown_class(year: SchoolYear) -> None:
    scene, shown = year.scene, year.shown
    school_class = scene.shown_class
    assert shown.class_name == school_class.name == PLANTED[0].class_name
    student = [s.source_id for s in scene.roster.students].index(shown.student)
    assert student in school_class.students
    assert scene.held.by_student[student] == 0
    assert shown.teacher == scene.roster.educators[school_class.lead].source_id


def test_the_shown_educator_has_been_rated_and_is_of_the_same_school(year: SchoolYear) -> None:
    educators = year.scene.roster.educators
    place = [e.source_id for e in educators].index(year.shown.educator)
    assert educators[place].school == year.scene.shown_class.school
    assert sum(rating.educator == place for rating in year.educators.ratings) >= 10
