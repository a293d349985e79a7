"""The rules that a test of promtool needs: an engine that evaluates no others is up to ten times as fast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Rules = list[dict[str, Any]]
    Groups = list[dict[str, Any]]

_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
"""What may be the name of a series (https://prometheus.io/docs/concepts/data_model/)."""
_EVERY_ALERT = "ALERTS"


def needed(rules: Rules, wanted: Iterable[str]) -> Rules:
    """Return those rules that are wanted, and those that they read, however far back, in their order.

    Args:
        rules: Rules as a rule file has them.
        wanted: Names of series and of alerts; the series `ALERTS` is of all alerts.
    """
    makers: dict[str, Rules] = {}
    for rule in rules:
        for name in (rule["record"],) if "record" in rule else (rule["alert"], _EVERY_ALERT):
            makers.setdefault(name, []).append(rule)
    found, ahead = set(), [*wanted]
    while ahead:
        for rule in makers.pop(ahead.pop(), ()):
            found.add(id(rule))
            ahead += _WORD.findall(rule["expr"])
    return [rule for rule in rules if id(rule) in found]


def of(groups: Groups, wanted: Iterable[str]) -> Groups:
    """Return the groups of a rule file, each with those of its rules alone that are needed."""
    kept = {id(rule) for rule in needed([rule for group in groups for rule in group["rules"]], wanted)}
    return [group | {"rules": [rule for rule in group["rules"] if id(rule) in kept]} for group in groups]


def groups_of(test: Path) -> Groups:
    """Return the groups of all files that a test of promtool names."""
    patterns = [test.parent / pattern for pattern in yaml.safe_load(test.read_text("utf-8"))["rule_files"]]
    files = [path for pattern in patterns for path in sorted(pattern.parent.resolve().glob(pattern.name))]
    return [group for path in files for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]


def write_test(test: Path, folder: Path) -> str:
    """Write a test of promtool and the rules that it needs into a folder; return its name there."""
    text = test.read_text("utf-8")
    rules = {"groups": of(groups_of(test), _WORD.findall(text))}
    (folder / "rules.yml").write_text(yaml.safe_dump(rules, sort_keys=False), "utf-8")
    content = yaml.safe_load(text) | {"rule_files": ["rules.yml"]}
    (folder / test.name).write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return test.name
