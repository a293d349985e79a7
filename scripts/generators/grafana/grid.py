"""Where panels go: rows of Grafana's 24-column grid, filled left to right without holes or overlap."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = 24


@dataclass(frozen=True)
class Size:
    """Columns and rows that a panel asks for; the grid may widen it to close a gap."""

    width: int
    height: int


@dataclass(frozen=True)
class Place:
    """A panel's cell: left column, top row, columns and rows, in grid units."""

    x: int
    y: int
    width: int
    height: int


def lines(sizes: Sequence[Size]) -> list[list[Size]]:
    """Break *sizes* into lines, in order: a line ends where the next panel is too wide or of other height."""
    broken: list[list[Size]] = []
    for size in sizes:
        line = broken[-1] if broken else []
        fits = sum(other.width for other in line) + size.width <= COLUMNS
        if line and fits and line[0].height == size.height:
            line.append(size)
        else:
            broken.append([size])
    return broken


def widths(line: Sequence[Size]) -> list[int]:
    """Return the widths of a line's panels, widened in proportion so that they fill all columns."""
    asked = sum(size.width for size in line)
    edges = [0]
    done = 0
    for size in line:
        done += size.width
        edges.append(round(done * COLUMNS / asked))
    return [right - left for left, right in pairwise(edges)]


def place(sizes: Sequence[Size], top: int = 0) -> list[Place]:
    """Return a cell for each of *sizes*, in order, from row *top* down."""
    places = []
    y = top
    for line in lines(sizes):
        x = 0
        for size, width in zip(line, widths(line), strict=True):
            places.append(Place(x, y, width, size.height))
            x += width
        y += line[0].height
    return places


def bottom(places: Sequence[Place], top: int = 0) -> int:
    """Return the first free row below *places*."""
    return max((cell.y + cell.height for cell in places), default=top)
