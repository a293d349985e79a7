"""Every query of the dashboards means the same in the long-term store: two engines agree on the same data."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from generators import names
from operate import questions
from operate.paths import ROOT
from support.containers import VictoriaMetrics
from support.grafana_lab import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.containers import Prometheus

pytestmark = pytest.mark.integration

SCRAPE, SPAN = 15, 7200
STEP = 60
NAME = re.compile(r"([a-zA-Z_][\w:]*)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)(=~|!=|!~|=)["`]([^"`]*)["`]')
GROWS = re.compile(r"_(?:total|bucket|count|sum)$")
ALERTS = [
    {"alertname": name, "family": family, "severity": severity, "component": "c", **more}
    for family, more in (
        ("trading", {"account": "a", "currency": "b"}),
        ("agent", {}),
        ("stack", {}),
        ("system", {}),
    )
    for name, severity in (("One", "critical"), ("Two", "warning"))
]
Json = dict[str, Any]
EXACT = 1e-9
Series = dict[tuple[tuple[str, str], ...], dict[float, float]]

RATES = re.compile(r"\brate\(")
MEAN = 0.15
"""By so much the mean of a rate over the hour may differ. At a single moment it may be anything: PromQL
stretches what the samples of a minute show to all of it, MetricsQL counts from the last sample before it."""
EMPTY = 6
"""So many queries at most find nothing in these data; each is of money below a limit, by chance."""


def asked() -> list[tuple[str, bool]]:
    """Return each query that a dashboard asks of Prometheus, all values chosen, and whether of one moment."""
    found: dict[tuple[str, bool], None] = {}
    for path in sorted((ROOT / "grafana" / "generated" / "dashboards").glob("*.json")):
        for one in questions.questions(json.loads(path.read_text("utf-8"))):
            if one.target["datasource"]["uid"] != names.PROMETHEUS_UID or one.text.startswith("label_values"):
                continue
            text = one.text.replace("$__rate_interval", "1m").replace("$__range", "1h")
            text = re.sub(r"\$(?:\w+|\{\w+:regex\})", ".*", text)
            found[text, bool(one.target.get("instant"))] = None
    return list(found)


def known() -> dict[str, set[str]]:
    """Return the labels of each series that a query may name."""
    found = {names.recorded(kpi): set(kpi.labels) for kpi in SPEC.kpis}
    for metric in SPEC.metrics:
        found |= {metric.name: set(metric.labels), f"{metric.name}_bucket": {*metric.labels, "le"}}
    for exporter in SPEC.exporters:
        found |= {name: set(labels) for name, labels in exporter.metrics.items()}
    return found | {"account_currency_limit:amaie_limit:in_force": {"account", "currency", "limit"}}


def data(start: int) -> Iterator[tuple[str, dict[str, str], list[float]]]:
    """Yield series for all that the queries name: uneven counters with resets, wandering figures, gaps."""
    labels: dict[str, dict[str, set[str]]] = {}
    spec = known()
    for text, _ in asked():
        for name, matchers in NAME.findall(text):
            if name in spec:
                of_it = labels.setdefault(name, {label: set() for label in spec[name]})
                for label, how, value in LABEL.findall(matchers):
                    of_it.setdefault(label, set()).update(
                        {value} if how == "=" else re.findall(r"\w+", value)
                    )
    chance = random.Random(7)  # noqa: S311 - figures, no secrets
    for name, of_it in sorted(labels.items()):
        choices = [
            [(label, one) for one in sorted(values | {"a", "b"})] for label, values in sorted(of_it.items())
        ]
        for chosen in itertools.islice(itertools.product(*choices), 40):
            yield name, dict(chosen), wander(chance, grows=bool(GROWS.search(name)))
    for alert in ALERTS:
        yield "ALERTS", alert | {"alertstate": "firing"}, [1.0] * (SPAN // SCRAPE)
        yield "ALERTS_FOR_STATE", alert, [float(start)] * (SPAN // SCRAPE)


def wander(chance: random.Random, *, grows: bool) -> list[float]:
    """Return a value for each scrape; NaN is none: a twentieth of all series pause for ten minutes."""
    values, value = [], float(chance.randrange(100)) / 50 - 1
    for _ in range(SPAN // SCRAPE):
        value = value + chance.choice([0, 0, 1, 5]) if grows else value + chance.uniform(-0.2, 0.2)
        if grows and chance.random() < 0.002:
            value = 0
        values.append(max(0, value) if grows else round(value, 6))
    if chance.random() < 0.05:
        values[200:240] = [math.nan] * 40
    return values


@pytest.fixture(scope="module")
def start() -> int:
    """Return when the data begin: on a whole minute, and all of it is past."""
    return int(time.time() - SPAN - 3600) // 60 * 60


@pytest.fixture
def engines(
    prometheus: Callable[..., Prometheus], stack_images: dict[str, str], start: int, tmp_path: Path
) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Yield clients of Prometheus and of VictoriaMetrics with the same data, to the sample."""
    tmp_path.chmod(0o755)
    (tmp_path / "prometheus.yml").write_text("global: {}\n")
    lines, imported = [], []
    for name, labels, values in data(start):
        shown = ",".join(f'{label}="{value}"' for label, value in labels.items())
        kept = [(start + SCRAPE * i, value) for i, value in enumerate(values) if not math.isnan(value)]
        lines += [f"{name}{{{shown}}} {value} {at}" for at, value in kept]
        imported.append(
            json.dumps(
                {
                    "metric": {"__name__": name} | labels,
                    "values": [value for _, value in kept],
                    "timestamps": [1000 * at for at, _ in kept],
                }
            )
        )
    (tmp_path / "history.om").write_text("\n".join([*lines, "# EOF\n"]))
    store = VictoriaMetrics.start(stack_images["victoria-metrics"])
    try:
        first = prometheus(tmp_path, history="history.om")
        with (
            httpx.Client(base_url=first.url, timeout=60) as one,
            httpx.Client(base_url=store.url, timeout=60) as two,
        ):
            two.post("/api/v1/import", content="\n".join(imported)).raise_for_status()
            two.get("/internal/force_flush").raise_for_status()
            yield one, two
    finally:
        store.container.stop()


