"""The context of a response: what a learner did just before it, and how that moves its chance.

Some items are easier after one another, a second attempt is not a first one, and after three wrong
answers in a row a fourth is likelier. Each table below adds a fitted term to the chance of a
response, looked up by its cell: up to two places (items, or the sets of competencies that they
show) and a situation, a small number. Contexts correct predictions alone: beliefs move as if there
were none, so none enters an estimate.

The stream calls the scalar functions as they are, the kernels compile them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from math import nan
from typing import NamedTuple

import numpy as np

from manypaths.mastery.cell_numbers import Cells, code_of, item_of
from manypaths.mastery.log import Floats, Ints, Key, Together

# What a term is looked up by: two places, None where a table has none, and the situation.
Cell = tuple[Key | Together | None, Key | Together | None, int]

# In this order wherever tables are numbered.
TABLES = (
    "item after outcome",  # item; last outcome on its competencies
    "competencies after competencies",  # those of the response before, these; its outcome
    "run and pause",  # last three outcomes on the competencies, and how long ago the last was
    "item after item",  # item before, item; its outcome
    "item after item before last",  # item two back, item; its outcome
    "item at attempt",  # item; which attempt it is, and the outcome of the last
    "recent answers",  # last four outcomes; whether item and competencies are those of the last
    "competencies after run",  # competencies; last three outcomes on them
)
_MOST_ATTEMPTS = 4
_MINUTE, _HOUR = 1 / 1440, 1 / 24


def remembered(run: int, outcome: float) -> int:
    """Return the last five outcomes with one more: digits to the base 3, 1 wrong and 2 right."""
    return (run * 3 + (2 if outcome >= 0.5 else 1)) % 243


def last_of(run: int) -> int:
    """Return the last outcome of a run: 0 none, 1 wrong, 2 right."""
    return run % 3


def last_three_of(run: int) -> int:
    """Return the last three outcomes of a run."""
    return run % 27


def run_and_pause(run: int, pause: int) -> int:
    """Return the situation of a run after a pause since its last outcome."""
    return run % 27 * 9 + pause


def pause_of(days: float) -> int:
    """Return how long a pause was, in steps from a minute to a month; 0 where no clock says.

    A sum of comparisons: the processor could not foresee which of as many branches is taken.
    """
    up_to_an_hour = (days >= 0) + (days >= _MINUTE) + (days >= _HOUR / 6) + (days >= _HOUR)
    return up_to_an_hour + (days >= 0.5) + (days >= 2) + (days >= 7) + (days >= 30)


def at_attempt(n_attempts: int, last_outcome: int) -> int:
    """Return the situation after so many attempts at an item, of which the last went so."""
    return min(n_attempts, _MOST_ATTEMPTS) * 3 + last_outcome


def after_attempt(situation: int, outcome: int) -> int:
    """Return the situation `at_attempt` after one more attempt, which went so."""
    return at_attempt(situation // 3 + 1, outcome)


def among_recent(run: int, same_item: bool, same_competencies: bool) -> int:
    """Return the situation of the last four outcomes on anything."""
    return (run % 81 * 2 + same_item) * 2 + same_competencies


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as later ones remember it; `outcome` is 1 for a wrong one, 2 for a right one."""

    item: Key
    together: Together
    outcome: int


@dataclass(frozen=True, slots=True)
class History:
    """What later responses of a learner may depend on.

    `runs` gives the last outcomes on each set of competencies, and when the last was (days, NaN
    without a clock); `attempts` the number of attempts at each item and the outcome of the last.
    """

    run: int = 0
    last: Answer | None = None
    before_last: Answer | None = None
    runs: Mapping[Together, tuple[int, float]] = field(default_factory=dict)
    attempts: Mapping[Key, tuple[int, int]] = field(default_factory=dict)


