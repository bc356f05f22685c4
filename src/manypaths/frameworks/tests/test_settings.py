from typing import Any

import pytest

from manypaths.base.errors import Refused
from manypaths.base.models import AuditEntry
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import set_rules, set_self_ratings_move, set_target
from manypaths.frameworks.tests.drafts import FOUR_LEVELS, competency, framework_of, saved
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR


@pytest.fixture
def framework(district: Organization) -> Framework:
    return saved(framework_of(competency("A"), scale=FOUR_LEVELS))


def test_a_target_brings_the_cut_points_that_go_with_it(framework: Framework) -> None:
    set_target(framework, level=3, by=OPERATOR, at=AT)
    framework.refresh_from_db()
    assert (framework.target_level, framework.cut_points) == (3, [0.5, 0.65, 0.8])


def test_a_school_may_choose_its_own_cut_points(framework: Framework) -> None:
    set_target(framework, level=2, cut_points=[0.4, 0.6, 0.95], by=OPERATOR, at=AT)
    framework.refresh_from_db()
    assert framework.cut_points == [0.4, 0.6, 0.95]


@pytest.mark.parametrize("level", [0, 4, -1])
def test_a_target_lies_above_the_lowest_level_of_the_scale(
    framework: Framework, level: int
) -> None:
    with pytest.raises(Refused) as refused:
        set_target(framework, level=level, by=OPERATOR, at=AT)
    assert "from 1 to 3" in refused.value.faults[0].allowed


@pytest.mark.parametrize("cut_points", [[0.5], [0.5, 0.5, 0.9], [0.5, 0.8, 1.0], [0, 0.8, 0.9]])
def test_cut_points_rise_between_0_and_1(framework: Framework, cut_points: list[float]) -> None:
    with pytest.raises(Refused, match="does not fit"):
        set_target(framework, level=2, cut_points=cut_points, by=OPERATOR, at=AT)


def test_without_a_scale_there_is_nothing_to_aim_at(district: Organization) -> None:
    framework = saved(framework_of(competency("A")))
    with pytest.raises(Refused, match="has no scale"):
        set_target(framework, level=1, by=OPERATOR, at=AT)


def test_rules_are_the_departures_from_the_defaults(framework: Framework) -> None:
    set_rules(framework, {"tau": 0.75, "least_pieces": 6}, by=OPERATOR, at=AT)
    framework.refresh_from_db()
    assert framework.rules == {"tau": 0.75, "least_pieces": 6}
    assert AuditEntry.objects.get(deed="set rules").facts == {"changed": "least_pieces, tau"}


@pytest.mark.parametrize("rules", [{"taw": 0.8}, {"tau": 1.5}, {"least_pieces": 2.5}])
def test_rules_that_make_no_sense_are_refused(framework: Framework, rules: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        set_rules(framework, rules, by=OPERATOR, at=AT)
    framework.refresh_from_db()
    assert framework.rules == {}


def test_self_ratings_move_the_estimate_where_the_school_says_so(framework: Framework) -> None:
    assert not framework.self_ratings_move
    set_self_ratings_move(framework, True, by=OPERATOR, at=AT)
    framework.refresh_from_db()
    assert framework.self_ratings_move
