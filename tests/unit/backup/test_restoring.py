"""A stack with data is never overwritten unasked; what a backup holds goes where it belongs."""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

import down
from operate import pins
from operate.backup import manifest, restoring, snapshots, volumes
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


def backup(**documents: int) -> restoring.Backup:
    """Return a backup of the official variant."""
    made = manifest.Manifest(
        version="0.1.0",
        project="amaie",
        demo=False,
        offset=0,
        moment=1.0,
        elasticsearch="9.5.2",
        prometheus="3.5.3",
        counts=manifest.Counts(documents=documents, series=0, silences={}),
        bytes={"elasticsearch.tar": 1, "grafana.tar": 1, "prometheus.tar": 1},
    )
    return restoring.Backup(Path("b"), made, {})


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return what happens, in order, to a stack without Grafana whose Elasticsearch has 7 documents."""
    happened: list[tuple[str, ...]] = []

    def server(*_given: Any) -> Any:
        return SimpleNamespace(
            restore=lambda: happened.append(("restore",)),
            drop=lambda: happened.append(("drop",)),
            counts=lambda: {"logs": 7},
        )

    def load(_container: Any, place: str, path: Path) -> None:
        happened.append(("load", place, path.name))

    monkeypatch.setattr(pins, "read", lambda _path: {"SERVICE_IMAGE": "service"})
    monkeypatch.setattr(volumes, "existing", lambda *_given: ["elasticsearch", "prometheus"])
    monkeypatch.setattr(volumes, "mounted", lambda *_given: nullcontext())
    monkeypatch.setattr(volumes, "load", load)
    monkeypatch.setattr(snapshots, "Elasticsearch", server)
    return happened


def fill(made: restoring.Backup, done: list[tuple[str, ...]]) -> str:
    """Fill a fake, and return what was said."""
    stack: Any = SimpleNamespace(
        run=lambda *given: done.append(("compose", *given[:2], given[-1])), env_file="", project="amaie"
    )
    client: Any = None
    said = io.StringIO()
    made.fill(stack, client, Progress(Console(file=said)))
    return said.getvalue()


def test_documents_are_there_before_anybody_adds_to_them(done: list[tuple[str, ...]]) -> None:
    """Volumes are made and written, then Elasticsearch alone is started; what nobody uses is told."""
    said = fill(backup(logs=7), done)
    assert done == [
        ("compose", "up", "--no-start", "never"),
        ("load", "prometheus", "prometheus.tar"),
        ("load", "elasticsearch", "elasticsearch.tar"),
        ("compose", "up", "--detach", "elasticsearch"),
        ("restore",),
        ("drop",),
    ]
    assert "Note: grafana.tar is left out; nothing of this variant uses it.\n" in said


def test_missing_documents_are_found_before_the_stack_is_started(done: list[tuple[str, ...]]) -> None:
    """Later nobody could tell them from new ones."""
    with pytest.raises(restoring.DifferentError) as caught:
        fill(backup(logs=8), done)
    assert str(caught.value) == "logs has 7 documents instead of 8"


def test_both_of_a_pair_get_what_the_first_had() -> None:
    """A second that begins empty would know less of the past; a volume that nothing uses gets nothing."""
    here = ["alertmanager", "alertmanager-2", "prometheus"]
    assert restoring.targets("alertmanager", here) == ["alertmanager", "alertmanager-2"]
    assert restoring.targets("prometheus", here) == ["prometheus"]
    assert restoring.targets("grafana", here) == []
