"""How well several models predict the same responses, and how sure that is with so many learners.

Responses of one learner hang together, so a hundred of them say less than a hundred learners' one
each. All standard errors here are therefore those of sums over learners.
"""

from dataclasses import dataclass, fields, replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.evaluation import SMALLEST_CHANCE, auc, calibration_line, scores
from manypaths.mastery.log import Floats, Ints, ResponseLog


@dataclass(frozen=True)
class Predictions:
    """Events, and what was expected of each before it was seen; columns of the shape (n_events,).

    `learner` are whole numbers from 0. `chance` is P(right) of a response; `loss` minus the
    log-likelihood of the outcome, or of the level given in a rating.
    """

    learner: Ints
    is_rating: NDArray[np.bool_]
    outcome: Floats
    chance: Floats
    loss: Floats

    @classmethod
    def of(
        cls, log: ResponseLog, chance: Floats, log_likelihood: Floats | None = None
    ) -> "Predictions":
        """Return the predictions of a log's events.

        `log_likelihood` is needed for ratings alone. Chances of responses are held to one in a
        million, as in `evaluate`.
        """
        p = np.clip(chance, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
        loss = -(log.outcome * np.log(p) + (1 - log.outcome) * np.log(1 - p))
        if log_likelihood is not None:
            loss = np.where(log.is_rating, -log_likelihood, loss)
        learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))
        return cls(learner, log.is_rating, log.outcome, p, loss)

    def at(self, rows: Ints | NDArray[np.bool_]) -> "Predictions":
        """Return those of some events."""
        return Predictions(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})


@dataclass(frozen=True)
class Figures:
    """How well predictions came true; NaN for what can't be computed.

    `auc`, `log_loss`, `ece` and `calibration_slope` are those of `scores`, over the responses;
    `rating_log_loss` is the mean loss over the ratings. What ends in `_error` is a standard error
    by learners.
    """

    n_learners: int
    n_responses: int
    n_ratings: int
    auc: float = nan
    auc_error: float = nan
    log_loss: float = nan
    log_loss_error: float = nan
    ece: float = nan
    calibration_slope: float = nan
    calibration_slope_error: float = nan
    rating_log_loss: float = nan
    rating_log_loss_error: float = nan


@dataclass(frozen=True)
class Difference:
    """By how much the figures of one model exceed those of another on the same events."""

    auc: float = nan
    auc_error: float = nan
    log_loss: float = nan
    log_loss_error: float = nan
    rating_log_loss: float = nan
    rating_log_loss_error: float = nan


def figures(predictions: Predictions) -> Figures:
    """Return how well predictions came true, with standard errors by learners."""
    responses, ratings = _apart(predictions)
    rating_loss, drawn = _mean_by_learner(ratings, ratings.loss)
    found = Figures(
        n_learners=np.unique(predictions.learner).size,
        n_responses=responses.outcome.size,
        n_ratings=ratings.outcome.size,
        rating_log_loss=rating_loss,
        rating_log_loss_error=_error(drawn, ratings),
    )
    if not responses.outcome.size:
        return found
    scored = scores(responses.outcome, responses.chance)
    _, drawn = _mean_by_learner(responses, responses.loss)
    return replace(
        found,
        auc=scored["auc"],
        auc_error=_error(_auc_by_learner(responses), responses),
        log_loss=scored["log_loss"],
        log_loss_error=_error(drawn, responses),
        ece=scored["ece"],
        calibration_slope=scored["calibration_slope"],
        calibration_slope_error=_error(_slope_by_learner(responses), responses),
    )


def difference(one: Predictions, other: Predictions) -> Difference:
    """Return the figures of `one` minus those of `other`, with standard errors by learners.

    Both predict the same events. What is hard for one is mostly hard for the other, so the error
    of a difference is far less than those of the figures would suggest.
    """
    (mine, my_ratings), (theirs, their_ratings) = _apart(one), _apart(other)
    rating_loss, drawn = _mean_by_learner(my_ratings, my_ratings.loss - their_ratings.loss)
    found = Difference(rating_log_loss=rating_loss, rating_log_loss_error=_error(drawn, my_ratings))
    if not mine.outcome.size:
        return found
    areas = [auc(each.outcome >= 0.5, each.chance) for each in (mine, theirs)]
    loss, drawn = _mean_by_learner(mine, mine.loss - theirs.loss)
    return replace(
        found,
        auc=areas[0] - areas[1],
        auc_error=_error(_auc_by_learner(mine) - _auc_by_learner(theirs), mine),
        log_loss=loss,
        log_loss_error=_error(drawn, mine),
    )


def _apart(predictions: Predictions) -> tuple[Predictions, Predictions]:
    """Return those of responses and those of ratings."""
    is_rating = predictions.is_rating
    return predictions.at(~is_rating), predictions.at(is_rating)


def _error(by_learner: Floats, predictions: Predictions) -> float:
    """Return the standard error of a figure from what each learner contributes to it.

    NaN with fewer than two learners. Source: Liang & Zeger (1986), Longitudinal Data Analysis
    Using Generalized Linear Models.
    """
    n = np.unique(predictions.learner).size
    if n < 2:
        return nan
    return float(np.sqrt(n / (n - 1) * (by_learner**2).sum()))


def _sums(predictions: Predictions, values: Floats) -> Floats:
    return np.bincount(predictions.learner, weights=values).astype(np.float64)


def _mean_by_learner(predictions: Predictions, values: Floats) -> tuple[float, Floats]:
    """Return the mean of the values, and how far each learner draws it away."""
    if not values.size:
        return nan, np.zeros(0)
    mean = float(values.mean())
    return mean, _sums(predictions, values - mean) / values.size


def _auc_by_learner(predictions: Predictions) -> Floats:
    """Return how far each learner draws the AUC away from what it is.

    Source: Obuchowski (1997), Nonparametric Analysis of Clustered ROC Curve Data: the components
    of DeLong et al. (1988), summed by learner.
    """
    right = predictions.outcome >= 0.5
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    if not n_right or not n_wrong:
        return np.full(predictions.learner.max() + 1, nan)
    _, place = np.unique(predictions.chance, return_inverse=True)
    rights, wrongs = (np.bincount(place, weights=some) for some in (right, ~right))
    # For each response, the share of those of the other outcome that it is in order with.
    wrongs_below = ((np.cumsum(wrongs) - wrongs / 2) / n_wrong)[place]
    rights_above = ((n_right - np.cumsum(rights) + rights / 2) / n_right)[place]
    area = wrongs_below[right].mean()
    drawn = np.where(right, (wrongs_below - area) / n_right, (rights_above - area) / n_wrong)
    return _sums(predictions, drawn)


def _slope_by_learner(predictions: Predictions) -> Floats:
    """Return how far each learner draws the calibration slope away from what it is."""
    line = calibration_line(predictions.outcome, predictions.chance)
    if np.isnan(line).any():
        return np.full(predictions.learner.max() + 1, nan)
    x = np.log(predictions.chance / (1 - predictions.chance))
    p = np.exp(-np.logaddexp(0, -(line[0] + line[1] * x)))
    design = np.column_stack((np.ones_like(x), x))
    bend = (design * (p * (1 - p))[:, None]).T @ design + 1e-9 * np.eye(2)
    pulls = design * (predictions.outcome - p)[:, None]
    by_learner = np.column_stack([_sums(predictions, pull) for pull in pulls.T])
    drawn: Floats = np.linalg.solve(bend, by_learner.T)[1]
    return drawn
