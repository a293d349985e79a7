"""What a stack knows of a moment, to be compared with what it knows later: documents, figures, silences."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from operate import certificates, trust
from operate.paths import SECRETS
from support.silences import silence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from operate.compose_cli import Stack

OPERATOR = ("amaie_operator", "es_amaie_operator_password")
KPIS = [
    f"account_currency:amaie_trading_{name}"
    for name in (
        *("sharpe_ratio:over_30d", "sortino_ratio:over_30d", "calmar_ratio:over_30d", "pnl:day", "pnl:week"),
        *("pnl:month", "return:day", "return:week", "return:month", "drawdown:current", "drawdown:max_30d"),
        *("equity:current", "wealth_index:peak", "win_rate:over_30d", "profit_factor:over_30d"),
        *("value_at_risk:historical_30d", "trades:closed_30d", "gross_profit:total_30d"),
    )
]
INSTANT = [*KPIS, "amaie_trading_equity", "sum(amaie_trading_trades_total) by (account, result)"]
LONG = ["amaie_trading_wealth_index", "amaie_trading_equity - amaie_trading_net_transfers"]


class State(NamedTuple):
    """What a stack knows.

    Attributes:
        documents: A hash of the source of every document, by id; more than one where it is doubled.
        written: The time of each, in seconds since 1970, by id.
        figures: What Prometheus answers, by query.
        silences: What Alertmanager has, by id.
    """

    documents: dict[str, list[str]]
    written: dict[str, float]
    figures: dict[str, Any]
    silences: dict[str, Any]


@dataclass(frozen=True)
class Memory:
    """Asks one stack.

    Attributes:
        stack: Which one.
        secrets: The folder of its secrets.
    """

    stack: Stack
    secrets: Path = SECRETS

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every document of every stream, as the operator reads them."""
        auth = (OPERATOR[0], trust.password(OPERATOR[1], self.secrets))
        authority = self.secrets / certificates.STACK.certificate
        with trust.client(self.stack.url("elasticsearch"), auth, 60, authority) as client:
            body: dict[str, Any] = {"size": 5000, "sort": ["_doc"], "query": {"match_all": {}}}
            page = client.post("/logs-amaie*/_search?scroll=1m", json=body).raise_for_status().json()
            while hits := page["hits"]["hits"]:
                yield from hits
                body = {"scroll": "1m", "scroll_id": page["_scroll_id"]}
                page = client.post("/_search/scroll", json=body).raise_for_status().json()

    def prometheus(self, path: str, **params: object) -> Any:
        """Return what Prometheus answers; the order of series says nothing."""
        url = self.stack.url("prometheus")
        with trust.monitoring(url, timeout=60, folder=self.secrets) as client:
            answer = client.get(f"/api/v1/{path}", params=params)  # type: ignore[arg-type]
        result = answer.raise_for_status().json()["data"]["result"]
        return sorted(result, key=lambda one: json.dumps(one["metric"], sort_keys=True))

    def silences(self) -> dict[str, Any]:
        """Return the silences by their id."""
        with trust.monitoring(self.stack.url("alertmanager"), folder=self.secrets) as client:
            return {one["id"]: one for one in client.get("/api/v2/silences").raise_for_status().json()}

    def silence(self, name: str) -> None:
        """Silence an alert for some hours."""
        body = silence(name, hours=5, author="drill", comment="é")
        url = self.stack.url("alertmanager")
        with trust.monitoring(url, trust.OPERATOR, folder=self.secrets) as client:
            client.post("/api/v2/silences", json=body).raise_for_status()

    def answered(self) -> float:
        """Wait until every query has an answer, and return a moment at which it had."""
        for _ in range(200):
            moment = time.time()
            if all(self.prometheus("query", query=query, time=moment) for query in INSTANT):
                return moment
            time.sleep(1)
        missing = [query for query in INSTANT if not self.prometheus("query", query=query)]
        pytest.fail(f"no answer to {missing}")

    def state(self, moment: float) -> State:
        """Ask for everything that it knows of a moment."""
        found: dict[str, list[str]] = {}
        written = {}
        for hit in self.documents():
            text = json.dumps(hit["_source"], sort_keys=True).encode()
            found.setdefault(hit["_id"], []).append(hashlib.sha256(text).hexdigest())
            written[hit["_id"]] = seconds(hit["_source"]["@timestamp"])
        figures = {query: self.prometheus("query", query=query, time=moment) for query in INSTANT}
        for query in (*LONG, *KPIS[:6]):
            days = {"start": moment - 35 * 86400, "end": moment, "step": 3600}
            figures[f"{query} over days"] = self.prometheus("query_range", query=query, **days)
        return State(found, written, figures, self.silences())


def seconds(text: str) -> float:
    """Return a document's time in seconds since 1970; nanoseconds are cut off."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).timestamp()
