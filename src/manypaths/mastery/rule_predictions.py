"""What a school's rule makes of a log: its scores, and the chance of success behind a score.

A *sequence* is one learner's responses on one competency, oldest first; a response that shows
several competencies stands in a sequence of each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import Floats, Ints, ResponseLog
from manypaths.mastery.rule_sequences import scores_before_each


@dataclass(frozen=True)
class Sequences:
    """The responses of a log by learner and competency, sorted by both.

    `learner` and `competency`, shape (n_sequences,), are places in the log; sequence j is
    `event[starts[j]:starts[j + 1]]`, places of its responses in the log.
    """

    learner: Ints
    competency: Ints
    starts: Ints
    event: Ints
    outcome: Floats
    n_events: int

    @classmethod
    def of(cls, log: ResponseLog) -> "Sequences":
        """Return the sequences of a log's responses; ratings are left out."""
        responses = np.nonzero(~log.is_rating)[0]
        place, competency = shown_competencies(log, responses)
        event = responses[place]
        learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))[event]
        key = learner * max(log.alignment.n_competencies, 1) + competency
        order = np.argsort(key, kind="stable")
        firsts = np.nonzero(np.diff(key[order], prepend=-1))[0]
        return cls(
            learner=learner[order][firsts],
            competency=competency[order][firsts],
            starts=np.append(firsts, event.size),
            event=event[order],
            outcome=log.outcome[event[order]],
            n_events=log.n_events,
        )

    @property
    def sizes(self) -> Ints:
        """Return how many responses each sequence has, shape (n_sequences,)."""
        return np.diff(self.starts)

    def scores(self, rule: str) -> tuple[Floats, Floats]:
        """Return the rule's scores before each event, and after the last of each sequence.

        The shapes are (n_events,) and (n_sequences,). Of an event that shows several competencies
        it is the mean over them; NaN where there is no score yet.
        """
        n_sequences = self.sizes.size
        ends = self.starts[1:] + np.arange(n_sequences)  # a place more after each sequence
        is_end = np.zeros(self.event.size + n_sequences, bool)
        is_end[ends] = True
        outcome = np.zeros(is_end.size)
        outcome[~is_end] = self.outcome
        before = scores_before_each(rule, outcome, self.starts + np.arange(n_sequences + 1))
        return self._mean_by_event(before[~is_end]), before[is_end]

    def _mean_by_event(self, before: Floats) -> Floats:
        known = ~np.isnan(before)
        event = self.event[known]
        total = np.bincount(event, weights=before[known], minlength=self.n_events)
        count = np.bincount(event, minlength=self.n_events)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def shown_competencies(log: ResponseLog, events: Ints) -> tuple[Ints, Ints]:
    """Return the competencies that events show: places in `events`, and in the alignment."""
    alignment, instrument = log.alignment, log.instrument[events]
    sizes = np.diff(alignment.starts)[instrument]
    place = np.repeat(np.arange(events.size), sizes)
    first = np.cumsum(sizes) - sizes
    cell = alignment.starts[instrument[place]] + np.arange(place.size) - first[place]
    return place, alignment.competency[cell]


@dataclass(frozen=True)
class RisingCurve:
    """The rising curve from a rule's score to the chance of the next success.

    `chance_points` belong to `score_points`, between which it is a straight line;
    `without_score` is the chance where there is no score yet.
    """

    score_points: Floats
    chance_points: Floats
    without_score: float

    @classmethod
    def fit(cls, score: Floats, outcome: Floats) -> "RisingCurve":
        """Fit the curve by isotonic regression (Barlow et al. 1972) on responses, shape (n,)."""
        from scipy.optimize import isotonic_regression  # only where a rule is evaluated

        known: NDArray[np.bool_] = ~np.isnan(score)
        without = float(outcome[~known].mean()) if (~known).any() else 0.5
        points, place = np.unique(score[known], return_inverse=True)
        n = np.bincount(place, minlength=points.size)
        share = np.bincount(place, weights=outcome[known], minlength=points.size) / n
        curve = isotonic_regression(share, weights=n).x if points.size else share
        return cls(points, curve, without)

    def chances(self, score: Floats) -> Floats:
        """Return the chance of success behind each score."""
        if not self.score_points.size:
            return np.full(score.size, self.without_score)
        chance: Floats = np.interp(score, self.score_points, self.chance_points)
        return np.where(np.isnan(score), self.without_score, chance)


@dataclass(frozen=True)
class FittedRule:
    """A school's rule with the curve from its score to the chance of the next success."""

    name: str
    curve: RisingCurve

    @classmethod
    def fit(cls, name: str, log: ResponseLog) -> "FittedRule":
        """Fit the curve on the log's responses."""
        before, _ = Sequences.of(log).scores(name)
        return cls(name, RisingCurve.fit(before, log.outcome))

    def predict(self, log: ResponseLog) -> Floats:
        """Return the chance of success at each response, before it is seen."""
        before, _ = Sequences.of(log).scores(self.name)
        return self.curve.chances(before)
