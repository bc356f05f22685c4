"""Bayesian knowledge tracing of one learner: beliefs, what they say, and one event at a time.

**Items that show several competencies.** An answer draws on one of them, on each with the chance
of its share. With the item's guess g and slip s, the shares x_k and P(known) p_k, it is right with
the chance g + (1 - s - g) sum_k x_k p_k. What it tells of each competency is what Bayes' rule says
with the others as they are expected to be; what it tells of two at once is left out. Each then
takes its step of learning. Partial credit weighs the logarithms of the two likelihoods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isnan, log, nan, sqrt

from manypaths.mastery.beliefs import Event
from manypaths.mastery.bkt_model import BktModel
from manypaths.mastery.explain import Piece
from manypaths.mastery.log import Key


@dataclass(frozen=True, slots=True)
class BktBelief:
    """P(known) of a competency after its last response, when that was (days), and how many."""

    p_known: float
    touched_at: float = nan
    n_responses: int = 0


@dataclass(frozen=True, slots=True)
class BktBeliefs:
    """All that is believed of one learner: each competency touched so far."""

    competencies: Mapping[Key, BktBelief] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BktEstimate:
    """What is believed of a competency at a moment: it is known, or not.

    `mean` is P(known) and `sd` the standard deviation of known (1) or not (0), which is 0 only
    where that is certain. `success` is the expected success on an average item.
    """

    p_known: float
    success: float

    @property
    def mean(self) -> float:
        """Return P(known)."""
        return self.p_known

    @property
    def sd(self) -> float:
        """Return the standard deviation of known or not."""
        return sqrt(max(self.p_known * (1 - self.p_known), 0.0))

    @property
    def p_mastered(self) -> float:
        """Return P(known), which is what this model means by mastered."""
        return self.p_known


@dataclass(frozen=True)
class BktExplanation:
    """Where an estimate began, what moved it, and where it ended: prior and pieces sum to it.

    The pieces are those of `explain`, in P(known): "evidence" for what each answer told,
    "practice" for learning (less what is forgotten) from one response to the next, "time" for what
    passing days took.
    """

    prior: BktEstimate
    pieces: tuple[Piece, ...]
    estimate: BktEstimate
    beliefs: BktBeliefs


def start(_model: BktModel) -> BktBeliefs:
    """Return what is believed of a learner before any evidence."""
    return BktBeliefs()


def p_known(model: BktModel, beliefs: BktBeliefs, competency: Key, at: float = nan) -> float:
    """Return P(known) at a time (days; NaN, or a belief without a clock: no time has passed)."""
    belief = beliefs.competencies.get(competency)
    if belief is None:
        return model.skill_of(competency).prior
    days = at - belief.touched_at
    return belief.p_known * exp(-model.fading * days) if days > 0 else belief.p_known


def estimate(
    model: BktModel, beliefs: BktBeliefs, competency: Key, *, at: float = nan
) -> BktEstimate:
    """Return what is believed of a competency at a time (days; NaN: at the last evidence)."""
    skill, known = model.skill_of(competency), p_known(model, beliefs, competency, at)
    return BktEstimate(known, skill.guess + (1 - skill.slip - skill.guess) * known)


def predict(
    model: BktModel,
    beliefs: BktBeliefs,
    instrument: Key,
    shown: tuple[tuple[Key, float], ...],
    *,
    at: float = nan,
) -> float:
    """Return the chance of success on an item now, before it is tried."""
    guess, slip = model.answering_of(instrument, shown)
    drawn_on = sum(share * p_known(model, beliefs, key, at) for key, share in shown)
    return guess + (1 - slip - guess) * drawn_on


def update(model: BktModel, beliefs: BktBeliefs, event: Event) -> BktBeliefs:
    """Return the beliefs after one more response, which must not be earlier than those before.

    A silent event changes nothing. Raises ValueError for a rating, of which this model knows
    nothing, or an outcome outside [0, 1].
    """
    told = _told(model, beliefs, event)
    moved: dict[Key, BktBelief] = dict(beliefs.competencies)
    for key, known in told.items():
        skill, before = model.skill_of(key), beliefs.competencies.get(key)
        touched_at = before.touched_at if before else nan
        moved[key] = BktBelief(
            p_known=known * (1 - skill.forget) + (1 - known) * skill.learn,
            touched_at=touched_at if isnan(event.time) else event.time,
            n_responses=1 + (before.n_responses if before else 0),
        )
    return BktBeliefs(moved)


def why(
    model: BktModel, events: Sequence[Event], competency: Key, *, at: float = nan
) -> BktExplanation:
    """Return what moved a learner's estimate of a competency, up to a time (days; NaN: no clock).

    `events` are all of the learner's events in the order of the work. Prior plus all shifts equals
    the estimate to rounding.
    """
    beliefs = start(model)
    prior = estimate(model, beliefs, competency)
    pieces: list[Piece] = []
    last, by_practice, by_time = prior.p_known, 0.0, 0.0
    for number, event in enumerate(events):
        told = _told(model, beliefs, event)
        if any(key == competency for key, _ in event.shown):
            now = p_known(model, beliefs, competency, event.time) if told else last
            by_time += now - last
            after = told.get(competency, now)
            pieces.append(Piece("evidence", number, after - now, after - now))
            last = after
        beliefs = update(model, beliefs, event)
        now = p_known(model, beliefs, competency)
        by_practice += now - last
        last = now
    ended = estimate(model, beliefs, competency, at=at)
    by_time += ended.p_known - last
    if by_practice:
        pieces.append(Piece("practice", None, by_practice, by_practice))
    if by_time:
        pieces.append(Piece("time", None, by_time, by_time))
    return BktExplanation(prior, tuple(pieces), ended, beliefs)


def _told(model: BktModel, beliefs: BktBeliefs, event: Event) -> dict[Key, float]:
    """Return P(known) of what an event shows, after its outcome and before any learning."""
    if event.role >= 0:
        raise ValueError("Bayesian knowledge tracing reads responses alone; this event is a rating")
    if not 0 <= event.outcome <= 1:
        raise ValueError(f"outcome is {event.outcome}; allowed: in [0, 1]")
    if not event.moves:
        return {}
    guess, slip = model.answering_of(event.instrument, event.shown)
    reach = 1 - slip - guess
    before = {key: p_known(model, beliefs, key, event.time) for key, _ in event.shown}
    drawn_on = sum(share * before[key] for key, share in event.shown)
    told = {}
    for key, share in event.shown:
        if_unknown = guess + reach * max(drawn_on - share * before[key], 0.0)
        is_known = before[key] * _likelihood(event.outcome, if_unknown + reach * share)
        is_unknown = (1 - before[key]) * _likelihood(event.outcome, if_unknown)
        # What the model holds for impossible tells it nothing.
        can_be = is_known + is_unknown > 0
        told[key] = is_known / (is_known + is_unknown) if can_be else before[key]
    return told


def _likelihood(outcome: float, right: float) -> float:
    if 0 < outcome < 1:
        if not 0 < right < 1:
            return 0.0
        return exp(outcome * log(right) + (1 - outcome) * log(1 - right))
    return right if outcome else 1 - right
