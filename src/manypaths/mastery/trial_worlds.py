"""Invented learners who practise step by step, in three kinds of worlds whose truth is known.

What may be tried, what is learned from it and what is forgotten differ from one world to the other:
one thinks as our model does, one has hidden states of knowing, one shares neither. In all of them
somebody learns a competency only once what precedes it is in place, and has *mastered* it when at
least 8 of 10 average items would be right.

Arrays have the shape (n_learners, n_competencies) unless said otherwise; `places` and what a try
gives, (n_learners,).
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import Floats, Ints

Claims = NDArray[np.bool_]

MASTERED_FROM = 0.8
N_ITEMS = 12
TRIES_A_DAY = 8
# Tries are counted so far; what is still missing then weighs so much.
_MOST_TRIES, _FAR = 150, 1000.0
_LOGIT_MASTERED = float(np.log(MASTERED_FROM / (1 - MASTERED_FROM)))
_LOGIT_READY = float(np.log(0.65 / 0.35))
_SD_ITEM = 0.6


class Tried(NamedTuple):
    """What everybody's try gave: the item of the competency, and whether it was right."""

    item: Ints
    right: Floats


class World(Protocol):
    """Learners with their truth, which every try changes."""

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many learners and competencies there are."""

    def is_mastered(self) -> Claims:
        """Return who would be right on at least 8 of 10 average items."""

    def is_ready(self) -> Claims:
        """Return for whom what precedes a competency is in place."""

    def tries_left(self) -> Floats:
        """Return how many tries mastery takes from here, as expected; inf where none helps."""

    def try_at(self, places: Ints, rng: np.random.Generator) -> Tried:
        """Let everybody answer an item of one competency, and learn from it."""


def draw_graph(n_competencies: int, rng: np.random.Generator) -> Claims:
    """Return which competency (column) precedes which (row): up to three, none in a circle.

    The first fifth has nothing before it; the others mostly follow what stands shortly before.
    """
    before = np.zeros((n_competencies, n_competencies), bool)
    n_roots = max(1, n_competencies // 5)
    for place in range(n_roots, n_competencies):
        nearness = np.exp(-(place - 1 - np.arange(place)) / 4)
        n_before = min(place, 1 + int(rng.integers(3)))
        chosen = rng.choice(place, n_before, replace=False, p=nearness / nearness.sum())
        before[place, chosen] = True
    return before


def mistaken(before: Claims, rng: np.random.Generator, *, share: float) -> Claims:
    """Return the graph as somebody has it who is wrong in this share of its edges.

    A third of these is missing, a third stands the wrong way round, and as many again as a third
    are invented. Circles may come about, as they do in frameworks of others.
    """
    rows, columns = np.nonzero(before)
    n_wrong = max(1, round(share * rows.size / 3))
    picked = rng.permutation(rows.size)[: 2 * n_wrong]
    wrong = before.copy()
    wrong[rows[picked], columns[picked]] = False
    turned = picked[n_wrong:]
    wrong[columns[turned], rows[turned]] = True
    free = np.argwhere(~(before | before.T | np.eye(len(before), dtype=bool)))
    added = free[rng.permutation(len(free))[:n_wrong]]
    wrong[added[:, 0], added[:, 1]] = True
    return wrong


def prerequisite_places(before: Claims) -> list[Ints]:
    """Return the places of what precedes each competency."""
    return [np.nonzero(row)[0] for row in before]


def all_before(known: Claims, before: Claims) -> Claims:
    """Return for whom everything that precedes a competency is known."""
    n_missing = (~known).astype(float) @ before.T
    none_missing: Claims = n_missing == 0
    return none_missing


class OrdinalWorld:
    """Learners as our model has them: abilities that practice lifts, by its logarithm.

    Whoever would be right on 13 of 20 items of all that precedes a competency can learn it; a try
    of what is not ready teaches nothing, though the model believes that it does.
    """

    def __init__(
        self,
        n_learners: int,
        before: Claims,
        rng: np.random.Generator,
        people: np.random.Generator,
    ) -> None:
        n = len(before)
        self.before = before
        self.easiness = rng.normal(-2.0, 0.4, n)
        self.items = _centred(rng.normal(0, _SD_ITEM, (n, N_ITEMS)))
        # Of a success and of a failure, each a competency.
        self.gains = np.array([[1.0], [0.5]]) * np.exp(rng.normal(0, 0.25, n))
        shape = (n_learners, n)
        self.ability = people.normal(0, 0.8, (n_learners, 1)) + people.normal(0, 0.6, shape)
        self.counts = np.zeros((2, *shape))

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many learners and competencies there are."""
        n_learners, n = self.ability.shape
        return n_learners, n

    def is_mastered(self) -> Claims:
        """Return who would be right on at least 8 of 10 average items."""
        return self._standing() >= _LOGIT_MASTERED

    def is_ready(self) -> Claims:
        """Return for whom what precedes a competency is in place."""
        return all_before(self._standing() >= _LOGIT_READY, self.before)

    def tries_left(self) -> Floats:
        """Return how many tries mastery takes from here, as expected."""
        counts, n = self.counts.copy(), np.zeros(self.shape)
        for _ in range(_MOST_TRIES):
            standing = self._standing(counts)
            n += standing < _LOGIT_MASTERED
            p = _sigmoid(standing)
            counts += np.stack((p, 1 - p))
        return _if_ready(self, n + _FAR * np.maximum(_LOGIT_MASTERED - self._standing(counts), 0))

    def try_at(self, places: Ints, rng: np.random.Generator) -> Tried:
        """Let everybody answer an item of one competency, and learn from it."""
        who = np.arange(places.size)
        item, luck = rng.integers(0, N_ITEMS, who.size), rng.random(size=who.size)
        eta = self._standing()[who, places] + self.items[places, item]
        right = luck < _sigmoid(eta)
        self.counts[1 - right.astype(int), who, places] += self.is_ready()[who, places]
        self.ability[who, places] += rng.normal(0, 0.05, who.size)
        return Tried(item, right.astype(float))

    def _standing(self, counts: Floats | None = None) -> Floats:
        counts = self.counts if counts is None else counts
        practised = (self.gains[:, np.newaxis] * np.log1p(counts)).sum(axis=0)
        standing: Floats = self.easiness + self.ability + practised
        return standing


