"""The operator's commands say in one sentence what is wrong, touch nothing, and end as each other does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import drill
from operate import compose_cli
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py"))
NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
CURE = (
    "install and start Docker (Debian: apt-get install docker.io iptables), or run as root with ENGINE=auto"
)


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of the commands as make does."""
    return subprocess.run(
        [sys.executable, f"scripts/{script}.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", ["up", "images"])
def test_without_an_engine_and_with_engine_none_the_cure_is_printed(script: str) -> None:
    """ENGINE=none installs nothing: it says what to do and ends with 2."""
    done = run(script, ENGINE="none", **NO_ENGINE)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"no Docker engine answers; cure: {CURE}\n"


def test_an_unknown_choice_of_engine_is_refused() -> None:
    """A typing error in ENGINE never installs anything."""
    done = run("images", ENGINE="nope", **NO_ENGINE)
    assert (done.returncode, done.stderr) == (2, "ENGINE=nope is unknown; write ENGINE=auto or ENGINE=none\n")


def test_a_wrong_site_is_told_whole_before_anything_starts(tmp_path: Path) -> None:
    """Every mistake with its line, nothing is written and no engine is asked; exit code 1."""
    site = tmp_path / "site.yaml"
    site.write_text("services:\n- {name: a, role: launcher}\nlimits: {daily_loss: -1}\n")
    done = run("up", "--project", "never-started", AMAIE_SITE=str(site), ENGINE="none", **NO_ENGINE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{site}:2: services[a]: nothing says where it is; "
        "write exactly one of compose, container, host, address, pushed\n"
        f"{site}:3: limits.daily_loss: -1 is no limit; write what may be lost as a number above 0\n"
        "Nothing was changed.\n"
    )
    assert not (ROOT / ".site" / "never-started").exists()


def test_an_unknown_scenario_is_refused_before_anything_starts() -> None:
    """The sentence lists the scenarios that exist."""
    done = run("up", "--demo", "--scenario", "boom", ENGINE="none", **NO_ENGINE)
    assert done.returncode == 2
    assert done.stderr.startswith("SCENARIO=boom is unknown; write one of: ")
    assert "drawdown" in done.stderr
    assert "normal" in done.stderr


def test_a_project_name_that_compose_would_refuse_is_refused_first() -> None:
    """The name goes into file names and container names, so it is checked before it is used."""
    done = run("up", "--project", "../x", ENGINE="none", **NO_ENGINE)
    expected = "--project ../x is no project name; use small letters, digits, - and _\n"
    assert (done.returncode, done.stderr) == (2, expected)


def test_the_state_of_a_project_that_never_ran_is_an_error_with_its_cure() -> None:
    """Status ends with 2 and names the commands that start a stack."""
    done = run("status", "--json", "--project", "never-started")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "the project never-started was never started here; cure: make demo, or make up\n"


def test_stopping_without_an_engine_or_a_stack_is_no_error() -> None:
    """What is not running needs no stopping, and the command says so."""
    without_engine = run("down", "--project", "never-started", **NO_ENGINE)
    assert (without_engine.returncode, without_engine.stderr) == (
        0,
        "No Docker engine answers, so nothing is running.\n",
    )


@pytest.mark.parametrize("script", COMMANDS)
def test_help_has_an_example(script: str) -> None:
    """Each command says what it does and shows one way to call it."""
    done = run(script, "--help")
    assert done.returncode == 0
    assert "Example:\n" in done.stdout or "Examples:\n" in done.stdout
    assert f"python scripts/{script}.py" in done.stdout


@pytest.mark.parametrize("script", COMMANDS)
def test_wrong_usage_ends_with_2(script: str) -> None:
    """In every command: 0 is good, 1 has found something, 2 could not be done."""
    done = run(script, "--no-such-option")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("error: unrecognized arguments: --no-such-option\n")


@pytest.mark.parametrize(
    ("script", "arguments", "said"),
    [
        ("panels", ["--password-file", "none"], "[Errno 2] No such file or directory: 'none'; cure: "),
        ("drill", ["--url", "http://127.0.0.1:9"], "no Alertmanager answers at http://127.0.0.1:9"),
        (
            "backup",
            ["--to", "x", "--project", "never"],
            "the project never does not run here; cure: make up, ",
        ),
        ("restore", [], "nothing says which backup; cure: make restore FROM=/folder/backup-…\n"),
        ("restore", ["--from", "/nowhere"], "/nowhere is no backup: manifest.json is missing; give the "),
        ("drill", ["--url", "alertmanager"], "no Alertmanager answers at alertmanager"),
    ],
)
def test_a_question_that_nobody_answers_ends_with_2(script: str, arguments: list[str], said: str) -> None:
    """Nothing was found, good or bad, so it is not 1."""
    done = run(script, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)


def test_a_drill_with_a_broken_spec_ends_with_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The spec says whom to tell; its problem is told as `make generate` tells it."""
    monkeypatch.setattr(drill, "ROOT", tmp_path)
    assert drill.main(["--url", "http://127.0.0.1:9"]) == 2


def test_what_was_started_is_found_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Down and status read variant, simulation and ports from the file that up has left."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)
    started = Stack("amaie-x", "packages", demo=True, offset=100)
    started.save({"service": "amaie/service:1", "prometheus": "amaie/monitoring:2"})
    assert Stack.load("amaie-x") == started
    assert Stack.load("amaie-y") is None


def test_the_saved_settings_hold_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file beside the stack names images and ports; passwords stay in their own files."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)
    stack = Stack("amaie-x", "official", demo=False)
    stack.save({"service": "amaie/service:1"})
    names = {line.partition("=")[0] for line in stack.env_file.read_text().splitlines()}
    assert {"ALERTMANAGER_CONFIG", "GRAFANA_PORT", "SERVICE_IMAGE", "AMAIE_VARIANT"} <= names
    assert not {name for name in names if "PASSWORD" in name or "TOKEN" in name}


def test_a_compose_that_fails_is_told_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The exit code of Compose is seen, and the sentence ends with what it said last."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)
    stack = Stack("amaie-x", "packages", demo=True)
    stack.save({"service": "amaie/service:1"})
    with pytest.raises(StackError) as caught:
        stack.run("config", "no-such-service")
    assert str(caught.value) == "docker compose config failed: no such service: no-such-service"
