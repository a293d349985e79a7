"""Grafana dashboards from the spec."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, urlsplit

import promql_parser
import pytest
from grafanalib import formatunits

from generators import names
from generators.grafana import dashboards
from generators.shared import links
from generators.spec.logspec import LogSpec
from generators.spec.model import Kpi, Model
from support.grafana_lab import SPEC, curve, panels, render, walk

KINDS = {
    "bargauge",
    "gauge",
    "heatmap",
    "logs",
    "row",
    "stat",
    "state-timeline",
    "table",
    "text",
    "timeseries",
}


DASHBOARDS = render(SPEC)
every_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS.keys())


def test_each_family_has_a_dashboard_of_its_stable_uid() -> None:
    """Links of alerts name the uid, so it comes from the family's name."""
    assert DASHBOARDS.keys() >= {names.dashboard_uid(family) for family in SPEC.families}
    assert all(dashboard["uid"] == uid for uid, dashboard in DASHBOARDS.items())


def test_the_same_spec_gives_the_same_bytes() -> None:
    """Rendering has no clock and no counter."""
    model = Model(SPEC, LogSpec.model_construct(), ())

    assert dashboards.render(model) == dashboards.render(model)


@every_dashboard
def test_a_dashboard_cannot_be_edited_in_grafana(dashboard: dict[str, Any]) -> None:
    """The spec is the only place to change it, and its description says so."""
    assert dashboard["editable"] is False
    assert dashboard["description"].endswith(
        "Generated from spec/kpis.yaml by scripts/generate.py. "
        'Do not edit: change the spec and run "make generate".'
    )
    assert dashboard["schemaVersion"] == 42
    assert not {"__inputs", "rows", "style", "sharedCrosshair", "id", "version"} & dashboard.keys()


@every_dashboard
def test_no_panel_overlaps_another_and_none_leaves_the_grid(dashboard: dict[str, Any]) -> None:
    """Headings and panels lie side by side or one below the other."""
    for one, other in combinations([panel["gridPos"] for panel in dashboard["panels"]], 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)
    assert all(cell["x"] >= 0 and cell["x"] + cell["w"] <= 24 for cell in cells(dashboard))


def cells(dashboard: dict[str, Any]) -> list[dict[str, int]]:
    """Return the grid positions of a dashboard's panels."""
    return [panel["gridPos"] for panel in dashboard["panels"]]


@every_dashboard
def test_every_panel_and_every_query_names_its_data_source(dashboard: dict[str, Any]) -> None:
    """By its fixed uid: never null, never a name, never the default one."""
    sources = [
        {"type": "prometheus", "uid": "prometheus"},
        {"type": "elasticsearch", "uid": "elasticsearch"},
    ]
    for panel in panels(dashboard):
        assert panel["datasource"] in sources
        assert panel["targets"]
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    assert all(variable["datasource"] in sources for variable in dashboard["templating"]["list"])


@every_dashboard
def test_no_text_says_null_and_only_thresholds_are_null(dashboard: dict[str, Any]) -> None:
    """A threshold's open lower end is null; everything else that is not set is left out."""
    for value in walk(dashboard):
        assert value not in ("null", "None")
        if isinstance(value, dict):
            nulls = {key for key, item in value.items() if item is None}
            assert nulls <= {"value"}
            assert not nulls or value.keys() == {"color", "value"}


@every_dashboard
def test_panel_ids_are_unique_and_fit_grafana(dashboard: dict[str, Any]) -> None:
    """Headings have ids too."""
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    assert all(0 < number < 2**31 for number in ids)


@every_dashboard
def test_only_panel_types_of_present_grafana_are_emitted(dashboard: dict[str, Any]) -> None:
    """No graph, no singlestat, no old table."""
    assert {panel["type"] for panel in dashboard["panels"]} <= KINDS


@every_dashboard
def test_single_values_are_the_latest_ones_with_a_text_for_none(dashboard: dict[str, Any]) -> None:
    """The mean of six hours is no present value, and an absent figure is not zero."""
    for panel in panels(dashboard):
        if panel["type"] in ("stat", "gauge", "bargauge"):
            assert panel["options"]["reduceOptions"]["calcs"] == ["lastNotNull"]
        if panel["type"] != "logs":
            assert panel["fieldConfig"]["defaults"]["noValue"] == "no data"


@every_dashboard
def test_curves_are_as_fine_as_the_scrape(dashboard: dict[str, Any]) -> None:
    """What grafanalib sets (100 points, step 10) is gone; the least step is the scrape interval."""
    for panel in panels(dashboard):
        assert panel["interval"] == SPEC.settings.scrape_interval
        assert "maxDataPoints" not in panel
        assert not any({"step", "intervalFactor"} & target.keys() for target in panel["targets"])


