"""Every alert has a page that a person can act on: no dead query, no dead link."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import prison
import pytest

from generators import names
from generators.docs import runbooks
from generators.shared import links
from generators.spec import formulas, kpispec, logspec, promql

if TYPE_CHECKING:
    from generators.spec.model import Alert, Kpi, Spec

ROOT = Path(__file__).parents[4]
SMALL = ROOT / "tests" / "golden" / "small" / "spec" / "kpis.yaml"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Links"]


class Page(NamedTuple):
    """An alert with its KPI and its page."""

    kpi: Kpi
    alert: Alert
    text: str


@pytest.fixture(scope="module")
def amaie() -> Spec:
    """Return the spec of AMAIE itself."""
    return kpispec.load(ROOT / "spec" / "kpis.yaml")


@pytest.fixture(scope="module")
def pages(amaie: Spec) -> list[Page]:
    """Return the page of every alert of AMAIE."""
    return [Page(kpi, alert, runbooks.page(amaie, kpi, alert)) for kpi in amaie.kpis for alert in kpi.alerts]


@pytest.fixture(scope="module")
def cash_low() -> str:
    """Return the page of the small spec's first alert."""
    shop = kpispec.load(SMALL)
    return runbooks.page(shop, shop.kpis[0], shop.kpis[0].alerts[0])


