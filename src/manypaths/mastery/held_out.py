"""What a model expects of learners whom it has never seen: everyone in turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.batch import final_beliefs, trace
from manypaths.mastery.beliefs import REACH, Beliefs, competency_now, fixed_part
from manypaths.mastery.calibration import mean_outcome_interval
from manypaths.mastery.fitting import fit
from manypaths.mastery.log import Floats, Ints, ResponseLog
from manypaths.mastery.model import Model, Settings, without_contexts
from manypaths.mastery.near_copies import clusters_of, near_copies

N_FOLDS = 5
_MOST_LATER, _FEWEST_LATER = 10, 5
_LEVEL = 0.9


@dataclass(frozen=True)
class HeldOut:
    """Expectations of a log by models that were fitted without the learner in question.

    `chance`, (n_events,), is P(right) of each response before it is seen (for a rating, P(the level
    given)). Of each learner with at least 10 responses, `learner` in the columns below, `low` and
    `high` bound the mean `outcome` of up to 10 responses after the first half with nine chances in
    ten, as it was to be expected then.
    """

    chance: Floats
    learner: Ints
    low: Floats
    high: Floats
    outcome: Floats


def held_out(log: ResponseLog, *, settings: Settings | None = None, seed: int = 0) -> HeldOut:
    """Return what is expected of every learner by a model fitted to four fifths of the others.

    Learners are divided by `seed` into five parts, near copies of each other into the same one.
    Raises ValueError for fewer than 5 learners.
    """
    if log.n_learners < N_FOLDS:
        raise ValueError(f"everyone is held out once in five parts; there are {log.n_learners}")
    part_of = _parts(log, seed)
    chance = np.zeros(log.n_events)
    rows = []
    of_event = np.repeat(part_of, np.diff(log.offsets))
    for part in np.unique(part_of).tolist():
        inside = np.flatnonzero(part_of == part)
        model = fit(log.of_learners(np.flatnonzero(part_of != part)), settings=settings, seed=seed)
        test = log.of_learners(inside)
        chance[of_event == part] = trace(model, test).chance
        rows += [(int(inside[u]), *bounds) for u, *bounds in later_means(model, test)]
    table = np.array(rows).reshape(-1, 4)
    return HeldOut(chance, table[:, 0].astype(np.int64), *table[:, 1:].T)


def later_means(model: Model, log: ResponseLog) -> Iterator[tuple[int, float, float, float]]:
    """Yield learner, bounds, and what came of it: the mean of up to 10 responses to come.

    What is known is the first half of a learner's events, of those who have 5 responses after it.
    """
    n_known = np.diff(log.offsets) // 2
    known, _ = final_beliefs(without_contexts(model), _first_events(log, n_known))
    first = _first_events(log, n_known)
    for learner in range(log.n_learners):
        span = np.arange(log.offsets[learner] + n_known[learner], log.offsets[learner + 1])
        later = span[~log.is_rating[span]][:_MOST_LATER]
        if later.size >= _FEWEST_LATER and n_known[learner]:
            mean, covariance = _forecast(model, known.of_learner(first, learner), log, later)
            low, high = mean_outcome_interval(mean, covariance, reach=REACH[_LEVEL])
            yield learner, low, high, float(log.outcome[later].mean())


def _parts(log: ResponseLog, seed: int) -> Ints:
    order = np.random.RandomState(seed).permutation(log.n_learners)
    parts = np.empty(log.n_learners, np.int64)
    parts[order] = np.arange(log.n_learners) % N_FOLDS
    for cluster in clusters_of(near_copies(log)):
        parts[cluster] = parts[cluster[0]]
    return parts


def _first_events(log: ResponseLog, n_first: Ints) -> ResponseLog:
    """Return the log up to so many events of each learner."""
    place = np.arange(log.n_events) - np.repeat(log.offsets[:-1], np.diff(log.offsets))
    kept: NDArray[np.bool_] = place < np.repeat(n_first, np.diff(log.offsets))
    return ResponseLog(
        alignment=log.alignment,
        offsets=np.concatenate(([0], np.cumsum(n_first))),
        instrument=log.instrument[kept],
        time=log.time[kept],
        day=log.day[kept],
        outcome=log.outcome[kept],
        role=log.role[kept],
        rater=log.rater[kept],
        moves=log.moves[kept],
        raters=log.raters,
    )


def _forecast(
    model: Model, beliefs: Beliefs, log: ResponseLog, events: Sequence[int] | Ints
) -> tuple[Floats, Floats]:
    """Return means and covariances of the logits of responses to come, as believed at the first.

    What practice, time and contexts do between them is left out: it is little within ten.
    """
    alignment, keys = log.alignment, log.alignment.competencies
    shares = np.zeros((len(events), len(keys)))
    mean, alone, loading = np.zeros((3, len(events)))
    own, shared = np.zeros(len(keys)), np.zeros(len(keys))
    at = float(log.time[events[0]])
    for place, event in enumerate(events):
        i = log.instrument[event]
        term, alone[place], loading[place] = model.item_terms_of(alignment.instruments[i])
        mean[place] = term + loading[place] * beliefs.general.mean
        for j in range(alignment.starts[i], alignment.starts[i + 1]):
            k, share = alignment.competency[j], alignment.weight[j]
            now, own[k], shared[k] = competency_now(model, beliefs, keys[k], at)
            fixed = fixed_part(model.terms_of(keys[k]), beliefs.competencies.get(keys[k]))
            mean[place] += share * (fixed + now)
            shares[place, k] = share
    crossed = np.outer(shares @ shared, loading)
    covariance: Floats = (
        beliefs.general.variance * np.outer(loading, loading)
        + crossed
        + crossed.T
        + (shares * own) @ shares.T
        + np.diag(alone)
    )
    return mean, covariance
