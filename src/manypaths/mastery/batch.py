"""A model over a whole log: predictions before each event, and the beliefs after the last."""

from dataclasses import astuple, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery import kernels
from manypaths.mastery.arrays import Columns, Parameters, Sums, apart, no_sums, scratch_for
from manypaths.mastery.beliefs import Beliefs, CompetencyBelief, GeneralBelief
from manypaths.mastery.context_cells import cells_in_model
from manypaths.mastery.log import Floats, Ints, ResponseLog
from manypaths.mastery.model import Model

_SMALLEST_CHANCE = 1e-12


@dataclass(frozen=True)
class Trace:
    """What a model expected of each event before it was seen, shapes (n_events,).

    `chance` is P(right) of a response and P(the level given) of a rating. `outcome` and `role` are
    those of the log.
    """

    chance: Floats
    outcome: Floats
    role: Ints

    @cached_property
    def log_likelihood(self) -> Floats:
        """Return that of each outcome; of partial credit, the mean of right and wrong by it."""
        p = np.clip(self.chance, _SMALLEST_CHANCE, 1 - _SMALLEST_CHANCE)
        is_wrong = (self.outcome == 0) & (self.role < 0)
        found: Floats = np.log(np.abs(p - is_wrong))
        parts = np.flatnonzero((self.outcome % 1 > 0) & (self.role < 0))
        share = self.outcome[parts]
        found[parts] = share * np.log(p[parts]) + (1 - share) * np.log(1 - p[parts])
        return found


@dataclass(frozen=True)
class FinalBeliefs:
    """The beliefs of all learners after their last event, in rows.

    `general` has the shape (n_learners, 5) and the columns of GeneralBelief. The rows of learner
    u are `rows[begins[u]:begins[u + 1]]`, with the columns of CompetencyBelief; `competency`
    gives the place of each row's competency in the log's alignment.
    """

    begins: Ints
    general: Floats
    competency: Ints
    rows: Floats

    def of_learner(self, log: ResponseLog, learner: int) -> Beliefs:
        """Return one learner's beliefs as the stream holds them."""
        span = slice(self.begins[learner], self.begins[learner + 1])
        keys = log.alignment.competencies
        return Beliefs(
            GeneralBelief(*self.general[learner].tolist()),
            {
                keys[place]: belief_of_row(row)
                for place, row in zip(self.competency[span], self.rows[span], strict=True)
            },
        )


def belief_of_row(row: NDArray[np.float64]) -> CompetencyBelief:
    """Return the belief that a row of numbers holds."""
    values = row.tolist()
    return CompetencyBelief(*values[:8], *(int(count) for count in values[8:]))


def trace(model: Model, log: ResponseLog) -> Trace:
    """Return what the model expected of each event, before it was seen."""
    parameters, columns = parameters_for(model, log)
    return run_pass(columns, parameters)


def final_beliefs(model: Model, log: ResponseLog) -> tuple[FinalBeliefs, Trace]:
    """Return every learner's beliefs after their last event, and the trace on the way."""
    parameters, columns = parameters_for(model, log)
    begins = np.zeros(log.n_learners + 1, np.int64)
    seen_by = np.full(log.alignment.n_competencies, -1, np.int64)
    kernels.compiled(kernels.make_count_rows)(columns, begins, seen_by)
    finals = FinalBeliefs(
        begins=begins,
        general=np.zeros((log.n_learners, 5)),
        competency=np.zeros(begins[-1], np.int64),
        rows=np.zeros((begins[-1], kernels.N_COLUMNS)),
    )
    traced = Trace(np.zeros(log.n_events), log.outcome, log.role)
    kernels.compiled(kernels.make_pass_over)(
        columns,
        parameters,
        False,
        no_sums(parameters),
        True,
        finals.general,
        finals.rows,
        finals.competency,
        traced.chance,
        scratch_for(columns, parameters, None),
    )
    return finals, traced


def run_pass(columns: Columns, parameters: Parameters, *, sums: Sums | None = None) -> Trace:
    """Filter the log once; add to `sums` where they are given."""
    traced = Trace(np.zeros(columns.outcome.size), columns.outcome, columns.role)
    scratch = apart(max(parameters.easiness.size, 1), kernels.N_COLUMNS)
    kernels.compiled(kernels.make_pass_over)(
        columns,
        parameters,
        sums is not None,
        no_sums(parameters) if sums is None else sums,
        False,
        np.zeros((0, 5)),
        scratch,
        np.zeros(scratch.shape[0], np.int64),
        traced.chance,
        scratch_for(columns, parameters, sums),
    )
    return traced


def columns_of(log: ResponseLog) -> Columns:
    """Return the log's columns as the kernels take them, without the cells of contexts."""
    return Columns(
        offsets=log.offsets,
        instrument=log.instrument,
        time=log.time,
        day=log.day,
        outcome=log.outcome,
        role=log.role,
        rater=log.rater,
        moves=log.moves,
        starts=log.alignment.starts,
        competency=log.alignment.competency,
        weight=log.alignment.weight,
        cells=np.zeros((log.n_events, 0), np.int32),
    )


def parameters_for(model: Model, log: ResponseLog) -> tuple[Parameters, Columns]:
    """Return the model's numbers in the places of a log, and the log's columns with its cells.

    What is new to the model starts cold.

    Raises ValueError for a rating whose level is above those that the model knows.
    """
    _require_known_levels(model, log)
    placed = model.placed(log.alignment)
    terms = placed.competencies
    cold_rater = (0.0, model.cold.rater**2)
    raters = [model.raters.get(key, cold_rater) for key in log.raters]
    columns, context = columns_of(log), np.zeros((1, 2))
    if model.contexts.tables:
        context = model.contexts.terms
        columns = columns._replace(cells=cells_in_model(model.contexts, placed, columns))
    rater = np.array(raters, float).reshape(-1, 2)
    parameters = Parameters(
        easiness=terms[:, 0].copy(),
        gain_right=terms[:, 1].copy(),
        gain_wrong=terms[:, 2].copy(),
        easiness_variance=terms[:, 3].copy(),
        items=placed.items.copy(),
        context=context,
        carried=np.array(model.contexts.carried),
        rater=rater[:, 0].copy(),
        rater_variance=rater[:, 1].copy(),
        leniency_of_role=np.array(model.leniency_of_role),
        reliability_of_role=np.array(model.reliability_of_role),
        thresholds=np.array(model.thresholds),
        spread=np.array(astuple(model.spread)),
    )
    return parameters, columns


def _require_known_levels(model: Model, log: ResponseLog) -> None:
    # The kernels would read numbers beyond the last threshold.
    top = len(model.thresholds)
    beyond = log.is_rating & (log.outcome > top)
    if beyond.any():
        row = int(np.argmax(beyond))
        raise ValueError(
            f"row {row}: the level is {log.outcome[row]:g}; the model knows levels from 0 to {top}"
        )
