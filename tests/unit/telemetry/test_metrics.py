# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Typed metrics, what of them a service exports, and how."""

from __future__ import annotations

import logging
import re
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families

import amaie_telemetry
from amaie_telemetry import bind, configure_logging, metrics, start_metrics_server
from amaie_telemetry.exposition import CHUNK, exposition
from amaie_telemetry.families import CounterFamily, GaugeFamily, HistogramFamily
from amaie_telemetry.server import MetricsServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.families import Family


@pytest.fixture(autouse=True)
def _zero() -> Iterator[None]:
    """Leave no series to the next test."""
    yield
    for family in metrics.ALL:
        family.clear()


def get(port: int, path: str = "/metrics", accept: str = "*/*") -> str:
    """Return what a server answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return str(answer.read().decode())


def test_a_name_that_the_spec_lacks_is_an_error_where_it_is_used() -> None:
    """No silent new series: unknown metrics and labels raise; so do missing labels."""
    with pytest.raises(AttributeError):
        metrics.trading.equality  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(TypeError):
        metrics.trading.equity.labels(account="main", money="USDT")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        metrics.trading.equity.labels(account="main")  # type: ignore[call-arg]


@pytest.mark.parametrize(("arguments", "text"), [
    (({"name": "amaie_trading_equality"}), "the spec has no metric 'amaie_trading_equality'; add it to spec/kpis.yaml or correct the name"),
    (({"name": "amaie_trading_equity", "labels": ("account",)}), "amaie_trading_equity has other labels than account: the spec says account, currency"),
    (({"name": "amaie_trading_equity", "unit": "seconds"}), "amaie_trading_equity is not in seconds: the spec says money"),
])  # fmt: skip
def test_names_known_as_text_are_checked_against_the_spec(arguments: dict[str, Any], text: str) -> None:
    """`lookup` says what is wrong and what the spec says."""
    with pytest.raises(metrics.MetricError) as error:
        metrics.lookup(**arguments)
    assert str(error.value) == text


def test_a_series_is_looked_up_once() -> None:
    """The same labels give the same object."""
    first = metrics.trading.equity.labels(account="a", currency="b")
    assert metrics.trading.equity.labels(account="a", currency="b") is first


def test_histograms_carry_the_bound_trace_as_exemplar() -> None:
    """A slow observation leads to its trace."""
    with bind(trace_id="abc123"):
        metrics.agent.planner_duration_seconds.labels().observe(0.02)
    text = exposition([metrics.agent.planner_duration_seconds], openmetrics=True).decode()
    assert 'le="0.025"} 1.0 # {trace_id="abc123"} 0.02 ' in text


def sample() -> list[Family[Any]]:
    """Return families of all kinds with odd label values."""
    common: Any = {"unit": "count", "services": ("s",)}
    gauge = GaugeFamily("g", 'a "gauge"\nof \\ things', labels=("x", "a"), **common)
    counter = CounterFamily("c_total", "A counter.", labels=("x",), **common)
    histogram = HistogramFamily("h_seconds", "A histogram.", labels=("x",), buckets=(0.1, 1), **common)
    for value in ("plain", 'quo"te', "back\\slash", "new\nline", "ünï"):
        gauge.series((value, "z")).set(-1.5)
        counter.series((value,)).inc(3)
        histogram.series((value,)).observe(0.5)
    return [counter, gauge, histogram]


def comparable(text: str, parse: Any) -> list[Any]:
    """Return the families of a text without the times that prometheus-client adds."""
    return [
        (family.name, family.type, family.documentation, sorted((s.name, sorted(s.labels.items()), s.value) for s in family.samples if not s.name.endswith("_created")))
        for family in parse(text) if not family.name.endswith("_created")
    ]  # fmt: skip


def test_the_text_says_what_prometheus_client_would_say() -> None:
    """Parsed, our text and `generate_latest` are equal, in both formats."""
    made = sample()
    registry = CollectorRegistry()
    for family in made:
        registry.register(family.metric)
    assert comparable(exposition(made).decode(), families) == comparable(
        generate_latest(registry).decode(), families
    )
    opened = exposition(made, openmetrics=True).decode() + "# EOF\n"
    assert comparable(opened, open_families) == [
        (name.removesuffix("_total"), kind, text, samples) for name, kind, text, samples in comparable(exposition(made).decode(), families)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value", [0.0, -1.5, 1e300, 1e-9, 12_345_678.0, float("inf"), float("-inf"), float("nan")]
)
def test_every_number_reads_back_as_it_is(value: float) -> None:
    """Infinities and what is no number have words of their own in the text format."""
    family = GaugeFamily("g", "A gauge.", unit="count", labels=(), services=("s",))
    family.series(()).set(value)
    for text, parse in (
        (exposition([family]), families),
        (exposition([family], openmetrics=True) + b"# EOF\n", open_families),
    ):
        [[found]] = [one.samples for one in parse(text.decode())]
        assert repr(found.value) == repr(value)


def test_the_library_uses_no_private_part_of_prometheus_client() -> None:
    """So that a newer one cannot break a service: no private name is imported, none is reached into."""
    for path in Path(amaie_telemetry.__file__).parent.rglob("*.py"):
        text = path.read_text()
        if "prometheus_client" in text:
            assert not re.search(r"from prometheus_client\S* import .*\b_|prometheus_client\.\S*\b_", text), (
                path
            )
            assert "SLF001" not in text, path  # else ruff forbids it


def test_a_scrape_that_fails_is_said_and_the_server_goes_on() -> None:
    """No old number is taken for a new one; what is said of it is redacted as a log line is."""

    def broken(_: str) -> tuple[str, bytes]:
        raise RuntimeError("api_key=9f8e7d6c5b4a39281706f5e4d3c2b1a0")

    server = MetricsServer(0, broken, address="127.0.0.1")
    with pytest.raises(urllib.error.HTTPError) as error:
        get(server.port)
    assert (error.value.code, error.value.read()) == (503, b"no metrics: RuntimeError: api_key=[REDACTED]\n")
    error.value.close()
    assert get(server.port, "/healthz") == "ok\n"
    server.close()


def test_the_interpreter_is_handed_over_after_every_few_series() -> None:
    """What bounds the wait of a metric call during a scrape."""
    family = GaugeFamily("g", "A gauge.", unit="count", labels=("n",), services=("s",))
    for number in range(1_000):
        family.series((str(number),)).set(number)
    pauses: list[int] = []
    exposition([family], pause=lambda: pauses.append(1))
    assert len(pauses) == 1_000 // CHUNK + 1


def test_a_service_exports_what_its_role_has_and_what_it_has_set(tmp_path: Path) -> None:
    """Counters without labels start at zero; a trader that is the agent, too, says so by setting its metrics."""
    for family in metrics.ALL:
        if family.name.startswith("amaie_agent"):
            family.clear()
    configure_logging(service="amaie-trader", log_dir=tmp_path)
    metrics.trading.equity.labels(account="main", currency="USDT").set(10.5)
    server = start_metrics_server(0, address="127.0.0.1")
    text = get(server.port)
    metrics.agent.belief_entropy_nats.labels().set(1)
    both = get(server.port)
    server.close()
    metrics.agent.belief_entropy_nats.clear()
    assert "amaie_agent_belief_entropy_nats 1.0\n" in both
    assert "amaie_agent_policies_total" not in both
    assert 'amaie_trading_equity{account="main",currency="USDT"} 10.5\n' in text
    assert "amaie_agent" not in text
    assert "process_start_time_seconds" in text
    exported = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE amaie_")}
    assert exported == {family.name for family in metrics.ALL if "amaie-trader" in family.services}


def test_records_drops_and_redactions_are_exported(tmp_path: Path) -> None:
    """The numbers of the logging thread, by level, from zero."""
    handler = configure_logging(service="launcher", log_dir=tmp_path)
    log = logging.getLogger("tests.metrics")
    log.warning("password=hunter2")
    log.info("fine")
    handler.flush()
    server = start_metrics_server(0, address="127.0.0.1")
    text = get(server.port)
    server.close()
    assert 'amaie_log_records_total{level="WARNING"} 1.0\n' in text
    assert 'amaie_log_records_total{level="INFO"} 1.0\n' in text
    assert 'amaie_log_records_total{level="CRITICAL"} 0.0\n' in text
    assert 'amaie_log_dropped_total{level="INFO"} 0.0\n' in text
    assert "amaie_log_queue_depth 0.0\n" in text
    assert "amaie_log_failures_total 0.0\n" in text


def test_health_is_what_the_service_says_it_is(tmp_path: Path) -> None:
    """200, or 503 when it says no or raises; other paths are 404."""
    configure_logging(service="launcher", log_dir=tmp_path)
    state: list[Any] = [True]

    def healthy() -> bool:
        return bool(1 / state[0])

    server = start_metrics_server(0, address="127.0.0.1", healthy=healthy)
    assert get(server.port, "/healthz") == "ok\n"
    for path, value, code in (("/healthz", 0, 503), ("/healthz", float("inf"), 503), ("/nothing", 1, 404)):
        state[0] = value
        with pytest.raises(urllib.error.HTTPError) as error:
            get(server.port, path)
        assert error.value.code == code
        error.value.close()
    server.close()


def test_a_service_that_the_spec_does_not_know_is_refused() -> None:
    """A wrong name would export nothing, and nobody would see it."""
    with pytest.raises(metrics.MetricError) as unknown:
        start_metrics_server(0, service="amaie-tradr")
    assert str(unknown.value) == "the spec gives no metric to 'amaie-tradr'; it knows " + ", ".join(
        sorted({service for family in metrics.ALL for service in family.services})
    )
    with pytest.raises(metrics.MetricError) as none:
        start_metrics_server(0)
    assert (
        str(none.value) == "no service is known: call configure_logging(service=…) first, or pass service=…"
    )


def test_scrapes_and_metric_calls_get_along() -> None:
    """Series that are made while others are read: no error, nothing lost."""
    family = CounterFamily("c_total", "A counter.", unit="count", labels=("n",), services=("s",))
    stop = threading.Event()

    def scrape() -> None:
        while not stop.is_set():
            exposition([family])

    thread = threading.Thread(target=scrape)
    thread.start()
    for number in range(3_000):
        family.series((str(number % 300),)).inc()
    stop.set()
    thread.join()
    assert exposition([family]).decode().count("} 10.0\n") == 300
