"""Queries of panels."""

from __future__ import annotations

from support.grafana_lab import curve, kpi, panels, tiny


def test_a_query_is_narrowed_by_the_variables_of_its_labels() -> None:
    """The usual filters stand in sight, the others in the dashboard's menu."""
    dashboard = tiny(kpi(labels=("account", "exchange")))

    [target] = curve(dashboard)["targets"]
    assert (
        target["expr"]
        == "account_exchange:amaie_trading_pnl:day{account=~`${account:regex}`,exchange=~`${exchange:regex}`}"
    )
    assert target["legendFormat"] == "{{account}} · {{exchange}}"
    assert [(variable["name"], variable["hide"]) for variable in dashboard["templating"]["list"]] == [
        ("account", 0),
        ("exchange", 3),
        ("symbol", 0),
        ("strategy", 0),
    ]


def test_a_histogram_in_a_formula_gets_a_heatmap_with_examples() -> None:
    """Classic buckets are grouped by their bound; the dots lead to traces."""
    metric = "amaie_exchange_request_duration_seconds"
    formula = f"histogram_quantile(0.9, sum by (exchange, le) (rate({metric}_bucket[5m])))"
    dashboard = tiny(kpi(expr=formula, labels=("exchange",)))

    [panel] = panels(dashboard, "heatmap")
    [target] = panel["targets"]
    narrowed = "{exchange=~`${exchange:regex}`}"
    assert target["expr"] == f"sum by (le) (rate({metric}_bucket{narrowed}[$__rate_interval]))"
    assert target["format"] == "heatmap"
    assert target["exemplar"] is True
    assert panel["fieldConfig"]["defaults"]["unit"] == "s"


def test_a_native_histogram_gets_a_heatmap_without_buckets() -> None:
    """The formula decides how the histogram is read."""
    metric = "amaie_exchange_request_duration_seconds"
    dashboard = tiny(kpi(expr=f"histogram_quantile(0.9, sum(rate({metric}[5m])))"))

    [panel] = panels(dashboard, "heatmap")
    assert panel["targets"][0]["expr"] == f"sum (rate({metric}[$__rate_interval]))"
