"""Invented years for tests, each made once."""

from collections import Counter
from datetime import date
from functools import cache

import numpy as np

from manypaths.demo.generator import SchoolYear, invent_year
from manypaths.demo.roster import ONE_CLASS_A_GRADE, WHOLE_DISTRICT, SchoolClass
from manypaths.demo.slips import PLANTED
from manypaths.mastery import Alignment, ResponseLog
from manypaths.mastery.slips import WrongAnswer, find_slips

LAST_DAY = date(2026, 6, 12)
_MICROSECONDS_A_DAY = 86_400_000_000
_DAYS_SEEN = 90


@cache
def small_year(seed: int = 0) -> SchoolYear:
    return invent_year(np.random.default_rng(seed), last_day=LAST_DAY, size=ONE_CLASS_A_GRADE)


@cache
def whole_year(seed: int = 0, *, with_slips: bool = True) -> SchoolYear:
    return invent_year(
        np.random.default_rng(seed),
        last_day=LAST_DAY,
        size=WHOLE_DISTRICT,
        planted=PLANTED if with_slips else (),
    )


def log_of_year(year: SchoolYear) -> ResponseLog:
    """Return the year's responses as the engine takes them."""
    responses = year.work.responses
    items = year.scene.content.items
    return ResponseLog.of(
        Alignment.of((item.source_id, item.alignments) for item in items),
        learner=responses.student,
        instrument=responses.item,
        outcome=responses.outcome.astype(float),
        time=responses.done_at / _MICROSECONDS_A_DAY,
    )


def slips_found(year: SchoolYear) -> dict[str, list[str]]:
    """Return the slips that the engine's rule finds in the last weeks, by class."""
    found = {c.name: _slips_of_class(year, c) for c in year.scene.roster.classes}
    return {name: slips for name, slips in found.items() if slips}


def _slips_of_class(year: SchoolYear, school_class: SchoolClass) -> list[str]:
    responses, items = year.work.responses, year.scene.content.items
    since = responses.done_at.max() - _DAYS_SEEN * _MICROSECONDS_A_DAY
    is_own = (responses.student >= school_class.students.start) & (
        responses.student < school_class.students.stop
    )
    rows = is_own & (responses.done_at >= since) & (responses.outcome == 0)
    answers = []
    for row in np.nonzero(rows & (responses.chosen >= 0))[0]:
        item = items[responses.item[row]]
        wrong = [answer for answer in item.answers if not answer.is_right]
        offered = Counter(answer.slip for answer in wrong if answer.slip)
        answers.append(
            WrongAnswer(
                learner=int(responses.student[row]),
                item=item.source_id,
                shown=item.answers[responses.chosen[row]].slip,
                offered={slip: n / len(wrong) for slip, n in offered.items()},
            )
        )
    return [str(found.slip) for found in find_slips(answers)]
