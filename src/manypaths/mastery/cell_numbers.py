"""Numbers of the cells of context tables (see `contexts`), where the kernels find them.

A cell has a code: its table, up to two places (items, or sets of competencies), and a situation.
Cells of one place or none stand in rows, one a place, where no search is needed. Those of two are
found by their code in the buckets of a hash table. A bucket fills a line of the processor's cache
and is compared as a whole: a search that ends sooner or later waits for memory each time.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import Ints

Numbers = NDArray[np.int32]

FREE = -1
# So many cells are in a bucket: first their codes, then their numbers.
IN_BUCKET = 4
# How many situations a table has, by number, where its cells have one place or none; 0 for two.
N_SITUATIONS = (3, 0, 243, 0, 0, 15, 324, 27)
N_TABLES = len(N_SITUATIONS)
# Whether a table's first place is an item, or a set of competencies.
_OF_ITEMS, _OF_SETS, _OF_PAIRS_OF_ITEMS = (0, 5), (7,), (3, 4)
# The bits of a code, from the lowest: table, situation, second place and first place.
_BITS_OF_TABLE, _BITS_OF_SITUATION, _BITS_OF_PLACE = 4, 10, 24
# One more is the place of what a model never saw.
MOST_PLACES = (1 << _BITS_OF_PLACE) - 2
_FEWEST_BUCKETS = 1 << 10
_LINE_BYTES = 64
# An odd number below 2**63 with bits of all sizes. Products of whole numbers wrap around.
_MIXER = 0x1E3779B97F4A7C15

Number = TypeVar("Number", int, Ints)


def code_of(table: int, first: Number, second: Number, situation: Number) -> Number:
    """Return the code of a cell, or of many: places count from 0, -1 for none."""
    places = ((first + 1) << _BITS_OF_PLACE) + second + 1
    return (((places << _BITS_OF_SITUATION) + situation) << _BITS_OF_TABLE) + table


def parts_of(codes: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return table, first and second place and situation of codes, shapes as given."""
    places = codes >> (_BITS_OF_SITUATION + _BITS_OF_TABLE)
    return (
        codes & ((1 << _BITS_OF_TABLE) - 1),
        (places >> _BITS_OF_PLACE) - 1,
        (places & ((1 << _BITS_OF_PLACE) - 1)) - 1,
        (codes >> _BITS_OF_TABLE) & ((1 << _BITS_OF_SITUATION) - 1),
    )


def first_bucket(code: Number, n_buckets: int) -> Number:
    """Return the bucket of a code, or of many; where it is full the next one follows."""
    return ((code * _MIXER) >> 32) & (n_buckets - 1)


def item_of(codes: Ints) -> Ints:
    """Return the place of the item that a response shows where it meets a cell; -1 for none."""
    table, first, second, _ = parts_of(codes)
    of_first, of_second = np.isin(table, _OF_ITEMS), np.isin(table, _OF_PAIRS_OF_ITEMS)
    return np.where(of_first, first, np.where(of_second, second, -1))


def in_row(table: int, begins: Ints, place: Number, situation: Number) -> Number:
    """Return where in `rows` the number of a cell stands, or of many; a place of -1 is none."""
    begin: int = begins[table]
    return begin + (place + 1) * N_SITUATIONS[table] + situation


