"""What the rules of trading cost: the samples that Prometheus reads for each, over a synthetic month.

The history has every fact and every recorded series of some accounts: a sample every 15 minutes for a month,
and for the last two hours as many as Prometheus would have. A window over a raw series reads them all.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import httpx

from generators import names
from generators.prometheus import limits
from generators.prometheus.rules import alert_group, recording_groups
from generators.shared.conditions import seconds, series
from generators.spec.limits import accounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from generators.spec.model import Spec

FAMILY = "trading"
DAY = 86400
SCRAPE = 15
DENSE = 7200
COARSE = 900
HISTORY = "history.om"
STRATEGIES = 3
SYMBOLS = 4
"""What an account tells apart, each strategy trading each symbol."""


def lay_out(spec: Spec, pairs: int, now: int, folder: Path, every: int = COARSE) -> None:
    """Write the history and the configuration of a Prometheus that scrapes nothing into a folder."""
    with (folder / HISTORY).open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in openmetrics(spec, pairs, now, every))
    (folder / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")


def openmetrics(spec: Spec, pairs: int, now: int, every: int) -> Iterator[str]:
    """Yield the lines of the history of `pairs` accounts up to `now`, as promtool makes blocks of it."""
    coarse = range((now - 32 * DAY) // every * every, now - DENSE, every)
    for name, labels, rises, step in _series(spec):
        dense = range(now - DENSE, now + 1, step)
        for pair in range(pairs):
            for values in itertools.product(*(_values(spec, label, pair) for label in labels)):
                matchers = ",".join(f'{key}="{one}"' for key, one in zip(labels, values, strict=True))
                for time in itertools.chain(coarse, dense):
                    yield f"{name}{{{matchers}}} {time % DAY if rises else 1} {time}"
    yield "# EOF"


def _series(spec: Spec) -> Iterator[tuple[str, tuple[str, ...], bool, int]]:
    trader = (accounts(spec) or spec.metrics[0]).services
    for metric in spec.metrics:
        if metric.services == trader and "account" in metric.labels:
            yield metric.name, (*metric.labels, "instance"), metric.name.endswith("_total"), SCRAPE
    for figure in series(spec):
        if figure.family == FAMILY and "account" in figure.labels:
            every = round(seconds(figure.interval or spec.settings.evaluation_interval))
            yield names.recorded(figure), figure.labels, False, every
    for name in (names.LIMIT_IN_FORCE, names.LIMIT_SINCE, names.LIMIT_KNOWN):
        yield name, ("account", "currency", "limit"), False, SCRAPE


def _values(spec: Spec, label: str, pair: int) -> Iterable[str]:
    kinds: dict[str, Iterable[str]] = {
        "account": (f"account-{pair}",),
        "currency": ("USDT",),
        "result": ("win", "loss", "flat"),
        "limit": [limit.name for limit in spec.limits],
        "strategy": [f"strategy-{number}" for number in range(STRATEGIES)],
        "symbol": [f"symbol-{number}" for number in range(SYMBOLS)],
    }
    return kinds.get(label, ("trader:9101",))


def groups(spec: Spec) -> list[dict[str, Any]]:
    """Return the groups of rules whose work grows with the number of accounts."""
    recorded = [one for one in recording_groups(spec) if one["name"].startswith(names.rule_group(FAMILY, ""))]
    alerts = alert_group(spec, FAMILY)
    return [*limits.groups(spec), *recorded, *([alerts] if alerts else [])]


def work(url: str, expr: str, now: int) -> tuple[int, float]:
    """Return how many samples Prometheus reads to evaluate a formula once, and how many seconds it takes."""
    asked = {"query": expr, "time": str(now), "stats": "all"}
    stats = httpx.get(f"{url}/api/v1/query", params=asked, timeout=120).json()["data"]["stats"]
    return int(stats["samples"]["totalQueryableSamples"]), float(stats["timings"]["execTotalTime"])


def cost(spec: Spec, url: str, now: int) -> dict[str, dict[str, int]]:
    """Return group -> rule -> samples that one evaluation reads; an alert's levels stand one by one."""
    found: dict[str, dict[str, int]] = {}
    for group in groups(spec):
        of_group = found.setdefault(group["name"], {})
        for number, rule in enumerate(group["rules"]):
            of_group[f"{number} {rule.get('record') or rule['alert']}"] = work(url, rule["expr"], now)[0]
    return found
