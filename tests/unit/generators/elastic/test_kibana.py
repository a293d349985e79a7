"""Kibana's saved objects agree with the contract and with each other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generators import names
from generators.elastic import kibana
from generators.spec import logspec

ROOT = Path(__file__).parents[4]
SPEC = logspec.load(ROOT / "spec" / "logs.yaml")
OBJECTS = kibana.objects(SPEC)
BY_ID = {(one["type"], one["id"]): one for one in OBJECTS}
GOOD = {field.name for field in SPEC.fields} | {"@timestamp", "___records___"}
REJECTED = {"@timestamp", "reason", "detail", "service", "source", "record", "___records___"}


def _fields_of(one: dict[str, Any]) -> set[str]:
    """Return every field that a search or a chart names."""
    attributes = one["attributes"]
    if one["type"] == "search":
        query = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]["query"]
        return {
            *attributes["columns"],
            *(name for name, _ in attributes["sort"]),
            *re.findall(r"(\w+) :", query),
        }
    (layer,) = attributes["state"]["datasourceStates"]["formBased"]["layers"].values()
    query = attributes["state"]["query"]["query"]
    return {column["sourceField"] for column in layer["columns"].values()} | set(
        re.findall(r"(\w+) :", query)
    )


@pytest.mark.parametrize(
    "one", [one for one in OBJECTS if one["type"] in ("search", "lens")], ids=lambda one: one["id"]
)
def test_a_search_or_chart_names_only_fields_of_its_stream(one: dict[str, Any]) -> None:
    """A field that is renamed in the spec cannot be left behind here."""
    (reference,) = one["references"]
    known = REJECTED if reference["id"] == kibana.REJECTED_DATA_VIEW else GOOD
    assert _fields_of(one) <= known


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one["id"])
def test_every_reference_leads_to_an_object_that_comes_first(one: dict[str, Any]) -> None:
    """Kibana imports in order, and a dashboard with a missing panel shows an error."""
    before = [(other["type"], other["id"]) for other in OBJECTS[: OBJECTS.index(one)]]
    assert all((reference["type"], reference["id"]) in before for reference in one["references"])


def test_ids_are_stable_because_alerts_link_to_them() -> None:
    """Changing one of these breaks links that people have kept."""
    assert sorted(BY_ID) == [
        ("dashboard", "amaie-log-overview"),
        ("index-pattern", "amaie-logs"),
        ("index-pattern", "amaie-rejected"),
        ("lens", "amaie-error-sources"),
        ("lens", "amaie-error-types"),
        ("lens", "amaie-levels"),
        ("lens", "amaie-rejections"),
        ("search", "amaie-errors"),
        ("search", "amaie-rejected-lines"),
        ("search", "amaie-trace"),
        ("search", "amaie-trade-audit-trail"),
    ]


def test_the_data_view_of_the_alert_links_reads_the_good_stream_only() -> None:
    """`logs-amaie-*` does not match the rejected stream, whose fields are others."""
    view = BY_ID["index-pattern", names.LOGS_DATA_VIEW]["attributes"]
    assert (view["title"], view["timeFieldName"]) == ("logs-amaie-*", "@timestamp")


@pytest.mark.parametrize(
    ("search", "query", "order", "view"),
    [
        (names.ERRORS_SEARCH, "level : (ERROR or CRITICAL)", "desc", names.LOGS_DATA_VIEW),
        (names.TRADE_SEARCH, "order_id : *", "asc", names.LOGS_DATA_VIEW),
        (names.TRACE_SEARCH, "trace_id : *", "asc", names.LOGS_DATA_VIEW),
        (names.REJECTED_SEARCH, "", "desc", kibana.REJECTED_DATA_VIEW),
    ],
)
def test_a_saved_search_asks_for_what_its_name_says(search: str, query: str, order: str, view: str) -> None:
    """Stories are read from their beginning, troubles from the newest."""
    found = BY_ID["search", search]
    source = json.loads(found["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    assert source["query"] == {"query": query, "language": "kuery"}
    assert found["attributes"]["sort"] == [["@timestamp", order]]
    assert [reference["id"] for reference in found["references"]] == [view]


def test_the_trade_audit_trail_reads_like_a_story() -> None:
    """With everything that says what happened to the order."""
    attributes = BY_ID["search", names.TRADE_SEARCH]["attributes"]
    assert {"order_id", "side", "amount", "price", "message"} <= set(attributes["columns"])


def test_panels_of_the_overview_do_not_overlap_and_fit_the_width() -> None:
    """48 columns, and every cell belongs to one panel at most."""
    overview = BY_ID["dashboard", names.LOGS_DASHBOARD]
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(overview["attributes"]["panelsJSON"]):
        grid = panel["gridData"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert grid["x"] + grid["w"] <= 48
        assert not taken & cells
        taken |= cells
    assert len(overview["references"]) == len(kibana.LAYOUT)
