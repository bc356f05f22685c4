"""Invented schools whose truth is known: their log is drawn from a model, the engine's or another.

The usual school is drawn from the engine's plain model. `Oddities` add what real schools have
beside it: items that tell more than others, habits, work over months, raters who are more or less
reliable. A foreign school is drawn from a model that is not the engine's at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import ROLES, Alignment, Floats, Ints, ResponseLog
from manypaths.mastery.model import Settings, logit

RATERS_PER_ROLE = 25
_SD_EASINESS, _SD_ITEM, _SD_RATER = 0.7, 0.8, 0.25
_MEAN_EASINESS = 0.3
# The foreign school: a slip and a lucky guess, and by how much a leap of insight lifts.
_GUESS, _SLIP, _LEAP, _CHANCE_OF_LEAP, _OGIVE = 0.04, 0.04, 1.0, 0.04, 1.702


@dataclass(frozen=True)
class Oddities:
    """What a school may have beside abilities and difficulties; the usual one has none of it.

    `reliability` is that of ROLES. `discrimination` is the standard deviation of how much more or
    less of general ability an item shows, `habit` that of what an item adds after a success, and
    after a failure, on its competency. `wander` are the variances by which general ability and a
    practised competency change with each event. Events are `days_apart` on average (0: no clock);
    a competency's own part fades by half in `half_life` days and returns to its spread.
    """

    reliability: tuple[float, ...] = (1.0,) * len(ROLES)
    discrimination: float = 0.0
    habit: float = 0.0
    wander: tuple[float, float] = (0.0, 0.0)
    days_apart: float = 0.0
    half_life: float = inf

    def __post_init__(self) -> None:
        """Raise ValueError for what no school has."""
        if len(self.reliability) != len(ROLES) or min(self.reliability) <= 0:
            raise ValueError(f"a reliability above 0 for each of {ROLES}")
        if min(self.discrimination, self.habit, self.days_apart, *self.wander) < 0:
            raise ValueError("spreads, variances and days are at least 0")
        if not self.half_life > 0:
            raise ValueError(f"a half-life is above 0 days; got {self.half_life}")


@dataclass(frozen=True)
class School:
    """What a school is like: sizes, and the model's numbers on the logit scale.

    Each learner gives `n_responses` and gets `n_ratings`, in a random order, by `rating_roles`
    (places in ROLES); every item shows `n_shown` competencies in equal shares. `gains` are what
    the logarithm of one more than the successes, and failures, adds; `leniency` is that of ROLES;
    `spread` is the variance of general ability, and of each competency's own part. Where it
    `is_foreign`, learners are of two kinds, competencies hang together in two strands, chances are
    an ogive with slips and lucky guesses, and learning comes in leaps.
    """

    n_learners: int = 500
    n_responses: int = 60
    n_ratings: int = 0
    n_competencies: int = 8
    n_items: int = 80
    gains: tuple[float, float] = (0.1, 0.05)
    leniency: tuple[float, ...] = (0.0,) * len(ROLES)
    self_ratings_move: bool = True
    spread: tuple[float, float] = (0.8, 0.6)
    settings: Settings = field(default_factory=Settings)
    n_shown: int = 1
    rating_roles: tuple[int, ...] = tuple(range(len(ROLES)))
    oddities: Oddities = field(default_factory=Oddities)
    is_foreign: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a school that nobody could go to."""
        if min(self.n_learners, self.n_competencies) < 1 or self.n_items < self.n_competencies:
            raise ValueError("a school has a learner, a competency and an item for each at least")
        if self.n_responses < 0 or self.n_ratings < 0 or not self.n_responses + self.n_ratings:
            raise ValueError("each learner gives or gets at least one piece of evidence")
        if len(self.leniency) != len(ROLES) or min(self.spread) < 0:
            raise ValueError(f"a leniency for each of {ROLES}, and variances of at least 0")
        if not 1 <= self.n_shown <= self.n_competencies:
            raise ValueError(f"an item shows from 1 to all competencies; got {self.n_shown}")
        if not self.rating_roles or not set(self.rating_roles) <= set(range(len(ROLES))):
            raise ValueError(f"ratings are by places in {ROLES}; got {self.rating_roles}")

    @property
    def thresholds(self) -> Floats:
        """Return the thresholds of the levels, shape (n_levels - 1,)."""
        return np.array([logit(cut) for cut in self.settings.cut_points])