@dataclass(frozen=True)
class Cells:
    """The numbers of cells. Those that are not there have their table's number.

    `rows` holds the numbers of cells of one place or none: those of a table begin where `begins`
    says, (N_TABLES + 1,), with a row for no place, for each, and for one that is not known.
    `buckets` holds the others, (n_buckets, 2 * IN_BUCKET); where a code is -1 there is room.
    """

    begins: Ints
    rows: Numbers
    buckets: Ints
    n_cells: int

    @classmethod
    def none(cls, n_items: int, n_sets: int) -> "Cells":
        """Return no cells, with room for those of so many items and sets of competencies."""
        n_places = [
            n_items if table in _OF_ITEMS else n_sets if table in _OF_SETS else 0
            for table in range(N_TABLES)
        ]
        sizes = (np.array(n_places) + 2) * np.array(N_SITUATIONS)
        return cls(
            begins=np.concatenate(([0], np.cumsum(sizes))),
            rows=np.repeat(np.arange(N_TABLES, dtype=np.int32), sizes),
            buckets=_in_buckets(np.zeros((0, 2), np.int64), _FEWEST_BUCKETS),
            n_cells=N_TABLES,
        )

    @classmethod
    def of(cls, codes: Ints, n_items: int, n_sets: int) -> "Cells":
        """Return cells by their codes, numbered in this order."""
        cells = cls.none(n_items, n_sets)
        numbers = np.arange(N_TABLES, N_TABLES + codes.size)
        of_table, first, _, situation = parts_of(codes)
        for table, n_situations in enumerate(N_SITUATIONS):
            # Of places and situations that there are not, a file may tell as well.
            end = cells.begins[table + 1] - n_situations
            found = in_row(table, cells.begins, first, situation)
            fits = (of_table == table) & (situation < n_situations) & (found < end)
            cells.rows[found[fits]] = numbers[fits]
        has_two = np.array(N_SITUATIONS)[of_table] == 0
        coded = np.column_stack((codes[has_two], numbers[has_two]))
        buckets = _in_buckets(coded, _n_buckets(len(coded)))
        return cls(cells.begins, cells.rows, buckets, N_TABLES + codes.size)

    @property
    def by_number(self) -> Ints:
        """Return the code of each number, shape (n_cells,); -1 where it has none."""
        found = np.full(self.n_cells, FREE, np.int64)
        found[self._coded[:, 1]] = self._coded[:, 0]
        for table, n_situations in enumerate(N_SITUATIONS):
            numbers = self.rows[self.begins[table] : self.begins[table + 1]]
            known = np.flatnonzero(numbers != table)
            if known.size:
                row, situation = np.divmod(known, n_situations)
                found[numbers[known]] = code_of(table, row - 1, np.full_like(row, -1), situation)
        return found

    def with_room(self, n_more: int) -> "Cells":
        """Return the same cells with buckets enough for so many more."""
        if len(self.buckets) >= _n_buckets(self.n_cells + n_more):
            return self
        buckets = _in_buckets(self._coded, 2 * _n_buckets(self.n_cells + n_more))
        return replace(self, buckets=buckets)

    @property
    def _coded(self) -> Ints:
        """Return codes and numbers of the cells in buckets, shape (n, 2)."""
        codes, numbers = self.buckets[:, :IN_BUCKET], self.buckets[:, IN_BUCKET:]
        taken = codes != FREE
        return np.column_stack((codes[taken], numbers[taken]))


def _n_buckets(n_cells: int) -> int:
    """Return a power of two such that one or two cells are in a bucket."""
    return max(1 << (n_cells // 2).bit_length(), _FEWEST_BUCKETS)


def _in_buckets(cells: Ints, n_buckets: int) -> Ints:
    """Return buckets with cells, shape (n, 2), each in the first one that has room."""
    room = np.full((n_buckets + 1) * 2 * IN_BUCKET, FREE, np.int64)
    begin = -room.ctypes.data % _LINE_BYTES // room.itemsize
    buckets = room[begin : begin + n_buckets * 2 * IN_BUCKET].reshape(n_buckets, -1)
    n_inside = np.zeros(n_buckets, np.int64)
    bucket = first_bucket(cells[:, 0], n_buckets)
    while cells.size:
        order = np.argsort(bucket, kind="stable")
        cells, bucket = cells[order], bucket[order]
        rank = np.arange(bucket.size) - np.searchsorted(bucket, bucket)
        slot = n_inside[bucket] + rank
        fits = slot < IN_BUCKET
        buckets[bucket[fits], slot[fits]] = cells[fits, 0]
        buckets[bucket[fits], IN_BUCKET + slot[fits]] = cells[fits, 1]
        n_inside += np.bincount(bucket[fits], minlength=n_buckets)
        cells, bucket = cells[~fits], (bucket[~fits] + 1) & (n_buckets - 1)
    return buckets
