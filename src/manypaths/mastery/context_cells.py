"""The cells of the context tables that the responses of a log meet, numbered.

A cell has a code (see `contexts.code_of`) and a number, its place among the terms. What a table
has no cell for counts as that table's first number (see `cell_numbers`).
"""

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from manypaths.mastery import cell_numbers, contexts
from manypaths.mastery.arrays import Columns, apart
from manypaths.mastery.cell_numbers import (
    FREE,
    IN_BUCKET,
    MOST_PLACES,
    N_SITUATIONS,
    N_TABLES,
    Cells,
    Numbers,
    parts_of,
)
from manypaths.mastery.contexts import Contexts, ContextTable
from manypaths.mastery.kernels import Kernel, compiled
from manypaths.mastery.log import Floats, Ints, ResponseLog
from manypaths.mastery.model import Placed

# A cell stays in a model if this share of its variance at most is left; of terms so many digits.
# More would make the file several times as long and predictions no better.
_MOST_LEFT, _DIGITS = 0.95, 4
_ALL_TABLES = np.arange(N_TABLES)

after_attempt = register_jitable(contexts.after_attempt)
among_recent = register_jitable(contexts.among_recent)
at_attempt = register_jitable(contexts.at_attempt)
code_of = register_jitable(cell_numbers.code_of)
first_bucket = register_jitable(cell_numbers.first_bucket)
in_row = register_jitable(cell_numbers.in_row)
last_of = register_jitable(contexts.last_of)
last_three_of = register_jitable(contexts.last_three_of)
pause_of = register_jitable(contexts.pause_of)
remembered = register_jitable(contexts.remembered)
run_and_pause = register_jitable(contexts.run_and_pause)


class Places(NamedTuple):
    """What codes call a log's things, by place: (n_instruments,) and (n_sets,).

    `set_of` is the set of competencies that an instrument shows.
    """

    of_item: Ints
    of_set: Ints
    set_of: Ints


class Past(NamedTuple):
    """Room for what a learner did before: with each item, and with each set of competencies.

    `tries`, (n_instruments, 2), hold the learner and the situation `at_attempt`; `runs` the
    learner and the last outcomes, (n_sets, 2), and `times` when the last was. `sought` has for
    each table where in the rows a cell stands, or its code.
    """

    tries: Ints
    runs: Ints
    times: Floats
    sought: Ints


def number_cells(log: ResponseLog, columns: Columns, known: Cells) -> Numbers:
    """Return the number of the cell of each event in each table, shape (n_events, N_TABLES).

    The cells are known by the places of the log's own instruments and sets of competencies.
    """
    met = np.zeros((log.n_events, N_TABLES), np.int32)
    _number(columns, _own_places(log), known, _ALL_TABLES, met, adds=False)
    return met


def all_cells(log: ResponseLog, columns: Columns) -> Cells:
    """Return all cells that the responses of a log meet.

    Raises ValueError for a log with more instruments than codes have places for.
    """
    if len(log.alignment.instruments) > MOST_PLACES:
        raise ValueError(f"a log has at most {MOST_PLACES:,} instruments")
    none = Cells.none(len(log.alignment.instruments), len(log.alignment.togethers[1]))
    met = np.zeros((log.n_events, N_TABLES), np.int32)
    return _number(columns, _own_places(log), none, _ALL_TABLES, met, adds=True)


def cells_in_model(model: Contexts, placed: Placed, columns: Columns) -> Numbers:
    """Return the number that a model has for the cell of each event in each table that it uses.

    The shape is (n_events, n_tables), with at least one table.
    """
    set_of = placed.alignment.togethers[0]
    places = Places(placed.item_places, placed.set_places, set_of)
    used = [n for n, table in enumerate(model.tables) if table.first or table.unseen]
    tables = np.array(used or [0])
    met = np.zeros((columns.outcome.size, tables.size), np.int32)
    _number(columns, places, model.cells, tables, met, adds=False)
    return met


def _own_places(log: ResponseLog) -> Places:
    set_of, sets = log.alignment.togethers
    return Places(np.arange(len(log.alignment.instruments)), np.arange(len(sets)), set_of)


def _number(
    columns: Columns, places: Places, cells: Cells, tables: Ints, met: Numbers, *, adds: bool
) -> Cells:
    """Write the numbers of all cells that are met; return the cells, with new ones if it `adds`."""
    n_items, n_sets = places.of_item.size, places.of_set.size
    past = Past(
        tries=np.full((n_items, 2), -1, np.int64),
        runs=np.full((n_sets, 2), -1, np.int64),
        times=apart(n_sets),
        sought=apart(N_TABLES, dtype=np.int64),
    )
    # The tables are gone through by number: a loop of fixed length is quicker.
    column_of = np.full(N_TABLES, -1)
    column_of[tables] = np.arange(tables.size)
    learner, n_learners = 0, columns.offsets.size - 1
    while learner < n_learners:
        if adds:
            n_next = columns.offsets[learner + 1] - columns.offsets[learner]
            cells = cells.with_room(int(n_next) * N_TABLES)
        learner, n_cells = compiled(_make_number_cells)(
            columns,
            places,
            column_of,
            past,
            cells.begins,
            cells.rows,
            cells.buckets,
            cells.n_cells,
            learner,
            adds,
            met,
        )
        cells = replace(cells, n_cells=n_cells)
    return cells


