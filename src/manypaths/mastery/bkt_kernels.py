"""The compiled passes of Bayesian knowledge tracing: predictions, and the sums of an EM step.

Instead of P(known), which would take a division before each next step, they carry two numbers in
proportion to P(known) and P(not known), and divide on the side. Right and wrong take no branch:
the processor could not foresee it, and a wrong guess costs as much as all the rest. The arrays are
not checked here. Rows are a response's competencies, one row each.
"""

from math import exp, log, nan
from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import register_jitable
from numpy.typing import NDArray

from manypaths.mastery.log import Floats, Ints

# The columns of Counts: of answers, and of states.
KNOWN_RIGHT, KNOWN_WRONG, UNKNOWN_RIGHT, UNKNOWN_WRONG = range(4)
KNOWN_FIRST, N_FIRST, LEARNED, COULD_LEARN, FORGOT, COULD_FORGET = range(6)

# True or None. Logarithms for partial credit cost all responses a quarter, even where none has
# any: for None the compiler leaves them out.
Parts = bool | None

# The two numbers are scaled up again below this.
_SMALLEST = 1e-80
# After hundreds of right answers the smaller one may have no digits left at all.
_NOTHING = 1e-300


class Numbers(NamedTuple):
    """A model's numbers by place: (n_competencies,), and (n_instruments,) from `guess` on."""

    prior: Floats
    learn: Floats
    forget: Floats
    guess: Floats
    slip: Floats


class Shown(NamedTuple):
    """What instruments show (see Alignment): `competency` and `weight` have a place a cell."""

    starts: Ints
    competency: Ints
    weight: Floats


class Sequences(NamedTuple):
    """The rows of a log, those of one learner and one competency together: a sequence.

    Sequence q is of `competency[q]` and has the rows `begins[q]:begins[q + 1]`. Each holds its
    instrument, the cell of the alignment and the outcome; `lost`, the share of P(known) that time
    takes before, is empty where it takes nothing; `rest`, what is known of the response's other
    competencies times their shares, is empty where every instrument shows one competency.
    """

    begins: Ints
    competency: Ints
    instrument: Ints
    cell: Ints
    outcome: Floats
    lost: Floats
    rest: Floats


class Counts(NamedTuple):
    """Expected counts of an EM step: `answers` (n_cells, 4) and `states` (n_competencies, 6)."""

    answers: Floats
    states: Floats


@register_jitable
def _likelihood(outcome: float, right: float, has_parts: Parts) -> float:
    """Return the likelihood of an outcome where `right` is the chance of success."""
    if has_parts is not None:  # noqa: SIM102  # the compiler prunes this test alone
        if 0.0 < outcome < 1.0:
            if right <= 0.0 or right >= 1.0:
                return 0.0
            return exp(outcome * log(right) + (1 - outcome) * log(1 - right))
    return outcome * right + (1 - outcome) * (1 - right)


@register_jitable
def _told(
    known: float,
    unknown: float,
    outcome: float,
    if_known: float,
    if_unknown: float,
    has_parts: Parts,
) -> tuple[float, float]:
    """Return the two numbers after a response, as before where it could not have happened."""
    is_known = known * _likelihood(outcome, if_known, has_parts)
    is_unknown = unknown * _likelihood(outcome, if_unknown, has_parts)
    if is_known + is_unknown < _SMALLEST:
        if is_known + is_unknown == 0.0:
            return known, unknown
        return is_known / _SMALLEST, is_unknown / _SMALLEST
    return is_known, is_unknown


@register_jitable
def _faded(known: float, unknown: float, days: float, fading: float) -> tuple[float, float]:
    """Return the two numbers after some days; NaN: no clock."""
    if fading > 0.0 and days > 0.0:
        lost = known * (1 - exp(-fading * days))
        return known - lost, unknown + lost
    return known, unknown


