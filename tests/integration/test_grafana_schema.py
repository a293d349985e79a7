"""The dashboards compiled by TypeScript against the types that Grafana publishes for its version.

`tests/grafana_schema/strict.ts` composes those types so that a panel's options, its own field settings and
its queries are checked too. npm installs them once, below `.cache/`.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generators.grafana import modern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests" / "grafana_schema"
DASHBOARDS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "grafana" / "generated" / "dashboards").glob("*.json"))
}

Json = dict[str, Any]


def run(folder: Path, *command: str) -> str:
    """Run a command of Node's world in a folder and return its output; it may fail."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def types() -> Path:
    """Return the folder in which npm has installed the types and the compiler that the lock file names."""
    if not shutil.which("npm"):
        pytest.fail('npm is missing: run "make test-tools", which installs it')
    folder = ROOT / ".cache" / "grafana_schema"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may want it, too
        install(folder)
    return folder


def install(folder: Path) -> None:
    """Install what the lock file names, unless it is there; npm writes its own list last."""
    wanted = (PROJECT / "package-lock.json").read_bytes()
    copy = folder / "package-lock.json"
    if (
        copy.exists()
        and copy.read_bytes() == wanted
        and (folder / "node_modules/.package-lock.json").exists()
    ):
        return
    shutil.copy(PROJECT / "package.json", folder)
    copy.write_bytes(wanted)
    said = run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if not (folder / "node_modules/.package-lock.json").exists():
        pytest.fail(f"npm could not install Grafana's types: {said}")


def compile_(types: Path, folder: Path, dashboards: Mapping[str, str]) -> dict[str, str]:
    """Return what the compiler says against each dashboard: name -> its first complaint, or nothing."""
    for name in ("strict.ts", "tsconfig.json"):
        shutil.copy(PROJECT / name, folder)
    (folder / "node_modules").symlink_to(types / "node_modules")
    for name, text in dashboards.items():
        head = 'import type { Dashboard } from "./strict.js";\nexport const dashboard: Dashboard =\n'
        (folder / f"{name}.ts").write_text(head + text, encoding="utf-8")
    said = run(folder, "node", "node_modules/typescript/bin/tsc", "--project", ".")
    complaints = re.findall(r"^(\w[\w-]*)\.ts\(.*?\): error \w+: (.*)$", said, re.MULTILINE)
    assert bool(complaints) == bool(said.strip()), said
    return dict(reversed(complaints))


def test_every_dashboard_is_what_grafana_publishes(types: Path, tmp_path: Path) -> None:
    """No unknown key, no wrong type and no value outside Grafana's lists, at any depth."""
    assert DASHBOARDS
    assert compile_(types, tmp_path, DASHBOARDS) == {}


def panel(dashboard: Json, kind: str) -> Json:
    """Return the first panel of a type."""
    found: Json = next(panel for panel in dashboard["panels"] if panel["type"] == kind)
    return found


def field(dashboard: Json, kind: str) -> Json:
    """Return the field settings of the first panel of a type."""
    found: Json = panel(dashboard, kind)["fieldConfig"]["defaults"]
    return found


MISTAKES: dict[str, Callable[[Json], object]] = {
    "rows_of_grafana_4": lambda board: board.update(rows=[]),
    "an_old_schema": lambda board: board.update(schemaVersion=12),
    "a_removed_panel_type": lambda board: panel(board, "timeseries").update(type="graph"),
    "a_panel_without_data_source": lambda board: panel(board, "stat").update(datasource=None),
    "a_query_without_data_source": lambda board: panel(board, "stat")["targets"][0].update(datasource=None),
    "a_query_for_another_data_source": lambda board: panel(board, "logs")["targets"][0].update(expr="up"),
    "a_step_in_a_query": lambda board: panel(board, "stat")["targets"][0].update(step=10),
    "thresholds_as_text": lambda board: field(board, "stat")["thresholds"].update(steps=""),
    "null_as_text": lambda board: field(board, "stat")["thresholds"]["steps"][0].update(value="null"),
    "a_height": lambda board: panel(board, "stat").update(height=3),
    "no_reduction": lambda board: panel(board, "stat")["options"].pop("reduceOptions"),
    "options_of_grafana_6": lambda board: panel(board, "stat")["options"].update(fieldOptions={}),
    "a_misspelt_option": lambda board: panel(board, "timeseries")["options"].update(legends={}),
    "an_unknown_tooltip": lambda board: panel(board, "timeseries")["options"]["tooltip"].update(mode="many"),
    "a_misspelt_line_setting": lambda board: field(board, "timeseries")["custom"].update(fillopacity=3),
    "an_unknown_line": lambda board: field(board, "timeseries")["custom"].update(drawStyle="curve"),
    "an_unknown_colour_mode": lambda board: field(board, "stat")["color"].update(mode="rainbow"),
    "an_old_variable": lambda board: board["templating"]["list"][0].update(useTags=False),
    "an_unknown_refresh": lambda board: board["templating"]["list"][0].update(refresh=9),
    "an_annotation_without_query": lambda board: board["annotations"]["list"][-1].pop("target"),
}


def test_every_mistake_of_old_generators_is_refused(types: Path, tmp_path: Path) -> None:
    """The check can fail: each of grafanalib's traps and some slips of ours, one at a time."""
    wrong = {}
    for name, make in MISTAKES.items():
        dashboard = json.loads(DASHBOARDS["amaie-trading"])
        make(dashboard)
        wrong[name] = json.dumps(dashboard, indent=1)

    assert compile_(types, tmp_path, wrong).keys() == MISTAKES.keys()


def test_the_types_the_panels_and_the_image_are_of_one_version() -> None:
    """Who upgrades Grafana in compose/images.env upgrades what the dashboards are held against as well."""
    images = (ROOT / "compose" / "images.env").read_text(encoding="utf-8")
    package = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))

    [image] = re.findall(r"^GRAFANA_IMAGE=grafana/grafana:(\S+)$", images, re.MULTILINE)
    assert image == package["devDependencies"]["@grafana/schema"] == modern.PLUGIN_VERSION


def test_the_lock_file_names_no_registry() -> None:
    """A mirror or a private registry serves it as well."""
    assert "resolved" not in (PROJECT / "package-lock.json").read_text(encoding="utf-8")
