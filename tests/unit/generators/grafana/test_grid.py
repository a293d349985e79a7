"""The grid of a dashboard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generators.grafana import grid
from generators.grafana.grid import Place, Size

SIZES = st.lists(st.builds(Size, st.integers(1, grid.COLUMNS), st.integers(1, 12)), max_size=40)


def cells(place: Place) -> set[tuple[int, int]]:
    """Return every grid cell that a place covers."""
    return {
        (x, y) for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)
    }


def test_panels_fill_a_line_from_the_left_and_widen_to_close_its_gap() -> None:
    """Three panels of four columns each take eight: the line has no hole at its end."""
    assert grid.place([Size(4, 4)] * 3, top=2) == [Place(0, 2, 8, 4), Place(8, 2, 8, 4), Place(16, 2, 8, 4)]


def test_a_panel_that_does_not_fit_starts_the_next_line() -> None:
    """The third half-width panel goes below the first two and takes the whole line."""
    assert grid.place([Size(12, 8)] * 3) == [Place(0, 0, 12, 8), Place(12, 0, 12, 8), Place(0, 8, 24, 8)]


def test_a_panel_of_another_height_starts_the_next_line() -> None:
    """A line has one height, so no panel hangs over a hole."""
    assert grid.place([Size(4, 4), Size(12, 8)]) == [Place(0, 0, 24, 4), Place(0, 4, 24, 8)]


def test_the_bottom_is_below_every_panel_and_at_the_top_without_any() -> None:
    """The next section starts there."""
    assert grid.bottom(grid.place([Size(12, 8)] * 3, top=1)) == 17
    assert grid.bottom([], top=5) == 5


@given(SIZES, st.integers(0, 50))
def test_any_panels_fill_whole_lines_without_overlap(sizes: list[Size], top: int) -> None:
    """Each grid cell from the top to the bottom is covered by exactly one panel."""
    places = grid.place(sizes, top)

    covered = [cell for place in places for cell in cells(place)]
    whole = {(x, y) for x in range(grid.COLUMNS) for y in range(top, grid.bottom(places, top))}
    assert len(covered) == len(set(covered))
    assert set(covered) == whole
    assert [place.height for place in places] == [size.height for size in sizes]
