"""Every query of the Grafana dashboards as a question to the running Prometheus and Elasticsearch.

Needs no Grafana: variables are set to "All", as on opening a dashboard.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx

from generators import names
from generators.grafana import logs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STREAM = names.stream("logs", "*")
DATA, EMPTY, ERROR = "data", "empty", "error"
MAY_BE_EMPTY = re.compile(
    r"^\W*(?:max by \([a-z, ]+\) \()?(?:max_over_time\()?ALERTS\b"
    r"|^-\w+:amaie_limit:in_force\{limit=\"[a-z_]+(?<!_ratio)\""
)
"""Nothing may fire, and nobody need have set a limit in amounts: only those in shares have a default."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One query of a dashboard: where it stands, what it asks, and how."""

    dashboard: str
    panel: str
    target: Json
    of_colour: bool = False  # one of several that share a tile: each series answers one of them

    @property
    def text(self) -> str:
        """PromQL or Lucene, with Grafana's variables in it."""
        return str(self.target.get("expr", self.target.get("query", "")))

    @property
    def may_be_empty(self) -> bool:
        """Whether no answer is a good answer: nothing fires, nothing was deployed, nobody complains."""
        quiet = MAY_BE_EMPTY.match(self.text) or self.text.endswith(logs.PROBLEMS)
        return self.of_colour or self.panel.startswith("annotation") or bool(quiet)


@dataclass(frozen=True)
class Answer:
    """What came back: `data`, `empty` or `error`, how many series or records, in how many seconds."""

    dashboard: str
    panel: str
    query: str
    state: str
    count: int = 0
    detail: str = ""
    seconds: float = 0.0
    allowed: bool = False

    @property
    def good(self) -> bool:
        """Whether there is nothing to repair."""
        return self.state == DATA or (self.state == EMPTY and self.allowed)


def questions(dashboard: Json) -> Iterator[Question]:
    """Yield every query of a dashboard's panels, of their traced examples, annotations and variables."""
    uid = dashboard["uid"]
    for panel in dashboard["panels"]:
        overrides = panel.get("fieldConfig", {}).get("overrides", [])
        coloured = {
            one["matcher"]["options"]
            for one in overrides
            if one["matcher"]["id"] == "byFrameRefID" and one["properties"][0]["id"] == "color"
        }
        for target in panel.get("targets", []):
            yield Question(uid, panel["title"], target, target.get("refId") in coloured)
            if target.get("exemplar"):
                yield Question(uid, f"{panel['title']}, examples", {**target, "examples": True})
    for annotation in dashboard["annotations"]["list"]:
        if "target" in annotation:
            yield Question(uid, f"annotation {annotation['name']}", annotation["target"])
    for variable in dashboard["templating"]["list"]:
        query = variable["query"]
        asked = (
            {"variable": json.loads(query)["field"]} if isinstance(query, str) else {"expr": query["query"]}
        )
        yield Question(uid, f"variable {variable['name']}", {"datasource": variable["datasource"], **asked})


