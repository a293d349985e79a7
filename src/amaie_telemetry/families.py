"""What a generated metric is built on: a prometheus-client metric whose series are looked up once.

`prometheus-client` takes the label values of each call apart; here a dictionary remembers the series, so a
labelled `inc()` costs little more than a bare one.
"""

from __future__ import annotations

import logging
import math
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from amaie_telemetry import context, prefork
from amaie_telemetry.clipping import text

if TYPE_CHECKING:
    from collections.abc import Iterable

Series = TypeVar("Series", bound=MetricWrapperBase)
_log = logging.getLogger(__name__)
_refused: set[str] = set()


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
        """Return the series of label values in the order of the spec; made at the first call.

        Only texts are keys, for True, 1 and 1.0 are one key of a dictionary: other values become text.
        """
        try:
            return self._series[values]
        except Exception:  # noqa: BLE001 (not there yet, or a value that cannot be a key)
            texts = tuple(map(_label, values))
        found = self._series.get(texts)
        if found is None:
            found = self.metric.labels(*texts) if texts else self.metric
            found = self._series.setdefault(texts, found)
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
        mode: Any = prefork.GAUGES if prefork.ON else "all"
        return SafeGauge(
            self.name, self.documentation, self.label_names, registry=None, multiprocess_mode=mode
        )


class CounterFamily(Family[Counter]):
    """A value that only grows."""

    kind = "counter"

    def _create(self, buckets: tuple[float, ...]) -> Counter:  # noqa: ARG002
        return SafeCounter(self.name, self.documentation, self.label_names, registry=None)


class HistogramFamily(Family[Histogram]):
    """A distribution: durations in seconds, sizes in bytes."""

    kind = "histogram"

    def _create(self, buckets: tuple[float, ...]) -> Histogram:
        return TracedHistogram(
            self.name, self.documentation, self.label_names, buckets=buckets, registry=None
        )


class SafeGauge(Gauge):
    """A gauge whose calls never raise: a value that is no number leaves it as it was."""

    def set(self, value: float) -> None:
        """Take a value, in the unit of the spec."""
        try:
            super().set(value)
        except Exception as error:  # noqa: BLE001 (a metric never raises in business code)
            refused(self, error)

    def inc(self, amount: float = 1) -> None:
        """Raise the value."""
        try:
            if prefork.ON:  # where the last value of all processes counts
                [metric] = self.collect()
                super().set(metric.samples[0].value + float(amount))
            else:
                super().inc(float(amount))
        except Exception as error:  # noqa: BLE001
            refused(self, error)

    def dec(self, amount: float = 1) -> None:
        """Lower the value."""
        try:
            self.inc(-amount)
        except Exception as error:  # noqa: BLE001
            refused(self, error)


class SafeCounter(Counter):
    """A counter whose calls never raise, and that nothing but a finite positive number moves."""

    def inc(self, amount: float = 1, exemplar: dict[str, str] | None = None) -> None:
        """Count an amount, in the unit of the spec."""
        try:
            if amount != 1:
                amount = _finite(amount)
            super().inc(amount, exemplar)
        except Exception as error:  # noqa: BLE001
            refused(self, error)


class TracedHistogram(Histogram):
    """A histogram whose observations carry the id of the bound trace as their exemplar; it never raises."""

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:
        """Take note of an amount, in the unit of the spec."""
        try:
            if exemplar is None:
                exemplar = context.exemplar(context.current.get().fields.get("trace_id"))
            super().observe(_finite(amount), exemplar)
        except Exception as error:  # noqa: BLE001
            refused(self, error)


def refused(metric: MetricWrapperBase, error: Exception) -> None:
    """Log that a metric was given what it does not take: once for each metric, for loops are quick."""
    name = next(iter(metric.describe())).name
    if name not in _refused:
        _refused.add(name)
        _log.warning("The metric %s was given a value that it does not take: %s", name, type(error).__name__)


def _finite(amount: float) -> float:
    """Return an amount that can be added for ever: one NaN would spoil a sum for good."""
    made = float(amount)
    if not math.isfinite(made):
        raise ValueError(f"{made} is no amount")
    return made


def _label(value: Any) -> str:
    return text(value.value if isinstance(value, Enum) else value)
