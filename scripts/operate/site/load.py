"""Reads `site.yaml`: the site, or every problem at once, each with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.spec import strict_yaml
from operate.paths import ROOT, SERVICE_SECRETS
from operate.site import check
from operate.site.shape import Site

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Spec


def read(path: Path, spec: Spec, secrets: Path = SERVICE_SECRETS, *, name: str | None = None) -> Site:
    """Return the site of a file; a file that is not there is a site without services.

    `name` is how problems call the file.

    Raises:
        SpecError: With every problem of its syntax, shape and meaning.
    """
    if not path.exists():
        return Site()
    shown = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    document = strict_yaml.read(path, Site, name or shown)
    if document.value is None:
        return document.finish()
    found = check.problems(document.value, spec, path.parent, secrets)
    return document.finish(document.problem(place, text) for place, text in found)
