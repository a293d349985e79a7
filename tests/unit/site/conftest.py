"""What the tests of `site.yaml` share: reading a text as one, and the spec that it is checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import generate
from operate.site import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generators.spec.model import Model
    from operate.site.shape import Site


@pytest.fixture(scope="session")
def model(root: Path) -> Model:
    """Return the real spec."""
    return generate.load(root)


@pytest.fixture
def read(tmp_path: Path, model: Model) -> Callable[[str], Site]:
    """Return a function that reads a text as `site.yaml`; the folder has a log folder and two secrets."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "logs").mkdir()
    for name in ("far_ca.pem", "far_password"):
        (tmp_path / "secrets" / name).write_text("x")

    def reading(text: str) -> Site:
        path = tmp_path / "site.yaml"
        path.write_text(text.replace("TMP", str(tmp_path)))
        return load.read(path, model.spec, tmp_path / "secrets")

    return reading