@njit(cache=True, nogil=True, error_model="numpy")
def predict_pass(
    offsets: Ints,
    instrument: Ints,
    outcome: Floats,
    time: Floats,
    moves: NDArray[np.bool_],
    shown: Shown,
    m: Numbers,
    fading: float,
    chances: Floats,
    p_known: Floats,
    p_after: Floats,
    has_parts: Parts,
) -> None:
    """Write P(right) of each event before it is seen into `chances`, (n_events,).

    `fading` is what a day takes from the logarithm of P(known). Where `p_known` is not empty,
    P(known) before each event goes there, row by row; where `p_after`, (n_learners,
    n_competencies), is not, that after all events of those competencies that a learner met.
    """
    seen_by = np.full(m.prior.size, -1, np.int64)
    state = np.zeros((m.prior.size, 2))
    touched = np.full(m.prior.size, nan)
    row = 0
    for learner in range(offsets.size - 1):
        for n in range(offsets[learner], offsets[learner + 1]):
            # Unsigned, so that no place is looked at for being counted from the end.
            i = np.uint64(instrument[n])
            begin, end = np.uint64(shown.starts[i]), np.uint64(shown.starts[i + np.uint64(1)])
            guess = m.guess[i]
            reach = 1 - m.slip[i] - guess
            if end - begin == np.uint64(1):
                k = np.uint64(shown.competency[begin])
                if seen_by[k] != learner:
                    seen_by[k] = learner
                    known, unknown = m.prior[k], 1 - m.prior[k]
                    state[k, 0], state[k, 1], touched[k] = known, unknown, nan
                else:
                    known, unknown = state[k, 0], state[k, 1]
                    known, unknown = _faded(known, unknown, time[n] - touched[k], fading)
                p = known / (known + unknown)
                chances[n] = guess + reach * p
                if moves[n]:
                    known, unknown = _told(
                        known, unknown, outcome[n], guess + reach, guess, has_parts
                    )
                    state[k, 0] = known * (1 - m.forget[k]) + unknown * m.learn[k]
                    state[k, 1] = known * m.forget[k] + unknown * (1 - m.learn[k])
                    touched[k] = time[n]
                if p_known.size:
                    p_known[row] = p
                    row += 1
                continue
            expected = 0.0
            for j in range(begin, end):
                k = np.uint64(shown.competency[j])
                if seen_by[k] != learner:
                    seen_by[k] = learner
                    known, unknown = m.prior[k], 1 - m.prior[k]
                    state[k, 0], state[k, 1], touched[k] = known, unknown, nan
                else:
                    known, unknown = state[k, 0], state[k, 1]
                    known, unknown = _faded(known, unknown, time[n] - touched[k], fading)
                if moves[n]:
                    state[k, 0], state[k, 1], touched[k] = known, unknown, time[n]
                p = known / (known + unknown)
                expected += shown.weight[j] * p
                if p_known.size:
                    p_known[row] = p
                    row += 1
            chances[n] = guess + reach * expected
            if not moves[n]:
                continue
            for j in range(begin, end):
                k = np.uint64(shown.competency[j])
                known, unknown = state[k, 0], state[k, 1]
                rest = max(expected - shown.weight[j] * (known / (known + unknown)), 0.0)
                if_unknown = guess + reach * rest
                if_known = if_unknown + reach * shown.weight[j]
                known, unknown = _told(known, unknown, outcome[n], if_known, if_unknown, has_parts)
                state[k, 0] = known * (1 - m.forget[k]) + unknown * m.learn[k]
                state[k, 1] = known * m.forget[k] + unknown * (1 - m.learn[k])
        if p_after.size:
            for each in range(m.prior.size):
                if seen_by[each] == learner:
                    p_after[learner, each] = state[each, 0] / (state[each, 0] + state[each, 1])


