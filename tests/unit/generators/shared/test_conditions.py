"""What an alert asks: the figure that was recorded and, where nothing may be recorded, its formula."""

from __future__ import annotations

import generate
from generators.shared import conditions
from operate.paths import ROOT


def test_an_alert_about_what_cannot_be_recorded_asks_the_formula_too() -> None:
    """`unrecorded` puts the formula beside its series, with the same bound; no other alert does so."""
    spec = generate.load(ROOT).spec
    asked = {
        alert.name: (kpi, alert, conditions.of_level(spec, kpi, alert, alert.levels[0]))
        for kpi in spec.kpis
        for alert in kpi.alerts
    }
    kpi, alert, text = asked["PrometheusStoresNothing"]
    assert alert.unrecorded
    assert text == f"all:amaie_prometheus_newest_sample_seconds:distance > 60 or ({kpi.expr}) > 60"
    assert [name for name, (_, other, text) in asked.items() if other.unrecorded or " or " in text] == [
        alert.name
    ]
