"""The workflows for hosted runners: valid, safe, and running what this repository calls by the same names."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent


def commands() -> Iterator[tuple[str, str]]:
    """Yield each workflow's name with each command that it runs."""
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            yield from ((path.name, step["run"]) for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_what_github_expects(path: Path) -> None:
    """Held against the published schema, which check-jsonschema carries."""
    command = [f"{TOOLS}/check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_workflow_gives_away_more_than_it_needs() -> None:
    """Actions are pinned by their hashes, no token lies about: zizmor finds nothing."""
    command = [f"{TOOLS}/zizmor", "--offline", "--no-progress", *map(str, WORKFLOWS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_run_what_exists() -> None:
    """CI runs `.ci/run`; what else is run is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE))
    found = list(commands())
    assert any(name == "ci.yml" and ".ci/run" in command for name, command in found)
    for _, command in found:
        for words in re.findall(r"make ([a-z0-9 -]+)", command):
            assert set(words.split()) <= targets, command


def test_the_commit_hook_runs_what_make_check_runs() -> None:
    """One list of checks, in one place."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert [hook["entry"].split()[0] for hook in hooks] == ["make", ".venv/bin/detect-secrets-hook"]
    assert hooks[0]["entry"] == "make check"
