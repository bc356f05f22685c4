"""Simulation-based calibration: nine of ten intervals should hold what is true of a learner.

A school is drawn, a model fitted to its log as to any other, and every learner's estimate of every
competency compared with their true standing on its average item. Beside the share of intervals that
hold the truth stands their width against that of the exact posterior of somebody who was told the
school's numbers and needs only find each learner: no honest interval is narrower.

Source of the idea: Talts, Betancourt, Simpson, Vehtari & Gelman (2018), Validating Bayesian
inference algorithms with simulation-based calibration; here with the intervals of a fitted model
instead of ranks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf, nan

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.batch import final_beliefs
from manypaths.mastery.beliefs import REACH
from manypaths.mastery.fitting import fit
from manypaths.mastery.log import Floats, Ints, ResponseLog
from manypaths.mastery.model import Model
from manypaths.mastery.simulation import School, Truth, simulate
from manypaths.mastery.standing import N_OWN, EstimateRows, estimate_rows, untouched_rows

_LEVEL = 0.9
_N_STANDINGS, _N_GENERALS = 161, 61
_REACH_OF_GRID = 5.0  # standard deviations


@dataclass(frozen=True)
class Trial:
    """What became of one school's intervals, in all `n` pairs of learner and competency.

    `covered` is the share of nominal 90 % intervals that hold the truth, `bias` the mean of
    estimate less truth, `width` the intervals' mean width on the logit scale, and `exact_width`
    that of the exact posterior (NaN where there is none to compute).
    """

    n: int
    covered: float
    bias: float
    width: float
    exact_width: float


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: schools of one kind, and what became of the intervals in each."""

    name: str
    school: School
    trials: Sequence[Trial]

    @property
    def covered(self) -> float:
        """Return the share of intervals that hold the truth, over all schools."""
        return float(
            np.average([t.covered for t in self.trials], weights=[t.n for t in self.trials])
        )

    @property
    def covered_error(self) -> float:
        """Return the standard error of `covered` over schools; NaN for a single one."""
        n = len(self.trials)
        return (
            float(np.std([t.covered for t in self.trials], ddof=1) / np.sqrt(n)) if n > 1 else nan
        )

    @property
    def bias(self) -> float:
        """Return the mean of estimate less truth."""
        return float(np.mean([t.bias for t in self.trials]))

    @property
    def width_ratio(self) -> float:
        """Return by how much intervals are wider than those of the exact posterior, or NaN."""
        widths = np.array([(t.width, t.exact_width) for t in self.trials])
        return float(widths[:, 0].mean() / widths[:, 1].mean())


AMOUNTS = (5, 20, 100)
SPREADS = ((0.8, 0.6), (2.0, 0.2), (0.3, 1.2))
# Kinds of evidence: the share of it that are ratings, and the places of the roles that rate.
_KINDS = {
    "responses": (0.0, (0, 1, 2, 3, 4, 5)),
    "ratings": (1.0, (0, 1, 2, 3, 4, 5)),
    "both": (0.5, (0, 1, 2, 3, 4, 5)),
    "self-ratings": (1.0, (0,)),
}


def grid(usual: School | None = None) -> dict[str, School]:
    """Return the schools of the grid by the names of their cells, all like `usual` otherwise.

    Few, some and many pieces of evidence a learner (5, 20, 100); one competency an item and three;
    responses, ratings, both, and ratings of oneself alone; learners who differ as usual, more in
    general, and more in each competency.
    """
    usual = usual or School()
    cells = {
        _name(kind, n): replace(_with_evidence(usual, n, share), rating_roles=roles)
        for kind, (share, roles) in _KINDS.items()
        for n in AMOUNTS
    }
    for general, own in SPREADS[1:]:
        for n in AMOUNTS:
            name = f"{_name('responses', n)}, variances {general:g} and {own:g}"
            cells[name] = replace(_with_evidence(usual, n, 0.0), spread=(general, own))
    for kind in ("responses", "both"):
        for n in AMOUNTS:
            school = _with_evidence(usual, n, _KINDS[kind][0])
            cells[f"{_name(kind, n)}, 3 an item"] = replace(school, n_shown=3)
    return cells


