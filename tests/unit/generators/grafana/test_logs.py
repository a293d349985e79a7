"""Log panels beside the metrics."""

from __future__ import annotations

from typing import Any

import pytest

from generators.grafana import logs
from generators.grafana.board import Source, Variable
from support.grafana_lab import SPEC, alert, kpi, panels, tiny


@pytest.mark.parametrize(
    ("changes", "services"),
    [
        ({"expr": "amaie_trading_equity"}, ("amaie-trader",)),
        ({"expr": "rate(amaie_agent_planner_duration_seconds_bucket[5m])"}, ("amaie-core",)),
        ({"expr": "amaie_trading_equity + amaie_agent_policies_total"}, ("amaie-core", "amaie-trader")),
        ({"expr": "amaie_trading_equity", "labels": ("service",)}, ()),
        ({"expr": "node_memory_MemTotal_bytes"}, ()),
    ],
)
def test_the_logs_are_those_of_the_services_that_export_the_facts(
    changes: dict[str, Any], services: tuple[str, ...]
) -> None:
    """A figure by service, or of nobody's service, is explained by all logs."""
    assert logs.services(SPEC, [kpi(**changes)]) == services


def test_a_service_that_an_alert_names_is_among_them() -> None:
    """It is where the alert's own link leads."""
    made = {**alert("Slow", "above", warning=1), "service": "launcher"}

    assert logs.services(SPEC, [kpi(expr="up", alerts=[made])]) == ("launcher",)


def test_variables_narrow_the_records_that_have_their_field() -> None:
    """`a OR NOT b` would mean "not b" in Lucene: the full set stands before the NOT."""
    account = Variable("account", "Account", "account")
    symbol = Variable("symbol", "Symbol", "symbol", Source.ELASTICSEARCH)
    queue = Variable("queue", "Queue", "queue")

    assert logs.narrowed([account, symbol, queue]) == (
        "(account_id:(${account:lucene}) OR (*:* AND NOT _exists_:account_id)) AND "
        "(symbol:(${symbol:lucene}) OR (*:* AND NOT _exists_:symbol))"
    )


def test_a_strategy_that_figures_know_narrows_the_logs_as_well() -> None:
    """Its variable comes from Prometheus then, and the field is called otherwise."""
    [chosen] = logs.with_own((Variable("strategy", "Strategy", "strategy"),))[:1]
    assert logs.narrowed([chosen]) == (
        "(strategy_id:(${strategy:lucene}) OR (*:* AND NOT _exists_:strategy_id))"
    )
    assert [one.name for one in logs.with_own((chosen,))] == ["strategy", "symbol"]


def test_a_dashboard_shows_levels_problems_and_all_records_of_its_services() -> None:
    """Narrowed by its variables, with a colour for each level."""
    dashboard = tiny(kpi())

    problems, records = panels(dashboard, "logs")
    [levels] = [panel for panel in panels(dashboard, "timeseries") if panel["title"] == "Records by level"]
    for panel in (problems, records, levels):
        assert panel["targets"][0]["query"].startswith('service:("amaie-trader") AND (account_id:')
    assert problems["targets"][0]["query"].endswith(" AND level:(WARNING OR ERROR OR CRITICAL)")
    assert records["targets"][0]["query"].endswith(" AND NOT level:DEBUG")
    assert [bucket["type"] for bucket in levels["targets"][0]["bucketAggs"]] == ["terms", "date_histogram"]
    assert levels["fieldConfig"]["defaults"]["custom"]["drawStyle"] == "bars"
    coloured = [override["matcher"]["options"] for override in levels["fieldConfig"]["overrides"]]
    assert coloured == ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def test_symbol_and_strategy_are_chosen_from_the_logs() -> None:
    """Where no figure of the dashboard has them as labels, Elasticsearch knows them."""
    variables = {item["name"]: item for item in tiny(kpi())["templating"]["list"]}

    assert list(variables) == ["account", "currency", "symbol", "strategy"]
    assert variables["strategy"]["query"] == '{"find": "terms", "field": "strategy_id", "size": 500}'
    assert variables["strategy"]["datasource"]["uid"] == "elasticsearch"
    assert variables["strategy"]["allValue"] == "*"  # or "All" would be the offered ones only
    assert variables["account"]["allValue"] == "/.*/||.*"
