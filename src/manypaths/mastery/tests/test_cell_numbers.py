"""Numbers of context cells: what is put in is found again, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery.batch import columns_of
from manypaths.mastery.cell_numbers import (
    FREE,
    IN_BUCKET,
    N_SITUATIONS,
    N_TABLES,
    Cells,
    code_of,
    first_bucket,
    in_row,
)
from manypaths.mastery.context_cells import all_cells, number_cells
from manypaths.mastery.log import Ints
from manypaths.mastery.tests.logs import random_log

seeds = st.integers(0, 2**32 - 1)
N_ITEMS, N_SETS = 40, 9


def some_codes(rng: np.random.Generator, n: int) -> Ints:
    """Return codes of cells of all tables, each once, in any order."""
    found = set()
    for _ in range(n):
        table = int(rng.integers(N_TABLES))
        first, second = (int(place) for place in rng.integers(0, N_SETS, 2))
        situation = int(rng.integers(N_SITUATIONS[table] or 3))
        if table in (2, 6):
            first = -1
        found.add(code_of(table, first, -1 if N_SITUATIONS[table] else second, situation))
    return rng.permutation(np.array(sorted(found), np.int64))


def number_of(cells: Cells, code: int) -> int:
    """Return the number of a cell of two places, searched for step by step; -1 for none."""
    bucket = first_bucket(code, len(cells.buckets))
    while True:
        codes = cells.buckets[bucket, :IN_BUCKET].tolist()
        if code in codes:
            return int(cells.buckets[bucket, IN_BUCKET + codes.index(code)])
        if FREE in codes:
            return -1
        bucket = (bucket + 1) & (len(cells.buckets) - 1)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_each_code_has_its_number_and_each_number_its_code(seed: int) -> None:
    codes = some_codes(np.random.default_rng(seed), 400)
    cells = Cells.of(codes, N_ITEMS, N_SETS)
    assert cells.n_cells == N_TABLES + codes.size
    np.testing.assert_array_equal(cells.by_number, [*[FREE] * N_TABLES, *codes])


def test_buckets_that_are_full_go_on_in_the_next_ones() -> None:
    n = 20_000
    anything = np.random.default_rng(0).integers(0, n, n)
    codes = code_of(3, np.arange(n), anything, np.zeros(n, np.int64))
    cells = Cells.of(codes, n, 1)
    full = (cells.buckets[:, :IN_BUCKET] != FREE).all(axis=1)
    assert full.sum() > 20
    found = [number_of(cells, code) for code in codes.tolist()]
    np.testing.assert_array_equal(found, np.arange(N_TABLES, N_TABLES + n))
    assert number_of(cells, code_of(3, 1, n, 0)) == -1


def test_a_bucket_begins_with_a_line_of_the_cache() -> None:
    assert Cells.none(3, 3).buckets.ctypes.data % 64 == 0


def test_room_for_more_keeps_what_is_there() -> None:
    codes = some_codes(np.random.default_rng(1), 400)
    cells = Cells.of(codes, N_ITEMS, N_SETS)
    more = cells.with_room(100_000)
    assert len(more.buckets) > len(cells.buckets)
    np.testing.assert_array_equal(more.by_number, cells.by_number)
    assert more.with_room(10) is more


@pytest.mark.parametrize(("place", "situation"), [(N_ITEMS, 0), (N_ITEMS + 5, 1), (3, 15)])
def test_a_cell_of_what_is_not_there_is_in_no_row(place: int, situation: int) -> None:
    cells = Cells.of(np.array([code_of(5, place, -1, situation)]), N_ITEMS, N_SETS)
    unknown = in_row(5, cells.begins, N_ITEMS, 0)
    assert (cells.rows[unknown : unknown + N_SITUATIONS[5]] == 5).all()
    assert (cells.rows < N_TABLES).all()


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_a_log_meets_the_cells_that_it_was_numbered_by(seed: int) -> None:
    log = random_log(np.random.default_rng(seed))
    cells = all_cells(log, columns_of(log))
    met = number_cells(log, columns_of(log), cells)[~log.is_rating]
    # Every cell is met; what has no cell, such as a first response, has its table's number.
    numbers = set(met[met != np.arange(N_TABLES)].tolist())
    assert numbers == set(range(N_TABLES, cells.n_cells))
    tables = np.where(met < N_TABLES, met, cells.by_number[met] & 15)
    np.testing.assert_array_equal(tables, np.broadcast_to(np.arange(N_TABLES), met.shape))