@every_dashboard
def test_units_are_known_to_grafana(dashboard: dict[str, Any]) -> None:
    """A misspelt unit would be shown as a suffix."""
    known = {value for name, value in vars(formatunits).items() if name.isupper()}
    for panel in panels(dashboard):
        unit = panel["fieldConfig"]["defaults"]["unit"]
        # Grafana puts a blank before a suffix itself.
        assert unit in known or re.fullmatch(r"suffix:\S.*", unit)


@every_dashboard
def test_every_panel_has_a_title_and_a_description(dashboard: dict[str, Any]) -> None:
    """Both are sentences of the spec, not names of metrics."""
    assert all(panel["title"] and panel["description"] for panel in panels(dashboard))


def prometheus_queries(dashboard: dict[str, Any]) -> list[tuple[str, str]]:
    """Return panel type and PromQL of each query, with Grafana's variables replaced."""
    found = []
    for panel in panels(dashboard):
        for target in panel["targets"]:
            if target["datasource"]["type"] == "prometheus":
                text = target["expr"].replace("$__rate_interval", "1m").replace("$__range", "6h")
                found.append((panel["type"], re.sub(r"\$\{\w+:regex\}", ".*", text)))
    return found


def selectors(node: Any) -> list[str | None]:
    """Return the names of the series that a parsed query reads."""
    if isinstance(node, promql_parser.VectorSelector):
        return [node.name]
    parts = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector")]
    return [name for part in [*parts, *getattr(node, "args", [])] if part for name in selectors(part)]


@every_dashboard
def test_queries_parse_and_read_nothing_but_recorded_series(dashboard: dict[str, Any]) -> None:
    """One definition of each figure; a heatmap may read the histogram itself."""
    recorded = {names.recorded(kpi) for kpi in SPEC.kpis} | {"ALERTS", "ALERTS_FOR_STATE"}
    recorded |= {names.LIMIT_IN_FORCE, names.LIMIT_SINCE}
    facts = {metric.name for metric in SPEC.metrics if metric.type == "histogram"}
    for kind, text in prometheus_queries(dashboard):
        read = set(selectors(promql_parser.parse(text)))
        allowed = facts | {f"{name}_bucket" for name in facts} if kind == "heatmap" else recorded
        assert read <= allowed, text


@pytest.mark.parametrize("made", SPEC.kpis, ids=[made.name for made in SPEC.kpis])
def test_the_link_of_an_alert_opens_its_panel_at_the_series_that_fires(made: Kpi) -> None:
    """Dashboard, panel and every variable that the link sets do exist."""
    labels = dict.fromkeys(made.labels, "value")
    url = urlsplit(links.dashboard_url(SPEC, made, links.Rendered(labels, 1e9)))

    dashboard = DASHBOARDS[url.path.split("/")[2]]
    query = parse_qs(url.query)
    offered = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert query["viewPanel"] == [f"panel-{curve(dashboard, made.name)['id']}"]
    assert {name.removeprefix("var-") for name in query if name.startswith("var-")} <= offered


@every_dashboard
def test_every_dashboard_leads_to_the_overview_the_others_and_the_live_one(dashboard: dict[str, Any]) -> None:
    """Filters and time go along within Grafana."""
    overview, others, live = dashboard["links"]
    assert (overview["url"], overview["includeVars"], overview["keepTime"]) == (
        "/d/amaie-overview",
        True,
        True,
    )
    assert (others["type"], others["tags"], others["asDropdown"]) == ("dashboards", ["amaie"], True)
    assert (live["url"], live["targetBlank"]) == (SPEC.settings.links.launcher, True)


@every_dashboard
def test_alerts_deployments_and_stops_are_marked_in_every_curve(dashboard: dict[str, Any]) -> None:
    """From the ALERTS series and from two log queries, beside the marks that people set by hand."""
    built_in, alerts, deployments, stops = dashboard["annotations"]["list"]
    assert built_in["builtIn"] == 1
    assert 'alertstate="firing"' in alerts["target"]["expr"]
    assert deployments["target"]["query"] == 'message:"started successfully"'
    assert stops["target"]["query"] == 'level:CRITICAL AND message:"emergency stop"'
    assert {mark["textField"] for mark in (deployments, stops)} == {"message"}


@every_dashboard
def test_every_variable_starts_with_all_and_every_query_uses_only_variables_there_are(
    dashboard: dict[str, Any],
) -> None:
    """A filter that is missing would be sent to Prometheus as a literal dollar."""
    offered = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert all(variable["includeAll"] for variable in dashboard["templating"]["list"])
    assert all(variable["current"]["value"] == ["$__all"] for variable in dashboard["templating"]["list"])
    for panel in panels(dashboard):
        for target in panel["targets"]:
            text = target.get("expr", target.get("query"))
            assert set(re.findall(r"\$\{?(?!__)(\w+)", text)) <= offered, text
