"""A shipper's surroundings, for the tests that drive it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from unit.logs.by_hand import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Yield an empty place."""
    made = Place(tmp_path)
    yield made
    made.end()