class KnowingWorld:
    """Learners who know a competency or do not (BKT), and learn it in one moment of a try."""

    def __init__(
        self,
        n_learners: int,
        before: Claims,
        rng: np.random.Generator,
        people: np.random.Generator,
    ) -> None:
        n = len(before)
        shape = (n_learners, n)
        self.before = before
        self.guess = rng.uniform(0.1, 0.3, (n, N_ITEMS))
        self.slip = rng.uniform(0.03, 0.15, (n, N_ITEMS))
        pace = np.exp(people.normal(0, 0.4, (n_learners, 1)))
        self.learns = np.clip(rng.uniform(0.02, 0.05, n) * pace, 0.005, 0.3)
        self.knows = np.zeros(shape, bool)
        for place in range(n):  # whoever knows a competency knows what precedes it
            met = self.knows[:, before[place]].all(axis=1)
            self.knows[:, place] = met & (people.uniform(size=n_learners) < 0.25)

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many learners and competencies there are."""
        n_learners, n = self.knows.shape
        return n_learners, n

    def is_mastered(self) -> Claims:
        """Return who would be right on at least 8 of 10 average items."""
        return self.knows.copy()

    def is_ready(self) -> Claims:
        """Return for whom what precedes a competency is in place."""
        return all_before(self.knows, self.before)

    def tries_left(self) -> Floats:
        """Return how many tries mastery takes from here, as expected."""
        return _if_ready(self, np.where(self.knows, 0.0, 1 / self.learns))

    def try_at(self, places: Ints, rng: np.random.Generator) -> Tried:
        """Let everybody answer an item of one competency, and learn from it."""
        who = np.arange(places.size)
        item, luck = rng.integers(0, N_ITEMS, who.size), rng.random(size=(2, who.size))
        known = self.knows[who, places]
        chance = np.where(known, 1 - self.slip[places, item], self.guess[places, item])
        learns = luck[1] < self.learns[who, places]
        self.knows[who, places] |= learns & self.is_ready()[who, places]
        return Tried(item, (luck[0] < chance).astype(float))


class FadingWorld:
    """Learners whose strength grows toward a ceiling, fades between tries, and fades ever slower.

    They learn most from what they can nearly do, and what precedes a competency lends it a hand.
    Each recall after a while makes what was learned last longer.
    """

    HAND, READY_FROM = 0.3, 0.5
    _STEEPNESS, _MIDDLE = 7.0, 0.45
    _ZONE, _ZONE_WIDTH = 0.65, 0.25

    def __init__(
        self,
        n_learners: int,
        before: Claims,
        rng: np.random.Generator,
        people: np.random.Generator,
    ) -> None:
        n = len(before)
        shape = (n_learners, n)
        self.before = before
        self.guess, self.slip = rng.uniform(0.05, 0.2, n), rng.uniform(0.01, 0.05, n)
        self.items = _centred(rng.normal(0, 0.07, (n, N_ITEMS)))
        pace = np.exp(people.normal(0, 0.3, (n_learners, 1)))
        self.rate = np.clip(0.1 * pace, 0.01, 0.3)
        self.peak = people.beta(1.0, 4.0, shape)
        self.lasts = np.full(shape, 150.0)  # days in which half of it fades
        self.since = np.zeros(shape)
        self.n_tries = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many learners and competencies there are."""
        n_learners, n = self.peak.shape
        return n_learners, n

    def is_mastered(self) -> Claims:
        """Return who would be right on at least 8 of 10 average items."""
        return self._success(self._strength()) >= MASTERED_FROM

    def is_ready(self) -> Claims:
        """Return for whom what precedes a competency is in place."""
        return self._support() >= self.READY_FROM

    def tries_left(self) -> Floats:
        """Return how many tries mastery takes from here, as expected."""
        strength, support = self._strength(), self._support()
        n = np.zeros(self.shape)
        for _ in range(_MOST_TRIES):
            mastered = self._success(strength) >= MASTERED_FROM
            n += ~mastered
            strength = strength + self._growth(strength, support)
        return _if_ready(self, n + _FAR * np.maximum(MASTERED_FROM - self._success(strength), 0))

    def try_at(self, places: Ints, rng: np.random.Generator) -> Tried:
        """Let everybody answer an item of one competency, and learn from it."""
        who = np.arange(places.size)
        item, luck = rng.integers(0, N_ITEMS, who.size), rng.random(size=who.size)
        strength, support = self._strength(), self._support()
        able = strength[who, places] - self.items[places, item]
        chance = self._success_of(able, self.guess[places], self.slip[places])
        kept = (strength / np.maximum(self.peak, 1e-9))[who, places]
        grown = (strength + self._growth(strength, support))[who, places]
        self.peak[who, places] = grown
        self.lasts[who, places] *= 1 + 2.0 * (1 - kept)
        self.n_tries += 1
        self.since[who, places] = self.n_tries / TRIES_A_DAY
        return Tried(item, (luck < chance).astype(float))

    def _strength(self) -> Floats:
        days = self.n_tries / TRIES_A_DAY - self.since
        strength: Floats = self.peak * np.exp2(-days / self.lasts)
        return strength

    def _support(self) -> Floats:
        """Return how far what precedes a competency is in place: its weakest part counts."""
        firm = _sigmoid(12 * (self._strength() - 0.5))
        weakest: Floats = np.where(self.before, firm[:, np.newaxis, :], 1.0).min(axis=2)
        return weakest

    def _growth(self, strength: Floats, support: Floats) -> Floats:
        away = self._success(strength + self.HAND * support) - self._ZONE
        zone = np.exp(-0.5 * (away / self._ZONE_WIDTH) ** 2)
        growth: Floats = self.rate * support * zone * (1 - strength)
        return growth

    def _success(self, strength: Floats) -> Floats:
        return self._success_of(strength, self.guess, self.slip)

    def _success_of(self, strength: Floats, guess: Floats, slip: Floats) -> Floats:
        rise = _sigmoid(self._STEEPNESS * (strength - self._MIDDLE))
        success: Floats = guess + (1 - guess - slip) * rise
        return success


WORLDS: dict[str, type[OrdinalWorld] | type[KnowingWorld] | type[FadingWorld]] = {
    "ordinal": OrdinalWorld,
    "knowing": KnowingWorld,
    "fading": FadingWorld,
}


def _if_ready(world: World, tries: Floats) -> Floats:
    return np.where(world.is_ready() | world.is_mastered(), tries, np.inf)


def _centred(items: Floats) -> Floats:
    """Return what items add, so that the average item of a competency adds nothing."""
    centred: Floats = items - items.mean(axis=1, keepdims=True)
    return centred


def _sigmoid(x: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
    return chance
