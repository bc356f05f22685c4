"""Fitting Bayesian knowledge tracing: expectation-maximisation, with items near their competencies.

Every number has a Beta prior: an item's guess and slip around those of its competencies, weighing
`answer_weight` responses; a competency's numbers around the typical ones, weighing `skill_weight`.
How much these weigh, whether anything is forgotten from response to response and how fast by time
is chosen by what learners say who are held out of the fit.

Sources: Corbett & Anderson (1995), User Modeling and User-Adapted Interaction 4, 253-278;
Badrinath, Wang & Pardos (2021), pyBKT, Proceedings of EDM, 468-474, for EM on it. The priors, the
forgetting by time and the choice by held-out learners are ours.
"""

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from manypaths.mastery import bkt_kernels as kernels
from manypaths.mastery.bkt_batch import has_parts, require_responses, shared_out, trace_numbers
from manypaths.mastery.bkt_kernels import (
    COULD_FORGET,
    COULD_LEARN,
    FORGOT,
    KNOWN_FIRST,
    KNOWN_RIGHT,
    KNOWN_WRONG,
    LEARNED,
    N_FIRST,
    UNKNOWN_RIGHT,
    UNKNOWN_WRONG,
    Counts,
    Numbers,
    Sequences,
)
from manypaths.mastery.bkt_model import Answering, BktModel, Skill, fading_of
from manypaths.mastery.log import Alignment, Floats, Ints, ResponseLog

_STEPS_FIRST, _STEPS_BETWEEN, _STEPS_LAST = 12, 6, 15
_HELD_OUT = 0.2
_FEWEST_TO_HOLD_OUT = 30
_ANSWER_WEIGHTS = (2.5, 5.0, 20.0, 40.0)
_SKILL_WEIGHTS = (3.0, 30.0, 100.0)
_HALF_LIVES = (1000.0, 300.0, 100.0, 30.0)
_LEAST, _MOST_TOGETHER = 1e-3, 0.95


@dataclass(frozen=True)
class _Choice:
    """What held-out learners decide (see BktModel; `forgets`: from response to response)."""

    forgets: bool
    answer_weight: float = 10.0
    skill_weight: float = 10.0
    half_life: float = inf


@dataclass(frozen=True)
class _State:
    """The numbers on the way: `skills` and `typical` in the order of Skill's fields.

    Shapes (5, n_competencies) and (5,); `guess` and `slip` (n_instruments,). `p_known` of the
    rows before each response follows one step behind, where several competencies share a response.
    """

    typical: Floats
    skills: Floats
    guess: Floats
    slip: Floats
    p_known: Floats

    @property
    def numbers(self) -> Numbers:
        prior, learn, forget = self.skills[:3]
        return Numbers(prior, learn, forget, self.guess, self.slip)


def fit(log: ResponseLog, *, seed: int = 0, forgets: bool = True) -> BktModel:
    """Return a model fitted to the log's responses.

    Without `forgets` what is known stays known, as in the classic model; with it, held-out
    learners say whether anything is forgotten. `seed` chooses them; with fewer than 30 learners
    none are, and the weights of the priors stay as they are. Raises ValueError for a log without
    events or with ratings.
    """
    if log.n_events == 0:
        raise ValueError("a model is fitted to at least one event; the log has none")
    require_responses(log)
    inner, held_out = _split(log, seed)
    choice = _Choice(forgets=forgets)
    if held_out.n_learners:
        choice = _search(_Rows.of(inner), held_out, choice)
    rows = _Rows.of(log)
    state = _advanced(rows, _first(rows, choice), choice, _STEPS_LAST)
    return _model(log, rows, state, choice)


def _split(log: ResponseLog, seed: int) -> tuple[ResponseLog, ResponseLog]:
    n = log.n_learners
    order = np.random.RandomState(seed).permutation(n)
    n_out = round(_HELD_OUT * n) if n >= _FEWEST_TO_HOLD_OUT else 0
    return log.of_learners(np.sort(order[n_out:])), log.of_learners(np.sort(order[:n_out]))