def contexts_of(cells: Cells, terms: Floats, carried: Floats, log: ResponseLog) -> Contexts:
    """Return terms and variances, shape (n_cells, 2), in tables over the log's keys.

    The first are those of cells that are not there: their variance is 0 for a table that is left
    out. Cells of which hardly anything was learned are left out.
    """
    terms, unseen = terms[N_TABLES:], terms[:N_TABLES, 1]
    of_table, *parts = parts_of(cells.by_number[N_TABLES:])
    number = np.nonzero(terms[:, 1] < _MOST_LEFT * unseen[of_table])[0]
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
    term, variance = np.round(terms[cells].T, _DIGITS).tolist()
    return ContextTable(first, second, situation, tuple(term), tuple(variance), unseen)


@register_jitable
def _number_of(buckets: Ints, code: int, otherwise: int) -> Any:  # noqa: ANN401  # numba's own
    """Return the number of a code, or the other one where there is no such cell."""
    n_buckets = buckets.shape[0]
    bucket = first_bucket(code, n_buckets)
    while True:
        number = otherwise
        for slot in range(IN_BUCKET):
            if buckets[bucket, slot] == code:
                number = buckets[bucket, IN_BUCKET + slot]
        if number != otherwise or buckets[bucket, IN_BUCKET - 1] == FREE:
            return number
        bucket = (bucket + 1) & (n_buckets - 1)


@register_jitable
def _put(buckets: Ints, code: int, number: int) -> None:
    """Put a cell into the first bucket that has room."""
    bucket = first_bucket(code, buckets.shape[0])
    while buckets[bucket, IN_BUCKET - 1] != FREE:
        bucket = (bucket + 1) & (buckets.shape[0] - 1)
    slot = 0
    while buckets[bucket, slot] != FREE:
        slot += 1
    buckets[bucket, slot], buckets[bucket, IN_BUCKET + slot] = code, number


def _make_number_cells(digest: int) -> Kernel:
    def number_cells(
        columns: Columns,
        places: Places,
        column_of: Ints,
        past: Past,
        begins: Ints,
        rows: Numbers,
        buckets: Ints,
        n_cells: int,
        first_learner: int,
        adds: bool,
        met: Numbers,
    ) -> tuple[int, int]:
        """Go through every learner's responses and number the cells that they meet.

        Where it `adds`, it stops before a learner for whom there may not be buckets enough. Returns
        that learner, and how many cells there are.
        """
        _ = digest
        tries, runs, times, sought = past
        for learner in range(first_learner, columns.offsets.size - 1):
            begin, end = columns.offsets[learner], columns.offsets[learner + 1]
            if adds and n_cells + N_TABLES * (end - begin) > 2 * buckets.shape[0]:
                return learner, n_cells
            run_of_all = 0
            last_item = last_set = before_item = -1
            last_outcome = before_outcome = 0
            for n in range(begin, end):
                if columns.role[n] >= 0:
                    continue
                item, time = columns.instrument[n], columns.time[n]
                shown = places.set_of[item]
                run = runs[shown, 1] if runs[shown, 0] == learner else 0
                then = times[shown] if runs[shown, 0] == learner else nan
                tried = tries[item, 1] if tries[item, 0] == learner else at_attempt(0, 0)
                of_item, of_set = places.of_item[item], places.of_set[shown]
                paused = run_and_pause(run, pause_of(time - then))
                recent = among_recent(run_of_all, last_item == item, last_set == shown)
                sought[0] = in_row(0, begins, of_item, last_of(run))
                sought[2] = in_row(2, begins, -1, paused)
                sought[5] = in_row(5, begins, of_item, tried)
                sought[6] = in_row(6, begins, -1, recent)
                sought[7] = in_row(7, begins, of_set, last_three_of(run))
                sought[1] = sought[3] = sought[4] = FREE
                if last_item >= 0:
                    sought[1] = code_of(1, places.of_set[last_set], of_set, last_outcome)
                    sought[3] = code_of(3, places.of_item[last_item], of_item, last_outcome)
                if before_item >= 0:
                    sought[4] = code_of(4, places.of_item[before_item], of_item, before_outcome)
                for table in range(N_TABLES):
                    place, number = column_of[table], table
                    if place < 0:
                        continue
                    if N_SITUATIONS[table] > 0:
                        number = rows[sought[table]]
                        if adds and number == table:
                            rows[sought[table]] = number = n_cells
                            n_cells += 1
                    elif sought[table] != FREE:
                        number = _number_of(buckets, sought[table], table)
                        if adds and number == table:
                            number = n_cells
                            _put(buckets, sought[table], number)
                            n_cells += 1
                    met[n, place] = number

                if not columns.moves[n]:
                    continue
                outcome = last_of(remembered(0, columns.outcome[n]))
                runs[shown, 0], runs[shown, 1] = learner, remembered(run, columns.outcome[n])
                times[shown] = time
                run_of_all = remembered(run_of_all, columns.outcome[n])
                tries[item, 0], tries[item, 1] = learner, after_attempt(tried, outcome)
                before_item, before_outcome = last_item, last_outcome
                last_item, last_set, last_outcome = item, shown, outcome
        return columns.offsets.size - 1, n_cells

    return number_cells
