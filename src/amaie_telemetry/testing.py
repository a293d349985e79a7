"""Help for the tests of services: what they log, as it would be written, and what their metrics say.

pytest has the fixture `amaie_logs` as soon as this package is installed; other frameworks use `capture`.
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from amaie_telemetry import contract, loggers
from amaie_telemetry.handler import JsonFormatter
from amaie_telemetry.redact.secrets import Secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Counter, Gauge, Histogram


class CapturedLogs(logging.Handler):
    """The records that were logged: redacted, as the log file would have them.

    Attributes:
        lines: One line of JSON for each record.
    """

    def __init__(self, service: str = "test") -> None:
        """Capture the records of a service; `capture` puts this in its place."""
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter(service))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.lines.append(self.format(record))

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records as dictionaries."""
        return [json.loads(line) for line in self.lines]

    @property
    def messages(self) -> list[str]:
        """The texts of the records."""
        return [record["message"] for record in self.records]

    def having(self, **fields: Any) -> list[dict[str, Any]]:
        """Return the records that have these fields with these values."""
        return [record for record in self.records if fields.items() <= _hashable(record).items()]

    def assert_contract(self) -> None:
        """Fail where a record has a field that spec/logs.yaml lacks, or a value that had to be moved."""
        known = contract.load().fields
        for record in self.records:
            unknown = sorted(record.keys() - known.keys())
            _hold(not unknown, f"{unknown} in a record of {record['module']}: no field of spec/logs.yaml")
            marks = record.get("marks")
            _hold(marks is None, f"a record of {record['module']} is marked {marks}: {record}")

    def assert_no_secret(self, *secrets: str) -> None:
        """Fail where one of these stands in a record, in whatever encoding, or where anything was masked.

        What is masked is not in the log, but the code under test has handed it over.
        """
        wanted = Secrets()
        for secret in secrets:
            wanted.register(secret)
        mask = contract.load().redaction.mask
        for record, line in zip(self.records, self.lines, strict=True):
            where = f"a record of {record['module']}"
            _hold(not any(wanted.spans(line)), f"a secret stands in {where}")
            _hold(mask not in line, f"a secret was handed over to {where}: {line}")


@contextmanager
def capture(service: str = "test", level: int = logging.DEBUG) -> Iterator[CapturedLogs]:
    """Capture what is logged inside the block, of all loggers and from a level on.

    Example:
        >>> with capture() as logs:
        ...     trader.place(order)
        >>> assert logs.having(symbol="BTC/USDT", level="INFO")
    """
    root, captured = logging.getLogger(), CapturedLogs(service)
    before = root.level
    loggers.install()
    root.addHandler(captured)
    root.setLevel(level)
    try:
        yield captured
    finally:
        root.removeHandler(captured)
        root.setLevel(before)
        loggers.uninstall()


def value(series: Counter | Gauge | Histogram) -> float:
    """Return what a series of `metrics` says: the value of a counter or gauge, the sum of a histogram.

    Example:
        >>> value(metrics.exchange.requests_total.labels(exchange="binance", outcome="ok"))
        3.0
    """
    return _sample(series, "", "_total", "_sum")


def count(series: Histogram) -> int:
    """Return how many observations a histogram has had."""
    return int(_sample(series, "_count"))


def _hold(good: bool, text: str) -> None:  # noqa: FBT001 (reads as an assert does)
    """Fail as an assert does, also where Python runs with -O."""
    if not good:
        raise AssertionError(text)


def _sample(series: Counter | Gauge | Histogram, *endings: str) -> float:
    [metric] = series.collect()
    names = {metric.name + ending for ending in endings}
    return next(sample.value for sample in metric.samples if sample.name in names)


def _hashable(record: dict[str, Any]) -> dict[str, Any]:
    """Return the members that can be compared as items."""
    return {key: item for key, item in record.items() if not isinstance(item, dict | list)}
