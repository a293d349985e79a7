"""What every test may use: the repository's root, and the option that rewrites expected files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

import generate

if TYPE_CHECKING:
    from generators.spec.model import Model


# People look for new counterexamples; CI judges a change by the same cases every time. Neither is judged by
# the clock: a loaded machine is no finding.
hypothesis.settings.register_profile("people", deadline=None)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "people")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--refresh`: rewrite expected files (golden, bad specs) and then compare with them."""
    parser.addoption("--refresh", action="store_true", help="rewrite expected files, then compare with them")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def small(root: Path) -> Model:
    """Return the model of the small spec in tests/golden: one of each kind."""
    return generate.load(root / "tests" / "golden" / "small")
