"""A framework's own thresholds: what may be changed, to what, and what is refused."""

from math import inf, nan
from typing import Any

import pytest

from manypaths.base.errors import Refused
from manypaths.frameworks.rules import StatusRules


def test_what_is_not_changed_stays_at_the_default() -> None:
    rules = StatusRules.of({"least_pieces": 6, "tau": 0.7})
    assert rules == StatusRules(least_pieces=6, tau=0.7)
    assert StatusRules.of({}) == StatusRules()


@pytest.mark.parametrize("name", ["tau", "ready", "recall", "sure", "fairly_sure"])
@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, nan, inf, True, "0.8", None])
def test_a_chance_lies_between_0_and_1(name: str, value: Any) -> None:
    with pytest.raises(Refused, match=f"The threshold {name} is .* a number between 0 and 1"):
        StatusRules.of({name: value})


@pytest.mark.parametrize("name", ["least_pieces", "least_days", "least_ratings"])
@pytest.mark.parametrize("value", [0, -1, 1.5, nan, inf, True, "2", None])
def test_a_count_is_a_whole_number_from_1(name: str, value: Any) -> None:
    with pytest.raises(Refused, match=f"The threshold {name} is .* a whole number from 1"):
        StatusRules.of({name: value})


def test_the_surer_word_has_the_narrower_interval() -> None:
    with pytest.raises(Refused, match=r"sure is 0\.3, above fairly_sure with 0\.2"):
        StatusRules.of({"sure": 0.3})
    assert StatusRules.of({"sure": 0.3, "fairly_sure": 0.3}).sure == 0.3


def test_an_unknown_threshold_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Refused, match="'readiness' is no threshold; allowed are tau, ready"):
        StatusRules.of({"readiness": 0.5})
