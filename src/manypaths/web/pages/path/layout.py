"""Where each competency of a map stands, and which lines lead from one to another.

Cells are counted from 1: columns to the right, rows downwards over all areas. Within an area the
competencies form trees: of what something opens one stands beside it, the others in rows below.
A line runs along the row of what comes before, and turns only in the gap left of where it ends: so
it never crosses a competency.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

Key = Hashable
Part = TypeVar("Part")
Edge = tuple[Key, Key]

MOST_COLUMNS = 12
# Depth over all areas orders the whole map, unless it makes the columns too narrow to read.
_MOST_BY_DEPTH = 8
# What leads to nothing and follows nothing stands in rows of at least so many.
_LOOSE_IN_A_ROW = 5


@dataclass(frozen=True)
class Place:
    """A cell of the map; `is_end` says that it lies in the last row of its area."""

    column: int
    row: int
    is_end: bool = False


@dataclass(frozen=True)
class Band:
    """The rows of an area: the first of them, and how many."""

    row: int
    height: int


@dataclass(frozen=True)
class Line:
    """A line from a competency to one that it opens.

    It covers the cells of its source's row up to the column `to`, and `height` rows from `row`.
    `turn` is "" for a straight one, "down" or "up" for one that turns; `is_far` leads to another
    area.
    """

    before: Key
    after: Key
    column: int
    to: int
    row: int
    height: int
    turn: str
    is_far: bool


@dataclass(frozen=True)
class Layout:
    """A whole map: the band of each area, the place of each competency, and the lines."""

    bands: tuple[Band, ...]
    places: Mapping[Key, Place]
    lines: tuple[Line, ...]
    n_columns: int

    @property
    def n_rows(self) -> int:
        """Return how many rows there are."""
        return sum(band.height for band in self.bands)


def lay_out(areas: Sequence[Sequence[Key]], edges: Sequence[Edge]) -> Layout:
    """Return the map of areas, each a sequence of competencies in the order of the framework.

    `edges` are (before, after) pairs; those that name anything else are left out. What comes before
    stands left of what it opens, unless prerequisites go round in a circle, or are longer than the
    map is wide.
    """
    area_of = {key: number for number, area in enumerate(areas) for key in area}
    known = [(one, other) for one, other in edges if one in area_of and other in area_of]
    columns = _columns(area_of, known)
    parents = _parents(area_of, columns, known)
    linked = {key for edge in known for key in edge}
    width = max([_LOOSE_IN_A_ROW, *columns.values()])
    places: dict[Key, Place] = {}
    bands = []
    row = 1
    for area in areas:
        cells = _Area(area, columns, parents, known).cells(linked, width)
        height = max((below for _, below in cells.values()), default=0) + 1
        for key in area:
            column, below = cells[key]
            places[key] = Place(column, row + below, below == height - 1)
        bands.append(Band(row, height))
        row += height
    lines = _lines(area_of, places, parents, known)
    used = max((place.column for place in places.values()), default=1)
    return Layout(tuple(bands), places, tuple(lines), used)


def _columns(area_of: Mapping[Key, int], edges: Sequence[Edge]) -> dict[Key, int]:
    """Return the column of each competency by how much comes before it."""
    over_all = _depths(list(area_of), edges)
    if max(over_all.values(), default=1) <= _MOST_BY_DEPTH:
        return over_all
    inside = [(one, other) for one, other in edges if area_of[one] == area_of[other]]
    depths = _depths(list(area_of), inside)
    return {key: min(depth, MOST_COLUMNS) for key, depth in depths.items()}


def _depths(keys: Sequence[Key], edges: Sequence[Edge]) -> dict[Key, int]:
    """Return 1 for what nothing comes before, else one more than the deepest before it."""
    before: dict[Key, set[Key]] = {key: set() for key in keys}
    for one, other in edges:
        if one != other:
            before[other].add(one)
    depths: dict[Key, int] = {}
    while len(depths) < len(keys):
        waiting = [key for key in keys if key not in depths]
        ready = [key for key in waiting if before[key] <= depths.keys()]
        # A circle is opened at the one that the framework names first.
        for key in ready or waiting[:1]:
            depths[key] = 1 + max((depths[one] for one in before[key] & depths.keys()), default=0)
    return depths


def _parents(
    area_of: Mapping[Key, int], columns: Mapping[Key, int], edges: Sequence[Edge]
) -> dict[Key, Key]:
    """Return beside or below what each competency stands: the nearest before it in its area."""
    found: dict[Key, Key] = {}
    for one, other in edges:
        if area_of[one] == area_of[other] and columns[one] < columns[other]:
            held = found.get(other)
            if held is None or columns[held] < columns[one]:
                found[other] = one
    return found


@dataclass(frozen=True)
class _Chain:
    """Competencies that stand in one row, each opening the next, and what the first follows."""

    keys: Sequence[Key]
    parent: Key | None
    has_branches: bool


class _Area:
    """One area on its way to cells: (column, row counted from 0)."""

    def __init__(
        self,
        keys: Sequence[Key],
        columns: Mapping[Key, int],
        parents: Mapping[Key, Key],
        edges: Sequence[Edge],
    ) -> None:
        self._keys, self._columns, self._parents = keys, columns, parents
        self._edges = frozenset(edges)
        self._cells: dict[Key, tuple[int, int]] = {}
        # The columns that are taken in each row, by competencies and by lines between them.
        self._rows: list[set[int]] = []
        # Lines that turn: the column that each leads into, its rows, and where it comes from.
        self._turns: list[tuple[int, range, Key]] = []

    def cells(self, linked: set[Key], width: int) -> dict[Key, tuple[int, int]]:
        roots = [key for key in self._keys if key in linked and key not in self._parents]
        for root in roots:
            for chain in self._chains(root):
                self._place(chain)
        for key in self._keys:
            if key not in linked:
                self._place_loose(key, width)
        return self._cells

    def _chains(self, root: Key) -> list[_Chain]:
        """Return a tree as chains, each before those that branch off it."""
        chains = []
        waiting: list[tuple[Key, Key | None]] = [(root, None)]
        while waiting:
            key, parent = waiting.pop()
            keys, n_waiting = [key], len(waiting)
            while opened := self._opened_by(keys[-1]):
                waiting.extend((other, keys[-1]) for other in reversed(opened[1:]))
                keys.append(opened[0])
            chains.append(_Chain(keys, parent, len(waiting) > n_waiting))
        return chains

    def _opened_by(self, key: Key) -> list[Key]:
        """Return the branches from a competency, the one beside it first: that which goes farthest.

        The lines to the others turn before they reach it.
        """
        opened = [other for other in self._keys if self._parents.get(other) == key]
        return sorted(opened, key=lambda other: -self._columns[other])

    def _place(self, chain: _Chain) -> None:
        row = self._row_for(chain)
        if row == len(self._rows):
            self._rows.append(set())
        self._rows[row] |= self._span(chain)
        for key in chain.keys:
            self._cells[key] = self._columns[key], row
        if chain.parent is not None:
            self._turns.append((self._columns[chain.keys[0]], self._turn(chain, row), chain.parent))

    def _row_for(self, chain: _Chain) -> int:
        """Return the nearest row with room for a chain; one with branches begins a new row.

        A chain that branches off shares a row only with something else that it follows.
        """
        n_rows = len(self._rows)
        if chain.has_branches:
            return n_rows
        of_parent = 0 if chain.parent is None else self._cells[chain.parent][1]
        fitting = [
            row
            for row in range(n_rows)
            if not self._rows[row] & self._span(chain) and self._is_open(chain, row)
            if chain.parent is None or self._follows(chain, row)
        ]
        return min(fitting, key=lambda row: abs(row - of_parent), default=n_rows)

    def _follows(self, chain: _Chain, row: int) -> bool:
        inside = (key for key, (_, other) in self._cells.items() if other == row)
        return any((key, chain.keys[0]) in self._edges for key in inside)

    def _span(self, chain: _Chain) -> set[int]:
        return set(range(self._columns[chain.keys[0]], self._columns[chain.keys[-1]] + 1))

    def _turn(self, chain: _Chain, row: int) -> range:
        of_parent = row if chain.parent is None else self._cells[chain.parent][1]
        return range(min(row, of_parent), max(row, of_parent) + 1)

    def _is_open(self, chain: _Chain, row: int) -> bool:
        """Say whether the line that leads to a row lies on no other and crosses none."""
        if chain.parent is None:
            return True
        column, turn = self._columns[chain.keys[0]], self._turn(chain, row)
        if any(
            column == other and source != chain.parent and set(turn) & set(rows)
            for other, rows, source in self._turns
        ):
            return False
        return not any({column - 1, column} <= self._rows[between] for between in turn[1:-1])

    def _place_loose(self, key: Key, width: int) -> None:
        """Place what nothing ties to a column where a row still has room at its end."""
        ends = [max(taken, default=0) for taken in self._rows]
        row = next((row for row, end in enumerate(ends) if end < width), len(ends))
        if row == len(ends):
            self._rows.append(set())
        column = max(self._rows[row], default=0) + 1
        self._rows[row].add(column)
        self._cells[key] = column, row


def _lines(
    area_of: Mapping[Key, int],
    places: Mapping[Key, Place],
    parents: Mapping[Key, Key],
    edges: Sequence[Edge],
) -> list[Line]:
    """Return the lines that can be drawn without crossing a competency or misleading the eye."""
    taken = {(place.column, place.row) for place in places.values()}
    drawn: list[Line] = []
    for edge in sorted(dict.fromkeys(edges), key=lambda edge: _weight(edge, area_of, parents)):
        line = _line(*edge, places, is_far=area_of[edge[0]] != area_of[edge[1]])
        if line and _is_clear(line, places, taken) and not any(_misleads(line, o) for o in drawn):
            drawn.append(line)
    return drawn


def _weight(edge: Edge, area_of: Mapping[Key, int], parents: Mapping[Key, Key]) -> int:
    """Return 0 for lines of trees, 1 for others inside an area, 2 for those between areas."""
    if parents.get(edge[1]) == edge[0]:
        return 0
    return 1 if area_of[edge[0]] == area_of[edge[1]] else 2


def _line(before: Key, after: Key, places: Mapping[Key, Place], *, is_far: bool) -> Line | None:
    one, other = places[before], places[after]
    if one.column >= other.column:
        return None
    turn = "" if one.row == other.row else "down" if one.row < other.row else "up"
    top = min(one.row, other.row)
    height = max(1, abs(one.row - other.row))
    return Line(before, after, one.column, other.column, top, height, turn, is_far)


def _is_clear(line: Line, places: Mapping[Key, Place], taken: set[tuple[int, int]]) -> bool:
    row = places[line.before].row
    return not any((column, row) in taken for column in range(line.column + 1, line.to))


def _misleads(line: Line, other: Line) -> bool:
    """Say whether two lines would lie on each other though they share neither end."""
    if not (line.turn and other.turn) or line.is_far != other.is_far or line.to != other.to:
        return False
    if line.before == other.before or line.after == other.after:
        return False
    return line.row < other.row + other.height and other.row < line.row + line.height


def split(keys: Sequence[Part], most: int) -> list[Sequence[Part]]:
    """Return the keys in parts of at most so many, alike in length."""
    n_parts = max(1, -(-len(keys) // most))
    ends = [round(number * len(keys) / n_parts) for number in range(n_parts + 1)]
    return [keys[start:end] for start, end in pairwise(ends)]
