"""What a person runs needs only what `make up` installs: the tests' own requirements may be missing."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LAZY = ("amaie_demo.scenarios",)
"""What a command imports only when it needs it."""

IMPORTS = """
import importlib, sys

class Gate:
    def find_spec(self, name, path=None, target=None):
        if name in FORBIDDEN:
            raise ModuleNotFoundError(f"{name} is not in requirements.txt: make up does not install it")

FORBIDDEN, modules = (set(argument.split(",")) for argument in sys.argv[1:])
sys.meta_path.insert(0, Gate())
for module in sorted(modules):
    importlib.import_module(module)
"""


def forbidden(root: Path) -> set[str]:
    """Return the importable names that only the tests' requirements bring."""
    text = (root / "requirements.txt").read_text()
    installed = {normal(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    ours = {path.name for path in (root / "src").iterdir()}
    found = packages_distributions().items()
    return {name for name, by in found if name not in ours and not {normal(one) for one in by} & installed}


def normal(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def modules(root: Path) -> set[str]:
    """Return every module below scripts/ by the name under which it is imported."""
    scripts = root / "scripts"
    paths = (path.relative_to(scripts).with_suffix("") for path in scripts.rglob("*.py"))
    return {".".join(path.parts).removesuffix(".__init__") for path in paths}


def test_the_commands_need_only_what_make_up_installs(root: Path) -> None:
    """Every module of scripts/ can be imported where pytest, testcontainers and their like are not there."""
    missing = forbidden(root)
    assert {"pytest", "testcontainers", "hypothesis"} <= missing
    arguments = [",".join(missing), ",".join(modules(root) | set(LAZY))]
    places = f"{root / 'scripts'}:{root / 'src'}"
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, *arguments],
        env={"PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
