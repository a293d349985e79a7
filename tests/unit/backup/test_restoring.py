"""A stack with data is never overwritten unasked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

import down
from operate.backup import restoring
from operate.errors import StackError
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = Progress(Console(quiet=True))


class Volume:
    """A volume of the engine that notes its end."""

    def __init__(self, name: str, left: list[str]) -> None:
        """Be one of those that are left."""
        self.attrs = {"Labels": {"com.docker.compose.volume": name}}
        self.left = left
        left.append(name)

    def remove(self) -> None:
        """Be gone."""
        self.left.remove(self.attrs["Labels"]["com.docker.compose.volume"])


@pytest.fixture
def left() -> list[str]:
    """Return the names of the volumes that are left."""
    return []


@pytest.fixture
def engine(left: list[str]) -> Any:
    """Return an engine with two volumes of the project."""
    found = [Volume(name, left) for name in ("prometheus", "elasticsearch")]

    def listed(*, filters: dict[str, str]) -> Iterator[Volume]:
        assert filters == {"label": "com.docker.compose.project=amaie"}
        return (one for one in found if one.attrs["Labels"]["com.docker.compose.volume"] in left)

    return SimpleNamespace(volumes=SimpleNamespace(list=lambda **given: list(listed(**given))))


def test_data_is_refused_with_its_names(engine: Any, left: list[str]) -> None:
    """Nothing is deleted."""
    with pytest.raises(StackError) as caught:
        restoring.clear(engine, "amaie", QUIET, force=False)
    assert str(caught.value) == (
        "the project amaie has data (volumes elasticsearch, prometheus), which the backup would replace; "
        "FORCE=1 deletes it and restores"
    )
    assert left == ["prometheus", "elasticsearch"]


def test_force_stops_the_stack_and_deletes_it(
    engine: Any, left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is left of a restore that broke off before the stack was known."""
    stopped: list[tuple[str, bool]] = []
    monkeypatch.setattr(down, "stop", lambda project, *, delete, **_: stopped.append((project, delete)))
    restoring.clear(engine, "amaie", QUIET, force=True)
    assert (stopped, left) == ([("amaie", True)], [])
