"""What every test may use: the repository's root, and the option that rewrites expected files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

import generate

if TYPE_CHECKING:
    from collections.abc import Callable

    from generators.spec.model import Model


# People's runs look for new counterexamples; CI judges a change by the same cases every time.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--refresh`: rewrite expected files (golden, bad specs) and then compare with them."""
    parser.addoption("--refresh", action="store_true", help="rewrite expected files, then compare with them")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def expected(request: pytest.FixtureRequest) -> Callable[[Path, str], str]:
    """Return a function that reads an expected file; with `--refresh` it first writes the given text."""
    refresh = request.config.getoption("--refresh")

    def read(path: Path, text: str) -> str:
        if refresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return path.read_text(encoding="utf-8")

    return read


@pytest.fixture(scope="session")
def small(root: Path) -> Model:
    """Return the model of the small spec in tests/golden: one of each kind."""
    return generate.load(root / "tests" / "golden" / "small")
