"""A backup that breaks off leaves nothing behind, and whoever was stopped for it runs again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from operate.backup import taking
from operate.errors import StackError
from operate.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

RUNNING = ("prometheus", "alertmanager", "elasticsearch", "ingest")


class FakeStack:
    """A stack whose Compose notes what it is asked and can fail."""

    project, demo, offset = "amaie", True, 0

    def __init__(self, running: tuple[str, ...] = RUNNING) -> None:
        """Run some services."""
        self.running, self.asked, self.broken = running, list[tuple[str, ...]](), False

    def containers(self) -> list[dict[str, Any]]:
        """Return what Compose lists."""
        return [{"Service": name, "ID": f"id-{name}", "State": "running"} for name in self.running]

    def run(self, *arguments: str) -> str:
        """Note a command."""
        self.asked.append(arguments)
        if self.broken:
            raise StackError("docker compose stop failed: no")
        return ""


class FakeEngine:
    """An engine that notes what was started."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self.started: list[str] = []
        self.api = SimpleNamespace(start=self.started.append)


def take(stack: Any, folder: Path) -> None:
    """Take a backup of a fake."""
    engine: Any = FakeEngine()
    taking.take(stack, engine, folder, "a long passphrase", Progress(Console(quiet=True)))


@pytest.mark.parametrize(
    ("running", "said"),
    [
        ((), "prometheus and alertmanager and elasticsearch of amaie do not run"),
        (("prometheus", "elasticsearch"), "alertmanager of amaie do not run"),
    ],
)
def test_a_stack_that_does_not_run_is_told(running: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """All that is missing at once; no folder is made."""
    with pytest.raises(StackError) as caught:
        take(FakeStack(running), tmp_path)
    assert str(caught.value) == f"{said}; cure: make up, then make backup"
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_off_is_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """While it is written it has a name that nobody takes for a backup."""
    seen = []

    def fill(*given: Any) -> None:
        (given[3] / "prometheus.tar").write_bytes(b"half")
        seen.append(given[3].name)
        raise StackError("broke off")

    monkeypatch.setattr(taking, "_fill", fill)
    with pytest.raises(StackError, match="broke off"):
        take(FakeStack(), tmp_path)
    assert [(name.startswith(".backup-amaie-"), name.endswith(".partial")) for name in seen] == [(True, True)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", [True, False])
def test_whoever_was_stopped_is_started_again(*, broken: bool) -> None:
    """If the backup fails, and if already the stopping fails half way."""
    stack, engine = FakeStack(), FakeEngine()
    stack.broken = broken
    given: Any = (stack, engine, {"ingest": "id-ingest", "gateway": "id-gateway"})

    def work() -> None:
        with taking._stopped(*given):
            raise StackError("the snapshot failed")

    with pytest.raises(StackError):
        work()
    assert stack.asked == [("stop", "ingest", "gateway")]
    assert sorted(engine.started) == ["id-gateway", "id-ingest"]


def test_services_that_do_not_run_are_not_started() -> None:
    """What the operator has stopped stays so."""
    stack, engine = FakeStack(), FakeEngine()
    given: Any = (stack, engine, {})
    with taking._stopped(*given):
        pass
    assert (stack.asked, engine.started) == ([], [])
