"""The cells of the context tables that the responses of a log meet, numbered.

A cell has a code (see `contexts.code_of`) and a number, its place among the terms; number 0 is
that of what has no cell. Codes and numbers stand in the slots of a hash table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from manypaths.mastery import contexts
from manypaths.mastery.contexts import (
    MOST_PLACES,
    N_TABLES,
    Contexts,
    ContextTable,
)
from manypaths.mastery.kernels import Columns, Kernel, compiled
from manypaths.mastery.log import Floats, Ints, Key, ResponseLog, Together

Numbers = NDArray[np.int32]

_FREE, _UNKNOWN = -1, -2
# A cell stays in a model if this share of its variance at most is left; of terms so many digits.
# More would make the file several times as long and predictions no better.
_MOST_LEFT, _DIGITS = 0.95, 4
_FIRST_SIZE = 1 << 12
# Of each table, whether its places are sets of competencies and not items.
_OF_TOGETHER = (False, True, False, False, False, False, False, True)

among_recent = register_jitable(contexts.among_recent)
at_attempt = register_jitable(contexts.at_attempt)
code_of = register_jitable(contexts.code_of)
last_of = register_jitable(contexts.last_of)
last_three_of = register_jitable(contexts.last_three_of)
pause_of = register_jitable(contexts.pause_of)
remembered = register_jitable(contexts.remembered)
run_and_pause = register_jitable(contexts.run_and_pause)


@dataclass(frozen=True)
class Cells:
    """Codes and their numbers, in slots (code -1: free), and how many numbers there are."""

    codes: Ints
    numbers: Numbers
    n_cells: int

    @classmethod
    def none(cls) -> "Cells":
        """Return the cells of a log without events."""
        return cls(np.full(_FIRST_SIZE, _FREE, np.int64), np.zeros(_FIRST_SIZE, np.int32), 1)

    @property
    def by_number(self) -> Ints:
        """Return the code of each number, shape (n_cells,); that of number 0 is -1."""
        found = np.full(self.n_cells, _FREE, np.int64)
        taken = self.codes != _FREE
        found[self.numbers[taken]] = self.codes[taken]
        return found


def number_cells(
    log: ResponseLog, columns: Columns, known: Cells, *, adds: bool
) -> tuple[Numbers, Cells]:
    """Return the number of the cell of each event in each table, shape (n_events, N_TABLES).

    Where `adds` a cell that is not known yet gets the next number, else it counts as none. Raises
    ValueError for a log with more instruments than codes have places for.
    """
    if len(log.alignment.instruments) > MOST_PLACES:
        raise ValueError(f"a log has at most {MOST_PLACES:,} instruments")
    of_instrument, sets = log.alignment.togethers
    met = np.zeros((log.n_events, N_TABLES), np.int32)
    codes, numbers, n_cells = compiled(_make_number_cells)(
        columns, of_instrument, len(sets), known.codes, known.numbers, known.n_cells, adds, met
    )
    return met, Cells(codes, numbers, n_cells)


def cells_of_model(model: Contexts, log: ResponseLog) -> tuple[Cells, Floats]:
    """Return the cells of a model that a log's places can name, and terms and variances.

    The latter have the shape (n_cells, 2).
    """
    items = _places_in(model.items, log.alignment.instruments)
    sets = _places_in(model.together, log.alignment.togethers[1])
    codes, terms = [np.zeros(0, np.int64)], [np.zeros((1, 2))]
    for number, (cells_at, of_cells) in enumerate(model.columns):
        first, second, situation = cells_at
        places = sets if _OF_TOGETHER[number] else items
        named = (places[first] > _UNKNOWN) & (places[second] > _UNKNOWN)
        code = contexts.code_of(number, places[first], places[second], situation)
        codes.append(code[named])
        terms.append(of_cells[named])
    found = np.concatenate(codes)
    cells = Cells.none()
    codes, numbers = compiled(_make_number_codes)(found, cells.codes, cells.numbers)
    return Cells(codes, numbers, found.size + 1), np.concatenate(terms)


def contexts_of(
    cells: Cells, terms: Floats, unseen: Floats, carried: Floats, log: ResponseLog
) -> Contexts:
    """Return terms and variances, shape (n_cells, 2), in tables over the log's keys.

    `unseen`, shape (N_TABLES,), are the variances of cells that are not there: 0 for a table that
    is left out. Cells of which hardly anything was learned are left out.
    """
    of_table, *parts = contexts.parts_of(cells.by_number[1:])
    number = np.nonzero(terms[1:, 1] < _MOST_LEFT * unseen[of_table])[0]
    number = number[np.lexsort((*(part[number] for part in parts[::-1]), of_table[number]))]
    if not number.size:
        return Contexts()
    ends = np.searchsorted(of_table[number], np.arange(N_TABLES + 1))
    return Contexts(
        items=log.alignment.instruments,
        together=log.alignment.togethers[1],
        carried=(float(carried[0]), float(carried[1]), float(carried[2])),
        tables=tuple(
            _table(parts, number[begin:end], terms, float(left))
            for begin, end, left in zip(ends[:-1], ends[1:], unseen, strict=True)
        ),
    )


def _table(parts: Sequence[Ints], cells: Ints, terms: Floats, unseen: float) -> ContextTable:
    first, second, situation = (tuple(part[cells].tolist()) for part in parts)
    term, variance = np.round(terms[1 + cells].T, _DIGITS).tolist()
    return ContextTable(first, second, situation, tuple(term), tuple(variance), unseen)


def _places_in(keys: Sequence[Key | Together], of: Sequence[Key | Together]) -> Ints:
    """Return the place of each key among others; -1 stands at the end, for none."""
    places = {key: place for place, key in enumerate(of)}
    return np.array([*(places.get(key, _UNKNOWN) for key in keys), -1], np.int64)


@register_jitable
def _slot_of(codes: Ints, code: int) -> Any:  # noqa: ANN401  # a whole number of numba's
    """Return the slot that holds a code, or the free one where it would stand."""
    last = codes.size - 1  # a power of two less one
    mixed = np.uint64(code) * np.uint64(0x9E3779B97F4A7C15)
    slot = np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(last))
    while codes[slot] != _FREE and codes[slot] != code:
        slot = (slot + 1) & last
    return slot


@register_jitable
def _grown(codes: Ints, numbers: Numbers) -> tuple[Ints, Numbers]:
    more_codes = np.full(codes.size * 4, _FREE, np.int64)
    more_numbers = np.zeros(codes.size * 4, np.int32)
    for slot in range(codes.size):
        if codes[slot] != _FREE:
            new = _slot_of(more_codes, codes[slot])
            more_codes[new], more_numbers[new] = codes[slot], numbers[slot]
    return more_codes, more_numbers


def _make_number_codes(digest: int) -> Kernel:
    def number_codes(found: Ints, codes: Ints, numbers: Numbers) -> tuple[Ints, Numbers]:
        """Give codes their numbers, from 1 in their order."""
        _ = digest
        for n in range(found.size):
            if 2 * (n + 1) > codes.size:
                codes, numbers = _grown(codes, numbers)
            slot = _slot_of(codes, found[n])
            codes[slot], numbers[slot] = found[n], n + 1
        return codes, numbers

    return number_codes


def _make_number_cells(digest: int) -> Kernel:
    def number_cells(
        columns: Columns,
        of_instrument: Ints,
        n_sets: int,
        codes: Ints,
        numbers: Numbers,
        n_cells: int,
        adds: bool,
        met: Numbers,
    ) -> tuple[Ints, Numbers, int]:
        """Go through every learner's responses and number the cells that they meet."""
        _ = digest
        n_items = of_instrument.size
        runs, times = np.zeros(n_sets, np.int64), np.zeros(n_sets)
        attempts, outcomes = np.zeros(n_items, np.int64), np.zeros(n_items, np.int64)
        set_seen_by = np.full(n_sets, -1, np.int64)
        item_seen_by = np.full(n_items, -1, np.int64)
        code = np.zeros(N_TABLES, np.int64)
        for learner in range(columns.offsets.size - 1):
            run_of_all = 0
            last_item = last_set = before_item = -1
            last_outcome = before_outcome = 0
            for n in range(columns.offsets[learner], columns.offsets[learner + 1]):
                if columns.role[n] >= 0:
                    continue
                item, time = columns.instrument[n], columns.time[n]
                shown = of_instrument[item]
                if set_seen_by[shown] != learner:
                    set_seen_by[shown] = learner
                    runs[shown], times[shown] = 0, nan
                if item_seen_by[item] != learner:
                    item_seen_by[item] = learner
                    attempts[item] = outcomes[item] = 0
                run = runs[shown]
                code[:] = _FREE
                code[0] = code_of(0, item, -1, last_of(run))
                if last_item >= 0:
                    code[1] = code_of(1, last_set, shown, last_outcome)
                    code[3] = code_of(3, last_item, item, last_outcome)
                code[2] = code_of(2, -1, -1, run_and_pause(run, pause_of(time - times[shown])))
                if before_item >= 0:
                    code[4] = code_of(4, before_item, item, before_outcome)
                code[5] = code_of(5, item, -1, at_attempt(attempts[item], outcomes[item]))
                recent = among_recent(run_of_all, last_item == item, last_set == shown)
                code[6] = code_of(6, -1, -1, recent)
                code[7] = code_of(7, shown, -1, last_three_of(run))
                for table in range(N_TABLES):
                    if code[table] == _FREE:
                        continue
                    slot = _slot_of(codes, code[table])
                    if codes[slot] == _FREE:
                        if not adds:
                            continue
                        codes[slot], numbers[slot] = code[table], n_cells
                        n_cells += 1
                    met[n, table] = numbers[slot]
                if 2 * (n_cells + N_TABLES) > codes.size:
                    codes, numbers = _grown(codes, numbers)

                if not columns.moves[n]:
                    continue
                outcome = last_of(remembered(0, columns.outcome[n]))
                runs[shown], times[shown] = remembered(run, columns.outcome[n]), time
                run_of_all = remembered(run_of_all, columns.outcome[n])
                attempts[item] += 1
                outcomes[item] = outcome
                before_item, before_outcome = last_item, last_outcome
                last_item, last_set, last_outcome = item, shown, outcome
        return codes, numbers, n_cells

    return number_cells
