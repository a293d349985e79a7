"""What a generated metric is built on: a prometheus-client metric whose series are looked up once.

`prometheus-client` takes the label values of each call apart; here a dictionary remembers the series, so a
labelled `inc()` costs little more than a bare one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from amaie_telemetry import context

if TYPE_CHECKING:
    from collections.abc import Iterable

Series = TypeVar("Series", bound=MetricWrapperBase)


class Family(Generic[Series]):
    """One metric of the spec with all its series; `labels()` of the generated class returns one of them."""

    kind: ClassVar[str]

    def __init__(
        self,
        name: str,
        documentation: str,
        *,
        unit: str,
        labels: tuple[str, ...],
        services: tuple[str, ...],
        buckets: tuple[float, ...] = Histogram.DEFAULT_BUCKETS,
    ) -> None:
        """Describe a metric; nothing is exported before `start_metrics_server`."""
        self.name = name
        self.documentation = documentation
        self.unit = unit
        self.label_names = labels
        self.services = services
        self._buckets = buckets
        self.metric = self._create(buckets)
        self._series: dict[tuple[str, ...], Series] = {}
        self.texts: dict[tuple[str, ...], list[str]] = {}
        """What `exposition` has worked out for each series: names and labels of its samples as text."""

    def series(self, values: tuple[str, ...]) -> Series:
        """Return the series of label values in the order of the spec; made at the first call."""
        found = self._series.get(values)
        if found is None:
            found = self.metric.labels(*values) if values else self.metric
            found = self._series.setdefault(values, found)
        return found

    def start(self) -> None:
        """Export a counter or histogram without labels at zero: nobody sees an increase from nothing."""
        if not self.label_names and self.kind != "gauge":
            self.series(())

    def all_series(self) -> Iterable[tuple[tuple[str, ...], Series]]:
        """Return every series made so far with its label values."""
        return list(self._series.items())

    def clear(self) -> None:
        """Forget every series: for tests, and for labels that will never come again."""
        if self.label_names:
            self.metric.clear()
        else:
            self.metric = self._create(self._buckets)
        self._series.clear()
        self.texts.clear()

    def _create(self, buckets: tuple[float, ...]) -> Series:
        raise NotImplementedError


class GaugeFamily(Family[Gauge]):
    """A value that goes up and down."""

    kind = "gauge"

    def _create(self, buckets: tuple[float, ...]) -> Gauge:  # noqa: ARG002 (only histograms have buckets)
        return Gauge(self.name, self.documentation, self.label_names, registry=None)


class CounterFamily(Family[Counter]):
    """A value that only grows."""

    kind = "counter"

    def _create(self, buckets: tuple[float, ...]) -> Counter:  # noqa: ARG002
        return Counter(self.name, self.documentation, self.label_names, registry=None)


class TracedHistogram(Histogram):
    """A histogram whose observations carry the id of the bound trace as their exemplar."""

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:
        """Take note of an amount, in the unit of the spec."""
        if exemplar is None:
            trace_id = context.current.get().fields.get("trace_id")
            exemplar = {"trace_id": trace_id} if trace_id else None
        super().observe(amount, exemplar)


class HistogramFamily(Family[Histogram]):
    """A distribution: durations in seconds, sizes in bytes."""

    kind = "histogram"

    def _create(self, buckets: tuple[float, ...]) -> Histogram:
        return TracedHistogram(
            self.name, self.documentation, self.label_names, buckets=buckets, registry=None
        )
