"""The generator of the typed metrics (`scripts/generators/telemetry/metrics.py`)."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any

from generators.spec.model import Metric, MetricType, Unit
from generators.telemetry import metrics as telemetry


def model(*metrics: Metric) -> Any:
    """Return as much of a model as the generator reads."""
    return SimpleNamespace(spec=SimpleNamespace(metrics=metrics))


def metric(name: str, **options: Any) -> Metric:
    """Return a metric of the spec."""
    defaults: dict[str, Any] = {
        "type": MetricType.GAUGE,
        "unit": Unit.MONEY,
        "help": "Value of the account.",
        "services": ("s",),
    }
    return Metric(name=name, **{**defaults, **options})


def test_a_metric_becomes_a_class_with_its_labels_as_keywords() -> None:
    """Wrong labels are a type error, because `labels` takes exactly those of the spec."""
    files = telemetry.render(model(metric("amaie_trading_equity", labels=("account", "currency"))))
    assert sorted(files) == [
        "src/amaie_telemetry/generated/__init__.py",
        "src/amaie_telemetry/generated/metrics.py",
    ]
    assert '''class TradingEquity(GaugeFamily):
    """Value of the account. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))
''' in files["src/amaie_telemetry/generated/metrics.py"]


def test_the_order_of_the_groups_does_not_depend_on_the_spec() -> None:
    """Groups are sorted; inside, the spec's order stays. The text is Python."""
    text = telemetry.render(
        model(
            metric("amaie_b_two"),
            metric("amaie_a_one"),
            metric("amaie_b_one", type=MetricType.HISTOGRAM, buckets=(0.1, 1.0)),
            metric("amaie_up", help='Says "up" or \\ not.'),
        )
    )
    module = ast.parse(text["src/amaie_telemetry/generated/metrics.py"])
    classes = [node.name for node in module.body if isinstance(node, ast.ClassDef)]
    assert classes == ["AOne", "BTwo", "BOne", "Up", "AMetrics", "BMetrics", "UpMetrics"]
    assert "    b.two,\n    b.one,\n" in text["src/amaie_telemetry/generated/metrics.py"]
    assert "buckets=(0.1, 1.0)" in text["src/amaie_telemetry/generated/metrics.py"]
