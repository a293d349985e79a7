"""Mutants of Alertmanager's configuration: each a whole configuration with one fault in it."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from generators.shared.conditions import number, seconds
from support.mutants import NEGATED, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]
    Place = dict[str, Any] | list[Any]

NAME = "alertmanager.yml"
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"(.*)"')
_DURATION = re.compile(r"\d+[smhd]")
_OTHER_TEMPLATE = {".Alerts.Firing": ".Alerts.Resolved", ".Alerts.Resolved": ".Alerts.Firing"}
_OTHER_TEMPLATE |= {"dashboard_url": "logs_url", "logs_url": "dashboard_url", "runbook_url": "live_url"}
_OTHER_TEMPLATE |= {"live_url": "runbook_url", '"amaie.headline"': '"amaie.source"', "alertname": "family"}
_OTHER_TEMPLATE |= {
    "CommonLabels.family": "CommonLabels.component",
    "CommonLabels.component": "CommonLabels.job",
}
_OTHER_TEMPLATE |= {'"amaie.email.text"': '"amaie.email.html"', '"amaie.email.html"': '"amaie.email.text"'}
_OTHER_TEMPLATE |= {'"amaie.slack"': '"amaie.sms"', '"amaie.sms"': '"amaie.slack"'}
_OTHER_TEMPLATE |= {'"amaie.slack.headline"': '"amaie.headline"', '"amaie.source"': '"amaie.headline"'}
_OTHER_TEMPLATE |= {'"amaie.colour"': '"amaie.source"'}
_DEFAULTS = {
    ("pagerduty_configs", "send_resolved"): True,
    ("sns_configs", "send_resolved"): True,
    ("email_configs", "require_tls"): True,
    ("slack_configs", "footer"): "",
    ("global", "resolve_timeout"): "5m",
    ("global", "global"): {"resolve_timeout": "5m"},
    ("time_intervals", "location"): "UTC",
}
"""What Alertmanager takes where nothing is written: leaving it out is the same configuration."""


def of_config(config: dict[str, Any]) -> Iterator[Mutant]:
    """Yield the configuration with each part left out, and each word, time, switch and matcher changed.

    Not made are mutants that do the same: a default left out, and no `continue` on the last route that can
    take an alert of its severity.
    """
    for path in _paths(config):
        if _is_idle(config, path):
            continue
        yield from (_mutant(config, path, fault, value) for fault, value in _changes(path, _at(config, path)))
        if not _is_default(path, _at(config, path)):
            yield _mutant(config, path, "dropped")


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from _paths(value[key], (*path, key))


def _at(config: Any, path: Path) -> Any:
    for key in path:
        config = config[key]
    return config


def _mutant(config: dict[str, Any], path: Path, fault: str, *value: Any) -> Mutant:
    """Return the configuration with another value at a place, or with none."""
    changed = copy.deepcopy(config)
    place: Place = _at(changed, path[:-1])
    if value:
        place[path[-1]] = value[0]  # type: ignore[index]
    else:
        del place[path[-1]]  # type: ignore[arg-type]
    return Mutant(f"{NAME}: {'.'.join(map(str, path))}", fault, changed)


def _changes(path: Path, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each fault of a plain value, and what it becomes."""
    if isinstance(value, bool):
        yield f"{value} → {not value}", not value
    elif isinstance(value, str):
        changed = _words(path, value)
        yield from ((f"{value} → {one}", one) for one in changed if one != value)
    elif path[-1] == "group_by":
        yield f"{value} → component too", [*value, "component"]


def _words(path: Path, value: str) -> Iterator[str]:
    if found := _MATCHER.fullmatch(value):
        name, operator, wanted = found.groups()
        yield f'{name}{NEGATED[operator]}"{wanted}"'
        yield f'{name}{operator}"{wanted}x"'
        if "|" in wanted:
            yield f'{name}{operator}"{wanted.partition("|")[2]}"'
    elif _DURATION.fullmatch(value):
        time = seconds(value)
        yield from (f"{number(time * factor)}s" for factor in (2, 0.5) if time)
        if not time:
            yield "30s"
    elif "{{" in value:
        yield next(value.replace(one, other) for one, other in _OTHER_TEMPLATE.items() if one in value)
    elif path[-1] == "receiver":
        yield from ("unrouted", "slack", "sms")
    else:
        yield f"{value}x"


def _is_default(path: Path, value: Any) -> bool:
    return any(path[-1] == key and part in path and value == one for (part, key), one in _DEFAULTS.items())


def _is_idle(config: dict[str, Any], path: Path) -> bool:
    """Return whether this is the `continue` of a route after which none takes the same severity."""
    if path[-1] != "continue":
        return False
    severities = [route["matchers"][0] for route in config["route"]["routes"]]
    position = int(path[-2])
    return severities[position] not in severities[position + 1 :]
