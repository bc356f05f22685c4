"""The one status of a learner on a competency, for every screen, list, answer and report."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from manypaths.frameworks.rules import StatusRules

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Claims = NDArray[np.bool_]


class Status(StrEnum):
    """Where a learner stands on a competency, in the order in which it is decided."""

    DEMONSTRATED = "demonstrated"
    REFRESH = "worth a refresh"
    NOT_STARTED = "not started"
    NEEDS_EVIDENCE = "needs evidence"
    READY = "ready to show"
    GROWING = "growing"


class Certainty(StrEnum):
    """How sure we are, from the half-width of the 80 % interval of expected success."""

    SURE = "sure"
    FAIRLY_SURE = "fairly sure"
    NOT_YET = "not sure yet"


# By the places that `status` and `certainty` return.
STATUSES = tuple(Status)
CERTAINTIES = tuple(Certainty)


@dataclass(frozen=True)
class Grounds:
    """What a status is decided on, in columns of the shape (n_rows,).

    `recall` is predicted recall of what was demonstrated, 1 where nothing was; `n_days` counts
    calendar days with evidence and is 0 for evidence without a clock.
    """

    p_mastered: Floats
    half_width: Floats
    n_pieces: Numbers
    n_responses: Numbers
    n_days: Numbers
    n_ratings_by_others: Numbers
    is_demonstrated: Claims
    recall: Floats


def status(grounds: Grounds, rules: StatusRules) -> Numbers:
    """Return the status of each row, as a place in Status, decided in that order.

    Work without a clock can't be counted in days, so there the number of pieces alone decides.
    """
    unsure = grounds.half_width > rules.fairly_sure
    on_enough_days = (grounds.n_days >= rules.least_days) | (grounds.n_days == 0)
    enough_responses = (grounds.n_responses >= rules.least_pieces) & on_enough_days
    enough = enough_responses | (grounds.n_ratings_by_others >= rules.least_ratings)
    return np.select(
        [
            grounds.is_demonstrated & (grounds.recall >= rules.recall),
            grounds.is_demonstrated,
            grounds.n_pieces == 0,
            ~enough | unsure,
            grounds.p_mastered >= rules.ready,
        ],
        [0, 1, 2, 3, 4],
        5,
    )


def certainty(half_width: Floats, rules: StatusRules) -> Numbers:
    """Return how sure we are of each row, as a place in Certainty."""
    return np.select([half_width <= rules.sure, half_width <= rules.fairly_sure], [0, 1], 2)
