"""The rules before the pinned Prometheus' own parser, which the packages variant does not run."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from operate import pins
from operate.paths import CACHE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ROOT / "tests" / "rulefmt"
RULES = sorted((ROOT / "prometheus" / "generated" / "rules").glob("*.yml"))
BUILD_SECONDS = 600

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(BUILD_SECONDS + 60),
    pytest.mark.skipif(shutil.which("go") is None, reason="no Go toolchain to build Prometheus' parser with"),
]


@pytest.fixture(scope="module")
def parser() -> Path:
    """Return the program, built once; Go keeps what it has built."""
    program = CACHE / "rulefmt"
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, check=True, timeout=BUILD_SECONDS)
    return program


def _read(parser: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([parser, *files], capture_output=True, text=True, check=False)


def test_the_parser_is_that_of_the_pinned_version() -> None:
    """Prometheus 3.14.0 is the module v0.314.0."""
    major, minor, patch = pins.version(pins.read()["PROMETHEUS_IMAGE"]).removeprefix("v").split(".")
    module = f"github.com/prometheus/prometheus v0.{major}{int(minor):02}.{patch}"
    assert module in (SOURCE / "go.mod").read_text()


def test_every_generated_rule_is_taken(parser: Path) -> None:
    """By the version that the official image runs."""
    done = _read(parser, *RULES)
    assert (done.returncode, done.stderr) == (0, "")
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    assert done.stdout == f"{sum(len(group['rules']) for group in groups)} rules\n"


@pytest.mark.parametrize("change", [("expr: ", "expr: )("), ("record: ", "recrod: ")])
def test_a_broken_rule_is_refused(parser: Path, change: tuple[str, str], tmp_path: Path) -> None:
    """So that taking ours means something."""
    broken = tmp_path / "rules.yml"
    broken.write_text((ROOT / "prometheus/generated/rules/recording.yml").read_text().replace(*change, 1))
    done = _read(parser, broken)
    assert done.returncode == 1
    assert done.stderr
