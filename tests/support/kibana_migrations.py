"""What Kibana says of a saved object's version: the rules of its migrations, as its sources have them.

An object that names no version is taken for one of before 7.0, and every migration runs over it. A migration
expects the form of its time: on a newer form it fails or changes what needs no change.
"""

from __future__ import annotations

from typing import Any

FORMS = {"lens": "8.6.0", "dashboard": "7.11.0", "index-pattern": "8.0.0", "search": "8.0.0"}
"""Since when Kibana writes a type in the form of ours: Lens' `formBased`, the dashboard's references that
carry the panel's name, data views and searches that spaces may share."""

NEWEST = {"lens": "8.9.0", "dashboard": "10.4.0", "index-pattern": "8.0.0", "search": "10.5.0"}
"""The newest version of a type that the pinned Kibana is known to have; it refuses what is newer."""


def complaint(one: dict[str, Any]) -> str | None:
    """Return why Kibana would refuse or spoil an object, or None."""
    name = f"{one['type']}/{one['id']}"
    for version in ("coreMigrationVersion", "typeMigrationVersion"):
        if not one.get(version):
            return f"{name} names no {version}"
    version = one["typeMigrationVersion"]
    if _parts(version) < _parts(FORMS[one["type"]]):
        return f"{name} says {version} and is in a form that Kibana writes since {FORMS[one['type']]}"
    if _parts(version) > _parts(NEWEST[one["type"]]):
        return f"{name} says {version} and is of a version that Kibana does not know yet"
    return None


def dangling(one: dict[str, Any], known: set[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the references of an object that lead to none."""
    return [
        {"type": ref["type"], "id": ref["id"]}
        for ref in one["references"]
        if (ref["type"], ref["id"]) not in known
    ]


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