@njit(cache=True, nogil=True, error_model="numpy")
def expect_pass(
    rows: Sequences,
    weight: Floats,
    m: Numbers,
    counts: Counts,
    p_known: Floats,
    scratch: Floats,
    has_parts: Parts,
) -> None:
    """Add to `counts` what the log tells of every competency and instrument: the E of EM.

    Forward through each sequence and back again. Writes P(known) before each response into
    `p_known` where `rest` is not empty. `scratch` has the shape (longest sequence, 3).
    """
    has_lost, has_rest = rows.lost.size > 0, rows.rest.size > 0
    for q in range(rows.competency.size):
        k = np.uint64(rows.competency[q])
        learn, forget = m.learn[k], m.forget[k]
        known, unknown = m.prior[k], 1 - m.prior[k]
        begin, end = rows.begins[q], rows.begins[q + 1]
        for n in range(begin, end):
            i = np.uint64(rows.instrument[n])
            if_unknown, if_known = m.guess[i], 1 - m.slip[i]
            if has_lost:
                lost = known * rows.lost[n]
                known -= lost
                unknown += lost
                # P(known before | not known now)
                scratch[n - begin, 2] = lost / max(unknown, _NOTHING)
            if has_rest:
                p_known[n] = known / (known + unknown)
                reach = if_known - if_unknown
                if_unknown += reach * rows.rest[n]
                if_known = if_unknown + reach * weight[rows.cell[n]]
            known, unknown = _told(known, unknown, rows.outcome[n], if_known, if_unknown, has_parts)
            kept, forgot = known * (1 - forget), known * forget
            known, unknown = kept + unknown * learn, forgot + unknown * (1 - learn)
            # P(known at the response | known after it), and the same if not known after it.
            scratch[n - begin, 0] = kept / known
            scratch[n - begin, 1] = forgot / max(unknown, _NOTHING)

        at_response, has_next = 0.0, False
        learned, could_learn, forgotten, could_forget = 0.0, 0.0, 0.0, 0.0
        after = known / (known + unknown)
        for n in range(end - 1, begin - 1, -1):
            if_after, if_not_after = scratch[n - begin, 0], scratch[n - begin, 1]
            at_response = if_not_after + after * (if_after - if_not_after)
            if has_next:
                learned += after * (1 - if_after)
                could_learn += 1 - at_response
                forgotten += (1 - after) * if_not_after
                could_forget += at_response
            has_next = True
            _count_answer(rows, n, weight, m, at_response, counts.answers)
            after = at_response
            if has_lost:
                after += (1 - at_response) * scratch[n - begin, 2]
        counts.states[k, KNOWN_FIRST] += at_response
        counts.states[k, N_FIRST] += 1
        counts.states[k, LEARNED] += learned
        counts.states[k, COULD_LEARN] += could_learn
        counts.states[k, FORGOT] += forgotten
        counts.states[k, COULD_FORGET] += could_forget


@register_jitable
def _count_answer(
    rows: Sequences, n: int, weight: Floats, m: Numbers, known: float, answers: Floats
) -> None:
    """Count an answer, known or not, as far as it drew on this competency."""
    right, wrong = rows.outcome[n], 1 - rows.outcome[n]
    cell = np.uint64(rows.cell[n])
    if rows.rest.size:
        i, share = np.uint64(rows.instrument[n]), weight[cell]
        guess, slip = m.guess[i], m.slip[i]
        reach = 1 - slip - guess
        if_unknown = guess + reach * rows.rest[n]
        if_known = if_unknown + reach * share
        answers[cell, KNOWN_RIGHT] += known * right * share * (1 - slip) / if_known
        answers[cell, KNOWN_WRONG] += known * wrong * share * slip / (1 - if_known)
        answers[cell, UNKNOWN_RIGHT] += (1 - known) * right * share * guess / if_unknown
        answers[cell, UNKNOWN_WRONG] += (1 - known) * wrong * share * (1 - guess) / (1 - if_unknown)
        return
    answers[cell, KNOWN_RIGHT] += known * right
    answers[cell, KNOWN_WRONG] += known * wrong
    answers[cell, UNKNOWN_RIGHT] += (1 - known) * right
    answers[cell, UNKNOWN_WRONG] += (1 - known) * wrong