def foreign_grid(usual: School | None = None) -> dict[str, School]:
    """Return schools that are not drawn from the engine's model, by the names of their cells."""
    usual = replace(usual or School(), is_foreign=True)
    return {
        _name(kind, n): _with_evidence(usual, n, _KINDS[kind][0])
        for kind in ("responses", "both")
        for n in AMOUNTS
    }


def run_cell(
    name: str,
    school: School,
    *,
    seeds: Sequence[int],
    fitted: Callable[[ResponseLog], Model] = fit,
) -> Cell:
    """Return what becomes of the intervals in a school of this kind, drawn once a seed."""
    return Cell(name, school, [run_trial(school, seed=seed, fitted=fitted) for seed in seeds])


def run_trial(school: School, *, seed: int, fitted: Callable[[ResponseLog], Model] = fit) -> Trial:
    """Draw a school, fit a model, and compare every interval with the truth."""
    log, truth = simulate(school, seed=seed)
    found, learner, competency = all_estimates(fitted(log), log)
    off = found.mean - truth.standing[learner, competency]
    reach = REACH[_LEVEL] * found.sd
    return Trial(
        n=off.size,
        covered=float((np.abs(off) <= reach).mean()),
        bias=float(off.mean()),
        width=float(2 * reach.mean()),
        exact_width=_exact_width(school, log, truth) if has_exact_posterior(school) else nan,
    )


def all_estimates(model: Model, log: ResponseLog) -> tuple[EstimateRows, Ints, Ints]:
    """Return everyone's estimates of all competencies of a simulated school, touched or not.

    With them the learner of each row and the number of its competency in the school.
    """
    keys = log.alignment.competencies
    finals, _ = final_beliefs(model, log)
    place = np.tile(np.arange(len(keys)), log.n_learners)
    learner = np.repeat(np.arange(log.n_learners), len(keys))
    own = untouched_rows(model, keys, place)
    toucher = np.repeat(np.arange(log.n_learners), np.diff(finals.begins))
    own[toucher * len(keys) + finals.competency] = finals.rows[:, :N_OWN]
    found = estimate_rows(model, keys, place, finals.general[learner], own, at=nan)
    return found, learner, _number_of(log)[place]


def has_exact_posterior(school: School) -> bool:
    """Say whether the exact posterior can be computed: abilities stand still, items show one."""
    oddities = school.oddities
    stands_still = not any(oddities.wander) and oddities.half_life == inf
    is_plain = not oddities.discrimination and not oddities.habit and not school.is_foreign
    return stands_still and is_plain and school.n_shown == 1 and min(school.spread) > 0


def exact_interval(school: School, log: ResponseLog, truth: Truth) -> tuple[Floats, Floats]:
    """Return the exact 90 % intervals of all standings, shape (n_learners, n_competencies) each.

    By quadrature: given general ability the competencies are independent, so that only the two
    grids of general ability and of a standing are needed. The school's numbers are known. Raises
    ValueError for a school without such a posterior.
    """
    if not has_exact_posterior(school):
        raise ValueError("the exact posterior needs items that show one, and abilities that stay")
    general, own = school.spread
    ability = _REACH_OF_GRID * np.sqrt(general + own) * np.linspace(-1, 1, _N_STANDINGS)
    common = _REACH_OF_GRID * np.sqrt(general) * np.linspace(-1, 1, _N_GENERALS)
    likelihood, practised = _likelihood(school, log, truth, ability)
    around = np.exp(-((ability[:, np.newaxis] - common) ** 2) / (2 * own))
    around /= around.sum(axis=0)
    told = np.log(np.maximum(likelihood @ around, 1e-300))  # of general ability, by competency
    by_others = told.sum(axis=1, keepdims=True) - told - common**2 / (2 * general)
    by_others = np.exp(by_others - by_others.max(axis=2, keepdims=True))
    mass = likelihood * (by_others @ around.T)
    mass /= mass.sum(axis=2, keepdims=True)
    reached = np.cumsum(mass, axis=2) - mass / 2  # a grid point stands in the middle of its mass
    low, high = (
        np.array([np.interp(q, row, ability) for row in reached.reshape(-1, ability.size)])
        for q in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2)
    )
    fixed = truth.easiness + practised
    return low.reshape(fixed.shape) + fixed, high.reshape(fixed.shape) + fixed


