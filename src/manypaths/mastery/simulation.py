"""Invented schools whose truth is known: their log is drawn from the model that the engine fits."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import ROLES, Alignment, Floats, Ints, ResponseLog
from manypaths.mastery.model import Settings, logit

RATERS_PER_ROLE = 25
_SD_EASINESS, _SD_ITEM, _SD_RATER = 0.7, 0.8, 0.25
_MEAN_EASINESS = 0.3


@dataclass(frozen=True)
class School:
    """What a school is like: sizes, and the model's numbers on the logit scale.

    Each learner gives `n_responses` and gets `n_ratings`, in a random order; every item shows one
    competency. `gains` are what the logarithm of one more than the successes, and failures, adds;
    `leniency` is that of ROLES; `spread` is the variance of general ability, and of each
    competency's own part.
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

    def __post_init__(self) -> None:
        """Raise ValueError for a school that nobody could go to."""
        if min(self.n_learners, self.n_competencies) < 1 or self.n_items < self.n_competencies:
            raise ValueError("a school has a learner, a competency and an item for each at least")
        if self.n_responses < 0 or self.n_ratings < 0 or not self.n_responses + self.n_ratings:
            raise ValueError("each learner gives or gets at least one piece of evidence")
        if len(self.leniency) != len(ROLES) or min(self.spread) < 0:
            raise ValueError(f"a leniency for each of {ROLES}, and variances of at least 0")

    @property
    def thresholds(self) -> Floats:
        """Return the thresholds of the levels, shape (n_levels - 1,)."""
        return np.array([logit(cut) for cut in self.settings.cut_points])


@dataclass(frozen=True)
class Truth:
    """What a school's log was drawn from, on the logit scale.

    `easiness`, (n_competencies,), and `gains`, (2,), are those of the competencies; `item`,
    (n_items,), is what each item adds and `shown` the place of its competency; `rater` is what
    each rater adds, `leniency` each role; `ability`, (n_learners, n_competencies), is general
    ability plus the competency's own part.
    """

    easiness: Floats
    gains: Floats
    item: Floats
    shown: Ints
    rater: Floats
    leniency: Floats
    ability: Floats

    @property
    def average_easiness(self) -> Floats:
        """Return the easiness of each competency on the average of its own items."""
        total = np.bincount(self.shown, weights=self.item, minlength=self.easiness.size)
        average: Floats = total / np.bincount(self.shown, minlength=self.easiness.size)
        return self.easiness + average


def simulate(school: School, *, seed: int) -> tuple[ResponseLog, Truth]:
    """Return a log of a school's year, and the truth behind it. Items and raters come at random."""
    rng = np.random.default_rng(seed)
    general_sd, own_sd = np.sqrt(school.spread)
    shape = (school.n_learners, school.n_competencies)
    truth = Truth(
        easiness=rng.normal(_MEAN_EASINESS, _SD_EASINESS, school.n_competencies),
        gains=np.array(school.gains),
        item=rng.normal(0, _SD_ITEM, school.n_items),
        shown=np.arange(school.n_items) % school.n_competencies,
        rater=rng.normal(0, _SD_RATER, len(ROLES) * RATERS_PER_ROLE),
        leniency=np.array(school.leniency),
        ability=rng.normal(0, general_sd, (school.n_learners, 1)) + rng.normal(0, own_sd, shape),
    )
    n_learners = school.n_learners
    n_events = school.n_responses + school.n_ratings
    is_rating = np.tile(np.arange(n_events) < school.n_ratings, (n_learners, 1))
    events = np.array(list(_work(rng, truth, school.thresholds, rng.permuted(is_rating, axis=1))))
    instrument, outcome, rater = events.transpose(1, 2, 0).reshape(3, -1).astype(np.int64)
    role = np.where(rater < 0, -1, rater // RATERS_PER_ROLE)
    log = ResponseLog.of(
        _alignment(truth),
        learner=np.repeat(np.arange(n_learners), n_events),
        instrument=instrument,
        outcome=outcome,
        role=role,
        rater=rater,
        moves=(role != 0) | school.self_ratings_move,
        raters=range(truth.rater.size),
        n_levels=school.thresholds.size + 1,
    )
    return log, truth


def _work(
    rng: np.random.Generator, truth: Truth, thresholds: Floats, is_rating: NDArray[np.bool_]
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield instrument, outcome and rater of everyone's next event, shape (n_learners,) each."""
    n_learners, n_competencies = truth.ability.shape
    who = np.arange(n_learners)
    counts = np.zeros((2, n_learners, n_competencies))
    for rated in is_rating.T:
        item = rng.integers(0, truth.item.size, n_learners)
        rater = rng.integers(0, truth.rater.size, n_learners)
        k = truth.shown[item]
        practised = truth.gains[:, np.newaxis] * np.log1p(counts[:, who, k])
        eta = truth.easiness[k] + truth.ability[who, k] + practised.sum(axis=0)
        of_source = truth.rater[rater] + truth.leniency[rater // RATERS_PER_ROLE]
        eta += np.where(rated, of_source, truth.item[item])
        luck = rng.random(size=(n_learners,))
        right = (luck < _sigmoid(eta)).astype(np.int64)
        level = (luck[:, np.newaxis] < _sigmoid(eta[:, np.newaxis] - thresholds)).sum(axis=1)
        counts[1 - right, who, k] += ~rated
        yield (
            np.where(rated, truth.item.size + k, item),
            np.where(rated, level, right),
            np.where(rated, rater, -1),
        )


def _alignment(truth: Truth) -> Alignment:
    """Return the items, then one thing to rate a competency; keys are whole numbers and texts."""
    items = [(place, [(f"c{k}", 1.0)]) for place, k in enumerate(truth.shown.tolist())]
    rated = [(f"rated c{k}", [(f"c{k}", 1.0)]) for k in range(truth.easiness.size)]
    return Alignment.of([*items, *rated], without_difficulty=[key for key, _ in rated])


def _sigmoid(x: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-x))
    return chance
