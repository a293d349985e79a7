"""Checks the metrics of the spec against Prometheus' rules of naming.

Source: https://prometheus.io/docs/practices/naming/ and .../instrumentation/.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from generators.spec.model import MetricType, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Metric, Spec
    from generators.spec.shape_errors import Place

PREFIX = "amaie_"
SUFFIX = {Unit.SECONDS: "_seconds", Unit.BYTES: "_bytes", Unit.RATIO: "_ratio"}
WRONG_UNITS = {
    "ms": "seconds", "milliseconds": "seconds", "us": "seconds", "microseconds": "seconds",
    "minutes": "seconds", "hours": "seconds", "kilobytes": "bytes", "kb": "bytes", "mb": "bytes",
    "megabytes": "bytes", "percent": "ratio", "percentage": "ratio", "pct": "ratio",
}  # fmt: skip
OF_HISTOGRAMS = ("_bucket", "_count", "_sum")
RESERVED_LABELS = {
    "alertname": "every alert", "instance": "the scrape target", "job": "the scrape target",
    "le": "histograms", "quantile": "summaries", "service": "the scrape target", "severity": "every alert",
}  # fmt: skip


def problems(spec: Spec) -> Iterator[tuple[Place, str]]:
    """Yield a place and a text for each metric that breaks a rule."""
    for index, metric in enumerate(spec.metrics):
        yield from ((("metrics", index, "name"), text) for text in _name(metric))
        yield from ((("metrics", index, "labels", place), text) for place, text in _labels(metric))
        yield from ((("metrics", index, "buckets"), text) for text in _buckets(metric))


def right_name(metric: Metric) -> str:
    """Return the name that a metric should have by these rules."""
    words = metric.name.removeprefix(PREFIX).removesuffix("_total").split("_")
    stem = PREFIX + "_".join(WRONG_UNITS.get(word, word) for word in words)
    suffix = SUFFIX.get(metric.unit, "")
    return stem.removesuffix(suffix) + suffix + ("_total" if metric.type == MetricType.COUNTER else "")


def _name(metric: Metric) -> Iterator[str]:
    name, cure = metric.name, f"write {right_name(metric)}"
    stem = name.removesuffix("_total")
    suffix = SUFFIX.get(metric.unit, "")
    wrong = [word for word in stem.split("_") if word in WRONG_UNITS]
    if not name.startswith(PREFIX):
        yield f"'{name}' does not start with {PREFIX}; {cure}"
    if wrong:
        yield f"'{wrong[0]}' is no base unit; measure in {WRONG_UNITS[wrong[0]]} and {cure}"
    elif not stem.endswith(suffix):
        yield f"the name of a metric in {metric.unit} ends in {suffix}; {cure}"
    if metric.type == MetricType.COUNTER and stem == name:
        yield f"a counter's name ends in _total; {cure}"
    if metric.type != MetricType.COUNTER and stem != name:
        yield f"only a counter's name ends in _total; {cure}"
    if name.endswith(OF_HISTOGRAMS):
        yield f"'{name}' ends like a series of a histogram; choose a name without _bucket, _count and _sum"


def _labels(metric: Metric) -> Iterator[tuple[int, str]]:
    for index, label in enumerate(metric.labels):
        if label in metric.labels[:index]:
            yield index, f"'{label}' stands twice; remove one of them"
        elif label in RESERVED_LABELS:
            yield index, f"'{label}' is set by {RESERVED_LABELS[label]}; remove it or choose another word"
        elif label == "id" or label.endswith("_id"):
            yield index, f"'{label}' takes a new value for each thing; write ids into logs, not into labels"


def _buckets(metric: Metric) -> Iterator[str]:
    if metric.type != MetricType.HISTOGRAM:
        if metric.buckets:
            yield f"a {metric.type} has no buckets; remove them or make it a histogram"
    elif not metric.buckets:
        yield "a histogram needs its buckets; write their upper bounds, like [0.01, 0.1, 1]"
    elif any(low >= high for low, high in pairwise(metric.buckets)):
        yield "the buckets do not rise; write each upper bound once, the smallest first"
