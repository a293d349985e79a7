"""Reads `site.yaml`: the site, or every problem at once, each with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators.spec import strict_yaml
from generators.spec.shape_errors import NO_VALUE
from operate.paths import ROOT, SERVICE_SECRETS
from operate.site import check
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generators.spec.model import Spec
    from generators.spec.shape_errors import Place


def read(path: Path, spec: Spec, secrets: Path = SERVICE_SECRETS, *, name: str | None = None) -> Site:
    """Return the site of a file; a file that is not there is a site without services.

    `name` is how problems call the file.

    Raises:
        SpecError: With every problem of its syntax, shape and meaning.
    """
    if not path.exists() and not path.is_symlink():
        return Site()
    shown = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    document = strict_yaml.read(path, Site, name or shown)
    tree = document.tree
    found = [tree.problem(place, NO_VALUE) for place in _blanks(tree.data) if not tree.is_broken(place)]
    if document.value is not None:
        meant = check.problems(document.value, spec, path.parent, secrets)
        found += [document.problem(place, text) for place, text in meant]
    return document.finish(found)


def _blanks(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the places where nothing stands: `tls:` alone would be no TLS, though somebody asked for it."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in parts:
        here = (*place, part)
        if item is None:
            yield here
        yield from _blanks(item, here)
