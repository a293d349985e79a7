"""The files that follow from a site: rendered all at once, then written below one folder that git ignores.

The folder has the paths of the repository: Compose mounts `SITE_DIR/prometheus/generated/rules` in place of
the committed rules, and so on. A file is replaced in one step, and only if it differs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from generators.alertmanager import config
from generators.docs import runbooks
from generators.elastic import templates
from generators.grafana import dashboards
from generators.prometheus import rules
from generators.shared import output, yaml_text
from operate.site import long_term, override, scrapes
from operate.site import rules as site_rules
from operate.site.overlay import over
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generators.spec.model import Model

OVERRIDE = "compose.yaml"
SITE = "site.json"
PROMETHEUS = "prometheus/site"
SOURCES = "grafana/datasources/amaie.yaml"
MARK = "# Written by `make up` from site.yaml. Do not edit: change that file and run `make up`."


def render(model: Model, site: Site, *, demo: bool = False) -> dict[str, str]:
    """Return path -> text of every file that follows from the spec and a site.

    Args:
        model: The spec.
        site: What differs here.
        demo: Whether all channels of the spec are played by the inbox, with the spec's mutes.
    """
    played = model.spec.routing
    told = {"channels": played.channels, "mutes": played.mutes} if demo else {}
    ours = over(model, site.model_copy(update=told))
    files: dict[str, str] = {}
    for generator in (rules, config, dashboards, runbooks):
        files |= generator.render(ours)
    files |= templates.render(ours, site.high_availability.nodes)
    files |= {
        f"{PROMETHEUS}/targets.yml": text(scrapes.targets(site)),
        f"{PROMETHEUS}/scrapes.yml": text(
            {"scrape_configs": scrapes.jobs(site) + long_term.jobs(site.long_term)}
        ),
        f"{PROMETHEUS}/rules.yml": text({"groups": site_rules.groups(site)}),
    }
    if store := site.long_term:
        files |= {
            f"{PROMETHEUS}/prometheus.yml": text(long_term.prometheus(store)),
            SOURCES: text(long_term.sources(store)),
        }
    added = override.override(site)
    return files | {SITE: dump(site)} | ({OVERRIDE: text(added)} if added else {})


def dump(site: Site) -> str:
    """Return a site as JSON: what `status` and `down` read of the stack that runs."""
    return site.model_dump_json(exclude_unset=True, by_alias=True, indent=2) + "\n"


def applied(folder: Path) -> Site:
    """Return the site from which the files of a folder were written."""
    path = folder / SITE
    return Site.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else Site()


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write what differs, remove what is left over, and return the paths of both, sorted."""
    changed = update(folder, files)
    left = sorted(path for path in _existing(folder) if path not in files)
    for path in left:
        (folder / path).unlink()
    return sorted([*changed, *left])


def update(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write those of the files that differ and return their paths, sorted.

    Containers of several users read the files, whatever the operator's umask is.
    """
    umask = os.umask(0o022)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return output.write(folder, files)
    finally:
        os.umask(umask)


def differ(folder: Path, files: Mapping[str, str]) -> bool:
    """Tell whether a folder holds anything but these files: the site has changed since they were written."""
    found = {path: (folder / path).read_text(encoding="utf-8") for path in _existing(folder)}
    return found != dict(files)


def _existing(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def text(value: Any) -> str:
    """Return a value as the YAML of a file that nobody edits."""
    return f"{MARK}\n{yaml_text.dump(value)}"
