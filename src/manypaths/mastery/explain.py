"""What moved an estimate: every piece of evidence in the order of the work, and how far."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

from manypaths.mastery.beliefs import Beliefs, Estimate, Event, estimate, start
from manypaths.mastery.log import Key
from manypaths.mastery.model import Model
from manypaths.mastery.stream import update


@dataclass(frozen=True)
class Piece:
    """One row of an explanation.

    `kind` is "evidence" for one event that shows the competency (`event` is its place among the
    events) and what its outcome told; "practice" for what having worked on it adds, whatever the
    outcomes; "other" for all evidence on other competencies, "time" for what passing time did.
    The shifts are on the logit scale and in P(mastered). `after` is the estimate as it stood
    right after an event that shows the competency.
    """

    kind: str
    event: int | None
    shift_mean: float
    shift_p: float
    after: Estimate | None = None


@dataclass(frozen=True)
class Explanation:
    """Where an estimate began, what moved it, and where it ended: prior and pieces sum to it."""

    prior: Estimate
    pieces: tuple[Piece, ...]
    estimate: Estimate
    beliefs: Beliefs


def why(model: Model, events: Sequence[Event], competency: Key, *, at: float = nan) -> Explanation:
    """Return what moved a learner's estimate of a competency, up to a time (days; NaN: no clock).

    `events` are all of the learner's events in the order of the work. What competencies share
    (general ability) makes evidence on others move this one: it is summed in one row, as is what
    time did, and what practice adds. Prior plus all shifts equals the estimate to rounding.
    """
    beliefs = start(model)
    prior = last = estimate(model, beliefs, competency)
    pieces: list[Piece] = []
    others, waiting, practised = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    for number, event in enumerate(events):
        last = _passed(waiting, last, estimate(model, beliefs, competency, at=event.time))
        before, beliefs = beliefs, update(model, beliefs, event)
        now = estimate(model, beliefs, competency, at=event.time)
        if any(key == competency for key, _ in event.shown):
            told = [0.0, 0.0]
            as_before = _with_counts_of(before, beliefs, competency)
            last = _passed(told, last, estimate(model, as_before, competency, at=event.time))
            pieces.append(Piece("evidence", number, told[0], told[1], now))
            last = _passed(practised, last, now)
        else:
            last = _passed(others, last, now)
    last = _passed(waiting, last, estimate(model, beliefs, competency, at=at))
    if any(practised):
        pieces.append(Piece("practice", None, practised[0], practised[1]))
    if any(others):
        pieces.append(Piece("other", None, others[0], others[1]))
    if any(waiting):
        pieces.append(Piece("time", None, waiting[0], waiting[1]))
    return Explanation(prior, tuple(pieces), last, beliefs)


def _with_counts_of(before: Beliefs, after: Beliefs, competency: Key) -> Beliefs:
    """Return the later beliefs with as many tries on the competency as before."""
    tried = before.competencies.get(competency)
    known = replace(
        after.competencies[competency],
        n_right=tried.n_right if tried else 0.0,
        n_wrong=tried.n_wrong if tried else 0.0,
    )
    return replace(after, competencies={**after.competencies, competency: known})


def _passed(shifts: list[float], before: Estimate, after: Estimate) -> Estimate:
    """Add what changed between two estimates to the shifts, and return the later one."""
    shifts[0] += after.mean - before.mean
    shifts[1] += after.p_mastered - before.p_mastered
    return after