def _code(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)\n```", page, re.DOTALL)


def _links(page: str) -> dict[str, str]:
    return dict(re.findall(r"^- \[([^\]]+)\]\((\S+)\)$", page, re.MULTILINE))


def test_a_page_starts_with_what_happens_and_what_to_do_first(cash_low: str) -> None:
    """Name, summary and first action stand at the top, with fields as words and the limit as a figure."""
    assert cash_low.split("\n\n")[1:4] == [
        "# CashLow",
        "> Drawer *drawer* holds *value*; it should hold 10.00.",
        "**Do first:** Bring coins from the safe.",
    ]


def test_a_page_tells_each_level_and_whom_it_tells(cash_low: str) -> None:
    """The table has bound, patience and channels of each severity."""
    assert "| critical | below 10.00 | 1m | 5m | pagerduty, sms |" in cash_low
    assert "| warning | below 50.00 | 5m | - | slack, email |" in cash_low


def test_a_page_tells_guard_silence_and_mutes() -> None:
    """What keeps an alert quiet is written down: too few samples, no series, a window."""
    shop = kpispec.load(SMALL)
    page = runbooks.page(shop, shop.kpis[1], shop.kpis[1].alerts[0])
    assert "It speaks only while `all:amaie_shop_receipts:count_1h` is at least 5:" in page
    assert "If the series is absent, it is silent: nobody was served." in page
    assert "Muted (warning) during `closed`: At night the shop is closed and nobody is served." in page


def test_an_alert_that_covers_an_absent_series_is_linked() -> None:
    """Where another alert tells that the series is gone, its page is one click away."""
    shop = kpispec.load(SMALL)
    alert = shop.kpis[0].alerts[0].model_copy(update={"missing": "ServiceSlow"})
    page = runbooks.page(shop, shop.kpis[0], alert)
    assert "If the series is absent, [ServiceSlow](ServiceSlow.md) tells." in page


def test_the_queries_of_a_page_are_those_of_the_rules(cash_low: str) -> None:
    """The figure, its worst value, each level's condition and the formula can be copied."""
    assert _code(cash_low, "promql") == [
        "drawer:amaie_shop_cash:current",
        "min_over_time(drawer:amaie_shop_cash:current[1h])",
        "drawer:amaie_shop_cash:current < 10",
        "drawer:amaie_shop_cash:current < 50",
        "max by (drawer) (amaie_shop_cash)",
    ]
    assert _code(cash_low, "kql") == ['service:"till" and level:("WARNING" or "ERROR" or "CRITICAL")']


def test_further_diagnosis_of_the_spec_is_shown_in_its_language() -> None:
    """A line that starts with "kql: " is a log query; every other one is PromQL."""
    shop = kpispec.load(SMALL)
    diagnosis = ("sum(amaie_shop_cash)", 'kql: event_id:"x"')
    alert = shop.kpis[0].alerts[0].model_copy(update={"diagnosis": diagnosis})
    page = runbooks.page(shop, shop.kpis[0], alert)
    assert _code(page, "promql")[-1] == "sum(amaie_shop_cash)"
    assert _code(page, "kql")[-1] == 'service:"till" and event_id:"x"'


def test_every_alert_has_its_page_on_disk(pages: list[Page]) -> None:
    """The address in an alert leads to a committed page of exactly that alert."""
    assert pages
    for page in pages:
        name = names.runbook_path(page.alert).removeprefix("/runbooks/")
        on_disk = ROOT / runbooks.FOLDER / f"{name}.md"
        assert on_disk.read_text() == page.text


def test_every_page_is_complete(pages: list[Page]) -> None:
    """Each page has all sections in order, and no field of a template is left in it."""
    for page in pages:
        assert re.findall(r"^## (.+)$", page.text, re.MULTILINE) == SECTIONS
        assert "{{" not in page.text, page.alert.name


def test_every_query_parses_and_reads_series_that_exist(amaie: Spec, pages: list[Page]) -> None:
    """Whatever a person copies from a page runs, and names nothing that nobody exports."""
    known = formulas.known_series(amaie)
    for page in pages:
        queries = _code(page.text, "promql")
        assert len(queries) >= 3 + len(page.alert.levels)
        wrong = [(query, text) for query in queries for text in promql.read(query, known).wrong]
        assert wrong == [], page.alert.name


def test_a_query_on_an_unknown_series_is_found(amaie: Spec) -> None:
    """The check above can fail."""
    assert promql.read("amaie_nobody_exports_this", formulas.known_series(amaie)).wrong


def test_every_log_query_asks_for_fields_of_the_contract(pages: list[Page]) -> None:
    """The fields before the colons of a KQL query are fields that records have."""
    fields = {field.name for field in logspec.load(ROOT / "spec" / "logs.yaml").fields}
    for page in pages:
        for query in _code(page.text, "kql"):
            asked = set(re.findall(r"(?:^|[\s(])([\w.@]+):", re.sub(r'"[^"]*"', '""', query)))
            assert asked, query
            assert asked <= fields | {"@timestamp"}, query


def test_every_panel_link_leads_to_a_panel(pages: list[Page]) -> None:
    """The dashboard is generated and has a panel of that id."""
    for page in pages:
        address = urlsplit(_links(page.text)["Panel"])
        uid = address.path.split("/")[2]
        dashboard = json.loads((ROOT / f"grafana/generated/dashboards/{uid}.json").read_text())
        assert dashboard["uid"] == uid
        panel = int(parse_qs(address.query)["viewPanel"][0].removeprefix("panel-"))
        assert panel in _panel_ids(dashboard), page.alert.name


def _panel_ids(dashboard: dict[str, list[dict[str, object]]]) -> set[object]:
    inner = [panel for row in dashboard["panels"] for panel in row.get("panels", [])]  # type: ignore[attr-defined]
    return {panel["id"] for panel in [*dashboard["panels"], *inner]}


def test_every_logs_link_shows_fields_of_the_contract(pages: list[Page]) -> None:
    """The logs link opens our data view with columns that records have."""
    fields = {field.name for field in logspec.load(ROOT / "spec" / "logs.yaml").fields}
    for page in pages:
        state = prison.loads(unquote(_links(page.text)["Logs"].split("_a=")[1]))
        assert state["dataSource"]["dataViewId"] == names.LOGS_DATA_VIEW
        assert set(state["columns"]) <= fields


def test_the_index_lists_every_page(amaie: Spec, pages: list[Page]) -> None:
    """A person without an alert at hand finds all pages from one."""
    index = (ROOT / runbooks.FOLDER / "README.md").read_text()
    listed = re.findall(r"^- \[(\w+)\]\((\w+)\.md\): ", index, re.MULTILINE)
    assert sorted(listed) == sorted((page.alert.name, page.alert.name) for page in pages)
    assert [family.title for family in amaie.families if f"## {family.title}\n" in index]


def test_the_live_page_of_the_alerts_kpi_is_linked(amaie: Spec, pages: list[Page]) -> None:
    """Each page leads to the launcher's live view of its KPI."""
    for page in pages:
        assert _links(page.text)["Live dashboard"] == links.live_url(amaie, page.kpi)