class ContextTable(NamedTuple):
    """The fitted terms of a table, one entry a cell; places count from 0, -1 for none.

    `variance` is how unsure a term is, `unseen` how unsure that of a cell that is not there.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    situation: tuple[int, ...]
    term: tuple[float, ...]
    variance: tuple[float, ...]
    unseen: float


@dataclass(frozen=True)
class Contexts:
    """What a model learned of contexts: the things that places count, and a table each of TABLES.

    `carried` is by how much general ability, the competencies' own parts and practice count in a
    prediction beside contexts, which partly say the same. Without tables no prediction depends on
    what was done just before.
    """

    items: tuple[Key, ...] = ()
    together: tuple[Together, ...] = ()
    carried: tuple[float, float, float] = (1.0, 1.0, 1.0)
    tables: tuple[ContextTable, ...] = ()

    @cached_property
    def _places(self) -> dict[Key | Together | None, int]:
        places: dict[Key | Together | None, int] = {None: -1}
        places.update((key, place) for place, key in enumerate(self.items))
        places.update((keys, place) for place, keys in enumerate(self.together))
        return places

    @cached_property
    def _terms(self) -> dict[int, tuple[float, float]]:
        return {
            code_of(number, first, second, situation): (term, variance)
            for number, table in enumerate(self.tables)
            for first, second, situation, term, variance in zip(*table[:5], strict=True)
        }

    @cached_property
    def cells(self) -> Cells:
        """Return the cells of all tables, numbered, with the places that they have here."""
        return Cells.of(self._codes[self._order], len(self.items), len(self.together))

    @cached_property
    def terms(self) -> Floats:
        """Return term and variance of each number of a cell, shape (n_cells, 2)."""
        unseen = [(0.0, table.unseen) for table in self.tables]
        terms = np.concatenate([_side_by_side(table[3:5]) for table in self.tables])
        return np.concatenate((unseen, terms[self._order]))

    @cached_property
    def _codes(self) -> Ints:
        """Return the codes of all cells, table after table."""
        parts = [[np.fromiter(part, np.int64) for part in table[:3]] for table in self.tables]
        return np.concatenate([code_of(number, *table) for number, table in enumerate(parts)])

    @cached_property
    def _order(self) -> Ints:
        """Return the order of codes in which those that an item meets have numbers together."""
        return np.argsort(item_of(self._codes), kind="stable")

    def places_of_items(self, keys: Iterable[Key]) -> Ints:
        """Return the place of each item, one beyond all others where it is not known."""
        return np.fromiter(map(self._places.get, keys, repeat(len(self.items))), np.int64)

    def places_of_sets(self, sets: Iterable[Together]) -> Ints:
        """Return the place of each set of competencies, as of items."""
        return np.fromiter(map(self._places.get, sets, repeat(len(self.together))), np.int64)

    def term_of(self, cells: Sequence[Cell | None]) -> tuple[float, float]:
        """Return what the cells of all tables add on the logit scale, and how unsure that is."""
        total, unsure = 0.0, 0.0
        for number, cell in enumerate(cells):
            term, variance = 0.0, self.tables[number].unseen
            if cell is not None:
                first, second = self._places.get(cell[0]), self._places.get(cell[1])
                if first is not None and second is not None:
                    code = code_of(number, first, second, cell[2])
                    term, variance = self._terms.get(code, (term, variance))
            total += term
            unsure += variance
        return total, unsure


def _side_by_side(columns: Iterable[Iterable[float]]) -> Floats:
    return np.column_stack([np.fromiter(column, float) for column in columns])


def cells_of(history: History, item: Key, shown: Together, time: float) -> tuple[Cell | None, ...]:
    """Return the cell of each table for a response to an item now; None where there is none."""
    run, then = history.runs.get(shown, (0, nan))
    n_attempts, last_outcome = history.attempts.get(item, (0, 0))
    last, before = history.last, history.before_last
    return (
        (item, None, last_of(run)),
        (last.together, shown, last.outcome) if last else None,
        (None, None, run_and_pause(run, pause_of(time - then))),
        (last.item, item, last.outcome) if last else None,
        (before.item, item, before.outcome) if before else None,
        (item, None, at_attempt(n_attempts, last_outcome)),
        (
            None,
            None,
            among_recent(
                history.run,
                last is not None and last.item == item,
                last is not None and last.together == shown,
            ),
        ),
        (shown, None, last_three_of(run)),
    )


def with_response(
    history: History, item: Key, shown: Together, outcome: float, time: float
) -> History:
    """Return the history with one more response."""
    run = history.runs.get(shown, (0, nan))[0]
    n_attempts = history.attempts.get(item, (0, 0))[0]
    answer = Answer(item, shown, last_of(remembered(0, outcome)))
    return History(
        run=remembered(history.run, outcome),
        last=answer,
        before_last=history.last,
        runs={**history.runs, shown: (remembered(run, outcome), time)},
        attempts={**history.attempts, item: (n_attempts + 1, answer.outcome)},
    )