@dataclass(frozen=True)
class Truth:
    """What a school's log was drawn from, on the logit scale.

    `easiness`, (n_competencies,), and `gains`, (2,), are those of the competencies; `item`,
    (n_items,), is what each item adds and `shown` the place of its first competency; `shares`,
    (n_items, n_competencies), says how much of each it shows. `rater` is what each rater adds,
    `leniency` each role; `ability`, (n_learners, n_competencies), is general ability plus the
    competency's own part at the start. `standing`, of that shape too, is what the engine
    estimates: where the learner stands on an average item of the competency after the last event.
    """

    easiness: Floats
    gains: Floats
    item: Floats
    shown: Ints
    shares: Floats
    rater: Floats
    leniency: Floats
    ability: Floats
    standing: Floats

    @property
    def average_easiness(self) -> Floats:
        """Return the easiness of each competency on the average of its own items.

        Where items show several competencies it is what leaves the least to single items.
        """
        left = np.linalg.lstsq(self.shares, self.item, rcond=None)[0]
        average: Floats = self.easiness + left
        return average


def simulate(school: School, *, seed: int) -> tuple[ResponseLog, Truth]:
    """Return a log of a school's year, and the truth behind it. Items and raters come at random."""
    rng = np.random.default_rng(seed)
    # What came to schools later draws from its own numbers, so that older schools stay as they are.
    extra = np.random.default_rng([seed, 1])
    general_sd, own_sd = np.sqrt(school.spread)
    shape = (school.n_learners, school.n_competencies)
    easiness = rng.normal(_MEAN_EASINESS, _SD_EASINESS, school.n_competencies)
    item = rng.normal(0, _SD_ITEM, school.n_items)
    shown = np.arange(school.n_items) % school.n_competencies
    rater = rng.normal(0, _SD_RATER, len(ROLES) * RATERS_PER_ROLE)
    general = rng.normal(0, general_sd, (school.n_learners, 1))
    own = rng.normal(0, own_sd, shape)
    if school.is_foreign:
        general, own = _foreign_abilities(extra, school)
    year = _Year(
        school=school,
        easiness=easiness,
        item=item,
        shares=_shares(extra, shown, school),
        rater=rater,
        loading=1 + school.oddities.discrimination * extra.standard_normal(school.n_items),
        habit=school.oddities.habit * extra.standard_normal((school.n_items, 2)),
        general=general[:, 0].copy(),
        own=own.copy(),
        counts=np.zeros((2, *shape)),
        last_outcome=np.full(shape, -1),
        rng=rng,
        extra=extra,
    )
    n_events = school.n_responses + school.n_ratings
    is_rating = np.tile(np.arange(n_events) < school.n_ratings, (school.n_learners, 1))
    gaps = extra.exponential(school.oddities.days_apart, (school.n_learners, n_events))
    events = np.array(list(year.work(rng.permuted(is_rating, axis=1), gaps)))
    instrument, outcome, rater_of = events.transpose(1, 2, 0).reshape(3, -1).astype(np.int64)
    role = np.where(rater_of < 0, -1, rater_of // RATERS_PER_ROLE)
    log = ResponseLog.of(
        _alignment(year.shares),
        learner=np.repeat(np.arange(school.n_learners), n_events),
        instrument=instrument,
        outcome=outcome,
        time=np.cumsum(gaps, axis=1).ravel() if school.oddities.days_apart else None,
        role=role,
        rater=rater_of,
        moves=(role != 0) | school.self_ratings_move,
        raters=range(rater.size),
        n_levels=school.thresholds.size + 1,
    )
    return log, Truth(
        easiness=easiness,
        gains=np.array(school.gains),
        item=item,
        shown=shown,
        shares=year.shares,
        rater=rater,
        leniency=np.array(school.leniency),
        ability=general + own,
        standing=year.standing(),
    )


@dataclass
class _Year:
    """A school in the course of its year: everyone's next event at once."""

    school: School
    easiness: Floats
    item: Floats
    shares: Floats
    rater: Floats
    loading: Floats  # of general ability, by item
    habit: Floats  # (n_items, 2): after a failure, after a success
    general: Floats
    own: Floats
    counts: Floats  # (2, n_learners, n_competencies): successes, failures
    last_outcome: Ints
    rng: np.random.Generator
    extra: np.random.Generator

    def work(self, is_rating: NDArray[np.bool_], gaps: Floats) -> Iterator[tuple[Ints, ...]]:
        """Yield instrument, outcome and rater of everyone's next event, shape (n_learners,) each.

        `is_rating` and `gaps` (days since the event before) have the shape (n_learners, n_events).
        """
        n_learners, n_competencies = self.own.shape
        roles = np.array(self.school.rating_roles)
        for rated, days in zip(is_rating.T, gaps.T, strict=True):
            item = self.rng.integers(0, self.item.size, size=(n_learners,))
            rater = self.rng.integers(0, self.rater.size, size=(n_learners,))
            role, among = rater // RATERS_PER_ROLE, rater % RATERS_PER_ROLE
            rater = roles[role % roles.size] * RATERS_PER_ROLE + among
            self._let_pass(days[:, np.newaxis])
            k = item % n_competencies
            rated_alone = np.eye(n_competencies)[k]
            share = np.where(rated[:, np.newaxis], rated_alone, self.shares[item])
            eta = self._eta(share, np.where(rated, 1.0, self.loading[item]))
            eta += np.where(rated, self._of_source(rater), self._of_item(item, k))
            luck = self.rng.random(size=(n_learners,))
            right = (luck < self._chance(eta)).astype(np.int64)
            level = self._level(eta, luck, rater // RATERS_PER_ROLE)
            self._remember(share, rated, right)
            yield (
                np.where(rated, self.item.size + k, item),
                np.where(rated, level, right),
                np.where(rated, rater, -1),
            )

    def standing(self) -> Floats:
        """Return where each learner stands on an average item of each competency now."""
        loading = np.linalg.lstsq(self.shares, self.loading, rcond=None)[0]
        practised = np.tensordot(np.array(self.school.gains), np.log1p(self.counts), axes=1)
        eta: Floats = self.easiness + practised + self.own + np.outer(self.general, loading)
        if self.school.is_foreign:
            chance = self._chance(eta)
            eta = np.log(chance / (1 - chance))
        return eta

    def _eta(self, share: Floats, loading: Floats) -> Floats:
        practised = np.tensordot(np.array(self.school.gains), np.log1p(self.counts), axes=1)
        by_competency = self.easiness + self.own + practised
        eta: Floats = loading * self.general + (share * by_competency).sum(axis=1)
        return eta

    def _of_item(self, item: Ints, k: Ints) -> Floats:
        last = self.last_outcome[np.arange(k.size), k]
        of_habit = np.where(last < 0, 0.0, self.habit[item, np.maximum(last, 0)])
        added: Floats = self.item[item] + of_habit
        return added

    def _of_source(self, rater: Ints) -> Floats:
        of_role = np.array(self.school.leniency)[rater // RATERS_PER_ROLE]
        added: Floats = self.rater[rater] + of_role
        return added

    def _chance(self, eta: Floats) -> Floats:
        if not self.school.is_foreign:
            return _sigmoid(eta)
        from scipy.special import ndtr  # takes time to load; only foreign schools wait

        chance: Floats = _GUESS + (1 - _GUESS - _SLIP) * ndtr(eta / _OGIVE)
        return chance

    def _level(self, eta: Floats, luck: Floats, role: Ints) -> Ints:
        sharpness = np.array(self.school.oddities.reliability)[role, np.newaxis]
        above = _sigmoid(sharpness * (eta[:, np.newaxis] - self.school.thresholds))
        level: Ints = (luck[:, np.newaxis] < above).sum(axis=1)
        return level

    def _let_pass(self, days: Floats) -> None:
        oddities = self.school.oddities
        if oddities.days_apart and oddities.half_life < inf:
            kept = np.exp2(-days / oddities.half_life)
            fresh = np.sqrt((1 - kept**2) * self.school.spread[1])
            self.own = self.own * kept + fresh * self.extra.standard_normal(self.own.shape)

    def _remember(self, share: Floats, rated: NDArray[np.bool_], right: Ints) -> None:
        is_shown = share > 0
        answered = is_shown & ~rated[:, np.newaxis]
        self.counts[0] += answered & (right == 1)[:, np.newaxis]
        self.counts[1] += answered & (right == 0)[:, np.newaxis]
        self.last_outcome = np.where(answered, right[:, np.newaxis], self.last_outcome)
        general_step, own_step = self.school.oddities.wander
        if general_step or own_step:
            noise = self.extra.standard_normal((1 + self.easiness.size, self.general.size))
            self.general = self.general + np.sqrt(general_step) * noise[0]
            self.own = self.own + np.sqrt(own_step) * noise[1:].T * is_shown
        if self.school.is_foreign:
            leaps = answered & (self.extra.random(self.own.shape) < _CHANCE_OF_LEAP)
            self.own = self.own + _LEAP * (leaps & (self.own < 0))


def _shares(rng: np.random.Generator, shown: Ints, school: School) -> Floats:
    """Return how much each item shows of each competency: its own, and others by chance."""
    order = rng.random((shown.size, school.n_competencies))
    order[np.arange(shown.size), shown] = -1
    ranks = order.argsort(axis=1).argsort(axis=1)
    shares: Floats = (ranks < school.n_shown) / school.n_shown
    return shares


def _foreign_abilities(rng: np.random.Generator, school: School) -> tuple[Floats, Floats]:
    """Return general ability of two kinds of learners, and own parts that hang in two strands."""
    general_sd, own_sd = np.sqrt(school.spread)
    is_ahead = rng.random((school.n_learners, 1)) < 0.35
    center = np.where(is_ahead, 1.3, -0.7)  # mean 0, standard deviation 1 with the rest
    general = general_sd * (center + 0.3 * rng.standard_normal((school.n_learners, 1)))
    strand = rng.standard_normal((school.n_learners, 2))
    of_strand = strand[:, np.arange(school.n_competencies) % 2]
    alone = rng.standard_normal((school.n_learners, school.n_competencies))
    return general, own_sd * (np.sqrt(0.4) * of_strand + np.sqrt(0.6) * alone)


def _alignment(shares: Floats) -> Alignment:
    """Return the items, then one thing to rate a competency; keys are whole numbers and texts."""
    n_items, n_competencies = shares.shape
    items = [
        (place, [(f"c{k}", float(shares[place, k])) for k in _own_first(place, shares)])
        for place in range(n_items)
    ]
    rated = [(f"rated c{k}", [(f"c{k}", 1.0)]) for k in range(n_competencies)]
    return Alignment.of([*items, *rated], without_difficulty=[key for key, _ in rated])


def _own_first(place: int, shares: Floats) -> list[int]:
    own = place % shares.shape[1]
    return [own, *(k for k in np.flatnonzero(shares[place]).tolist() if k != own)]


def _sigmoid(x: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-x))
    return chance
