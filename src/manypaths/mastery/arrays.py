"""The arrays that go into the kernels and come out of them, in named tuples."""

from math import log1p, prod
from typing import Any, NamedTuple

import numpy as np

from manypaths.mastery.log import Floats, Ints

# The columns of common terms: the level, the gains by success and by failure, then the roles.
LEVEL, GAIN_RIGHT, GAIN_WRONG, OF_ROLES = range(4)


_APART = 16
_LOGS = np.array([log1p(n) for n in range(1 << 10)])


class Columns(NamedTuple):
    """The columns of a log (see ResponseLog) with the alignment of its instruments."""

    offsets: Ints
    instrument: Ints
    time: Floats
    day: Ints
    outcome: Floats
    role: Ints
    rater: Ints
    moves: Any  # bools; numba wants the array as it is
    starts: Ints
    competency: Ints
    weight: Floats
    # (n_events, n_tables): the number of each response's cell in each context table in use
    cells: Any  # int32


class Parameters(NamedTuple):
    """A model's numbers by place: (n_competencies,), (n_raters,), (n_roles,).

    `items` holds of each instrument what stands side by side, for there may be many: its term, how
    unsure that is, and its loading, by how much it tells of general ability; (n_instruments, 4).
    `context`, (n_cells, 2), is what each cell of a context table adds to a prediction, and its
    variance. `carried` is by how much general ability, competencies' own parts and practice count
    in a prediction beside contexts.
    """

    easiness: Floats
    gain_right: Floats
    gain_wrong: Floats
    easiness_variance: Floats
    items: Floats
    context: Floats
    carried: Floats
    rater: Floats
    rater_variance: Floats
    leniency_of_role: Floats
    reliability_of_role: Floats
    thresholds: Floats
    # general, competency, general_step, competency_step, half_life
    spread: Floats

    @property
    def instrument(self) -> Floats:
        """Return what each instrument adds, (n_instruments,); can be written to."""
        return self.items[:, 0]

    @property
    def instrument_variance(self) -> Floats:
        """Return how unsure that is; can be written to."""
        return self.items[:, 1]

    @property
    def loading(self) -> Floats:
        """Return the loadings; can be written to."""
        return self.items[:, 2]


class Sums(NamedTuple):
    """Slopes (row 0) and curvatures (row 1) of the log-likelihood, one column a term.

    `common` is of what all events share: the level of everything, the practice gains and, with
    ratings, the roles (see LEVEL). Its row 0 holds slopes, the lower triangle below it curvatures;
    both follow what such a term did to the beliefs on the way, which the other sums leave out.
    `items`, (n_instruments, 5), and `context`, (n_cells, 2), have them side by side, for their rows
    lie far apart. `carried`, (4, 3), is laid out as `common` is. `n_events`, (1,), counts events.
    Sums of learners add up.
    """

    gain_right: Floats
    gain_wrong: Floats
    items: Floats
    context: Floats
    carried: Floats
    rater: Floats
    reliability: Floats
    thresholds: Floats
    common: Floats
    n_events: Floats

    @property
    def instrument(self) -> Floats:
        """Return slopes and curvatures by instruments' own terms, (2, n_instruments)."""
        return self.items[:, :2].T

    @property
    def loading(self) -> Floats:
        """Return those by loadings, and what the two curvatures share, (3, n_instruments)."""
        return self.items[:, 2:].T


class Scratch(NamedTuple):
    """Room for what a pass remembers on the way; none of it is read afterwards.

    By competency: the row of its belief, and the learner who has one. Of common terms, what a unit
    of each did to an event's logit, to the general mean and sum (`twins`, (3, n_common)), and to
    the rows (`of_rows`, (n_competencies, 2, n_common)). Of each competency that an event shows its
    state and practice (`now`, (n_shown, 5)). `believed`, (3,), are the parts that may be carried.
    `logs` are the logarithms of one more than 0, 1, 2 and so on, to be looked up.
    """

    row_of: Ints
    seen_by: Ints
    twins: Floats
    of_rows: Floats
    now: Floats
    believed: Floats
    logs: Floats


def scratch_for(columns: Columns, parameters: Parameters, sums: Sums | None) -> Scratch:
    """Return room for a pass over these columns, which adds to `sums` if there are any."""
    n = parameters.easiness.size
    n_common = sums.common.shape[1] if sums else 0
    seen_by = apart(n, dtype=np.int64)
    seen_by[:] = -1
    return Scratch(
        row_of=apart(n, dtype=np.int64),
        seen_by=seen_by,
        twins=apart(3, n_common),
        of_rows=apart(n if sums else 0, 2, n_common),
        now=apart(int(np.diff(columns.starts).max(initial=0)), 5),
        believed=apart(3),
        logs=_LOGS,
    )


def no_sums(parameters: Parameters, *, with_roles: bool = True) -> Sums:
    """Return sums of no events, in the shapes of these parameters."""
    p = parameters
    n_common = OF_ROLES + p.leniency_of_role.size * with_roles
    return Sums(
        gain_right=apart(2, p.easiness.size),
        gain_wrong=apart(2, p.easiness.size),
        items=apart(len(p.items), 5),
        context=apart(*p.context.shape),
        carried=apart(4, 3),
        rater=apart(2, p.rater.size),
        reliability=apart(2, p.reliability_of_role.size),
        thresholds=apart(2, p.thresholds.size),
        common=apart(1 + n_common, n_common),
        n_events=apart(1),
    )


def apart(*shape: int, dtype: type = np.float64) -> Any:  # noqa: ANN401  # an array of that kind
    """Return zeros of 8 bytes each, in lines of the processor's cache that no other array is in.

    Small arrays stand close together, and threads that write to one line wait for each other.
    """
    n = prod(shape)
    return np.zeros(n + 2 * _APART, dtype)[_APART : _APART + n].reshape(shape)


def merge(one: Sums, other: Sums) -> Sums:
    """Return the sums of two parts of a log, as if they had been gone through in one pass."""
    return Sums(*(a + b for a, b in zip(one, other, strict=True)))
