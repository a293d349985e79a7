"""Prometheus' rules: one recorded series for each KPI, one alert rule for each level of an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators import names
from generators.prometheus import limits
from generators.shared import changes, conditions, links, output, texts
from generators.spec.model import Severity, Unit

if TYPE_CHECKING:
    from generators.spec.model import Alert, Figure, Kpi, Level, Model, Spec

FOLDER = "prometheus/generated/rules"
RECORDING = f"{FOLDER}/recording.yml"


def render(model: Model) -> dict[str, str]:
    """Return the rule files: what is recorded, and when it needs a person."""
    groups = [*limits.groups(model.spec), *recording_groups(model.spec)]
    files = {RECORDING: output.yaml_text({"groups": groups})}
    for family in model.spec.families:
        if group := alert_group(model.spec, family.name):
            files[f"{FOLDER}/{names.alerts_file(family.name)}"] = output.yaml_text({"groups": [group]})
    return files


def recording_groups(spec: Spec) -> list[dict[str, Any]]:
    """Return the recording rules by family and interval; helpers stand before what reads them."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for family in spec.families:
        for series in conditions.series(spec):
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
        "expr": conditions.of_level(spec, kpi, alert, level),
        "for": level.for_,
    }
    if level.keep_firing_for:
        rule["keep_firing_for"] = level.keep_firing_for
    rule["labels"] = {
        "severity": level.severity.value,
        "kpi": kpi.name,
        "family": kpi.family,
        "component": conditions.component(kpi, alert),
    }
    told = {"limit": texts.limit(kpi.unit, alert, level)} if kpi.unit is not Unit.STATE else {}
    if level.severity is Severity.CRITICAL:
        told["changed"] = changes.template(spec, kpi)
    rule["annotations"] = {
        name: texts.template(getattr(alert, name), kpi.unit, alert, level)
        for name in ("summary", "impact", "action")
    } | {
        **told,
        "dashboard_url": links.dashboard_url(spec, kpi),
        "logs_url": links.logs_url(spec, kpi, alert),
        "runbook_url": links.runbook_url(spec, alert),
        "live_url": links.live_url(spec, kpi),
    }
    return rule


def _recording_rule(series: Figure) -> dict[str, str]:
    return {"record": names.recorded(series), "expr": series.expr.strip()}
