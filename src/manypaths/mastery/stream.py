"""One event at a time: the batch's arithmetic, for beliefs that are kept between events."""

from dataclasses import replace
from math import isnan

from manypaths.mastery.beliefs import (
    Beliefs,
    CompetencyBelief,
    Event,
    GeneralBelief,
    competency_now,
    fixed_part,
    own_prior_variance,
    settled_now,
)
from manypaths.mastery.contexts import History, with_response
from manypaths.mastery.log import ROLES, Key, together
from manypaths.mastery.model import Model
from manypaths.mastery.steps import SMALLEST_SHRINK, bounded, rating_force, response_force

_SELF = ROLES.index("self")


def update(model: Model, beliefs: Beliefs, event: Event) -> Beliefs:
    """Return the beliefs after one more event, which must not be earlier than those before.

    Costs about as many steps as the event shows competencies; nothing given is changed. Raises
    ValueError for an outcome outside [0, 1] of a response, or a level that the model does not know.
    """
    _require_known_outcome(model, event)
    if not event.moves:
        return _counted_only(model, beliefs, event)
    general = beliefs.general
    touched = [
        (key, share, *competency_now(model, beliefs, key, event.time)) for key, share in event.shown
    ]
    eta, spread, loading = _source_terms(model, event)
    eta += loading * general.mean
    crossed = 0.0
    for key, share, mean, variance, covariance in touched:
        terms = model.terms_of(key)
        eta += share * (fixed_part(terms, beliefs.competencies.get(key)) + mean)
        spread += share * share * variance
        crossed += share * covariance
    slope, curvature = _force(model, event, eta)
    spread += loading * (loading * general.variance + 2 * crossed)
    push = slope / (1 + curvature * spread)
    pull = curvature / (1 + curvature * spread)

    reach = (
        loading * general.variance + crossed
    )  # covariance of general ability with the event's eta
    after = GeneralBelief(
        mean=general.mean + reach * push,
        variance=general.variance - reach * reach * pull + model.spread.general_step,
        shrink=general.shrink * (1 - loading * reach * pull),
        moved=general.moved + general.shrink * loading * push,
        settled=general.settled + (general.shrink * loading) ** 2 * pull,
    )
    moved: dict[Key, CompetencyBelief] = dict(beliefs.competencies)
    for key, share, mean, variance, covariance in touched:
        gain = variance * share + loading * covariance
        new_variance = variance - gain * gain * pull + model.spread.competency_step
        coupling = bounded(covariance - reach * gain * pull, new_variance, after.variance)
        moved[key] = _counted(
            CompetencyBelief(
                mean=mean + gain * push,
                variance=new_variance,
                coupling=coupling / after.shrink,
                moved=after.moved,
                settled=after.settled,
            ),
            beliefs.competencies.get(key),
            event,
        )
    return _written_out(Beliefs(after, moved, _remembered(model, beliefs.history, event)))


def _require_known_outcome(model: Model, event: Event) -> None:
    is_rating = event.role >= 0
    top = len(model.thresholds) if is_rating else 1
    if not 0 <= event.outcome <= top or (is_rating and event.outcome != int(event.outcome)):
        allowed = f"a level from 0 to {top}" if is_rating else "in [0, 1]"
        raise ValueError(f"outcome is {event.outcome}; allowed: {allowed}")


def _counted_only(model: Model, beliefs: Beliefs, event: Event) -> Beliefs:
    """Return the beliefs with a piece more on record, which moves nothing."""
    counted = dict(beliefs.competencies)
    for key, _ in event.shown:
        before = counted.get(key) or CompetencyBelief(
            0.0,
            own_prior_variance(model, key),
            moved=beliefs.general.moved,
            settled=beliefs.general.settled,
        )
        counted[key] = replace(before, n_pieces=before.n_pieces + 1)
    return Beliefs(beliefs.general, counted, beliefs.history)


def _remembered(model: Model, history: History, event: Event) -> History:
    """Return the history with the event, where it is a response and the model looks back."""
    if event.role >= 0 or not model.contexts.tables:
        return history
    keys = together(key for key, _ in event.shown)
    return with_response(history, event.instrument, keys, event.outcome, event.time)


def _source_terms(model: Model, event: Event) -> tuple[float, float, float]:
    """Return what instrument and rater add to the logit, how unsure that is, and the loading."""
    term, spread, loading = 0.0, 0.0, 1.0
    if event.has_difficulty:
        term, spread, loading = model.item_terms_of(event.instrument)
    if event.role >= 0:
        cold = (0.0, model.cold.rater**2)
        leniency, unsure = cold if event.rater is None else model.raters.get(event.rater, cold)
        term += model.leniency_of_role[event.role] + leniency
        spread += unsure
    return term, spread, loading


def _force(model: Model, event: Event, eta: float) -> tuple[float, float]:
    if event.role < 0:
        return response_force(eta, event.outcome)
    reliability = model.reliability_of_role[event.role]
    return rating_force(eta, int(event.outcome), reliability, model.thresholds)


def _counted(
    belief: CompetencyBelief, before: CompetencyBelief | None, event: Event
) -> CompetencyBelief:
    """Return the belief with the event added to the counts of the evidence before it."""
    counts = before or CompetencyBelief(0.0, 0.0)
    is_response = event.role < 0
    is_new_day = event.day != counts.last_day and event.day > 0
    return replace(
        belief,
        touched_at=counts.touched_at if isnan(event.time) else event.time,
        n_right=counts.n_right + (event.outcome if is_response else 0.0),
        n_wrong=counts.n_wrong + (1 - event.outcome if is_response else 0.0),
        n_pieces=counts.n_pieces + 1,
        n_days=counts.n_days + is_new_day,
        last_day=event.day if is_new_day else counts.last_day,
        n_ratings_by_others=counts.n_ratings_by_others + (not is_response and event.role != _SELF),
    )


def _written_out(beliefs: Beliefs) -> Beliefs:
    """Settle every waiting competency where the general sums are about to lose digits."""
    general = beliefs.general
    if general.shrink >= SMALLEST_SHRINK:
        return beliefs
    settled = {}
    for key, belief in beliefs.competencies.items():
        mean, variance, covariance = settled_now(general, belief)
        settled[key] = replace(
            belief, mean=mean, variance=variance, coupling=covariance, moved=0.0, settled=0.0
        )
    written = replace(general, shrink=1.0, moved=0.0, settled=0.0)
    return Beliefs(written, settled, beliefs.history)
