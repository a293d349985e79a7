# ruff: noqa: E501 (cases read best on one line)
"""Metrics never raise in business code, whatever they are given, and one bad value costs no other."""

from __future__ import annotations

import logging
import math
from decimal import Decimal
from typing import Any

import pytest
from prometheus_client import REGISTRY, Counter
from prometheus_client.parser import text_string_to_metric_families as parsed

from amaie_telemetry import families, metrics, start_metrics_server
from amaie_telemetry.exposition import exposition
from amaie_telemetry.families import CounterFamily, GaugeFamily, HistogramFamily
from unit.telemetry.hostile import Colour, Unhashable, Unprintable
from unit.telemetry.test_server import get

COMMON: Any = {"unit": "count", "services": ("s",)}


def lines(family: Any) -> list[str]:
    """Return the samples of a family as Prometheus reads them."""
    text = exposition([family]).decode()
    list(parsed(text))
    return [line for line in text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"), (200, "200"), (True, "True"), (1.0, "1.0"), (Colour.RED, "red"), ("half \ud800", "half \\\\ud800"),
        (Unprintable(), "<unserialisable:Unprintable>"), (Unhashable(), None), ([1], "[1]"), (b"x", "b'x'"), ("", ""),
    ],
)  # fmt: skip
def test_a_label_becomes_text_at_the_call(value: Any, text: str | None) -> None:
    """Every later scrape failed until the restart."""
    family = CounterFamily("c_total", "C.", labels=("x",), **COMMON)
    family.series(("good",)).inc()
    family.series((value,)).inc()
    family.series((value,)).inc()
    assert lines(family)[0] == 'c_total{x="good"} 1.0'
    assert text is None or lines(family)[1:] == [f'c_total{{x="{text}"}} 2.0']


def test_true_one_and_a_whole_number_are_three_labels() -> None:
    """They are one key of a dictionary."""
    family = CounterFamily("c_total", "C.", labels=("x",), **COMMON)
    for value in (True, 1, 1.0, "1"):
        family.series((value,)).inc()  # type: ignore[arg-type]
    assert lines(family) == ['c_total{x="True"} 1.0', 'c_total{x="1"} 2.0', 'c_total{x="1.0"} 1.0']


ODD: list[Any] = [None, "x", math.nan, math.inf, -1, Unprintable(), [], 10**400]


@pytest.mark.parametrize("amount", ODD, ids=lambda value: type(value).__name__)
def test_an_amount_that_is_none_moves_no_metric_and_raises_nothing(amount: Any) -> None:
    """NaN would spoil a sum until the restart."""
    counter = CounterFamily("c_total", "C.", labels=(), **COMMON)
    histogram = HistogramFamily("h", "H.", labels=(), buckets=(1,), **COMMON)
    gauge = GaugeFamily("g", "G.", labels=(), **COMMON)
    gauge.series(()).set(5)
    counter.series(()).inc(2)
    histogram.series(()).observe(0.5)
    counter.series(()).inc(amount)
    assert lines(counter) == ["c_total 2.0"]
    if amount != -1:
        histogram.series(()).observe(amount)
        assert lines(histogram)[-1] == "h_sum 0.5"
    if type(amount) not in {float, int}:
        gauge.series(()).set(amount)
        gauge.series(()).inc(amount)
        gauge.series(()).dec(amount)
        assert lines(gauge) == ["g 5.0"]


def test_a_refused_value_is_told_once_for_each_metric(caplog: pytest.LogCaptureFixture) -> None:
    """A loop would fill the log."""
    families._refused.clear()
    logging.getLogger().addHandler(caplog.handler)
    family = CounterFamily("c_total", "C.", labels=("x",), **COMMON)
    for name in ("a", "b"):
        family.series((name,)).inc(-1)
    assert [record.getMessage() for record in caplog.records] == [
        "The metric c was given a value that it does not take: ValueError"
    ]


def test_decimals_count_as_the_numbers_that_they_are() -> None:
    """Money is exact in a trading program."""
    counter = CounterFamily("c_total", "C.", labels=(), **COMMON)
    gauge = GaugeFamily("g", "G.", labels=(), **COMMON)
    histogram = HistogramFamily("h", "H.", labels=(), buckets=(1,), **COMMON)
    counter.series(()).inc(Decimal("1.5"))  # type: ignore[arg-type]
    gauge.series(()).set(Decimal("2.5"))  # type: ignore[arg-type]
    gauge.series(()).inc(Decimal(1))  # type: ignore[arg-type]
    gauge.series(()).dec(Decimal("0.5"))  # type: ignore[arg-type]
    histogram.series(()).observe(Decimal("0.25"))  # type: ignore[arg-type]
    assert (lines(counter), lines(gauge), lines(histogram)[-1]) == (["c_total 1.5"], ["g 3.0"], "h_sum 0.25")


def test_a_bad_series_is_left_out_and_the_rest_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is that fails in it."""
    family = GaugeFamily("g", "G.", labels=("x",), **COMMON)
    for name in ("a", "b", "c"):
        family.series((name,)).set(1)
    monkeypatch.setattr(family.series(("b",)), "collect", lambda: 1 / 0)
    assert lines(family) == ['g{x="a"} 1.0', 'g{x="c"} 1.0']


@pytest.mark.parametrize("accept", ["*/*", "application/openmetrics-text"])
def test_a_metric_of_another_library_that_cannot_be_written_costs_none_of_ours(
    accept: str,
) -> None:
    """prometheus-client's own registry fails as a whole."""
    metrics.build.info.labels(version="1").set(1)
    bad = Counter("foreign", "Of another library.", ["x"])
    bad.labels(x="\ud800").inc()
    server = start_metrics_server(0, address="127.0.0.1", service="launcher")
    try:
        status, body = get(server.port, accept=accept)
    finally:
        server.close()
        REGISTRY.unregister(bad)
        metrics.build.info.clear()
    assert status == 200
    assert 'amaie_build_info{version="1"} 1.0' in body
