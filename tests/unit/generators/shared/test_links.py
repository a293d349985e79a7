"""The links of an alert lead to that panel, those logs, that page, whatever the labels hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import prison
import pytest

from generators import names
from generators.shared import links
from generators.spec import kpispec

if TYPE_CHECKING:
    from generators.spec.model import Alert, Kpi, Spec

SMALL = Path(__file__).parents[3] / "golden" / "small" / "spec" / "kpis.yaml"
HOSTILE = """am"a\\ie'!x or (level:*) &_a=()#?%+é"""
LEVELS = 'level:("WARNING" or "ERROR" or "CRITICAL")'


@pytest.fixture(scope="module")
def shop() -> Spec:
    """Return the small spec of the golden files."""
    return kpispec.load(SMALL)


def _of_service(shop: Spec) -> tuple[Kpi, Alert]:
    """Return a KPI and its alert whose service is told by the series and not by the spec."""
    kpi = shop.kpis[0].model_copy(update={"labels": ("drawer", "service")})
    return kpi, kpi.alerts[0].model_copy(update={"service": None})


def _discover(address: str) -> tuple[dict[str, object], dict[str, object]]:
    """Return the global and the local state of an address of Kibana's Discover, as Kibana reads them."""
    base, fragment = address.split("#/?")
    assert base == "http://127.0.0.1:5601/app/discover"
    parts = dict(part.split("=", 1) for part in fragment.split("&"))
    assert list(parts) == ["_g", "_a"]
    return prison.loads(unquote(parts["_g"])), prison.loads(unquote(parts["_a"]))


def test_the_panel_is_shown_for_the_series_and_the_time_that_fire(shop: Spec) -> None:
    """The dashboard link names the KPI's panel, 15 minutes around, and every label of the series."""
    filled = links.Rendered({"drawer": "left"}, 1200)
    panel = names.panel_id(shop.kpis[0])
    assert links.dashboard_url(shop, shop.kpis[0], filled) == (
        f"http://127.0.0.1:3000/d/amaie-shop/shop?viewPanel=panel-{panel}&from=300000&to=2100000&var-drawer=left"
    )


def test_a_label_cannot_break_out_of_the_dashboard_link(shop: Spec) -> None:
    """A label with every sign that means something in an address arrives as one value."""
    kpi, _ = _of_service(shop)
    filled = links.Rendered({"drawer": "left", "service": HOSTILE}, 1200)
    query = parse_qs(urlsplit(links.dashboard_url(shop, kpi, filled)).query)
    assert query["var-service"] == [HOSTILE]
    assert set(query) == {"viewPanel", "from", "to", "var-drawer", "var-service"}


def test_the_logs_are_those_of_the_service_around_the_time_of_the_alert(shop: Spec) -> None:
    """The logs link opens Discover on our data view, asks for the service's problems, newest first."""
    address = links.logs_url(shop, shop.kpis[0], shop.kpis[0].alerts[0], links.Rendered({}, 1200))
    time, state = _discover(address)
    assert time == {"time": {"from": "1970-01-01T00:05:00.000Z", "to": "1970-01-01T00:35:00.000Z"}}
    assert state == {
        "columns": ["level", "service", "module", "message"],
        "dataSource": {"dataViewId": "amaie-logs", "type": "dataView"},
        "query": {"language": "kuery", "query": f'service:"till" and {LEVELS}'},
        "sort": [["@timestamp", "desc"]],
    }


def test_a_label_cannot_break_out_of_the_logs_query(shop: Spec) -> None:
    """A service with quotes, brackets and rison's own signs stays one quoted value of the KQL."""
    kpi, alert = _of_service(shop)
    _, state = _discover(links.logs_url(shop, kpi, alert, links.Rendered({"service": HOSTILE}, 1200)))
    escaped = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    assert state["query"] == {"language": "kuery", "query": f'service:"{escaped}" and {LEVELS}'}


def test_without_a_service_the_logs_of_all_services_are_shown(shop: Spec) -> None:
    """An alert that names no service and has no service label opens the problems of everybody."""
    alert = shop.kpis[0].alerts[0].model_copy(update={"service": None})
    _, state = _discover(links.logs_url(shop, shop.kpis[0], alert, links.Rendered({}, 0)))
    assert state["query"] == {"language": "kuery", "query": LEVELS}


def test_a_page_that_is_read_at_any_time_links_to_the_last_minutes_of_every_series(shop: Spec) -> None:
    """The links of a runbook are relative to now and choose all values of each variable."""
    kpi, alert = _of_service(shop)
    query = parse_qs(urlsplit(links.dashboard_url(shop, kpi, links.Recent())).query)
    assert (query["from"], query["to"]) == (["now-15m"], ["now"])
    assert (query["var-drawer"], query["var-service"]) == (["$__all"], ["$__all"])
    time, state = _discover(links.logs_url(shop, kpi, alert, links.Recent()))
    assert time == {"time": {"from": "now-15m", "to": "now"}}
    assert state["query"] == {"language": "kuery", "query": LEVELS}


def test_runbook_and_live_page_are_on_the_launcher(shop: Spec) -> None:
    """Both pages are found below the launcher's address by the alert's and the KPI's name."""
    assert links.runbook_url(shop, shop.kpis[0].alerts[0]) == "http://127.0.0.1:8080/runbooks/CashLow"
    assert links.live_url(shop, shop.kpis[0]) == "http://127.0.0.1:8080/kpis/cash"


def test_times_are_exact_to_the_millisecond() -> None:
    """A rule is evaluated between two seconds: both forms of the time keep that."""
    filled = links.Rendered({}, 1200.25)
    assert (filled.millis(-900), filled.iso(-900)) == ("300250", "1970-01-01T00:05:00.250Z")
