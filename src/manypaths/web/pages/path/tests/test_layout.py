"""The map: laws for any areas and prerequisites, and the cases that were drawn by hand."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from manypaths.web.pages.path.layout import MOST_COLUMNS, Layout, Line, lay_out, split

Areas = list[list[int]]
Edges = list[tuple[int, int]]


@st.composite
def maps(draw: st.DrawFn, *, n_most: int = 24) -> tuple[Areas, Edges]:
    """Draw areas with prerequisites that never go round: each leads to a higher number."""
    n = draw(st.integers(0, n_most))
    keys = draw(st.permutations(range(n)))
    cuts = sorted(draw(st.lists(st.integers(0, n), max_size=4)))
    areas = [list(keys[start:end]) for start, end in pairwise([0, *cuts, n])]
    pairs = st.tuples(st.integers(0, n + 1), st.integers(0, n + 1))
    edges = [(one, other) for one, other in draw(st.lists(pairs, max_size=40)) if one < other]
    return areas, edges


@given(maps())
def test_no_two_competencies_share_a_cell(drawn: tuple[Areas, Edges]) -> None:
    areas, edges = drawn
    cells = [(place.column, place.row) for place in lay_out(areas, edges).places.values()]
    assert len(cells) == len(set(cells))


@given(maps())
def test_every_competency_stands_once_in_the_rows_of_its_area(drawn: tuple[Areas, Edges]) -> None:
    areas, edges = drawn
    layout = lay_out(areas, edges)
    assert list(layout.places) == [key for area in areas for key in area]
    for area, band in zip(areas, layout.bands, strict=True):
        for key in area:
            assert band.row <= layout.places[key].row < band.row + band.height


@given(maps(n_most=9))
def test_what_comes_before_stands_left_of_what_it_opens(drawn: tuple[Areas, Edges]) -> None:
    areas, edges = drawn
    layout = lay_out(areas, edges)
    area_of = {key: number for number, area in enumerate(areas) for key in area}
    for one, other in edges:
        if one in area_of and area_of[one] == area_of.get(other):
            assert layout.places[one].column < layout.places[other].column


@given(maps())
def test_the_map_is_never_wider_than_its_sheet(drawn: tuple[Areas, Edges]) -> None:
    layout = lay_out(*drawn)
    assert all(1 <= place.column <= MOST_COLUMNS for place in layout.places.values())
    assert layout.n_columns <= MOST_COLUMNS


@given(maps())
def test_a_line_crosses_no_competency(drawn: tuple[Areas, Edges]) -> None:
    layout = lay_out(*drawn)
    taken = {(place.column, place.row) for place in layout.places.values()}
    for line in layout.lines:
        row = layout.places[line.before].row
        assert not taken & {(column, row) for column in range(line.column + 1, line.to)}


@given(maps())
def test_a_line_leads_from_cell_to_cell(drawn: tuple[Areas, Edges]) -> None:
    layout = lay_out(*drawn)
    for line in layout.lines:
        one, other = layout.places[line.before], layout.places[line.after]
        assert (line.column, line.to) == (one.column, other.column)
        assert {one.row, other.row} == {line.row, _end(line)}


@given(maps())
def test_lines_lie_on_each_other_only_where_they_share_an_end(drawn: tuple[Areas, Edges]) -> None:
    turned = [line for line in lay_out(*drawn).lines if line.turn]
    for one in turned:
        for other in turned:
            if one.to == other.to and one.is_far == other.is_far and not _touch(one, other):
                apart = one.row + one.height <= other.row or other.row + other.height <= one.row
                assert apart


@given(maps())
def test_the_same_framework_is_drawn_the_same_way(
    drawn: tuple[Areas, Edges],
) -> None:
    areas, edges = drawn
    assert lay_out(areas, edges) == lay_out([list(area) for area in areas], list(edges))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20))
def test_prerequisites_that_go_round_are_drawn_all_the_same(edges: Edges) -> None:
    layout = lay_out([list(range(7))], edges)
    assert len({(p.column, p.row) for p in layout.places.values()}) == 7
    assert all(line.column < line.to for line in layout.lines)


@given(st.integers(13, 40))
def test_a_chain_longer_than_the_map_ends_in_its_last_column(n: int) -> None:
    layout = lay_out([list(range(n))], list(pairwise(range(n))))
    columns = [layout.places[key].column for key in range(n)]
    assert columns == [min(key + 1, MOST_COLUMNS) for key in range(n)]


def test_a_chain_runs_along_one_row() -> None:
    layout = lay_out([["a", "b", "c"]], [("a", "b"), ("b", "c")])
    assert _cells(layout) == {"a": (1, 1), "b": (2, 1), "c": (3, 1)}
    assert [(line.before, line.after, line.turn) for line in layout.lines] == [
        ("a", "b", ""),
        ("b", "c", ""),
    ]


def test_the_second_thing_that_is_opened_stands_in_a_row_below() -> None:
    layout = lay_out([["a", "b", "c"]], [("a", "b"), ("a", "c")])
    assert _cells(layout) == {"a": (1, 1), "b": (2, 1), "c": (2, 2)}
    assert [line.turn for line in layout.lines] == ["", "down"]
    assert [layout.places[key].is_end for key in "abc"] == [False, False, True]


def test_areas_stand_below_each_other_and_far_lines_lead_between_them() -> None:
    layout = lay_out([["a", "b"], ["x", "y"]], [("a", "b"), ("x", "y"), ("a", "y")])
    assert [(band.row, band.height) for band in layout.bands] == [(1, 1), (2, 1)]
    far = [line for line in layout.lines if line.is_far]
    assert [(line.before, line.after, line.turn) for line in far] == [("a", "y", "down")]


def test_a_far_line_turns_up_where_what_it_opens_stands_above() -> None:
    layout = lay_out([["a", "b"], ["x"]], [("a", "b"), ("x", "b")])
    assert [line.turn for line in layout.lines if line.is_far] == ["up"]


def test_what_needs_another_area_stands_right_of_it() -> None:
    layout = lay_out(
        [["a", "b", "c"], ["x", "y"]], [("a", "b"), ("b", "c"), ("x", "y"), ("c", "y")]
    )
    assert _cells(layout)["y"] == (4, 2)


def test_the_branch_that_goes_farthest_stands_beside_so_that_all_lines_are_drawn() -> None:
    edges = [("a", "b"), ("a", "c"), ("x", "y"), ("y", "c")]
    layout = lay_out([["a", "b", "c"], ["x", "y"]], edges)
    assert _cells(layout)["c"] == (3, 1)
    assert {(line.before, line.after) for line in layout.lines} >= {("a", "b"), ("a", "c")}


def test_competencies_without_prerequisites_wrap_into_rows() -> None:
    layout = lay_out([list(range(7)), [7, 8]], [])
    assert [layout.places[key].row for key in range(9)] == [1, 1, 1, 1, 1, 2, 2, 3, 3]
    assert layout.n_columns == 5
    assert not layout.lines


def test_ties_to_what_is_not_on_the_map_are_left_out() -> None:
    assert not lay_out([["a"]], [("elsewhere", "a"), ("a", "elsewhere")]).lines


def test_a_long_area_is_split_into_parts_of_like_length() -> None:
    assert [list(part) for part in split(range(7), 3)] == [[0, 1], [2, 3, 4], [5, 6]]
    assert [list(part) for part in split(range(2), 3)] == [[0, 1]]


def _cells(layout: Layout) -> dict[object, tuple[int, int]]:
    return {key: (place.column, place.row) for key, place in layout.places.items()}


def _end(line: Line) -> int:
    return line.row + line.height if line.turn else line.row


def _touch(one: Line, other: Line) -> bool:
    return one.before == other.before or one.after == other.after
