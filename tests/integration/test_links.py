"""Prometheus makes of a link's template exactly what `links.Rendered` says, for labels that mean harm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from generators.shared import links
from generators.spec import kpispec

if TYPE_CHECKING:
    from support.containers import Tool

pytestmark = pytest.mark.integration

SMALL = Path(__file__).parents[1] / "golden" / "small" / "spec" / "kpis.yaml"
HOSTILE = [
    "plain",
    "",
    "a b",
    "100%+1",
    "BTC/USDT",
    "a&b=c#d?e",
    """say "it's" \\ !""",
    "(level:*) or service:'x'",
    "{{ $value }}",
    "é€😀",
    "~-_.",
    "<script>",
]


def test_prometheus_fills_the_links_as_the_unit_tests_say(promtool: Tool, tmp_path: Path) -> None:
    """Dashboard and logs link of each label value and of two times, compared in full by promtool."""
    shop = kpispec.load(SMALL)
    kpi = shop.kpis[0].model_copy(update={"labels": ("drawer", "service")})
    alert = kpi.alerts[0].model_copy(update={"service": None})

    def annotations(fill: links.Fill) -> dict[str, str]:
        logs = links.logs_url(shop, kpi, alert, fill)
        return {"dashboard_url": links.dashboard_url(shop, kpi, fill), "logs_url": logs}

    rule = {"alert": "Any", "expr": "x > 0", "annotations": annotations(links.TEMPLATE)}
    series = [{"drawer": f"d{number}", "service": value} for number, value in enumerate(HOSTILE)]
    expected = {
        minutes: [
            {
                "exp_labels": {name: value for name, value in labels.items() if value},
                "exp_annotations": annotations(links.Rendered(labels, minutes * 60)),
            }
            for labels in series
        ]
        for minutes in (5, 61)
    }
    tests = [
        {
            "interval": f"{minutes}m",
            "input_series": [{"series": _series(labels), "values": "1 1"} for labels in series],
            "alert_rule_test": [{"eval_time": f"{minutes}m", "alertname": "Any", "exp_alerts": alerts}],
        }
        for minutes, alerts in expected.items()
    ]
    tmp_path.chmod(0o755)
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "links", "rules": [rule]}]}))
    (tmp_path / "test.yml").write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": tests}))
    done = promtool("test", "rules", "test.yml", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def _series(labels: dict[str, str]) -> str:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    return "x{" + ",".join(f"{name}={quoted(value)}" for name, value in labels.items()) + "}"
