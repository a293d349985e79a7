"""Prometheus' rules: one recorded series for each KPI, one alert rule for each level of an alert."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from generators import links, names, output, texts

if TYPE_CHECKING:
    from generators.model import Alert, Figure, Kpi, Level, Model, Spec

FOLDER = "prometheus/generated/rules"
RECORDING = f"{FOLDER}/recording.yml"

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")


def render(model: Model) -> dict[str, str]:
    """Return the rule files: what is recorded, and when it needs a person."""
    files = {RECORDING: output.yaml_text({"groups": recording_groups(model.spec)})}
    for family in model.spec.families:
        if group := alert_group(model.spec, family.name):
            files[f"{FOLDER}/{names.alerts_file(family.name)}"] = output.yaml_text({"groups": [group]})
    return files


def recording_groups(spec: Spec) -> list[dict[str, Any]]:
    """Return the recording rules by family and interval; helpers stand before what reads them."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for family in spec.families:
        for series in _series(spec):
            if series.family == family.name:
                interval = series.interval or spec.settings.evaluation_interval
                groups.setdefault((family.name, interval), []).append(_recording_rule(series))
    return [
        {"name": names.rule_group(family, interval), "interval": interval, "rules": rules}
        for (family, interval), rules in groups.items()
    ]


def alert_group(spec: Spec, family: str) -> dict[str, Any] | None:
    """Return the alert rules of a family, or None if it has none."""
    rules = [
        alert_rule(spec, kpi, alert, level)
        for kpi in spec.kpis
        if kpi.family == family
        for alert in kpi.alerts
        for level in alert.levels
    ]
    name = names.rule_group(family, "alerts")
    return {"name": name, "interval": spec.settings.evaluation_interval, "rules": rules} if rules else None


def alert_rule(spec: Spec, kpi: Kpi, alert: Alert, level: Level) -> dict[str, Any]:
    """Return the rule of one level of an alert."""
    rule: dict[str, Any] = {
        "alert": alert.name,
        "expr": condition(spec, kpi, alert, level),
        "for": level.for_,
    }
    if level.keep_firing_for:
        rule["keep_firing_for"] = level.keep_firing_for
    rule["labels"] = {
        "severity": level.severity.value,
        "kpi": kpi.name,
        "family": kpi.family,
        "component": component(kpi, alert),
    }
    rule["annotations"] = {
        name: texts.template(getattr(alert, name), kpi.unit, alert, level)
        for name in ("summary", "impact", "action")
    } | {
        "dashboard_url": links.dashboard_url(spec, kpi),
        "logs_url": links.logs_url(spec, kpi, alert),
        "runbook_url": links.runbook_url(spec, alert),
        "live_url": links.live_url(spec, kpi),
    }
    return rule


def condition(spec: Spec, kpi: Kpi, alert: Alert, level: Level) -> str:
    """Return the PromQL that holds while a level of an alert is wanted."""
    comparator = {"above": ">", "below": "<"}[alert.compare.value]
    text = f"{names.recorded(kpi)} {comparator} {number(level.bound)}"
    if alert.guard is None:
        return text
    guard = guarded_by(spec, alert)
    matching = "" if set(guard.labels) == set(kpi.labels) else f" on ({', '.join(guard.labels)})"
    return f"{text} and{matching} {names.recorded(guard)} >= {number(alert.guard.at_least)}"


def guarded_by(spec: Spec, alert: Alert) -> Figure:
    """Return the series that an alert's guard reads."""
    return next(one for one in _series(spec) if alert.guard and one.name == alert.guard.kpi)


def component(kpi: Kpi, alert: Alert) -> str:
    """Return what the alert says is ill: a name, or the template of the series' service."""
    fallback = "{{ $labels.service }}" if "service" in kpi.labels else kpi.family
    return alert.component or alert.service or fallback


@cache
def seconds(duration: str) -> float:
    """Return a duration of Prometheus in seconds."""
    return sum(int(count) * _UNITS[unit] for count, unit in _DURATION.findall(duration))


def number(value: float) -> str:
    """Return a number as PromQL writes it, without a needless ".0"."""
    return f"{value:.15g}"


def _series(spec: Spec) -> tuple[Figure, ...]:
    return (*spec.recordings, *spec.kpis)


def _recording_rule(series: Figure) -> dict[str, str]:
    return {"record": names.recorded(series), "expr": series.expr.strip()}
