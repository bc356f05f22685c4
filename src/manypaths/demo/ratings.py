"""The educators' year: how they, their peers and their coaches rate what they work on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.random import Generator

from manypaths.demo.roster import Educator
from manypaths.demo.school_days import SchoolDays, at_hour

# Levels are positions on the scale, from 0; who applies a competency is at 2.
TARGET, _HIGHEST = 2, 3
# True levels at first, over educators and their competencies, and by how much they grow in a year.
_FIRST_MEAN, _FIRST_SD = 1.6, 0.9
_LEAST_GROWTH, _MOST_GROWTH = 0.1, 0.6
# By how much ratings lie above the truth, by role, and how far they scatter.
_LENIENCY = {"self": 0.8, "peer": 0.3, "coach": 0.0}
_SCATTER = 0.35
_SHARE_BY_ROLE = {"self": 0.25, "peer": 0.35, "coach": 0.4}
# How many competencies each works on and how many ratings each gets, from and to; and the shares of
# competencies with one rating alone and with a piece of work, and of ratings with a note.
_WORKED_ON, _RATINGS_EACH = (6, 10), (3, 6)
_ONE_ALONE, _WITH_NOTE, _WITH_ARTIFACT = 0.12, 0.12, 0.05

_NOTES = {
    "self": (
        "I do this when I have planned for it. On a full day it slips.",
        "Two groups now start without me. The third still waits for a sign.",
        "I tried it twice this week and liked the second time better.",
    ),
    "peer": (
        "I borrowed the question at the start for my own class.",
        "Students could say what they were working on and why.",
        "Calm pace, clear choices. The last five minutes were rushed.",
    ),
    "coach": (
        "We agreed to watch who speaks in the next lesson.",
        "Steady over three visits. The next stretch is letting students set the check.",
        "The plan was there; the evidence from students is thin so far.",
    ),
}
_WORKS = (
    (
        "A unit plan before and after",
        "The first plan had one task for everyone. The second offers two ways in and says what "
        "each of them shows. I marked the places that students changed.",
    ),
    (
        "Notes from three conferences",
        "Three students told me what they are proud of and what they put off. I wrote down their "
        "words, what we agreed, and what came of it two weeks later.",
    ),
    (
        "Exit questions, sorted",
        "I sorted forty short answers by the idea behind them. Five piles, one of which I had not "
        "expected. The next lesson began with that pile.",
    ),
    (
        "A letter to families, and the replies",
        "The letter says in plain words what we practise this month and how to ask about it. "
        "Eleven families wrote back; two of their questions changed my plan.",
    ),
)


@dataclass(frozen=True)
class Rating:
    """A level for an educator's competency (its code), by a rater in a role.

    `educator` and `rater` are places; `done_at` is in microseconds UTC; `artifact` is the place of
    the piece of work that it looks at, None for one without.
    """

    educator: int
    competency: str
    level: int
    rater: int
    role: str
    done_at: int
    term: int
    note: str = ""
    artifact: int | None = None


@dataclass(frozen=True)
class Artifact:
    """A piece of an educator's work, as a text, on a competency."""

    educator: int
    competency: str
    title: str
    text: str
    done_at: int
    term: int


@dataclass(frozen=True)
class EducatorSignOff:
    """A competency that an educator had signed off at the end of a term."""

    educator: int
    competency: str
    term: int


@dataclass(frozen=True)
class EducatorsYear:
    """Ratings in the order of time, works, sign-offs, and the truth at the end of the year.

    `level` is the true one by (educator, competency), for what each works on.
    """

    ratings: tuple[Rating, ...]
    artifacts: tuple[Artifact, ...]
    sign_offs: tuple[EducatorSignOff, ...]
    level: dict[tuple[int, str], float]


@dataclass(frozen=True)
class _Growth:
    """How an educator grows in a competency over the year, evenly from a level to another."""

    educator: int
    competency: str
    first: float
    last: float

    def at(self, share_of_year: float) -> float:
        return self.first + (self.last - self.first) * share_of_year


def invent_ratings(
    rng: Generator, educators: Sequence[Educator], codes: Sequence[str], days: SchoolDays
) -> EducatorsYear:
    """Return how the educators of a district were rated on competencies of these codes."""
    year = _Year(rng, educators, days)
    growths = [growth for place in range(len(educators)) for growth in _growths(rng, place, codes)]
    ratings = sorted(
        (rating for growth in growths for rating in year.ratings_on(growth)),
        key=lambda rating: (rating.done_at, rating.educator, rating.competency),
    )
    return EducatorsYear(
        ratings=tuple(ratings),
        artifacts=tuple(year.artifacts),
        sign_offs=tuple(_sign_offs(growths, ratings, educators, len(days.terms))),
        level={(growth.educator, growth.competency): growth.last for growth in growths},
    )


