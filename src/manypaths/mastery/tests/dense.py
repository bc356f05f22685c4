"""The plain twin of the engine: the same model with its whole covariance, in straight NumPy.

It keeps general ability and every competency in one Gaussian with a full covariance matrix, of
which the covariances between two competencies are set to zero after each step (the "arrow").
Nothing waits: every competency is moved by every event.
"""

from math import isnan, log
from typing import Any  # NumPy types a dot product as an array

import numpy as np

from manypaths.mastery import Event, Model
from manypaths.mastery.log import Floats, Key


class DenseLearner:
    """One learner's whole Gaussian: place 0 is general ability, then the competencies."""

    def __init__(self, model: Model, keys: tuple[Key, ...]) -> None:
        self.model = model
        self.place = {key: number + 1 for number, key in enumerate(keys)}
        self.mean = np.zeros(len(keys) + 1)
        own = [model.spread.competency + model.terms_of(key).variance for key in keys]
        self.own = np.array([0.0, *own])
        self.covariance = np.diag([model.spread.general, *own])
        self.touched_at = np.full(len(keys) + 1, np.nan)
        self.n_right = np.zeros(len(keys) + 1)
        self.n_wrong = np.zeros(len(keys) + 1)
        self.past: list[Event] = []  # all responses so far

    def forget(self, at: float, places: list[int]) -> None:
        """Let the own parts of these competencies fade to a time."""
        for place in places:
            own = self.own[place]
            days = at - self.touched_at[place]
            kept = 1.0 if isnan(days) or days <= 0 else 0.5 ** (days / self.model.spread.half_life)
            self.mean[place] *= kept
            variance = own + (self.covariance[place, place] - own) * kept**2
            self.covariance[place, :] *= kept
            self.covariance[:, place] *= kept
            self.covariance[place, place] = variance
            if not isnan(days):
                self.touched_at[place] = at

    def design(self, event: Event, *, practised: bool = True) -> tuple[Floats, float, float]:
        """Return loadings, and what is added to the logit and to its variance from outside."""
        model = self.model
        loadings = np.zeros(self.mean.size)
        loadings[0] = 1.0
        added, unsure = 0.0, 0.0
        if event.has_difficulty:
            added, unsure, loadings[0] = model.item_terms_of(event.instrument)
        if event.role >= 0:
            own, variance = model.raters.get(event.rater, (0.0, model.cold.rater**2))  # type: ignore[arg-type]  # ratings have raters
            added += model.leniency_of_role[event.role] + own
            unsure += variance
        for key, share in event.shown:
            terms = model.terms_of(key)
            place = self.place[key]
            loadings[place] = share
            added += share * (
                terms.easiness
                + practised * terms.gain_right * np.log1p(self.n_right[place])
                + practised * terms.gain_wrong * np.log1p(self.n_wrong[place])
            )
        return loadings, added, unsure

    def expect(self, event: Event) -> float:
        """Return the log-likelihood of the event's outcome before it is seen."""
        loadings, added, unsure = self.design(event)
        eta = loadings @ self.mean + added
        spread = loadings @ self.covariance @ loadings + unsure
        contexts = self.model.contexts
        if event.role < 0 and contexts.tables:
            general, own, practice = contexts.carried
            practised = added - self.design(event, practised=False)[1]
            eta += (general - 1) * loadings[0] * self.mean[0] + (practice - 1) * practised
            eta += (own - 1) * (loadings[1:] @ self.mean[1:])
            for number, table in enumerate(contexts.tables):
                term, variance = table.unseen * 0, table.unseen
                for first, second, situation, its_term, its_variance in zip(
                    *table[:5], strict=True
                ):
                    kinds = contexts.together if number in (1, 7) else contexts.items
                    named = [None if place < 0 else kinds[place] for place in (first, second)]
                    if (*named, situation) == cell_by_hand(number, self.past, event):
                        term, variance = its_term, its_variance
                eta += term
                spread += variance
        if event.role < 0:
            p = _sigmoid(eta / np.sqrt(1 + np.pi * spread / 8))
            return event.outcome * log(p) + (1 - event.outcome) * log(1 - p)
        alpha = self.model.reliability_of_role[event.role]
        blunt = alpha / np.sqrt(1 + np.pi * alpha**2 * spread / 8)
        at_least = _at_least(eta, blunt, self.model.thresholds)
        return log(at_least[int(event.outcome)] - at_least[int(event.outcome) + 1])

    def see(self, event: Event) -> None:
        """Take one event in."""
        self.forget(event.time, [self.place[key] for key, _ in event.shown])
        if not event.moves:
            return
        if event.role < 0:
            self.past.append(event)
        loadings, added, unsure = self.design(event)
        eta = loadings @ self.mean + added
        slope, curvature = self._force(event, eta)
        reach = self.covariance @ loadings
        size = 1 + curvature * (loadings @ reach + unsure)
        self.mean = self.mean + reach * slope / size
        covariance = self.covariance - np.outer(reach, reach) * curvature / size
        arrow = np.diag(np.diag(covariance))
        arrow[0, :], arrow[:, 0] = covariance[0, :], covariance[:, 0]
        self.covariance = arrow
        self.covariance[0, 0] += self.model.spread.general_step
        for key, _ in event.shown:
            place = self.place[key]
            self.covariance[place, place] += self.model.spread.competency_step
            most = 0.95 * np.sqrt(self.covariance[place, place] * self.covariance[0, 0])
            bounded = np.clip(self.covariance[0, place], -most, most)
            self.covariance[0, place] = self.covariance[place, 0] = bounded
            if not isnan(event.time):
                self.touched_at[place] = event.time
            if event.role < 0:
                self.n_right[place] += event.outcome
                self.n_wrong[place] += 1 - event.outcome

    def standing(self, key: Key, at: float) -> tuple[float, float]:
        """Return mean and variance of the standing on an average item of a competency."""
        place, terms = self.place[key], self.model.terms_of(key)
        before = self.mean.copy(), self.covariance.copy(), self.touched_at.copy()
        self.forget(at, [place])
        loadings = np.zeros(self.mean.size)
        loadings[[0, place]] = 1.0
        mean = (
            loadings @ self.mean
            + terms.easiness
            + terms.gain_right * np.log1p(self.n_right[place])
            + terms.gain_wrong * np.log1p(self.n_wrong[place])
        )
        variance = loadings @ self.covariance @ loadings
        self.mean, self.covariance, self.touched_at = before
        return float(mean), float(variance)

    def _force(self, event: Event, eta: Any) -> tuple[float, float]:
        if event.role < 0:
            p = _sigmoid(eta)
            return event.outcome - p, p * (1 - p)
        alpha = self.model.reliability_of_role[event.role]
        at_least = _at_least(eta, alpha, self.model.thresholds)
        here, above = at_least[int(event.outcome)], at_least[int(event.outcome) + 1]
        return alpha * (1 - here - above), alpha**2 * (here * (1 - here) + above * (1 - above))


