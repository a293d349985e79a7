"""The rules that a test of promtool needs: an engine that evaluates no others is up to ten times as fast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Groups = list[dict[str, Any]]

_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
"""What may be the name of a series (https://prometheus.io/docs/concepts/data_model/)."""
_EVERY_ALERT = "ALERTS"


def of(groups: Groups, wanted: Iterable[str]) -> Groups:
    """Return the groups with only those rules that are wanted, and those that they read, however far back.

    Args:
        groups: What a rule file has in `groups`.
        wanted: Names of series and of alerts; the series `ALERTS` is of all alerts.
    """
    rules = [rule for group in groups for rule in group["rules"]]
    makers: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        for name in (rule["record"],) if "record" in rule else (rule["alert"], _EVERY_ALERT):
            makers.setdefault(name, []).append(rule)
    needed, ahead = set(), [*wanted]
    while ahead:
        for rule in makers.pop(ahead.pop(), ()):
            needed.add(id(rule))
            ahead += _WORD.findall(rule["expr"])
    return [group | {"rules": [rule for rule in group["rules"] if id(rule) in needed]} for group in groups]


def write_test(test: Path, folder: Path) -> str:
    """Write a test of promtool and the rules that it needs into a folder; return its name there."""
    text = test.read_text("utf-8")
    content = yaml.safe_load(text)
    files = [path for pattern in content["rule_files"] for path in _files(test.parent / pattern)]
    groups = [group for path in files for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    rules = {"groups": of(groups, _WORD.findall(text))}
    (folder / "rules.yml").write_text(yaml.safe_dump(rules, sort_keys=False), "utf-8")
    content["rule_files"] = ["rules.yml"]
    (folder / test.name).write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return test.name


def _files(pattern: Path) -> list[Path]:
    return sorted(pattern.parent.resolve().glob(pattern.name))