def _search(rows: "_Rows", held_out: ResponseLog, choice: _Choice) -> _Choice:
    """Return the best choice, one part after the other."""
    state = _advanced(rows, _first(rows, choice), choice, _STEPS_FIRST)
    for name, values in _candidates(choice, held_out.has_clock):
        best = inf
        before, there = choice, state
        for value in (getattr(before, name), *values):
            tried = replace(before, **{name: value})
            reached = _advanced(rows, there, tried, _STEPS_BETWEEN)
            fading = fading_of(tried.half_life)
            loss = -trace_numbers(reached.numbers, fading, held_out).log_likelihood.mean()
            if loss < best:
                best, choice, state = loss, tried, reached
    return choice


def _candidates(choice: _Choice, has_clock: bool) -> list[tuple[str, tuple[float, ...]]]:
    parts = [("answer_weight", _ANSWER_WEIGHTS), ("skill_weight", _SKILL_WEIGHTS)]
    if choice.forgets:
        parts.append(("forgets", (False,)))
    if choice.forgets and has_clock:
        parts.append(("half_life", _HALF_LIVES))
    return parts


@dataclass(frozen=True)
class _Rows:
    """A log in sequences (see the kernels), for as many steps as are needed."""

    alignment: Alignment
    sequences: Sequences
    event: Ints
    days: Floats  # since the last response that showed the competency
    longest: int  # sequence
    has_parts: bool | None
    share_right: float

    @classmethod
    def of(cls, log: ResponseLog) -> "_Rows":
        """Return the rows of a log's responses; silent ones are left out."""
        alignment = log.alignment
        events = np.nonzero(log.moves)[0]
        sizes = np.diff(alignment.starts)[log.instrument[events]]
        event = np.repeat(events, sizes)
        cell = np.repeat(alignment.starts[log.instrument[events]] + sizes - np.cumsum(sizes), sizes)
        cell += np.arange(event.size)
        learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))[event]
        sequence = learner * alignment.n_competencies + alignment.competency[cell]
        order = np.argsort(sequence, kind="stable")
        event, cell, sequence = event[order], cell[order], sequence[order]
        first = np.diff(sequence, prepend=-1) != 0
        days = np.where(first, 0.0, np.diff(log.time[event], prepend=0.0))
        begins = np.nonzero(first)[0]
        return cls(
            alignment=alignment,
            sequences=Sequences(
                begins=np.append(begins, event.size),
                competency=alignment.competency[cell[begins]],
                instrument=log.instrument[event],
                cell=cell,
                outcome=log.outcome[event],
                lost=np.zeros(0),
                rest=np.zeros(0),
            ),
            event=event,
            days=np.nan_to_num(days, nan=0.0),
            longest=int(np.diff(begins, append=event.size).max(initial=0)),
            has_parts=has_parts(log),
            share_right=float((log.outcome.sum() + 1) / (log.n_events + 2)),
        )

    def expected(self, state: _State, fading: float) -> tuple[Counts, Floats]:
        """Return the expected counts of a step, and P(known) before each row."""
        p_known = state.p_known.copy()
        weight = self.alignment.weight
        rest = np.zeros(0)
        if p_known.size:
            drawn = weight[self.sequences.cell] * p_known
            rest = np.bincount(self.event, drawn)[self.event] - drawn
        counts = Counts(
            np.zeros((self.alignment.competency.size, 4)),
            np.zeros((self.alignment.n_competencies, 6)),
        )
        kernels.expect_pass(
            self.sequences._replace(
                lost=-np.expm1(-fading * self.days) if fading else np.zeros(0), rest=rest
            ),
            weight,
            state.numbers,
            counts,
            p_known,
            np.zeros((self.longest, 3)),
            self.has_parts,
        )
        return counts, p_known


def _first(rows: _Rows, choice: _Choice) -> _State:
    """Return where EM begins: half is known, and answers tell of it."""
    right = rows.share_right
    # A chance of 0 would stay there.
    typical = np.array([0.5, 0.1, 0.02 if choice.forgets else 0.0, right / 2, 0.4 * (1 - right)])
    alignment = rows.alignment
    skills = np.repeat(typical[:, None], alignment.n_competencies, axis=1)
    shares_responses = rows.alignment.weight[rows.sequences.cell] < 1
    return _State(
        typical=typical,
        skills=skills,
        guess=shared_out(alignment, skills[3]),
        slip=shared_out(alignment, skills[4]),
        p_known=np.full(rows.event.size if shares_responses.any() else 0, 0.5),
    )


def _advanced(rows: _Rows, state: _State, choice: _Choice, n_steps: int) -> _State:
    """Return the numbers after some steps of EM."""
    for _ in range(n_steps):
        counts, p_known = rows.expected(state, fading_of(choice.half_life))
        state = _maximised(rows, counts, choice, p_known)
    return state