def cell_by_hand(table: int, past: list[Event], event: Event) -> tuple[Any, ...] | None:
    """Return the cell of a response in a context table, from all responses before it."""

    def shown(of: Event) -> tuple[Key, ...]:
        return tuple(sorted((key for key, _ in of.shown), key=str))

    def digits(of: list[Event], n: int) -> int:
        number = 0
        for one in of[-n:]:
            number = number * 3 + (2 if one.outcome >= 0.5 else 1)
        return number

    item, keys = event.instrument, shown(event)
    same = [one for one in past if shown(one) == keys]
    tries = [one for one in past if one.instrument == item]
    if table == 0:
        return (item, None, digits(same, 1))
    if table == 2:
        days = event.time - same[-1].time if same else float("nan")
        edges = [1 / 1440, 1 / 144, 1 / 24, 0.5, 2, 7, 30]
        pause = 0 if isnan(days) else 1 + sum(days >= edge for edge in edges)
        return (None, None, digits(same, 3) * 9 + pause)
    if table == 5:
        return (item, None, min(len(tries), 4) * 3 + digits(tries, 1))
    if table == 6:
        near = (past[-1].instrument == item, shown(past[-1]) == keys) if past else (False, False)
        return (None, None, (digits(past, 4) * 2 + near[0]) * 2 + near[1])
    if table == 7:
        return (keys, None, digits(same, 3))
    back = 2 if table == 4 else 1
    if len(past) < back:
        return None
    before = past[-back]
    situation = digits([before], 1)
    return (shown(before), keys, situation) if table == 1 else (before.instrument, item, situation)


def _sigmoid(x: Any) -> float:
    return float(1 / (1 + np.exp(-x)))


def _at_least(eta: Any, alpha: Any, thresholds: tuple[float, ...]) -> list[float]:
    return [1.0, *(_sigmoid(alpha * (eta - cut)) for cut in thresholds), 0.0]
