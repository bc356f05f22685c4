"""The compiled pass over a log: the filter for all learners, and the sums that fit the terms.

A pass costs about 0.1 microseconds an event. It calls the very functions of `steps` that the
stream calls. The arrays go in and out in the named tuples of `arrays`; they are not checked here.
"""

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from math import isnan, log1p, nan
from typing import Any

from numba import njit
from numba.extending import register_jitable

from manypaths.mastery import cell_numbers, contexts, steps
from manypaths.mastery.arrays import (
    GAIN_RIGHT,
    GAIN_WRONG,
    LEVEL,
    OF_ROLES,
    Columns,
    Parameters,
    Scratch,
    Sums,
)
from manypaths.mastery.log import Floats, Ints

# The columns of a belief row, in the order of CompetencyBelief's fields.
MEAN, VARIANCE, COUPLING, MOVED, SETTLED, TOUCHED_AT = range(6)
N_RIGHT, N_WRONG, N_PIECES, N_DAYS, LAST_DAY, N_BY_OTHERS = range(6, 12)
N_COLUMNS = 12

bounded = register_jitable(steps.bounded)
chance = register_jitable(steps.chance)
damping = register_jitable(steps.damping)
fade = register_jitable(steps.fade)
practice = register_jitable(steps.practice)
rating_chances = register_jitable(steps.rating_chances)
rating_force = register_jitable(steps.rating_force)
response_force = register_jitable(steps.response_force)
settle = register_jitable(steps.settle)
share_kept = register_jitable(steps.share_kept)

SMALLEST_SHRINK = steps.SMALLEST_SHRINK
SMALLEST_CHANCE = 1e-12

# Without numba's own memory (`_nrt`): counting who holds which array took more than half of a pass.
# Kernels therefore make no arrays; those that they need besides are given to them.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

Kernel = Callable[..., Any]  # numba dispatchers have no type of their own


@cache
def compiled(make: Callable[[int], Kernel]) -> Kernel:
    """Return a kernel, compiled for this machine or read from numba's cache.

    Numba's cache looks at the kernel's own file only. The digest of what the stream shares is part
    of its key here, so that an edit there counts as well.
    """
    shared = "".join(inspect.getsource(module) for module in (steps, contexts, cell_numbers))
    digest = int(hashlib.sha256(shared.encode()).hexdigest()[:12], 16)
    kernel: Kernel = njit(**_OPTIONS)(make(digest))
    return kernel


@register_jitable
def _expect_response(eta: float, unsure: float, outcome: float) -> tuple[float, float, float]:
    """Return P(right), and slope and curvature of the expected log-likelihood."""
    soft = damping(unsure)
    p = chance(eta * soft)
    return p, soft * (outcome - p), soft * soft * p * (1 - p)


@register_jitable
def _log_of_one_more(count: float, logs: Floats) -> float:
    """Return log(1 + count), from a table where it is there: most counts are small and whole."""
    place = int(count)
    is_there = place < logs.size and place == count
    logarithm: float = logs[place] if is_there else log1p(count)
    return logarithm


@register_jitable
def _expect_rating(
    eta: float, unsure: float, level: int, reliability: float, thresholds: Floats
) -> tuple[float, float, float]:
    """Return P(level), and slope and curvature of the expected log-likelihood."""
    blunt = reliability * damping(unsure * reliability**2)
    at_least, above = rating_chances(eta, level, blunt, thresholds)
    p = max(at_least - above, SMALLEST_CHANCE)
    curvature = blunt**2 * (at_least * (1 - at_least) + above * (1 - above))
    return p, blunt * (1 - at_least - above), curvature


@register_jitable
def _learn_scale(
    sums: Sums, eta: float, unsure: float, level: int, role: int, p: Parameters, moves: bool
) -> None:
    """Add what a rating says of the role's reliability and, where it counts, of thresholds.

    Slopes are by the logarithm of the reliability, whose part in that of `blunt` is `soft` squared.
    Curvatures are the squares of the slopes (Berndt, Hall, Hall & Hausman 1974).
    """
    reliability = p.reliability_of_role[role]
    soft = damping(unsure * reliability**2)
    blunt = reliability * soft
    at_least, above = rating_chances(eta, level, blunt, p.thresholds)
    seen = max(at_least - above, SMALLEST_CHANCE)
    up, down = blunt * at_least * (1 - at_least) / seen, blunt * above * (1 - above) / seen
    bend = 0.0
    if level > 0:
        bend += up * (eta - p.thresholds[level - 1])
        if moves:
            sums.thresholds[0, level - 1] -= up
            sums.thresholds[1, level - 1] += up * up
    if level < p.thresholds.size:
        bend -= down * (eta - p.thresholds[level])
        if moves:
            sums.thresholds[0, level] += down
            sums.thresholds[1, level] += down * down
    bend *= soft * soft
    sums.reliability[0, role] += bend
    sums.reliability[1, role] += bend * bend