class Asker:
    """Asks as Grafana does, for the time from `since` seconds ago until now."""

    def __init__(self, prometheus: httpx.Client, elasticsearch: httpx.Client, since: float) -> None:
        """Keep the clients; their base addresses are the servers."""
        self.prometheus = prometheus
        self.elasticsearch = elasticsearch
        self.now = time.time()
        self.since = since

    def ask(self, question: Question) -> Answer:
        """Return the answer to a question; a refusal or no connection is an answer, too."""
        blank = Answer(
            question.dashboard, question.panel, question.text, ERROR, allowed=question.may_be_empty
        )
        started = time.monotonic()
        try:
            if question.target["datasource"]["uid"] == names.PROMETHEUS_UID:
                count = self._prometheus(question.target)
            else:
                count = self._elasticsearch(question.target)
        except (httpx.HTTPError, ValueError) as error:
            return replace(blank, detail=str(error) or type(error).__name__)
        spent = round(time.monotonic() - started, 3)
        return replace(blank, state=DATA if count else EMPTY, count=count, seconds=spent)

    def _prometheus(self, target: Json) -> int:
        span = {"start": self.now - self.since, "end": self.now}
        if values := re.fullmatch(r"label_values\((.*), (\w+)\)", target["expr"]):
            params = {**span, "match[]": values[1]}
            return len(self._data(f"/api/v1/label/{values[2]}/values", params))
        text = target["expr"].replace("$__rate_interval", "1m").replace("$__range", f"{self.since:.0f}s")
        text = re.sub(r"\$(?:\w+|\{\w+:regex\})", ".*", text)
        if target.get("examples"):
            return len(self._data("/api/v1/query_exemplars", {**span, "query": text}))
        if target["instant"]:
            found = self._data("/api/v1/query", {"query": text, "time": self.now})
        else:
            step = max(15, self.since / 1000)
            found = self._data("/api/v1/query_range", {**span, "query": text, "step": step})
        return len(found["result"])

    def _data(self, path: str, params: Json) -> Any:
        answer = self.prometheus.get(path, params=params)
        if not answer.is_success:
            raise ValueError(_reason(answer, "error"))
        return answer.json()["data"]

    def _elasticsearch(self, target: Json) -> int:
        if "variable" in target:
            return len(self._values(target["variable"]))
        text = re.sub(r"\$\{\w+:lucene\}", "*", target["query"])
        asked = {"query_string": {"analyze_wildcard": True, "query": text}}
        body: Json = {
            "size": 0,
            "track_total_hits": True,
            "query": {"bool": {"filter": [self._time(), asked]}},
        }
        if counted := [bucket for bucket in target["bucketAggs"] if bucket["type"] == "terms"]:
            body["aggs"] = {"by": {"terms": {"field": counted[0]["field"]}}}
            return len(self._search(body)["aggregations"]["by"]["buckets"])
        return int(self._search(body)["hits"]["total"]["value"])

    def _values(self, field: str) -> list[str]:
        terms = {"by": {"terms": {"field": field, "size": 100}}}
        found = self._search({"size": 0, "query": self._time(), "aggs": terms})
        return [bucket["key"] for bucket in found["aggregations"]["by"]["buckets"]]

    def _time(self) -> Json:
        span = {
            "gte": int((self.now - self.since) * 1000),
            "lte": int(self.now * 1000),
            "format": "epoch_millis",
        }
        return {"range": {"@timestamp": span}}

    def _search(self, body: Json) -> Json:
        answer = self.elasticsearch.post(f"/{STREAM}/_search", json=body)
        if not answer.is_success:
            raise ValueError(_reason(answer, "reason"))
        found: Json = answer.json()
        return found


def _reason(answer: httpx.Response, key: str) -> str:
    """Return why a server refused, in its own words."""
    try:
        told = answer.json()
        told = told["error"]["root_cause"][0] if key == "reason" else told
        return f"{answer.status_code}: {told[key]}"
    except (ValueError, LookupError, TypeError):
        return f"{answer.status_code} {answer.reason_phrase}"


def check(dashboards: Path, asker: Asker) -> list[Answer]:
    """Return the answers to every question of the dashboards in a folder."""
    found = []
    for path in sorted(dashboards.glob("*.json")):
        dashboard = json.loads(path.read_text(encoding="utf-8"))
        found += [asker.ask(question) for question in questions(dashboard)]
    return found


def unreachable(client: httpx.Client, path: str, option: str) -> str:
    """Return why a server cannot be asked, with the cure, or nothing if it can."""
    try:
        answer = client.get(path)
    except httpx.HTTPError as error:
        return (
            f"{client.base_url} does not answer ({error}); cure: start the stack (make up), or give {option}"
        )
    if answer.is_success:
        return ""
    return f"{client.base_url} refuses: {_reason(answer, 'reason')}; cure: give {option}"
