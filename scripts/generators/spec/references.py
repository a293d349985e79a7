"""Two checks that every part of the spec needs: a name stands once, and what is named exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from generators.spec.shape_errors import Place, did_you_mean

Found: TypeAlias = Iterator[tuple[Place, str]]
"""A place and a text for everything that is wrong."""


def twice(
    pairs: Iterable[tuple[Place, str]], what: str, cure: str = "give one of them another name"
) -> Found:
    """Yield the place of each name that stood before."""
    seen: set[str] = set()
    for place, name in pairs:
        if name in seen:
            yield place, f"the {what} '{name}' stands twice; {cure}"
        seen.add(name)


def known(place: Place, what: str, name: str, all_of_them: Iterable[str]) -> Found:
    """Yield a place whose name is none of those that exist."""
    if name not in all_of_them:
        yield place, f"unknown {what} '{name}'; {did_you_mean(name, all_of_them)}"