@register_jitable
def _learn(terms: Floats, place: int, loading: float, slope: float, curvature: float) -> None:
    terms[0, place] += loading * slope
    terms[1, place] += loading * loading * curvature


@register_jitable
def _learn_item(items: Floats, i: int, mean: float, slope: float, curvature: float) -> None:
    items[i, 0] += slope
    items[i, 1] += curvature
    items[i, 2] += mean * slope
    items[i, 3] += mean * mean * curvature
    items[i, 4] += mean * curvature


@register_jitable
def _begin_twin(of_eta: Floats, of_mean: Floats, loading: float, role: int) -> None:
    """Begin with what a unit of each common term adds to eta, also through general ability."""
    for q in range(of_eta.size):
        of_eta[q] = loading * of_mean[q]
    of_eta[LEVEL] += 1
    if role >= 0 and of_eta.size > OF_ROLES:
        of_eta[OF_ROLES + role] += 1


@register_jitable
def _settle_twin(own: Floats, of_moved: Floats, coupling: float, kept: float) -> None:
    """Do to the twin of a waiting mean what `settle` and `fade` do to the mean itself."""
    for q in range(of_moved.size):
        own[0, q] = (own[0, q] + coupling * (of_moved[q] - own[1, q])) * kept


@register_jitable
def _add_twin(of_eta: Floats, own: Floats, right: float, wrong: float, share: float) -> None:
    """Add what a unit of each common term adds through a competency; `right` as practice has it."""
    of_eta[GAIN_RIGHT] += share * right
    of_eta[GAIN_WRONG] += share * wrong
    for q in range(of_eta.size):
        of_eta[q] += share * own[0, q]


@register_jitable
def _learn_common(
    common: Floats, of_eta: Floats, slope: float, curvature: float, role: int, moves: bool
) -> None:
    if moves:
        for q in range(of_eta.size):
            common[0, q] += slope * of_eta[q]
            told = curvature * of_eta[q]
            for r in range(q + 1):
                common[1 + q, r] += told * of_eta[r]
    else:  # a silent rating tells of the role alone
        common[0, OF_ROLES + role] += slope
        common[1 + OF_ROLES + role, OF_ROLES + role] += curvature


@register_jitable
def _count(row: Floats, role: int, outcome: float, time: float, day: int) -> None:
    """Add an event to the counts of a belief row."""
    if not isnan(time):
        row[TOUCHED_AT] = time
    if role < 0:
        row[N_RIGHT] += outcome
        row[N_WRONG] += 1 - outcome
    elif role > 0:
        row[N_BY_OTHERS] += 1
    if day > 0 and day != row[LAST_DAY]:
        row[N_DAYS] += 1
        row[LAST_DAY] = day


@register_jitable
def _write_out(rows: Floats, shrink: float, moved: float, settled: float) -> None:
    """Settle all rows of a learner and let their general sums begin anew."""
    for r in range(rows.shape[0]):
        row = rows[r]
        row[MEAN], row[VARIANCE] = settle(
            row[MEAN], row[VARIANCE], row[COUPLING], moved - row[MOVED], settled - row[SETTLED]
        )
        row[COUPLING] *= shrink
        row[MOVED] = 0.0
        row[SETTLED] = 0.0


def make_count_rows(digest: int) -> Kernel:
    """Return the kernel that counts the belief rows of learners."""

    def count_rows(columns: Columns, begins: Ints, seen_by: Ints) -> None:
        """Write where each learner's belief rows begin, shape (n_learners + 1,).

        `seen_by`, (n_competencies,), is -1 at first.
        """
        _ = digest
        n_learners = columns.offsets.size - 1
        for learner in range(n_learners):
            begins[learner + 1] = begins[learner]
            for n in range(columns.offsets[learner], columns.offsets[learner + 1]):
                i = columns.instrument[n]
                for j in range(columns.starts[i], columns.starts[i + 1]):
                    k = columns.competency[j]
                    begins[learner + 1] += seen_by[k] != learner
                    seen_by[k] = learner

    return count_rows


