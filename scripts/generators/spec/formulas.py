"""Checks the PromQL of the spec: it parses, and it reads only series and labels that exist."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from generators import names
from generators.spec import metric_rules, promql
from generators.spec.model import KQL, Kpi, MetricType
from generators.spec.promql import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Figure, Metric, Spec
    from generators.spec.shape_errors import Place

TARGET_LABELS = frozenset({"job", "instance", "service", "role"})
"""Labels that every scraped series gets from its target; the stack's own have no role."""

LOOKBACK = timedelta(minutes=5)
"""How old a sample may be that Prometheus still answers with."""

OF_PROMETHEUS = {
    "ALERTS": Series(None),
    "ALERTS_FOR_STATE": Series(None),
    "up": Series(TARGET_LABELS),
    "scrape_duration_seconds": Series(TARGET_LABELS),
    "scrape_samples_post_metric_relabeling": Series(TARGET_LABELS),
    "scrape_samples_scraped": Series(TARGET_LABELS),
    "scrape_series_added": Series(TARGET_LABELS),
}
"""Series that Prometheus adds itself."""


def known_series(spec: Spec, dropped: frozenset[str] = frozenset()) -> dict[str, Series]:
    """Return every series that a formula of the spec may read; of a dropped item only the name is known."""
    known = dict(OF_PROMETHEUS)
    for name in dropped:
        known |= {name + suffix: Series(None) for suffix in ("", "_bucket", "_sum", "_count")}
    for exporter in spec.exporters:
        known |= {
            name: Series(TARGET_LABELS.union(labels), name.endswith(("_total", "_count", "_bucket")) or None)
            for name, labels in exporter.metrics.items()
        }
    for metric in spec.metrics:
        known |= series_of(metric.model_copy(update={"name": metric_rules.right_name(metric)}))
        known |= series_of(metric)
    if spec.limits:
        limits = {"limit": tuple(limit.name for limit in spec.limits)}
        labels = frozenset({"account", "currency", "limit"})
        known[names.LIMIT_IN_FORCE] = Series(labels, rises=False, values=limits)
    recorded = (*spec.recordings, *spec.kpis)
    return known | {
        names.recorded(figure): Series(frozenset(figure.labels), rises=False) for figure in recorded
    }


def series_of(metric: Metric) -> dict[str, Series]:
    """Return the series under which Prometheus stores one of our metrics."""
    labels = TARGET_LABELS.union(metric.labels)
    if metric.type != MetricType.HISTOGRAM:
        return {metric.name: Series(labels, rises=metric.type == MetricType.COUNTER)}
    return {
        f"{metric.name}_bucket": Series(labels | {"le"}, rises=True),
        f"{metric.name}_count": Series(labels, rises=True),
        f"{metric.name}_sum": Series(labels, rises=True),
    }


def problems(spec: Spec, dropped: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """Yield a place and a text for everything that is wrong with the formulas of KPIs and guards."""
    known = known_series(spec, dropped)
    histograms = {metric.name for metric in spec.metrics if metric.type == MetricType.HISTOGRAM}
    for key in ("recordings", "kpis"):
        for index, figure in enumerate(getattr(spec, key)):
            for wrong in _formula(spec, figure, known):
                yield (key, index, "expr"), _of_histogram(wrong, histograms)
    for k, kpi in enumerate(spec.kpis):
        for a, alert in enumerate(kpi.alerts):
            for d, line in enumerate(alert.diagnosis):
                for wrong in _diagnosis(line, known):
                    yield ("kpis", k, "alerts", a, "diagnosis", d), _of_histogram(wrong, histograms)


def _formula(spec: Spec, figure: Figure, known: dict[str, Series]) -> Iterator[str]:
    try:
        reading = promql.read(figure.expr, known)
    except promql.PromqlError as error:
        yield str(error)
        return
    yield from reading.wrong
    if isinstance(figure, Kpi) and names.recorded(figure) in reading.metrics:
        yield f"the formula reads its own result, '{names.recorded(figure)}'; write it from other series"
    if figure.interval and promql.duration(figure.interval) > LOOKBACK / 2:
        cure = f"write at most {promql.text_of(LOOKBACK / 2)}"
        yield f"computed every {figure.interval}, the series would have gaps; {cure}"
    if reading.reach > promql.duration(spec.settings.retention):
        yield (
            f"the formula looks back {promql.text_of(reading.reach)}, but settings.retention is "
            f"{spec.settings.retention}; shorten the window or raise the retention"
        )
    least = 2 * promql.duration(spec.settings.scrape_interval)
    if reading.shortest_rate is not None and reading.shortest_rate < least:
        window, scrape = promql.text_of(reading.shortest_rate), spec.settings.scrape_interval
        yield (
            f"a rate over {window} may see only one sample, with a scrape every {scrape}; "
            f"write at least {promql.text_of(2 * least)}"
        )
    if reading.labels is not None and not reading.wrong:
        for label in sorted(set(figure.labels) - reading.labels):
            yield f"the result has no label '{label}'; keep it in by (…) or on (…), or remove it from labels"
        if extra := sorted(reading.labels - set(figure.labels)):
            cure = f"put an aggregation by ({', '.join(figure.labels)}) around it, or add them to labels"
            yield f"the result also has the labels {', '.join(extra)}; {cure}"


def _diagnosis(line: str, known: dict[str, Series]) -> list[str]:
    """Return what is wrong with a query of a runbook; what starts with `kql: ` is for Kibana."""
    if line.startswith(KQL):
        return []
    try:
        return promql.read(line, known).wrong
    except promql.PromqlError as error:
        return [f"{error}, or start it with '{KQL}' for Kibana"]


def _of_histogram(wrong: str, histograms: set[str]) -> str:
    """Return a clearer text where a histogram is read as if it were one series."""
    name = wrong.split("'")[1] if wrong.startswith("unknown metric '") else ""
    if name not in histograms:
        return wrong
    return f"'{name}' is a histogram; read {name}_bucket, {name}_sum or {name}_count"
