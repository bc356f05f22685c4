"""What is believed of one learner, and what it says at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import erfc, isnan, log1p, nan, sqrt

from manypaths.mastery.contexts import History, cells_of
from manypaths.mastery.log import Key, together
from manypaths.mastery.model import Model, Terms
from manypaths.mastery.steps import chance, damping, fade, practice, settle, share_kept


@dataclass(frozen=True, slots=True)
class GeneralBelief:
    """General ability, and the sums that waiting competencies have to take over (see steps)."""

    mean: float
    variance: float
    shrink: float = 1.0
    moved: float = 0.0
    settled: float = 0.0


@dataclass(frozen=True, slots=True)
class CompetencyBelief:
    """A learner's own part on one competency as of its last touch, and the evidence so far.

    `coupling` is the covariance with general ability, divided by the `shrink` of that time;
    `moved` and `settled` are the general sums of that time. `touched_at` is in days, NaN without
    a clock. `n_right` and `n_wrong` count responses (partial credit in parts), `n_pieces` all
    evidence on record, `n_days` the calendar days on which evidence that moved it was done.
    """

    mean: float
    variance: float
    coupling: float = 0.0
    moved: float = 0.0
    settled: float = 0.0
    touched_at: float = nan
    n_right: float = 0.0
    n_wrong: float = 0.0
    n_pieces: int = 0
    n_days: int = 0
    last_day: int = 0
    n_ratings_by_others: int = 0


@dataclass(frozen=True, slots=True)
class Beliefs:
    """All that is believed of one learner: general ability, and each competency touched so far.

    `history` is what the chances of later responses depend on besides; it is kept for models with
    contexts alone.
    """

    general: GeneralBelief
    competencies: Mapping[Key, CompetencyBelief] = field(default_factory=dict)
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of evidence, as the engine sees it: a row of a log (see ResponseLog).

    `shown` are (competency, share) pairs, shares summing to 1. `role` is a place in ROLES for a
    rating, -1 for a response.
    """

    instrument: Key
    shown: tuple[tuple[Key, float], ...]
    outcome: float
    time: float = nan
    day: int = 0
    role: int = -1
    rater: Key | None = None
    moves: bool = True
    has_difficulty: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is believed of a competency at a moment, on the logit scale.

    `mean` and `sd` are of the learner's standing on an average item of the competency; it holds
    no part of a single item, rater or session.
    """

    mean: float
    sd: float
    mastered_from: float

    @property
    def p_mastered(self) -> float:
        """Return P(mastered): of standing at or above the point that counts as mastered."""
        return self.p_at_least(self.mastered_from)

    @property
    def success(self) -> float:
        """Return the expected success on an average item, from 0 to 1."""
        return chance(self.mean * damping(self.sd**2))

    def p_at_least(self, point: float) -> float:
        """Return P(standing at or above a point of the logit scale)."""
        return normal_tail((point - self.mean) / self.sd)

    def interval(self, share: float = 0.8) -> tuple[float, float]:
        """Return the interval of expected success that holds the truth with this probability.

        Raises ValueError for a probability other than .8, .9 and .95.
        """
        if share not in REACH:
            raise ValueError(f"intervals hold {', '.join(map(str, REACH))}; got {share}")
        reach = REACH[share] * self.sd
        return chance(self.mean - reach), chance(self.mean + reach)

    @property
    def half_width(self) -> float:
        """Return the half-width of the 80 % interval of expected success."""
        low, high = self.interval(0.8)
        return (high - low) / 2


# Quantiles of the normal distribution for the intervals that we show.
REACH = {0.8: 1.2815515655446004, 0.9: 1.6448536269514722, 0.95: 1.959963984540054}


def normal_tail(x: float) -> float:
    """Return the chance that a standard normal number is at least x."""
    return 0.5 * erfc(x / sqrt(2))


def start(model: Model) -> Beliefs:
    """Return what is believed of a learner before any evidence."""
    return Beliefs(GeneralBelief(0.0, model.spread.general))


def settled_now(general: GeneralBelief, belief: CompetencyBelief) -> tuple[float, float, float]:
    """Return mean, variance and covariance of a waiting belief, before any forgetting."""
    mean, variance = settle(
        belief.mean,
        belief.variance,
        belief.coupling,
        general.moved - belief.moved,
        general.settled - belief.settled,
    )
    return mean, variance, belief.coupling * general.shrink


def own_prior_variance(model: Model, competency: Key) -> float:
    """Return the variance of a learner's own part on a competency before any evidence.

    How unsure the competency's easiness is counts in: for one learner the two are one unknown.
    """
    return model.spread.competency + model.terms_of(competency).variance


def competency_now(
    model: Model, beliefs: Beliefs, competency: Key, at: float
) -> tuple[float, float, float]:
    """Return mean, variance and covariance of a learner's own part on a competency at a time.

    `at` is in days; NaN, or a belief without a clock, means that no time has passed.
    """
    belief = beliefs.competencies.get(competency)
    prior_variance = own_prior_variance(model, competency)
    if belief is None:
        return 0.0, prior_variance, 0.0
    state = settled_now(beliefs.general, belief)
    days = at - belief.touched_at
    if isnan(days):
        return state
    kept = share_kept(days, model.spread.half_life)
    return fade(*state, kept, prior_variance)


def estimate(model: Model, beliefs: Beliefs, competency: Key, *, at: float = nan) -> Estimate:
    """Return what is believed of a competency at a time (days; NaN: at the last evidence)."""
    terms = model.terms_of(competency)
    mean, variance, covariance = competency_now(model, beliefs, competency, at)
    general = beliefs.general
    spread = general.variance + variance + 2 * covariance
    return Estimate(
        mean=fixed_part(terms, beliefs.competencies.get(competency)) + general.mean + mean,
        sd=sqrt(max(spread, 1e-12)),
        mastered_from=model.mastered_from,
    )


def fixed_part(terms: Terms, belief: CompetencyBelief | None) -> float:
    """Return a competency's easiness with what the learner's practice has added."""
    if belief is None:
        return terms.easiness
    right, wrong = log1p(belief.n_right), log1p(belief.n_wrong)
    return terms.easiness + practice(right, wrong, terms.gain_right, terms.gain_wrong)


def predict(
    model: Model,
    beliefs: Beliefs,
    instrument: Key,
    shown: tuple[tuple[Key, float], ...],
    *,
    at: float = nan,
) -> float:
    """Return the chance of success on an instrument now, before it is tried."""
    difficulty, spread, loading = model.item_terms_of(instrument)
    of_general = loading * beliefs.general.mean
    spread += loading * loading * beliefs.general.variance
    easiness, own, practised = difficulty, 0.0, 0.0
    for competency, share in shown:
        terms = model.terms_of(competency)
        mean, variance, covariance = competency_now(model, beliefs, competency, at)
        easiness += share * terms.easiness
        own += share * mean
        practised += share * (
            fixed_part(terms, beliefs.competencies.get(competency)) - terms.easiness
        )
        spread += share * (share * variance + 2 * loading * covariance)
    contexts = model.contexts
    if not contexts.tables:
        return chance((easiness + of_general + own + practised) * damping(spread))
    cells = cells_of(beliefs.history, instrument, together(key for key, _ in shown), at)
    term, unsure = contexts.term_of(cells)
    by_general, by_own, by_practice = contexts.carried
    eta = easiness + by_general * of_general + by_own * own + by_practice * practised + term
    return chance(eta * damping(spread + unsure))