def _maximised(rows: _Rows, counts: Counts, choice: _Choice, p_known: Floats) -> _State:
    """Return the numbers that go best with the expected counts and their priors."""
    answers, states = counts
    prior = _near_typical(states[:, KNOWN_FIRST], states[:, N_FIRST], choice.skill_weight)
    learn = _near_typical(states[:, LEARNED], states[:, COULD_LEARN], choice.skill_weight)
    forget = _near_typical(states[:, FORGOT], states[:, COULD_FORGET], choice.skill_weight)
    guessed, slipped = answers[:, UNKNOWN_RIGHT], answers[:, KNOWN_WRONG]
    guesses = _by_item(rows.alignment, guessed, guessed + answers[:, UNKNOWN_WRONG], choice)
    slips = _by_item(rows.alignment, slipped, slipped + answers[:, KNOWN_RIGHT], choice)
    skills = np.array([prior[1], learn[1], forget[1] * choice.forgets, guesses[1], slips[1]])
    typical = np.array([prior[0], learn[0], forget[0] * choice.forgets, guesses[0], slips[0]])
    return _State(typical, skills, *_apart(guesses[2], slips[2]), p_known)


def _near_typical(n_times: Floats, n_chances: Floats, weight: float) -> tuple[float, Floats]:
    """Return the typical rate, and that of each competency near it."""
    typical = (n_times.sum() + 0.5) / (n_chances.sum() + 1)
    own = (n_times + weight * typical) / (n_chances + weight)
    return typical, np.clip(own, _LEAST, 1 - _LEAST)


def _by_item(
    alignment: Alignment, n_times: Floats, n_chances: Floats, choice: _Choice
) -> tuple[float, Floats, Floats]:
    """Return the typical rate, the competencies' rates, and the items' near those of theirs.

    An item says the less of its competency the more responses it has beyond `answer_weight`: it
    then speaks for itself.
    """
    weight, sizes = choice.answer_weight, np.diff(alignment.starts)
    item = np.repeat(np.arange(sizes.size), sizes)
    times, chances = (_summed(n, item, sizes.size) for n in (n_times, n_chances))
    told = (weight / (weight + chances))[item]
    of_competency, of_all = (
        _summed(told * n, alignment.competency, alignment.n_competencies)
        for n in (n_times, n_chances)
    )
    typical, rates = _near_typical(of_competency, of_all, choice.skill_weight)
    expected = shared_out(alignment, rates)
    own = (times + weight * expected) / (chances + weight)
    return typical, rates, np.where(alignment.has_difficulty, own, expected)


def _summed(values: Floats, places: Ints, n_places: int) -> Floats:
    return np.bincount(places, weights=values, minlength=n_places).astype(np.float64)


def _apart(guess: Floats, slip: Floats) -> tuple[Floats, Floats]:
    """Return guesses and slips that sum to less than 1, each in proportion."""
    together = np.maximum((guess + slip) / _MOST_TOGETHER, 1.0)
    return guess / together, slip / together


def _model(log: ResponseLog, rows: _Rows, state: _State, choice: _Choice) -> BktModel:
    """Return what was learned, keyed as the log is; what no response showed stays cold."""
    alignment, sequences = log.alignment, rows.sequences
    shown = np.zeros(alignment.n_competencies, bool)
    shown[sequences.competency] = True
    answered = np.zeros(len(alignment.instruments), bool)
    answered[sequences.instrument] = True
    answered &= alignment.has_difficulty
    skills, typical = state.skills.copy(), state.typical.copy()
    skills[3], skills[4] = _apart(skills[3], skills[4])
    typical[3:4], typical[4:5] = _apart(typical[3:4], typical[4:5])
    return BktModel(
        typical=Skill(*typical.tolist()),
        competencies={
            alignment.competencies[k]: Skill(*skills[:, k].tolist()) for k in np.nonzero(shown)[0]
        },
        instruments={
            alignment.instruments[i]: Answering(float(state.guess[i]), float(state.slip[i]))
            for i in np.nonzero(answered)[0]
        },
        half_life=choice.half_life,
        answer_weight=choice.answer_weight,
        skill_weight=choice.skill_weight,
        n_responses=log.n_events,
        n_learners=log.n_learners,
    )
