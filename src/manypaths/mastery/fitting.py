"""Fit a model: damped Newton steps on the sums of filter passes, variances by held-out learners.

Static terms have Gaussian priors toward their typical value, whose spread is fitted as well
(empirical Bayes). The learner's variances and the half-life are chosen by coordinate search on the
one-step-ahead log-likelihood of learners who are held out inside the given log, the variances not
far from the usual ones unless these learners say so.
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from math import inf

import numpy as np

from manypaths.mastery.arrays import (
    GAIN_RIGHT,
    GAIN_WRONG,
    LEVEL,
    OF_ROLES,
    Columns,
    Parameters,
    Sums,
    no_sums,
)
from manypaths.mastery.batch import columns_of, parameters_for
from manypaths.mastery.context_fitting import ContextFit
from manypaths.mastery.log import Alignment, Floats, Ints, ResponseLog
from manypaths.mastery.model import Cold, ItemTerms, Model, Settings, Spread, Terms, logit, unfitted
from manypaths.mastery.passes import LocalPasses, Passes

_RATE, _MOMENTUM = 0.3, 0.6
_PASSES_FIRST, _PASSES_BETWEEN, _PASSES_LAST = 20, 6, 7
_ROUNDS = 2
# The share of learners who are held out to choose variances: with little evidence more of them.
_HELD_OUT, _HELD_OUT_OF_LITTLE, _LITTLE = 0.15, 0.3, 50_000
_FEWEST_TO_HOLD_OUT = 30
# With few learners the general variance may run away; nobody differs by more than this.
_BOUNDS = {
    "general": (0.05, 4.0),
    "competency": (0.02, 4.0),
    "general_step": (1e-5, 0.2),
    "competency_step": (1e-5, 0.5),
    "half_life": (7.0, 1e5),
}
# Few held-out learners say little of variances, and chance would choose: these are the usual ones
# (those of Spread), and by how much they differ between schools, as a logarithm.
_USUAL_SPREADS = np.array(astuple(Spread())[:4])
_SPREAD_SDS = np.array([0.7, 0.7, 1.5, 1.5])
_HALF_LIVES = (inf, 720.0, 360.0, 180.0, 90.0, 45.0)
# Prior spreads of terms that are too few to fit a spread of their own.
_ROLE_SD, _THRESHOLD_SD, _RELIABILITY_SD = 0.7, 0.15, 0.6
# Raters who never disagree would be held for ever more reliable, and one word of theirs for proof.
_LOG_RELIABILITIES = np.log((0.2, 4.0))
_LEAST_SD, _MOST_SD, _MOST_GAIN_SD = 0.05, 2.0, 0.6
_LEAST_GAP = 0.1
# One learner who was right once does not make everything easy.
_TYPICAL_SD = (1.0, 0.2, 0.2)
_FIRST_LOADING_SD, _MOST_LOADING_SD, _LOADINGS = 0.2, 0.5, (0.2, 3.0)


def fit(
    log: ResponseLog,
    *,
    settings: Settings | None = None,
    seed: int = 0,
    over: Callable[[Columns], Passes] = LocalPasses.over,
) -> Model:
    """Return a model fitted to the log. Raises ValueError for a log without events.

    `seed` chooses which learners are held out for the choice of variances; with fewer than 30
    learners none are, and the variances stay at their defaults. `over` says where passes over a
    part of the log are made; sums are the same wherever.
    """
    if log.n_events == 0:
        raise ValueError("a model is fitted to at least one event; the log has none")
    state = _Fit.begin(log, settings or Settings())
    inner, held_out = _split(log, seed)
    contexts = state.contexts
    if not held_out.n_learners:
        contexts.drop_all()
    ours = over(contexts.columns(inner))
    state.run(ours, _PASSES_FIRST)
    if held_out.n_learners:
        theirs, n_theirs = over(contexts.columns(held_out)), held_out.n_events
        contexts.drop(lambda: -theirs.log_likelihood(state.parameters) / n_theirs)
        alone = over(columns_of(held_out))
        for _ in range(_ROUNDS):
            state.search(alone, n_theirs, has_clock=held_out.has_clock)
            state.run(ours, _PASSES_BETWEEN)
    state.run(over(contexts.columns(log)), _PASSES_LAST)
    return state.model(log)


def _split(log: ResponseLog, seed: int) -> tuple[ResponseLog, ResponseLog]:
    n = log.n_learners
    order = np.random.RandomState(seed).permutation(n)
    share = _HELD_OUT_OF_LITTLE if log.n_events < _LITTLE else _HELD_OUT
    n_out = round(share * n) if n >= _FEWEST_TO_HOLD_OUT else 0
    return log.of_learners(np.sort(order[n_out:])), log.of_learners(np.sort(order[:n_out]))


@dataclass
class _Fit:
    """Terms by place and their velocities, on the way to a model."""

    settings: Settings
    parameters: Parameters
    typical: Floats  # easiness, gain_right, gain_wrong
    cold: Cold
    velocity: dict[str, Floats]
    free: Floats  # 1 where an instrument has a term of its own
    cells: tuple[Ints, Ints, Floats]  # instrument, competency and share of each alignment
    sums: Sums
    has_ratings: bool
    contexts: ContextFit
    loading_sd: float
    met: Floats  # the ability that each instrument met on average

    @classmethod
    def begin(cls, log: ResponseLog, settings: Settings) -> "_Fit":
        model = unfitted(settings)
        contexts = ContextFit.begin(log)
        parameters = contexts.joined_to(parameters_for(model, log)[0])
        typical = np.array(model.typical)
        responses = log.outcome[~log.is_rating]
        if responses.size:
            share = (responses.sum() + 1) / (responses.size + 2)
            typical[0] = logit(float(share)) * np.sqrt(1 + model.spread.general)
            parameters.easiness[:] = typical[0]
        return cls(
            settings=settings,
            parameters=parameters,
            typical=typical,
            cold=model.cold,
            velocity={},
            free=log.alignment.has_difficulty.astype(float),
            cells=_cells(log.alignment),
            sums=no_sums(parameters),
            has_ratings=bool(log.is_rating.any()),
            contexts=contexts,
            loading_sd=_FIRST_LOADING_SD,
            met=np.zeros(parameters.instrument.size),
        )

    def run(self, passes: Passes, n_passes: int) -> None:
        """Improve all terms by as many passes over a log."""
        for number in range(n_passes):
            self.sums = passes.learn(self.parameters, with_roles=self.has_ratings)
            self._step()
            if number % 2:
                self._fit_spreads_of_terms()

    def search(self, held_out: Passes, n_events: int, *, has_clock: bool) -> None:
        """Choose variances and half-life, one after the other, by what held-out learners say."""

        def loss() -> float:
            # An event's loss, with what the variances' priors say against them.
            away = np.log(self.parameters.spread[:4] / _USUAL_SPREADS) / _SPREAD_SDS
            said = held_out.log_likelihood(self.parameters)
            return (0.5 * float((away**2).sum()) - said) / n_events

        best = loss()
        for place, candidates in self._candidates(has_clock=has_clock):
            kept = self.parameters.spread[place]
            for value in candidates:
                self.parameters.spread[place] = value
                found = loss()
                if found < best - 1e-6:
                    best, kept = found, value
            self.parameters.spread[place] = kept

    def model(self, log: ResponseLog) -> Model:
        """Return what has been learned, keyed as the log is."""
        p, sums = self.parameters, self.sums
        easiness_variance = _variance(self._told_of_easiness(), self.cold.easiness)
        seen = sums.instrument[1] > 0
        item_variance = _variance(sums.instrument[1], self.cold.item)
        instruments = zip(
            p.instrument.tolist(), item_variance.tolist(), p.loading.tolist(), strict=True
        )
        raters = _term_table(p.rater, _variance(sums.rater[1], self.cold.rater))
        return Model(
            settings=self.settings,
            spread=Spread(*p.spread.tolist()),
            cold=self.cold,
            typical=_three(self.typical),
            competencies={
                key: Terms(*row)
                for key, row in zip(
                    log.alignment.competencies,
                    np.column_stack(
                        (p.easiness, p.gain_right, p.gain_wrong, easiness_variance)
                    ).tolist(),
                    strict=True,
                )
            },
            instruments={
                key: ItemTerms(*terms)
                for key, terms, known in zip(
                    log.alignment.instruments, instruments, seen & (self.free > 0), strict=True
                )
                if known
            },
            raters=dict(zip(log.raters, raters, strict=True)),
            leniency_of_role=tuple(p.leniency_of_role.tolist()),
            reliability_of_role=tuple(p.reliability_of_role.tolist()),
            thresholds=tuple(p.thresholds.tolist()),
            contexts=self.contexts.found(log),
            has_ratings=bool((log.is_rating & log.moves).any()),
            n_responses=int((~log.is_rating).sum()),
            n_ratings=int(log.is_rating.sum()),
            n_learners=log.n_learners,
        )

    def _step(self) -> None:
        p, sums, cold = self.parameters, self.sums, self.cold
        told_of_easiness = self._told_of_easiness()
        # Here instruments' terms are those at the ability that they met on average.
        self.met = sums.loading[2] / np.maximum(sums.instrument[1], 1e-9)
        p.instrument[:] += (p.loading - 1) * self.met
        self._step_of_common()
        self._step_of_easiness(told_of_easiness)
        self._step_of_loadings()
        self._move("gain_right", p.gain_right, sums.gain_right, self.typical[1], cold.gain)
        self._move("gain_wrong", p.gain_wrong, sums.gain_wrong, self.typical[2], cold.gain)
        self._move("rater", p.rater, sums.rater, 0.0, cold.rater)
        self.contexts.step(sums)
        self._fit_typical(told_of_easiness)
        if sums.reliability[1].any():
            self._step_of_scale()
        p.instrument[:] -= (p.loading - 1) * self.met
        p.instrument_variance[:] = self.free * _variance(sums.instrument[1], cold.item)
        p.rater_variance[:] = _variance(sums.rater[1], cold.rater)
        p.easiness_variance[:] = _variance(told_of_easiness, cold.easiness)

    def _step_of_common(self) -> None:
        """Move what all learners share: the level, what practice adds, how lenient roles are.

        Ability follows whatever these get wrong, so that of the slopes at single events little is
        left that would say so; they would drift, and ability against them, without end. These
        slopes therefore follow what the terms do to the beliefs; the steps of single terms around
        them leave out what they have in common.
        """
        p, common = self.parameters, self.sums.common
        n = common.shape[1]
        curvature = np.tril(common[1:]) + np.tril(common[1:], -1).T
        center = np.array([*unfitted(self.settings).typical, *np.zeros(n - OF_ROLES)])
        precision = np.array([*_TYPICAL_SD, *np.full(n - OF_ROLES, _ROLE_SD)]) ** -2.0
        terms = np.array([*self.typical, *p.leniency_of_role[: n - OF_ROLES]])
        slopes = common[0] - (terms - center) * precision
        moved = -terms
        self._advance("common", terms, np.linalg.solve(curvature + np.diag(precision), slopes))
        moved += terms
        self.typical[:] = terms[:OF_ROLES]
        p.easiness[:] += moved[LEVEL]
        p.gain_right[:] += moved[GAIN_RIGHT]
        p.gain_wrong[:] += moved[GAIN_WRONG]
        p.leniency_of_role[: n - OF_ROLES] = terms[OF_ROLES:]

    def _step_of_easiness(self, told: Floats) -> None:
        """Move easiness and items at once (a Newton step with the items eliminated).

        What all items of a competency share is its easiness. Stepping for its own each, the two
        would still be sharing it out after hundreds of passes.
        """
        p, cold = self.parameters, self.cold
        of, k, share = self.cells
        slopes, curvatures = self.sums.instrument
        common = slopes.sum() / max(curvatures.sum(), 1.0)
        slopes = slopes - common * curvatures  # the level has steps of its own
        curvature = curvatures * self.free
        precision = curvature + 1 / cold.item**2
        slope = slopes * self.free - p.instrument / cold.item**2
        shared = _summed(share * (curvature * slope / precision)[of], k, p.easiness.size)
        slope_of_easiness = _summed(share * slopes[of], k, p.easiness.size)
        slope_of_easiness -= (p.easiness - self.typical[0]) / cold.easiness**2
        newton = (slope_of_easiness - shared) / (told + 1 / cold.easiness**2)
        taken = _summed(share * newton[k], of, p.instrument.size)
        self._advance("easiness", p.easiness, newton)
        self._advance("instrument", p.instrument, (slope - curvature * taken) / precision)

    def _step_of_loadings(self) -> None:
        """Move loadings, each around the ability that its item met on average.

        There a loading says nothing of how hard the item is, which has a term and a prior of its
        own; elsewhere it would, and abilities would drift to where it can say more.
        """
        slope = self.free * (self.sums.loading[0] - self.met * self.sums.instrument[0])
        told = self._told_of_loading()
        precision = 1 / self.loading_sd**2
        loading = self.parameters.loading
        newton = (slope - (loading - 1) * precision) / (told + precision)
        self._advance("loading", loading, newton)
        # They are 1 on average: what they had in common would be a part of everyone's ability.
        known = told / (told + precision)
        loading -= known * (float(known @ (loading - 1)) / max(float(known @ known), 1e-9))
        loading[self.free == 0] = 1.0
        loading[:] = np.clip(loading, *_LOADINGS)

    def _told_of_loading(self) -> Floats:
        _, curvature, crossed = self.sums.loading * self.free
        told: Floats = np.maximum(curvature - self.met * crossed, 0.0)
        return told

    def _told_of_easiness(self) -> Floats:
        """Return what the log tells of each easiness, while nobody knows how hard its items are."""
        of, k, share = self.cells
        curvature = self.sums.instrument[1]
        told = curvature / (1 + self.free * curvature * self.cold.item**2)
        return _summed(share**2 * told[of], k, self.parameters.easiness.size)

    def _step_of_scale(self) -> None:
        """Move thresholds near their cut points, in order, and reliabilities near 1."""
        p, sums = self.parameters, self.sums
        anchors = np.array([logit(cut) for cut in self.settings.cut_points])
        self._move("thresholds", p.thresholds, sums.thresholds, anchors, _THRESHOLD_SD)
        for place in range(1, p.thresholds.size):
            lowest = p.thresholds[place - 1] + _LEAST_GAP
            p.thresholds[place] = max(p.thresholds[place], lowest)
        logs = np.log(p.reliability_of_role)
        precision = 1 / _RELIABILITY_SD**2
        slope, curvature = sums.reliability
        self._advance("reliability", logs, (slope - logs * precision) / (curvature + precision))
        p.reliability_of_role[:] = np.exp(np.clip(logs, *_LOG_RELIABILITIES))

    def _move(
        self, name: str, terms: Floats, sums: Floats, center: float | Floats, sd: float
    ) -> None:
        """Step for single terms, less what they have in common, which has steps of its own."""
        precision = 1 / sd**2
        newton = (sums[0] - (terms - center) * precision) / (sums[1] + precision)
        self._advance(name, terms, newton - _mean(newton, sums[1]))

    def _advance(self, name: str, terms: Floats, newton: Floats) -> None:
        velocity = _MOMENTUM * self.velocity.get(name, np.zeros_like(terms)) + _RATE * newton
        self.velocity[name] = velocity
        terms += velocity

    def _fit_typical(self, told_of_easiness: Floats) -> None:
        """Set the typical terms to the mean of the fitted ones, each as sure as its evidence.

        With few competencies or little evidence they stay near those of an unfitted model.
        """
        p, sums = self.parameters, self.sums
        anchors = unfitted(self.settings).typical
        for place, (terms, curvature) in enumerate(
            (
                (p.easiness, told_of_easiness),
                (p.gain_right, sums.gain_right[1]),
                (p.gain_wrong, sums.gain_wrong[1]),
            )
        ):
            sd = self.cold.easiness if place == 0 else self.cold.gain
            weight = curvature / (curvature * sd**2 + 1)
            precision = 1 / _TYPICAL_SD[place] ** 2
            self.typical[place] = ((weight * terms).sum() + precision * anchors[place]) / (
                weight.sum() + precision
            )

    def _fit_spreads_of_terms(self) -> None:
        p, sums, cold = self.parameters, self.sums, self.cold
        gains = np.concatenate((p.gain_right - self.typical[1], p.gain_wrong - self.typical[2]))
        gain_curvature = np.concatenate((sums.gain_right[1], sums.gain_wrong[1]))
        self.cold = Cold(
            item=_fitted_sd(
                p.instrument + (p.loading - 1) * self.met, sums.instrument[1] * self.free, cold.item
            ),
            easiness=_fitted_sd(
                p.easiness - self.typical[0], self._told_of_easiness(), cold.easiness
            ),
            gain=min(_fitted_sd(gains, gain_curvature, cold.gain), _MOST_GAIN_SD),
            rater=_fitted_sd(p.rater, sums.rater[1], cold.rater),
        )
        told_of_loading = self._told_of_loading()
        loading_sd = _fitted_sd(p.loading - 1, told_of_loading, self.loading_sd)
        self.loading_sd = min(loading_sd, _MOST_LOADING_SD)
        self.contexts.fit_spreads()

    def _candidates(self, *, has_clock: bool) -> Iterator[tuple[int, tuple[float, ...]]]:
        for place, field in enumerate(fields(Spread)):
            value = float(self.parameters.spread[place])
            low, high = _BOUNDS[field.name]
            if field.name != "half_life":
                yield (
                    place,
                    tuple(
                        min(max(value * factor, low), high)
                        for factor in (0.25, 0.5, 0.7, 1.4, 2, 4)
                    ),
                )
            elif has_clock:
                yield place, _HALF_LIVES


def _summed(values: Floats, places: Ints, n_places: int) -> Floats:
    return np.bincount(places, weights=values, minlength=n_places).astype(np.float64)


def _mean(values: Floats, weights: Floats) -> float:
    """Return the weighted mean, 0 where nothing has any weight."""
    total = weights.sum()
    return float((weights * values).sum() / total) if total else 0.0


def _cells(alignment: Alignment) -> tuple[Ints, Ints, Floats]:
    sizes = np.diff(alignment.starts)
    return np.repeat(np.arange(sizes.size), sizes), alignment.competency, alignment.weight


def _variance(curvature: Floats, sd: float) -> Floats:
    """Return the sampling variance of terms: what prior and evidence leave open."""
    return 1 / (curvature + 1 / sd**2)


def _fitted_sd(deviation: Floats, curvature: Floats, sd: float) -> float:
    """Return the spread of terms by empirical Bayes, from those that evidence spoke of."""
    seen = curvature > 0
    if seen.sum() < 5:
        return sd
    square = (deviation[seen] ** 2 + _variance(curvature[seen], sd)).mean()
    return float(np.clip(np.sqrt(square), _LEAST_SD, _MOST_SD))


def _term_table(terms: Floats, variance: Floats) -> list[tuple[float, float]]:
    return list(zip(terms.tolist(), variance.tolist(), strict=True))


def _three(values: Floats) -> tuple[float, float, float]:
    first, second, third = values.tolist()
    return first, second, third
