"""Values as only foreign code makes them: they raise, lie about their size or never end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any


class Unprintable:
    """It cannot be shown."""

    def __repr__(self) -> str:
        """Fail, as the objects of others may."""
        raise RuntimeError("no text")


class Endless(Mapping[Any, Any]):
    """A Mapping that says it has three members and never ends; it counts how many were asked for."""

    touched = 0

    def __len__(self) -> int:
        """Lie."""
        return 3

    def __iter__(self) -> Iterator[int]:
        """Never end."""
        number = 0
        while True:
            yield number
            number += 1

    def __getitem__(self, key: Any) -> Any:
        """Give another one like this first, then numbers."""
        Endless.touched += 1
        return Endless() if key == 0 else key


class Evil(Mapping[Any, Any]):
    """A Mapping whose every method raises."""

    def __len__(self) -> int:
        """Fail."""
        raise RuntimeError("no length")

    def __iter__(self) -> Iterator[Any]:
        """Fail."""
        raise RuntimeError("no members")

    def __getitem__(self, key: Any) -> Any:
        """Fail."""
        raise RuntimeError("no member")


class Half(dict[str, Any]):
    """A dictionary that fails after its first member."""

    def __iter__(self) -> Iterator[str]:
        """Give one name and fail."""
        yield "first"
        raise RuntimeError("no more")


class Unhashable:
    """It cannot be a key."""

    __hash__ = None  # type: ignore[assignment]


class Colour(Enum):
    """An enum."""

    RED = "red"
