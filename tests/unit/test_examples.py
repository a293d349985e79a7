"""The real systems of examples/ agree with the library, in an environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = ("ccxt_errors", "nautilus_backtest", "pymdp_agent")
OURS = {"ccxt_errors"}
"""Examples whose packages the tests have anyway."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_agrees_with_the_system_that_it_connects(root: Path, name: str) -> None:
    """Each example's own test, run by the Python that has its packages."""
    own = root / ".cache" / "examples" / "bin" / "python"
    python = Path(sys.executable) if name in OURS else own
    if not python.exists():
        pytest.skip("the examples' packages are not installed; cure: make examples")
    done = subprocess.run(
        [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, f"test_{name}.py"],
        cwd=root / "examples",
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:."},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_every_example_has_its_test_and_its_row(root: Path) -> None:
    """None is forgotten."""
    folder = root / "examples"
    files = {path.stem for path in folder.glob("*.py")}
    assert files == {*EXAMPLES, *(f"test_{name}" for name in EXAMPLES)}
    assert all(f"`{name}.py`" in (folder / "README.md").read_text() for name in EXAMPLES)