def make_pass_over(digest: int) -> Kernel:
    """Return the kernel of the filter."""

    def pass_over(
        columns: Columns,
        p: Parameters,
        learns: bool,
        sums: Sums,
        keeps: bool,
        general_rows: Floats,
        rows: Floats,
        row_key: Ints,
        chances: Floats,
        scratch: Scratch,
    ) -> None:
        """Filter all learners, in order.

        Adds to `sums` where `learns`; writes the final beliefs where `keeps`: `general_rows`
        (n_learners, 5) and `rows` (n_rows, N_COLUMNS) with the competency of each in `row_key`
        (otherwise `rows` needs one row a competency as scratch). Writes P(right), or P(level as
        given), of each event before it is seen into `chances`.
        """
        _ = digest
        general_prior, own_prior, general_step, own_step, half_life = p.spread
        row_of, seen_by, twins, of_rows, now, believed, logs = scratch
        # What a unit of each common term did to the beliefs so far: their means' twins.
        n_common = twins.shape[1]
        of_eta, of_mean, of_moved = twins[0], twins[1], twins[2]
        n_tables = columns.cells.shape[1]
        next_row = 0

        for learner in range(columns.offsets.size - 1):
            mean, variance = 0.0, general_prior
            shrink, moved, settled = 1.0, 0.0, 0.0
            of_mean[:] = 0.0
            of_moved[:] = 0.0
            first_row = next_row if keeps else 0
            next_row = first_row
            for n in range(columns.offsets[learner], columns.offsets[learner + 1]):
                i = columns.instrument[n]
                begin, end = columns.starts[i], columns.starts[i + 1]
                role, outcome, time = columns.role[n], columns.outcome[n], columns.time[n]
                loading = p.items[i, 2]
                eta = loading * mean + p.items[i, 0]
                unsure, crossed = p.items[i, 1], 0.0
                believed[0], believed[1], believed[2] = loading * mean, 0.0, 0.0
                if learns:
                    _begin_twin(of_eta, of_mean, loading, role)
                if role >= 0:
                    rater = columns.rater[n]
                    eta += p.leniency_of_role[role] + p.rater[rater]
                    unsure += p.rater_variance[rater]
                for j in range(begin, end):
                    k, share = columns.competency[j], columns.weight[j]
                    prior = own_prior + p.easiness_variance[k]
                    state, right, wrong, practised = (0.0, prior, 0.0), 0.0, 0.0, 0.0
                    if seen_by[k] == learner:
                        row = rows[row_of[k]]
                        right = _log_of_one_more(row[N_RIGHT], logs)
                        wrong = _log_of_one_more(row[N_WRONG], logs)
                        practised = practice(right, wrong, p.gain_right[k], p.gain_wrong[k])
                        waited = settle(
                            row[MEAN],
                            row[VARIANCE],
                            row[COUPLING],
                            moved - row[MOVED],
                            settled - row[SETTLED],
                        )
                        state = (waited[0], waited[1], row[COUPLING] * shrink)
                        kept = 1.0
                        days = time - row[TOUCHED_AT]
                        if days > 0:
                            kept = share_kept(days, half_life)
                            state = fade(state[0], state[1], state[2], kept, prior)
                        if learns and columns.moves[n]:
                            own = of_rows[row_of[k]]
                            _settle_twin(own, of_moved, row[COUPLING], kept)
                            _add_twin(of_eta, own, right, wrong, share)
                    now[j - begin, 0], now[j - begin, 1], now[j - begin, 2] = state
                    now[j - begin, 3], now[j - begin, 4] = share * right, share * wrong
                    eta += share * (p.easiness[k] + practised + state[0])
                    believed[1] += share * state[0]
                    believed[2] += share * practised
                    unsure += share * share * state[1]
                    crossed += share * state[2]
                unsure += loading * (loading * variance + 2 * crossed)

                # What was to be expected, before the event is seen.
                slope, curvature = 0.0, 0.0
                if role >= 0:
                    reliability = p.reliability_of_role[role]
                    chances[n], slope, curvature = _expect_rating(
                        eta, unsure, int(outcome), reliability, p.thresholds
                    )
                elif learns or n_tables == 0:
                    chances[n], slope, curvature = _expect_response(eta, unsure, outcome)
                if n_tables > 0 and role < 0:
                    # Beliefs are not moved by contexts: only their own terms learn from this.
                    near, doubt = eta, unsure
                    for q in range(3):
                        near += (p.carried[q] - 1) * believed[q]
                    for t in range(n_tables):
                        cell = columns.cells[n, t]
                        near += p.context[cell, 0]
                        doubt += p.context[cell, 1]
                    chances[n], slope_near, curvature_near = _expect_response(near, doubt, outcome)
                    for t in range(n_tables if learns else 0):
                        cell = columns.cells[n, t]
                        sums.context[cell, 0] += slope_near
                        sums.context[cell, 1] += curvature_near
                    for q in range(3 if learns else 0):
                        sums.carried[0, q] += slope_near * believed[q]
                        told = curvature_near * believed[q]
                        for r in range(q + 1):
                            sums.carried[1 + q, r] += told * believed[r]

                if learns:
                    sums.n_events[0] += 1
                    if role >= 0:
                        _learn(sums.rater, columns.rater[n], 1.0, slope, curvature)
                        _learn_scale(sums, eta, unsure, int(outcome), role, p, columns.moves[n])
                    _learn_common(sums.common, of_eta, slope, curvature, role, columns.moves[n])
                    if columns.moves[n]:
                        _learn_item(sums.items, i, mean, slope, curvature)
                        for j in range(begin, end):
                            k = columns.competency[j]
                            _learn(sums.gain_right, k, now[j - begin, 3], slope, curvature)
                            _learn(sums.gain_wrong, k, now[j - begin, 4], slope, curvature)

                for j in range(begin, end):
                    k = columns.competency[j]
                    if seen_by[k] != learner:
                        seen_by[k] = learner
                        row_of[k] = next_row
                        row_key[next_row] = k
                        rows[next_row, :] = 0.0
                        rows[next_row, VARIANCE] = own_prior + p.easiness_variance[k]
                        rows[next_row, MOVED] = moved
                        rows[next_row, SETTLED] = settled
                        rows[next_row, TOUCHED_AT] = nan
                        if learns:
                            for q in range(n_common):
                                of_rows[next_row, 0, q] = 0.0
                                of_rows[next_row, 1, q] = of_moved[q]
                        next_row += 1
                    rows[row_of[k], N_PIECES] += 1
                if not columns.moves[n]:
                    continue

                # What the event moves.
                if role < 0:
                    slope, curvature = response_force(eta, outcome)
                else:
                    reliability = p.reliability_of_role[role]
                    slope, curvature = rating_force(eta, int(outcome), reliability, p.thresholds)
                push = slope / (1 + curvature * unsure)
                pull = curvature / (1 + curvature * unsure)
                reach = loading * variance + crossed
                mean += reach * push
                for q in range(n_common):
                    of_mean[q] -= reach * pull * of_eta[q]
                    of_moved[q] -= shrink * loading * pull * of_eta[q]
                variance += general_step - reach * reach * pull
                moved += shrink * loading * push
                settled += (shrink * loading) ** 2 * pull
                shrink *= 1 - loading * reach * pull
                for j in range(begin, end):
                    row, share = rows[row_of[columns.competency[j]]], columns.weight[j]
                    own_mean, own_variance = now[j - begin, 0], now[j - begin, 1]
                    covariance = now[j - begin, 2]
                    gain = own_variance * share + loading * covariance
                    row[MEAN] = own_mean + gain * push
                    row[VARIANCE] = own_variance - gain * gain * pull + own_step
                    covariance -= reach * gain * pull
                    row[COUPLING] = bounded(covariance, row[VARIANCE], variance) / shrink
                    row[MOVED] = moved
                    row[SETTLED] = settled
                    for q in range(n_common):
                        of_rows[row_of[columns.competency[j]], 0, q] -= gain * pull * of_eta[q]
                        of_rows[row_of[columns.competency[j]], 1, q] = of_moved[q]
                    _count(row, role, outcome, time, columns.day[n])
                if shrink < SMALLEST_SHRINK:
                    for r in range(first_row, next_row if learns else first_row):
                        _settle_twin(of_rows[r], of_moved, rows[r, COUPLING], 1.0)
                        of_rows[r, 1] = 0.0
                    of_moved[:] = 0.0
                    _write_out(rows[first_row:next_row], shrink, moved, settled)
                    shrink, moved, settled = 1.0, 0.0, 0.0
            if keeps:
                general_rows[learner] = (mean, variance, shrink, moved, settled)

    return pass_over
