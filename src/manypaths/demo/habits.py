"""When classes have sessions, when students are away, and how carefully they work."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.demo.scene import Scene
from manypaths.demo.school_days import SchoolDays

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Claims = NDArray[np.bool_]

_HOUR = 3600
_PERIODS = (8.25, 9.25, 10.25, 11.5, 13.25)
_LEAST_CARELESS, _MOST_CARELESS = 0.03, 0.10
# Sessions a week that a class records, and how often a student does one item more.
_FEWEST_SESSIONS, _MOST_SESSIONS = 1.6, 1.9
_MOST_DILIGENT = 0.4
# The share of sessions that is work at home, done between these hours.
_AT_HOME, _HOME_FROM, _HOME_TO = 0.15, 16, 20
# How likely a student is away on a day, and for days or weeks once in the year.
_AWAY_A_DAY, _AWAY_LONG = 0.03, 0.18
_SHORTEST_AWAY, _LONGEST_AWAY = 3, 15


@dataclass(frozen=True)
class Habits:
    """When and how students work.

    `classroom` (n_students,) is the place of each one's class; `has_session` (n_classes, n_days);
    `is_away` (n_students, n_days); `period` (n_classes,), when lessons begin, in seconds after
    midnight; `carelessness` and `diligence` (n_students,) are chances.
    """

    classroom: Numbers
    has_session: Claims
    is_away: Claims
    period: Floats
    carelessness: Floats
    diligence: Floats

    @classmethod
    def draw(cls, rng: Generator, scene: Scene) -> "Habits":
        """Return habits by chance."""
        n_classes, n_students = len(scene.roster.classes), len(scene.roster.students)
        a_week = rng.uniform(_FEWEST_SESSIONS, _MOST_SESSIONS, n_classes)
        return cls(
            classroom=np.array([student.classroom for student in scene.roster.students]),
            has_session=_sessions(rng, scene.days, a_week),
            is_away=_absences(rng, n_students, len(scene.days)),
            period=rng.choice(_PERIODS, n_classes) * _HOUR,
            carelessness=rng.uniform(_LEAST_CARELESS, _MOST_CARELESS, n_students),
            diligence=rng.uniform(0, _MOST_DILIGENT, n_students),
        )

    def begin_of_session(self, rng: Generator, students: Numbers) -> Floats:
        """Return when each student begins, in seconds after midnight: in class or at home."""
        classroom, n_classes = self.classroom[students], self.period.size
        at_home = (rng.random(n_classes) < _AT_HOME)[classroom]
        late = rng.uniform(0, 25 * 60, n_classes)[classroom]
        in_class = self.period[classroom] + late + rng.uniform(0, 90, students.size)
        home = rng.uniform(_HOME_FROM * _HOUR, _HOME_TO * _HOUR, students.size)
        return np.where(at_home, home, in_class)


def seconds_for_a_try(rng: Generator, n: int) -> Floats:
    """Return how long tries take, in seconds, shape (n,)."""
    return np.clip(np.exp(rng.normal(np.log(70), 0.4, n)), 15, 300)


def _sessions(rng: Generator, days: SchoolDays, a_week: Floats) -> Claims:
    """Return on which days classes have sessions, shape (n_classes, n_days).

    Each class has its two weekdays, of which the second falls out in some weeks, so that `a_week`
    (n_classes,) sessions are left.
    """
    weekday = np.array([day.weekday() for day in days.dates])
    own = np.array([rng.choice(5, 2, replace=False) for _ in a_week])
    is_second = weekday == own[:, 1:]
    takes_place = rng.random(is_second.shape) < a_week[:, None] - 1
    sessions: Claims = (weekday == own[:, :1]) | (is_second & takes_place)
    return sessions


def _absences(rng: Generator, n_students: int, n_days: int) -> Claims:
    """Return who is away when, shape (n_students, n_days): single days, and some for weeks."""
    away = rng.random((n_students, n_days)) < _AWAY_A_DAY
    for student in np.nonzero(rng.random(n_students) < _AWAY_LONG)[0]:
        first = rng.integers(n_days)
        away[student, first : first + rng.integers(_SHORTEST_AWAY, _LONGEST_AWAY + 1)] = True
    return away
