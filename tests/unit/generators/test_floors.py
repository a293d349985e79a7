"""The floors of the generators: arrows between folders run one way, and never in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "scripts" / "generators"
LOWER = ("spec", "names", "shared")
"""What every tool may read; a tool folder is any other one."""

MAY_READ = {
    "names": {"spec"},
    "spec": {"names"},  # the series that a formula is recorded as, which other formulas may read
    "shared": {"names", "spec"},
}
TOOLS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
TOOLS = [name for name in TOOLS if name not in LOWER]
MOST_LINES = 250


def module_of(path: Path) -> str:
    """Return the dotted name of a file below the package's folder: `grafana.family`, `names`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, those for types included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "generators":
            folder = (node.module or "").removeprefix("generators").removeprefix(".")
            for alias in node.names:
                name = f"{folder}.{alias.name}".removeprefix(".")
                found.add(name if _exists(name) else folder)
    return found


def _exists(name: str) -> bool:
    path = PACKAGE / name.replace(".", "/")
    return path.with_suffix(".py").exists() or path.is_dir()


GRAPH = {module_of(path): imports(path) for path in PACKAGE.rglob("*.py")}


def folder(module: str) -> str:
    """Return the first part of a module's name: its folder, or itself at the top."""
    return module.partition(".")[0]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_reads_the_spec_and_what_is_shared_and_no_other_tool(tool: str) -> None:
    """Whoever changes one tool's generator need not look at those of the others."""
    read = {folder(one) for module, found in GRAPH.items() if folder(module) == tool for one in found}
    assert read <= {tool, *LOWER}


@pytest.mark.parametrize("lower", LOWER)
def test_the_lower_floors_know_no_tool(lower: str) -> None:
    """The spec can be read, and named after, without any tool."""
    read = {folder(one) for module, found in GRAPH.items() if folder(module) == lower for one in found}
    assert read <= {lower, *MAY_READ[lower]}


def test_no_module_imports_itself_over_others() -> None:
    """Every module can be read after those that it imports."""
    assert len(list(TopologicalSorter(GRAPH).static_order())) >= len(GRAPH)


def test_nobody_but_the_registry_knows_all_tools() -> None:
    """The one place of registration stands above the floors; no module imports it."""
    above = {module for module, found in GRAPH.items() if {folder(one) for one in found} >= set(TOOLS)}
    assert above == {"registry"}
    assert [module for module, found in GRAPH.items() if "registry" in found] == []


def test_modules_fit_on_few_screens() -> None:
    """No module of the generators is longer than the house allows."""
    long = {module_of(path): len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}
