"""Where each competency of a map stands, and which lines lead from one to another.

Cells are counted from 1: columns to the right, rows downwards over all areas. Within an area the
competencies form trees: of what something opens one stands beside it, the others in rows below.
A line runs along the row of what comes before, and turns only in the gap left of where it ends: so
it never crosses a competency.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Key = Hashable
Edge = tuple[Key, Key]

MOST_COLUMNS = 12
# Depth over all areas orders the whole map, unless it makes the columns too narrow to read.
_MOST_BY_DEPTH = 8
# What leads to nothing and follows nothing stands in rows of so many.
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
        cells = _Area(area, columns, parents, linked, width).cells()
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
class _Area:
    """One area on its way to cells: (column, row counted from 0)."""

    keys: Sequence[Key]
    columns: Mapping[Key, int]
    parents: Mapping[Key, Key]
    linked: set[Key]
    width: int

    def cells(self) -> dict[Key, tuple[int, int]]:
        cells: dict[Key, tuple[int, int]] = {}
        next_row, loose_column = 0, self.width
        for key in self.keys:
            if key in self.parents:
                continue
            if key in self.linked:
                next_row = self._place_tree(key, next_row, cells)
                loose_column = self.width
            else:
                # Nothing ties it to a column, so it follows the one before.
                is_full = loose_column >= self.width
                loose_column = 1 if is_full else loose_column + 1
                next_row += is_full
                cells[key] = loose_column, next_row - 1
        return cells

    def _place_tree(self, root: Key, row: int, cells: dict[Key, tuple[int, int]]) -> int:
        """Place a tree from a row on; return the row after its last."""
        waiting = [root]
        is_beside = True
        while waiting:
            key = waiting.pop()
            row += not is_beside
            cells[key] = self.columns[key], row
            opened = self._opened_by(key)
            is_beside = bool(opened)
            waiting.extend(reversed(opened))
        return row + 1

    def _opened_by(self, key: Key) -> list[Key]:
        """Return the branches from a competency, the one beside it first: that which goes farthest.

        The lines to the others turn before they reach it.
        """
        opened = [other for other in self.keys if self.parents.get(other) == key]
        return sorted(opened, key=lambda other: -self.columns[other])


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


def split(keys: Sequence[Key], most: int) -> list[Sequence[Key]]:
    """Return the keys in parts of at most so many, alike in length."""
    n_parts = max(1, -(-len(keys) // most))
    ends = [round(number * len(keys) / n_parts) for number in range(n_parts + 1)]
    return [keys[start:end] for start, end in pairwise(ends)]
