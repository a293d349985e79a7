"""Fields of the log contract that pages and dashboards name: a renamed one must not leave them empty."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import generate
from amaie_dashboard.logquery import LogQuery
from generators.grafana import dashboards
from generators.shared import links

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Model


def fields_of(model: Model) -> set[str]:
    """Return the names of all fields of records."""
    return {field.name for field in model.logs.fields} | {"@timestamp"}


def queries(value: object) -> set[str]:
    """Return the texts of all queries to Elasticsearch within a dashboard."""
    if isinstance(value, list):
        return {found for item in value for found in queries(item)}
    if not isinstance(value, dict):
        return set()
    own = {value["query"]} if "timeField" in value and isinstance(value.get("query"), str) else set()
    return own | {found for item in value.values() for found in queries(item)}


def test_grafana_asks_for_fields_of_the_contract_only(root: Path) -> None:
    """In queries, in variables, in the texts of marks."""
    model = generate.load(root)
    boards = [json.loads(text) for text in dashboards.render(model).values()]
    texts = {re.sub(r"\$\{.*?\}", "", text) for board in boards for text in queries(board)}
    asked = {name for text in texts for name in re.findall(r"\b([a-z_]+):", text)}
    assert {"level", "message", "service", "symbol"} <= asked
    assert asked - {"_exists_"} <= fields_of(model)


def test_the_links_of_alerts_ask_for_fields_of_the_contract_only(root: Path) -> None:
    """Columns of Discover that do not exist are shown empty, and nobody knows why."""
    assert set(links.LOG_COLUMNS) <= fields_of(generate.load(root))


def test_the_live_dashboard_asks_for_fields_of_the_contract_only(root: Path) -> None:
    """Its filters are terms of Elasticsearch; an unknown one finds nothing."""
    body = json.dumps(LogQuery("service", "WARNING", "text", "order", "trace").body())
    asked = set(re.findall(r'"(?:term|terms|match)": \{"([^"]+)"', body))
    assert asked == {"service", "order_id", "trace_id", "level", "message"}
    assert asked <= fields_of(generate.load(root))
