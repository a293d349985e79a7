"""The wheel that a trading service installs: the library alone, and all that it needs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from importlib.metadata import Distribution, distribution
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = """
import importlib.util, json, logging, sys, urllib.request
from amaie_telemetry import configure_logging, metrics, start_metrics_server

configure_logging(service="amaie-trader", log_dir=sys.argv[1])
logging.getLogger("risk").warning("Limit reached, api_key=9f8e7d6c5b4a39281706f5e4d3c2b1a0")
metrics.trading.equity.labels(account="main", currency="USDT").set(10)
server = start_metrics_server(0)
with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
    scraped = answer.read().decode()
server.close()
logging.shutdown()
others = [name for name in sys.argv[2:] if importlib.util.find_spec(name)]
print(json.dumps({"scraped": scraped, "others": others}))
"""


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built by pip from a copy of the tree, which is left as it was."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(root / "pyproject.toml", tree)
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("src", "docs"):
        shutil.copytree(root / folder, tree / folder, ignore=skipped)
    before = {path.name for path in tree.iterdir()}
    dist = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--no-index", f"--wheel-dir={dist}", str(tree)], check=True, timeout=120)
    new = {path.name for path in tree.iterdir()} - before
    assert new <= {".cache"}, "the drift check would find copies of generated files"
    [built] = dist.iterdir()
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a fresh environment with the wheel and just what its metadata asks for."""
    home = tmp_path_factory.mktemp("service")
    venv.create(home, with_pip=False)
    own = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", f"--python={own}", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, timeout=120)
    [site] = home.glob("lib/python*/site-packages")
    [info] = site.glob("amaie_telemetry-*.dist-info")
    for text in Distribution.at(info).requires or []:
        needed = Requirement(text)
        if needed.marker is None:
            copy(needed, site)
    return own


def test_pytest_finds_the_fixture_of_the_wheel(python: Path, tmp_path: Path) -> None:
    """`amaie_logs` is there without a word in a conftest; pytest itself is no requirement."""
    [site] = python.parent.parent.glob("lib/python*/site-packages")
    found = Distribution.at(next(site.glob("amaie_telemetry-*.dist-info"))).entry_points
    assert [(one.group, one.value) for one in found] == [("pytest11", "amaie_telemetry.pytest_plugin")]
    test = tmp_path / "test_service.py"
    test.write_text("def test_it(amaie_logs):\n    assert amaie_logs.messages == []\n")
    for name in ("pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        copy(Requirement(name), site)
    done = subprocess.run(
        [str(python), "-m", "pytest", "-q", str(test)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def copy(needed: Requirement, site: Path) -> None:
    """Copy a distribution that these tests run with; the test needs no package index."""
    found = distribution(needed.name)
    assert found.version in needed.specifier
    for file in found.files or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(found.locate_file(file)), site / file)


def test_a_service_logs_and_is_scraped_with_the_wheel_alone(root: Path, python: Path, tmp_path: Path) -> None:
    """One redacted line, one metric; the containers' packages are not there."""
    others = sorted({path.name for path in (root / "src").glob("amaie_*/")} - {"amaie_telemetry"})
    assert "amaie_demo" in others
    done = subprocess.run(
        [str(python), "-I", "-c", SERVICE, str(tmp_path), *others],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["others"] == []
    assert 'amaie_trading_equity{account="main",currency="USDT"} 10.0\n' in said["scraped"]
    [line] = (tmp_path / "amaie-trader.jsonl").read_text().splitlines()
    assert json.loads(line)["message"] == "Limit reached, api_key=[REDACTED]"


def test_the_wheel_is_named_after_the_library(wheel: Path) -> None:
    """Its name says what it is; it is pure Python for every machine."""
    assert wheel.name.startswith("amaie_telemetry-")
    assert wheel.name.endswith("-py3-none-any.whl")