def answer(client: httpx.Client, text: str, start: int, *, instant: bool) -> Series:
    """Return what an engine says to a query, by labels and time; names of series say nothing to a panel."""
    end = start + SPAN - 600
    if instant:
        params: Json = {"query": text, "time": end}
    else:
        params = {"query": text, "start": start + 3600, "end": end, "step": STEP}
    said = client.get(f"/api/v1/query{'' if instant else '_range'}", params=params | {"nocache": 1})
    assert said.is_success, (text, said.text)
    found: Series = {}
    for one in said.json()["data"]["result"]:
        key = tuple(sorted((k, v) for k, v in one["metric"].items() if k != "__name__"))
        points = one.get("values") or [one["value"]]
        found[key] = {at: float(value) for at, value in points if value != "NaN"}
    return {key: points for key, points in found.items() if points}


def differs(one: Series, two: Series, about: float) -> str:
    """Return the first difference between two answers, or nothing."""
    if one.keys() != two.keys():
        return f"series: {sorted(one.keys() ^ two.keys())[:2]}"
    for key, points in one.items():
        if points.keys() != two[key].keys():
            return f"moments of {key}: {sorted(points.keys() ^ two[key].keys())[:3]}"
        for at, value in points.items():
            other = two[key][at]
            if not math.isclose(value, other, rel_tol=about, abs_tol=EXACT):
                return f"{key} at {at}: {value} and {other}"
    return ""


def mean(series: Series) -> Series:
    """Return each series as its mean."""
    return {key: {0: sum(points.values()) / len(points)} for key, points in series.items()}


def test_every_query_of_the_dashboards_means_the_same_in_the_store(
    engines: tuple[httpx.Client, httpx.Client], start: int
) -> None:
    """To a billionth, at every moment; rates by their mean, since the store does not extrapolate them."""
    wrong, empty, rates = [], [], []
    for text, instant in asked():
        one, two = (answer(client, text, start, instant=instant) for client in engines)
        empty += [] if one else [text]
        if RATES.search(text):
            rates.append(differs(one, two, EXACT))
            said = differs(mean(one), mean(two), MEAN)
        else:
            said = differs(one, two, EXACT)
        wrong += [f"{text}\n    {said}"] if said else []
    assert wrong == []
    assert len(empty) <= EMPTY, empty
    assert all(rates), "the exception for rates is not needed"