def _likelihood(
    school: School, log: ResponseLog, truth: Truth, ability: Floats
) -> tuple[Floats, Floats]:
    """Return P(evidence on a competency | ability), (n_learners, n_competencies, n_abilities).

    Scaled to at most 1 each. With it what practice has added by the end.
    """
    n, n_events = log.n_learners, log.n_events // log.n_learners
    columns = (log.instrument, log.outcome, log.role, log.rater, log.moves)
    who, k_of = np.arange(n), _number_of(log)[log.alignment.competency[log.alignment.starts[:-1]]]
    item = np.append(truth.item, np.zeros(truth.easiness.size))
    logs = np.zeros((n, truth.easiness.size, ability.size))
    counts = np.zeros((2, n, truth.easiness.size))
    for instrument, outcome, role, rater, moves in zip(
        *(column.reshape(n, n_events).T for column in columns), strict=True
    ):
        k, rated = k_of[instrument], role >= 0
        eta = truth.easiness[k] + truth.gains @ np.log1p(counts[:, who, k]) + item[instrument]
        eta += np.where(rated, truth.rater[rater] + truth.leniency[role], 0.0)
        sharpness = np.where(rated, np.array(school.oddities.reliability)[role], 1.0)
        low, high = _cuts(school, rated, outcome)
        logits = eta[:, np.newaxis] + ability
        p = _chance(sharpness, logits - low) - _chance(sharpness, logits - high)
        logs[who, k] += np.where(moves[:, np.newaxis], np.log(np.maximum(p, 1e-300)), 0.0)
        counts[0, who, k] += ~rated & (outcome == 1)
        counts[1, who, k] += ~rated & (outcome == 0)
    practised = np.tensordot(truth.gains, np.log1p(counts), axes=1)
    return np.exp(logs - logs.max(axis=2, keepdims=True)), practised


def _cuts(school: School, rated: NDArray[np.bool_], outcome: Floats) -> tuple[Floats, Floats]:
    """Return between which points the outcome lies, shape (n_learners, 1) each.

    A response is a rating on two levels whose threshold is 0.
    """
    place = outcome.astype(np.int64)
    of_ratings = np.concatenate(([-inf], school.thresholds, [inf]))
    of_responses = np.array([-inf, 0.0, inf])
    at_most = of_responses.size - 2
    low = np.where(rated, of_ratings[place], of_responses[np.minimum(place, at_most)])
    high = np.where(rated, of_ratings[place + 1], of_responses[np.minimum(place, at_most) + 1])
    return low[:, np.newaxis], high[:, np.newaxis]


def _chance(sharpness: Floats, logits: Floats) -> Floats:
    with np.errstate(over="ignore"):
        chance: Floats = 1 / (1 + np.exp(-sharpness[:, np.newaxis] * logits))
    return chance


def _exact_width(school: School, log: ResponseLog, truth: Truth) -> float:
    low, high = exact_interval(school, log, truth)
    return float((high - low).mean())


def _number_of(log: ResponseLog) -> Ints:
    """Return the number in the school of each competency of the log."""
    return np.array([int(str(key)[1:]) for key in log.alignment.competencies], np.int64)


def _with_evidence(school: School, n: int, share_of_ratings: float) -> School:
    n_ratings = round(n * share_of_ratings)
    return replace(school, n_responses=n - n_ratings, n_ratings=n_ratings)


def _name(kind: str, n: int) -> str:
    return f"{n} {kind}" if kind != "both" else f"{n} of both"
