"""The days of an invented school year: three terms of twelve weeks, a week off between them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

ZONE = ZoneInfo("America/Lima")
N_WEEKS = 38
_TERM_WEEKS, _WEEKS_BETWEEN = 12, 1
_TERM_NAMES = ("First term", "Second term", "Third term")
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class SchoolTerm:
    """A term with its first and last school day."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class SchoolDays:
    """All school days in order; arrays have the shape (n_days,).

    `week` counts weeks of teaching from 0 (weeks off are not counted), `term` terms from 0;
    `midnight` is when each day begins in the district, in microseconds UTC; `gap` how many days
    have passed since the school day before.
    """

    dates: tuple[date, ...]
    terms: tuple[SchoolTerm, ...]
    week: Numbers
    term: Numbers
    midnight: Numbers
    gap: Numbers

    @property
    def n_weeks(self) -> int:
        """Return how many weeks are taught."""
        return int(self.week[-1]) + 1

    def __len__(self) -> int:
        """Return how many school days there are."""
        return len(self.dates)


def school_days(last_day: date) -> SchoolDays:
    """Return the school days of the 38 weeks up to a last day, which may cut its week short."""
    first_monday = last_day - timedelta(days=last_day.weekday(), weeks=N_WEEKS - 1)
    block = _TERM_WEEKS + _WEEKS_BETWEEN
    dates, weeks, terms = [], [], []
    for number in range(N_WEEKS):
        term, week = divmod(number, block)
        if week == _TERM_WEEKS:
            continue
        for weekday in range(5):
            day = first_monday + timedelta(weeks=number, days=weekday)
            if day <= last_day:
                dates.append(day)
                weeks.append(term * _TERM_WEEKS + week)
                terms.append(term)
    return SchoolDays(
        dates=tuple(dates),
        terms=tuple(_term(number, dates, terms) for number in range(len(_TERM_NAMES))),
        week=np.array(weeks),
        term=np.array(terms),
        midnight=np.array([at_hour(day, 0) for day in dates]),
        gap=np.array([0, *((then - day).days for day, then in pairwise(dates))]),
    )


def at_hour(day: date, hour: float) -> int:
    """Return an hour of a day in the district, in microseconds UTC."""
    begin = datetime.combine(day, time(), ZONE).astimezone(UTC)
    return int(begin.timestamp() + hour * 3600) * _MICROSECONDS


def last_school_day_before(today: date) -> date:
    """Return the newest day from Monday to Friday before a day."""
    yesterday = today - timedelta(days=1)
    return yesterday - timedelta(days=max(0, yesterday.weekday() - 4))


def _term(number: int, dates: list[date], terms: list[int]) -> SchoolTerm:
    days = [day for day, term in zip(dates, terms, strict=True) if term == number]
    return SchoolTerm(_TERM_NAMES[number], days[0], days[-1])
