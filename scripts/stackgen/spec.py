"""Loads `spec/kpis.yaml`: the model of it, or every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import strict_yaml
from stackgen.model import Spec

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path, name: str | None = None) -> Spec:
    """Return the spec in a file, or raise `strict_yaml.SpecError`; `name` is how problems call the file."""
    return strict_yaml.read(path, Spec, name).finish()
