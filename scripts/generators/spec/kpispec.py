"""Loads `spec/kpis.yaml`: the model of it, or every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.spec import checks, limits, strict_yaml
from generators.spec.model import Spec

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path, name: str | None = None) -> Spec:
    """Return the spec in a file, or raise `strict_yaml.SpecError`; `name` is how problems call the file."""
    document = strict_yaml.read(path, Spec, name)
    if document.value is None:
        return document.finish()
    spec, dropped = limits.filled(document.value), document.dropped
    found = [*limits.level_problems(document.value, dropped), *checks.problems(spec, dropped)]
    document.finish(document.problem(place, text) for place, text in found)
    return spec