def _growths(rng: Generator, educator: int, codes: Sequence[str]) -> Iterator[_Growth]:
    low, high = _WORKED_ON
    worked_on = rng.choice(len(codes), rng.integers(low, high + 1), replace=False)
    own = rng.normal(_FIRST_MEAN, _FIRST_SD / 2)
    for place in np.sort(worked_on):
        first = own + rng.normal(0, _FIRST_SD)
        last = first + rng.uniform(_LEAST_GROWTH, _MOST_GROWTH)
        yield _Growth(educator, codes[place], first, last)


class _Year:
    """The educators' year on its way, with the artifacts that were handed in so far."""

    def __init__(self, rng: Generator, educators: Sequence[Educator], days: SchoolDays) -> None:
        self._rng, self._educators, self._days = rng, educators, days
        self.artifacts: list[Artifact] = []

    def ratings_on(self, growth: _Growth) -> Iterator[Rating]:
        """Yield the ratings of one educator on one competency, some of them of an artifact."""
        rng, (low, high) = self._rng, _RATINGS_EACH
        handed_in = self._hand_in(growth) if rng.random() < _WITH_ARTIFACT else None
        n = 1 if rng.random() < _ONE_ALONE else rng.integers(low, high + 1)
        for day in np.sort(rng.choice(len(self._days), n, replace=False)).tolist():
            role = str(rng.choice(list(_SHARE_BY_ROLE), p=list(_SHARE_BY_ROLE.values())))
            done_at = at_hour(self._days.dates[day], rng.uniform(15.5, 17.5))
            yield Rating(
                educator=growth.educator,
                competency=growth.competency,
                level=self._level(growth.at(day / len(self._days)), role),
                rater=self._rater(growth.educator, role),
                role=role,
                done_at=done_at,
                term=int(self._days.term[day]),
                note=str(rng.choice(_NOTES[role])) if rng.random() < _WITH_NOTE else "",
                artifact=handed_in if self._is_looked_at(handed_in, role, done_at) else None,
            )

    def _hand_in(self, growth: _Growth) -> int:
        """Let an educator hand in a piece of work; return its place."""
        day = int(self._rng.integers(len(self._days) * 2 // 3))
        title, text = _WORKS[self._rng.integers(len(_WORKS))]
        self.artifacts.append(
            Artifact(
                educator=growth.educator,
                competency=growth.competency,
                title=title,
                text=text,
                done_at=at_hour(self._days.dates[day], 15),
                term=int(self._days.term[day]),
            )
        )
        return len(self.artifacts) - 1

    def _is_looked_at(self, artifact: int | None, role: str, done_at: int) -> bool:
        if artifact is None or role == "self":
            return False
        return done_at > self.artifacts[artifact].done_at

    def _level(self, truth: float, role: str) -> int:
        seen = truth + _LENIENCY[role] + self._rng.normal(0, _SCATTER)
        return int(np.clip(round(seen), 0, _HIGHEST))

    def _rater(self, educator: int, role: str) -> int:
        own = self._educators[educator]
        if role == "self":
            return educator
        if role == "coach":
            return own.coach
        peers = [
            place
            for place, other in enumerate(self._educators)
            if other.school == own.school and place not in (educator, own.coach)
        ]
        return peers[self._rng.integers(len(peers))]


def _sign_offs(
    growths: Sequence[_Growth],
    ratings: Sequence[Rating],
    educators: Sequence[Educator],
    n_terms: int,
) -> Iterator[EducatorSignOff]:
    """Yield, for each term and school, what stood highest and had been seen by two others."""
    left = list(growths)
    schools = sorted({educator.school for educator in educators})
    for term, school in product(range(n_terms), schools):
        others = Counter(
            (rating.educator, rating.competency)
            for rating in ratings
            if rating.role != "self" and rating.term <= term
        )
        seen = [
            growth
            for growth in left
            if educators[growth.educator].school == school
            and others[growth.educator, growth.competency] >= 2
        ]
        if seen:
            best = max(seen, key=lambda growth: growth.at((term + 1) / n_terms))
            left.remove(best)
            yield EducatorSignOff(best.educator, best.competency, term)
