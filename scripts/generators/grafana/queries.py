"""Queries of panels: recorded series narrowed by a dashboard's variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generators import names
from generators.shared import conditions
from generators.spec.model import Compare, MetricType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.spec.model import Alert, Kpi, Level, Metric, Spec

FILTERS = ("service", "account", "currency", "symbol", "strategy")
"""Labels whose variables stand in sight; those of other labels wait in the dashboard's menu."""

FEW = conditions.LIMITED
"""Labels of which every series matters by itself, so that a tile shows more than one."""

MOST = 4
"""Series that a tile of accounts shows: those that need a person first. The table of accounts has all."""


def selector(labels: Iterable[str]) -> str:
    """Return the matchers that let a dashboard's variables choose among *labels*, or nothing.

    Between backticks nothing is an escape but the regular expression's own, so that `a.b|c` and quotes are
    chosen as they are.
    """
    matchers = ",".join(f"{label}=~`${{{label}:regex}}`" for label in labels)
    return f"{{{matchers}}}" if matchers else ""


def recorded(kpi: Kpi) -> str:
    """Return the query of a KPI's recorded series."""
    return names.recorded(kpi) + selector(kpi.labels)


def limit(kpi: Kpi, alert: Alert, level: Level) -> str:
    """Return the query of the limit that a level names, on the side of zero where the KPI meets it."""
    sign = "-" if alert.compare is Compare.BELOW else ""
    chosen = selector(label for label in kpi.labels if label in conditions.LIMITED)
    return sign + conditions.limit_in_force(level.limit or "", chosen.strip("{}"))


def many(kpi: Kpi) -> bool:
    """Tell whether a KPI may have more series than a tile can show: one a container, a queue, a service."""
    return bool(set(kpi.labels) - set(FEW))


def worst(kpi: Kpi) -> str:
    """Return the query of the one series of a KPI that is nearest to its alert, or beyond it most."""
    return f"{'bottomk' if low_is_bad(kpi) else 'topk'}(1, {recorded(kpi)})"


def low_is_bad(kpi: Kpi) -> bool:
    """Tell whether an alert of a KPI waits below a bound."""
    return any(alert.compare is Compare.BELOW for alert in kpi.alerts)


def few(kpi: Kpi) -> str:
    """Return the query of the series of a KPI that a tile has room for: of accounts, the worst few."""
    if not set(kpi.labels) & set(FEW):
        return recorded(kpi)
    return f"{'bottomk' if low_is_bad(kpi) else 'topk'}({MOST}, {recorded(kpi)})"


def legend(kpi: Kpi) -> str:
    """Return what names one series of a KPI: its label values, or the KPI where there is one series."""
    return " · ".join(f"{{{{{label}}}}}" for label in kpi.labels) or kpi.title


def histograms(spec: Spec, kpi: Kpi) -> tuple[Metric, ...]:
    """Return the histograms that a KPI's formula reads."""
    words = set(re.findall(r"[a-z_][a-z0-9_:]*", kpi.expr))
    return tuple(
        metric
        for metric in spec.metrics
        if metric.type is MetricType.HISTOGRAM and words & {metric.name, f"{metric.name}_bucket"}
    )


def buckets(metric: Metric, kpi: Kpi) -> str:
    """Return the query of a histogram's distribution, classic or native as the KPI's formula reads it."""
    classic = f"{metric.name}_bucket" in kpi.expr
    narrowing = selector(label for label in kpi.labels if label in ("service", *metric.labels))
    series = f"{metric.name}{'_bucket' if classic else ''}{narrowing}"
    return f"sum {'by (le) ' if classic else ''}(rate({series}[$__rate_interval]))"
