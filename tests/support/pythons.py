"""The library's unit tests on every Python that it supports and that is to be found here.

Each gets an environment of its own in .cache/pythons, with what the library and these tests need; an
interpreter that is missing is named, not passed over.

Example:
    python -m support.pythons                      all versions
    python -m support.pythons 3.12 /opt/py/bin/python3.14t
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.14t")
"""The last one is free-threaded; msgspec, which makes our JSON, has no older one of that kind."""
ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".cache" / "pythons"
PACKAGES = (
    "msgspec>=0.20", "prometheus-client>=0.25,<1", "rich>=14", "numpy>=2", "structlog>=25",
    "opentelemetry-sdk>=1.30", "hypothesis>=6", "pytest>=9", "pytest-asyncio>=1", "pytest-timeout>=2",
    "pytest-xdist>=3",
)  # fmt: skip
TESTS = ROOT / "tests" / "unit" / "telemetry"
ELSEWHERE = ("redact", "test_recipes_page.py", "test_outside.py")
"""Not run: they need the packages of `make examples` or of the corpora, and say nothing about Python."""


def main(wanted: tuple[str, ...]) -> int:
    """Run the tests everywhere; return 1 if any fail, 0 else."""
    failed = False
    for name in wanted or VERSIONS:
        found = interpreter(name)
        if found is None:
            print(f"{name}: skipped, no such Python here", flush=True)
            continue
        passed = run(environment(name, found))
        print(f"{name}: {'passed' if passed else 'FAILED'}", flush=True)
        failed = failed or not passed
    return int(failed)


def interpreter(name: str) -> str | None:
    """Return the first interpreter of a version, or at a path, that starts: on the PATH or kept by pyenv."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    number = name.removesuffix("t")
    named = [shutil.which(name if "/" in name else f"python{name}")]
    for path in (*named, *sorted(kept.glob(f"{number}.*/bin/python{name}"))):
        if path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return str(path)
    return None


def environment(name: str, found: str) -> Path:
    """Return the Python of an environment that has what the tests need."""
    folder = FOLDER / name.replace("/", "_")
    own = folder / "bin" / "python"
    if not own.exists():
        subprocess.run([found, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(own), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return own


def run(python: Path) -> bool:
    """Run the tests with an interpreter; return whether they passed."""
    left_out = [f"--ignore={TESTS / name}" for name in ELSEWHERE]
    options = [f"--confcutdir={TESTS}", "-p", "no:cacheprovider", "-q", "-n", "auto"]
    paths = os.pathsep.join(str(ROOT / name) for name in ("src", "scripts", "tests"))
    done = subprocess.run(
        [str(python), "-m", "pytest", str(TESTS), *left_out, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
