"""Fit the terms of contexts: damped Newton steps beside those of the other terms.

Beliefs move as if there were no contexts, so that what a fit learns of them changes no estimate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from manypaths.mastery.arrays import Columns, Parameters, Sums
from manypaths.mastery.batch import columns_of
from manypaths.mastery.cell_numbers import N_TABLES, Cells, parts_of
from manypaths.mastery.context_cells import all_cells, contexts_of, number_cells
from manypaths.mastery.contexts import Contexts
from manypaths.mastery.log import Floats, Ints, ResponseLog

# Tables say in part the same and all step at once: with longer steps they overshoot.
_RATE, _MOMENTUM = 0.18, 0.6
_FIRST_SD, _LEAST_SD, _MOST_SD = 0.6, 0.05, 1.5
# By how much a unit of ability may count for more or less beside contexts.
_CARRIED_SD = 0.1
# A table stays where it gains at least this of log-likelihood a held-out response.
_LEAST_GAIN = 1e-5


@dataclass
class ContextFit:
    """What is learned of contexts so far.

    `sds`, (N_TABLES + 1,), are the prior spreads of the terms of each table, 0 for a table that is
    left out; the last is that of the first numbers, which are of no cell. `terms` and `carried`
    are those of Parameters, changed in place.
    """

    cells: Cells
    table_of: Ints  # (n_cells,)
    sds: Floats
    terms: Floats
    carried: Floats
    velocities: tuple[Floats, Floats]  # of terms and of carried

    @classmethod
    def begin(cls, log: ResponseLog) -> "ContextFit":
        """Return a beginning with all cells that the log's responses meet."""
        cells = all_cells(log, columns_of(log))
        terms = np.zeros((cells.n_cells, 2))
        terms[:N_TABLES, 1] = _FIRST_SD**2
        of_cells = parts_of(cells.by_number[N_TABLES:])[0]
        return cls(
            cells=cells,
            table_of=np.append(np.full(N_TABLES, N_TABLES), of_cells),
            sds=np.append(np.full(N_TABLES, _FIRST_SD), 0.0),
            terms=terms,
            carried=np.ones(3),
            velocities=(np.zeros(cells.n_cells), np.zeros(3)),
        )

    @property
    def is_used(self) -> bool:
        """Say whether any table is left."""
        return bool(self.sds.any())

    def joined_to(self, parameters: Parameters) -> Parameters:
        """Return the parameters with these terms among them."""
        return parameters._replace(context=self.terms, carried=self.carried)

    def columns(self, log: ResponseLog) -> Columns:
        """Return the columns of a part of the log, with the cells that its responses meet."""
        columns = columns_of(log)
        if not self.is_used:
            return columns
        return columns._replace(cells=number_cells(log, columns, self.cells))

    def step(self, sums: Sums) -> None:
        """Move the terms, toward 0 as their table has it, and what is carried, toward 1."""
        if not self.is_used:
            return
        slope, curvature = sums.context.T
        sd = self.sds[self.table_of]
        # With a spread of 0 this is 0 as well.
        variance = sd**2 / (1 + curvature * sd**2)
        newton = slope * variance - self.terms[:, 0] / (1 + curvature * sd**2)
        told = sums.carried[1:]
        told = told + np.tril(told, -1).T + np.eye(3) / _CARRIED_SD**2
        of_carried = np.linalg.solve(told, sums.carried[0] - (self.carried - 1) / _CARRIED_SD**2)
        for terms, velocity, step in zip(
            (self.terms[:, 0], self.carried), self.velocities, (newton, of_carried), strict=True
        ):
            velocity *= _MOMENTUM
            velocity += _RATE * step
            terms += velocity
        self.terms[:, 1] = variance
        self.terms[:N_TABLES, 1] = self.sds[:-1] ** 2

    def fit_spreads(self) -> None:
        """Set the spread of each table by empirical Bayes, from the terms and how sure they are."""
        squares = self.terms[:, 0] ** 2 + self.terms[:, 1]
        n_cells = np.bincount(self.table_of, minlength=N_TABLES + 1)
        of_tables = np.bincount(self.table_of, weights=squares, minlength=N_TABLES + 1)
        found = np.clip(np.sqrt(of_tables / np.maximum(n_cells, 1)), _LEAST_SD, _MOST_SD)
        self.sds[:] = np.where((self.sds > 0) & (n_cells > 0), found, 0.0)

    def drop(self, loss: Callable[[], float]) -> None:
        """Leave out the tables without which the loss is no higher, one after the other."""
        best = loss()
        for table in range(N_TABLES):
            of_table = self.table_of == table
            of_table[table] = True
            kept = self.terms[of_table]
            self.terms[of_table] = 0.0
            without = loss()
            if without < best + _LEAST_GAIN:
                best = without
                self.sds[table] = 0.0
                self.velocities[0][of_table] = 0.0
            else:
                self.terms[of_table] = kept

    def drop_all(self) -> None:
        """Leave out all tables: nobody can say whether they help."""
        self.sds[:] = 0.0
        self.terms[:N_TABLES, 1] = 0.0

    def found(self, log: ResponseLog) -> Contexts:
        """Return what was learned, keyed as the log is."""
        return contexts_of(self.cells, self.terms, self.carried, log)
