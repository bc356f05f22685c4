"""Bayesian knowledge tracing over a whole log: predictions before each event."""

from itertools import chain

import numpy as np

from manypaths.mastery import bkt_kernels as kernels
from manypaths.mastery.batch import Trace
from manypaths.mastery.bkt_kernels import Numbers, Shown
from manypaths.mastery.bkt_model import BktModel
from manypaths.mastery.log import Alignment, Floats, ResponseLog

_NOWHERE = np.zeros((0, 0))


def trace(model: BktModel, log: ResponseLog) -> Trace:
    """Return what the model expected of each response, before it was seen.

    Raises ValueError for a log with ratings.
    """
    return trace_numbers(numbers_for(model, log.alignment), model.fading, log)


def p_known_before(model: BktModel, log: ResponseLog) -> Floats:
    """Return P(known) before each response: of each competency that it shows, row after row.

    Raises ValueError for a log with ratings.
    """
    p_known = np.zeros(np.diff(log.alignment.starts)[log.instrument].sum())
    _predict(numbers_for(model, log.alignment), model.fading, log, p_known)
    return p_known


def p_known_after(model: BktModel, log: ResponseLog) -> Floats:
    """Return P(known) after all responses, shape (n_learners, n_competencies), 0 where none were.

    Raises ValueError for a log with ratings.
    """
    p_after = np.zeros((log.n_learners, log.alignment.n_competencies))
    _predict(numbers_for(model, log.alignment), model.fading, log, np.zeros(0), p_after)
    return p_after


def trace_numbers(numbers: Numbers, fading: float, log: ResponseLog) -> Trace:
    """Return the trace of a model whose numbers stand in the places of the log."""
    return Trace(_predict(numbers, fading, log, np.zeros(0)), log.outcome, log.role)


def numbers_for(model: BktModel, alignment: Alignment) -> Numbers:
    """Return the model's numbers in the places of an alignment; what is new to it starts cold."""
    skills = np.array([model.skill_of(key) for key in alignment.competencies], float)
    prior, learn, forget, guess, slip = skills.reshape(-1, 5).T.copy()
    unknown = (np.nan, np.nan)
    items = chain.from_iterable(
        model.instruments.get(key, unknown) for key in alignment.instruments
    )
    own_guess, own_slip = np.fromiter(items, float).reshape(-1, 2).T
    guess = np.where(np.isnan(own_guess), shared_out(alignment, guess), own_guess)
    slip = np.where(np.isnan(own_slip), shared_out(alignment, slip), own_slip)
    return Numbers(prior, learn, forget, guess, slip)


def shared_out(alignment: Alignment, by_competency: Floats) -> Floats:
    """Return what each instrument has of a number of its competencies, by their shares."""
    cells = alignment.weight * by_competency[alignment.competency]
    return np.add.reduceat(cells, alignment.starts[:-1]) if cells.size else np.zeros(0)


def require_responses(log: ResponseLog) -> None:
    """Raise ValueError for a log with ratings, naming the first."""
    if log.is_rating.any():
        raise ValueError(
            f"row {int(np.argmax(log.is_rating))}: a rating; "
            "Bayesian knowledge tracing reads responses alone"
        )


def has_parts(log: ResponseLog) -> bool | None:
    """Return True where any outcome is partial credit, else None (see the kernels)."""
    return True if ((log.outcome > 0) & (log.outcome < 1)).any() else None


def _predict(
    numbers: Numbers,
    fading: float,
    log: ResponseLog,
    p_known: Floats,
    p_after: Floats = _NOWHERE,
) -> Floats:
    require_responses(log)
    alignment, chance = log.alignment, np.zeros(log.n_events)
    kernels.predict_pass(
        log.offsets,
        log.instrument,
        log.outcome,
        log.time,
        log.moves,
        Shown(alignment.starts, alignment.competency, alignment.weight),
        numbers,
        fading,
        chance,
        p_known,
        p_after,
        has_parts(log),
    )
    return chance
