"""The wheel of other machines: the shipper alone, and all that it imports."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "amaie_ingest"


def imported() -> set[str]:
    """Return the distributions that the shipper's modules import, the library's among them."""
    names: set[str] = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    foreign = {name for name in names if name not in sys.stdlib_module_names} - {
        "amaie_ingest",
        "amaie_telemetry",
    }
    found = packages_distributions()
    return {"amaie-telemetry"} | {found[name][0].lower().replace("_", "-") for name in foreign}


def test_its_metadata_names_what_it_imports() -> None:
    """Nothing is missing where nothing else is installed, and nothing is asked for in vain."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
    assert {re.split(r"[<>=~]", one)[0] for one in project["dependencies"]} == imported()


def test_it_has_the_version_of_the_library_that_it_is_built_beside() -> None:
    """Both read one contract."""
    library = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == library["version"]
    assert f"amaie-telemetry=={library['version']}" in project["dependencies"]


def test_it_holds_the_shipper_and_its_command(tmp_path: Path) -> None:
    """Built by pip from a copy of the package."""
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    copy = shutil.copytree(PACKAGE, tmp_path / "src" / "amaie_ingest", ignore=skipped)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*build, f"--wheel-dir={tmp_path}", str(copy)], check=True, timeout=120)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        entry = archive.read("amaie_ingest-0.1.0.dist-info/entry_points.txt").decode()
    assert {f"amaie_ingest/{path.name}" for path in PACKAGE.glob("*.py")} <= set(files)
    assert {name.partition("/")[0] for name in files} == {"amaie_ingest", "amaie_ingest-0.1.0.dist-info"}
    assert "amaie-ingest = amaie_ingest.__main__:main" in entry
