"""Where the stack cannot run it says so in one sentence, before anything is started."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from operate import engine, host
from operate.errors import StackError
from operate.paths import ROOT
from operate.recipes import wheel_platforms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_another_system_is_refused_with_the_way_around_it(system: str, tmp_path: Path) -> None:
    """Not by a traceback at the first file of Linux that is missing."""
    with pytest.raises(StackError, match=f"this is {system}.*WSL 2 or a Linux virtual machine$"):
        host.check({}, system, tmp_path)


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:2376", "ssh://other"])
def test_an_engine_of_another_machine_is_refused(address: str, tmp_path: Path) -> None:
    """Its containers would mount that machine's files."""
    with pytest.raises(StackError, match=f"^DOCKER_HOST={address} is another machine"):
        host.check({"DOCKER_HOST": address}, "Linux", tmp_path)


def _configured(home: Path, chosen: str) -> Path:
    (home / ".docker").mkdir()
    (home / ".docker" / "config.json").write_text(json.dumps({"currentContext": chosen, "auths": {}}))
    return home


def test_a_docker_context_is_refused_because_compose_alone_would_follow_it(tmp_path: Path) -> None:
    """Half of the stack would be on one engine, half on another."""
    with pytest.raises(StackError, match=r"^the Docker context desktop-linux is chosen"):
        host.check({}, "Linux", _configured(tmp_path, "desktop-linux"))
    with pytest.raises(StackError, match=r"^the Docker context far is chosen"):
        host.check({"DOCKER_CONTEXT": "far", "DOCKER_HOST": "unix:///x"}, "Linux", tmp_path)


@pytest.mark.parametrize("chosen", ["default", "", "desktop-linux"])
def test_a_socket_of_this_machine_is_taken(chosen: str, tmp_path: Path) -> None:
    """Docker's own commands, too, prefer DOCKER_HOST to the context of their settings."""
    host.check({"DOCKER_HOST": "unix:///run/user/1000/docker.sock"}, "Linux", _configured(tmp_path, chosen))


def test_settings_that_are_missing_or_broken_choose_no_context(tmp_path: Path) -> None:
    """Docker itself goes on, too."""
    host.check({}, "Linux", tmp_path)
    (tmp_path / "config.json").write_text("{")
    host.check({"DOCKER_CONFIG": str(tmp_path)}, "Linux", tmp_path)


def test_podman_is_refused_and_docker_is_not() -> None:
    """Both answer at the same socket; only what the stack was run on is taken."""
    with pytest.raises(StackError, match=r"^Podman answers in place of Docker"):
        host.check_engine({"Components": [{"Name": "Podman Engine"}, {"Name": "Conmon"}]})
    host.check_engine({"Version": "29.1.0", "Components": [{"Name": "Engine"}]})
    host.check_engine({"Version": "20.10.24"})


def test_the_socket_of_a_rootless_engine_needs_the_group_of_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside its containers root is who started it; of an engine of root the group of the socket is taken."""
    path = tmp_path / "docker.sock"
    path.touch()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    for owner, group, wanted in ((1000, 1000, 0), (0, 991, 991)):
        found = os.stat_result((0o140660, 1, 1, 1, owner, group, 0, 0, 0, 0))
        monkeypatch.setattr(type(path), "stat", lambda *_, _found=found, **_options: _found)
        assert engine.socket_group() == wanted


@pytest.mark.parametrize(
    ("machine", "first"),
    [
        ("x86_64", "manylinux_2_28_x86_64"),
        ("aarch64", "manylinux_2_28_aarch64"),
        ("arm64", "manylinux_2_28_aarch64"),
        ("AMD64", "manylinux_2_28_x86_64"),
    ],
)
def test_wheels_are_asked_for_under_the_names_that_exist(machine: str, first: str) -> None:
    """There is no manylinux_2_28_arm64."""
    assert wheel_platforms(machine)[0] == first


def _refusing(tmp_path: Path) -> dict[str, Callable[[], None]]:
    podman = {"Components": [{"Name": "Podman Engine"}]}
    return {
        "macOS, Windows": lambda: host.check({}, "Darwin", tmp_path),
        "`DOCKER_HOST=tcp://…`, `ssh://…`": lambda: host.check({"DOCKER_HOST": "ssh://x"}, "Linux", tmp_path),
        "a Docker context": lambda: host.check({"DOCKER_CONTEXT": "far"}, "Linux", tmp_path),
        "Podman's socket": lambda: host.check_engine(podman),
    }


def test_the_table_of_hosts_says_refused_of_exactly_what_is_refused(tmp_path: Path) -> None:
    """A row that is added to the docs needs its refusal, and the other way round."""
    table = (ROOT / "docs" / "operations.md").read_text().partition("## Hosts")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in table.splitlines() if line[:1] == "|"]
    refusing = _refusing(tmp_path)
    assert [name for name, word in rows if word == "refused"] == list(refusing)
    for refuse in refusing.values():
        with pytest.raises(StackError, match="; cure: "):
            refuse()
