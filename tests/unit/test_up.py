"""`make up` again: what a stack that runs has already is not asked for a second time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import pytest

import up
from operate import build, engine, preflight, registry
from operate.backup import volumes
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OPTIONS = argparse.Namespace(project="amaie", demo=False, scenario="normal", port_offset=0)


class Running(Stack):
    """A stack of which the engine says what runs."""

    def containers(self) -> list[dict[str, Any]]:
        """Return all that publish a port, one of them stopped."""
        return [
            {"Service": name, "State": "exited" if name == "dashboard" else "running"} for name in self.ports
        ]


class Client:
    """An engine that has every image, or none."""

    def info(self) -> dict[str, str]:
        """Return where its data are."""
        return {"DockerRootDir": "/"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """Return what the preflight is asked for; after it nothing goes on."""
    found: list[dict[str, Any]] = []

    def problems(variant: str, ports: Mapping[str, int], data: Path, **known: object) -> list[str]:
        found.append({"variant": variant, "ports": set(ports), "data": str(data), **known})
        return ["enough"]

    monkeypatch.setattr(up, "SITE", tmp_path / "site.yaml")
    monkeypatch.setattr(engine, "ensure", lambda *_: Client())
    monkeypatch.setattr(build, "choose", lambda *_: "official")
    monkeypatch.setattr(preflight, "problems", problems)
    monkeypatch.setattr(volumes, "existing", lambda *_: [])
    return found


def _start() -> None:
    with pytest.raises(StackError, match=r"^enough\nNothing was started\.$"):
        up.start(OPTIONS, Progress())


def test_a_second_run_asks_for_nothing_that_the_stack_has(
    asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its memory is in use, by itself, and its disk; only the port of what does not run must be free."""
    monkeypatch.setattr(Stack, "load", lambda _project: Running("amaie", "official"))
    monkeypatch.setattr(registry, "exists", lambda *_: True)
    _start()
    known = {"running": True, "images": True, "nodes": 1}
    assert asked == [{"variant": "official", "ports": {"dashboard"}, "data": "/", **known}]


def test_a_missing_image_needs_its_room_though_the_stack_runs(
    asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version was raised: its image is to be pulled beside the old one."""
    new = build.images_of("official")["kibana"]
    monkeypatch.setattr(Stack, "load", lambda _project: Running("amaie", "official"))
    monkeypatch.setattr(registry, "exists", lambda _client, name: name != new)
    _start()
    assert (asked[0]["running"], asked[0]["images"]) == (True, False)


def test_a_first_run_and_one_at_other_ports_ask_for_everything(
    asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs elsewhere helps nobody here."""
    monkeypatch.setattr(registry, "exists", lambda *_: True)
    for old in (None, Running("amaie", "official", offset=10_000)):
        monkeypatch.setattr(Stack, "load", lambda _project, _old=old: _old)
        _start()
    assert [one["running"] for one in asked] == [False, False]
    assert asked[0]["ports"] == asked[1]["ports"] > {"prometheus", "grafana", "kibana", "dashboard"}
