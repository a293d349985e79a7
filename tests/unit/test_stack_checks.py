"""The doctor tells what is wrong and what cures it, and is silent about what is well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from generators.spec import kpispec
from operate import checks, compose_cli, passwords, paths
from operate.checks import GOOD, PROBLEM, WARNING, Finding
from operate.compose_cli import Stack
from operate.health import Row
from operate.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with every password, inside what passes for the repository."""
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    folder = tmp_path / "secrets"
    passwords.ensure(folder)
    return folder


def test_good_passwords_are_one_good_line(secrets: Path) -> None:
    """Nobody has to read a list of what is well."""
    expected = Finding("passwords", GOOD, "every password is there and closed to other users")
    assert list(checks.secret_findings(secrets)) == [expected]


def test_missing_empty_and_open_passwords_are_three_lines(secrets: Path) -> None:
    """Each fault has its own cure; a missing password is no problem, for the next start makes it."""
    (secrets / "kibana_encryption_key").unlink()
    (secrets / "dashboard_password").unlink()
    (secrets / "dashboard_password").write_text(" \n")
    secrets.chmod(0o755)
    assert list(checks.secret_findings(secrets)) == [
        Finding(
            "passwords",
            WARNING,
            "1 of 15 passwords are missing (kibana_encryption_key)",
            "make up generates them",
        ),
        Finding(
            "passwords", PROBLEM, "dashboard_password is empty", "delete it, and make up writes a new one"
        ),
        Finding(
            "passwords", PROBLEM, "other users of this machine can look into secrets", "make up closes it"
        ),
    ]


def test_each_channel_of_the_site_without_its_secret_is_a_problem(tmp_path: Path) -> None:
    """An alert that nobody gets is worse than none, so each unconfigured channel is named with its file."""
    channels = kpispec.load(ROOT / "spec" / "kpis.yaml").routing.channels
    found = list(checks.receiver_findings(channels, tmp_path))
    assert [finding.state for finding in found] == [PROBLEM] * 5
    assert (
        Finding(
            "receivers",
            PROBLEM,
            "slack cannot send: slack_webhook_url is missing or empty",
            "put its secret into compose/secrets/receivers/slack_webhook_url, then make up",
        )
        in found
    )


def test_a_machine_without_a_site_is_told_how_to_connect_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of receivers: nobody is to be told of a stack that watches nothing."""
    monkeypatch.setattr(checks, "SITE", tmp_path / "site.yaml")
    [finding] = checks.site_findings(None)
    assert (finding.topic, finding.state) == ("site", WARNING)
    assert finding.cure.startswith("make init, then make connect NAME=")


def test_a_site_that_runs_otherwise_than_it_is_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit without `make up` has no effect yet, and the doctor says so."""
    (tmp_path / "site.yaml").write_text("services: [{name: a, role: launcher, host: 1}]\n")
    monkeypatch.setattr(checks, "SITE", tmp_path / "site.yaml")
    monkeypatch.setattr(compose_cli, "SITE_FILES", tmp_path)
    found = list(checks.site_findings(Stack("never-started")))
    assert Finding("site", WARNING, "what runs is not what site.yaml and spec/ say", "make up") in found


def test_ill_services_are_named_and_healthy_ones_counted() -> None:
    """What was left out is neither ill nor counted."""
    well = [Row("prometheus", "healthy"), Row("setup", "done"), Row("grafana", "left out")]
    assert list(checks.service_findings(well)) == [Finding("services", GOOD, "2 services are well")]
    ill = [*well, Row("ingest", "unhealthy")]
    assert list(checks.service_findings(ill)) == [
        Finding("services", PROBLEM, "ingest is unhealthy", "make status, then docker logs of it")
    ]


def test_a_prometheus_that_does_not_answer_is_a_problem() -> None:
    """The doctor never ends in a traceback because something it asks is down."""
    [finding] = checks.prometheus_findings(httpx.Client(base_url="http://127.0.0.1:1"))
    assert (finding.topic, finding.state, finding.cure) == (
        "prometheus",
        PROBLEM,
        "docker logs of prometheus",
    )


def test_a_machine_without_an_engine_still_gets_its_findings() -> None:
    """The command itself ends with 1 and prints JSON that names the cure."""
    done = subprocess.run(
        [sys.executable, "scripts/doctor.py", "--json", "--project", "never-started"],
        cwd=paths.ROOT,
        env=os.environ | {"DOCKER_HOST": "unix:///nonexistent/docker.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    found = {finding["topic"]: finding for finding in json.loads(done.stdout)}
    assert found["engine"]["state"] == PROBLEM
    assert found["engine"]["cure"].startswith("install and start Docker")
    assert found["services"] == {
        "topic": "services",
        "state": WARNING,
        "text": "the project never-started is not running",
        "cure": "make demo, or make up",
    }


def test_a_sentence_with_a_cure_is_split_for_the_table() -> None:
    """Preflight and doctor share their sentences."""
    assert checks.split("disk", PROBLEM, "it is full; cure: free some") == Finding(
        "disk", PROBLEM, "it is full", "free some"
    )
