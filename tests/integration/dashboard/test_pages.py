"""The live dashboard in a real browser, on real sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from amaie_dashboard.catalogue import catalogue
from amaie_dashboard.security import COOKIE
from integration.dashboard.conftest import SHOTS
from integration.dashboard.lab import PASSWORD, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from integration.dashboard.lab import Dashboard, Stack

    Viewer = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.timeout(900)]

PATHS = ("/", "/trading", "/system", "/agent", "/stack", "/logs")
DESKTOP = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2}

OUTSIDE = """[...document.querySelectorAll(".money .value, .limit .row b, .marks span")].filter(element => {
  const own = element.getBoundingClientRect(), around = element.parentElement.getBoundingClientRect();
  return own.left < around.left - 1 || own.right > around.right + 1;
}).map(element => element.innerText)"""
"""Script that returns the figures and names of bounds that stand out of their place."""


@pytest.fixture(autouse=True, scope="module")
def _data(stack: Stack) -> None:
    """Wait until the sources have figures and records to show."""
    eventually(lambda: stack.value("account_currency:amaie_trading_pnl:day") is not None, "a P&L")
    eventually(lambda: stack.value("all:amaie_agent_policies:rate_1m"), "decisions")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_page_shows_data_and_fits(viewer: Viewer, path: str, size: str) -> None:
    """Figures or records at once, nothing wider than the screen; a screenshot is kept."""
    page = viewer(path, **(DESKTOP if size == "desktop" else PHONE))
    seen = ".log" if path == "/logs" else ".value" if path != "/stack" else ".panel"

    expect(page.locator(seen).first).to_be_visible()
    if path != "/logs":
        expect(page.locator(".chart canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{path.strip('/') or 'overview'}-{size}.png", full_page=path != "/logs")


def test_every_kpi_of_the_spec_has_a_panel_and_a_page_of_its_own(
    viewer: Viewer, dashboard: Dashboard
) -> None:
    """The family's page shows it; the address that alerts link to shows it alone."""
    page = viewer("/trading")
    names = [panel.name for panel in catalogue().of_family("trading")]

    assert [card.get_attribute("id") for card in page.locator(".panel").all()] == names
    page.goto(f"{dashboard.url}/kpis/drawdown")
    expect(page.locator(".panel")).to_have_count(1)
    expect(page.locator("h1")).to_contain_text("Drawdown")


def test_a_strategy_is_chosen_in_its_table_and_its_figure_stands_alone(viewer: Viewer, stack: Stack) -> None:
    """A row leads there and is marked then; the way back shows both again."""
    eventually(
        lambda: stack.value("count(account_currency_strategy:amaie_trading_realised:total)") == 2, "two"
    )
    page = viewer("/trading")
    expect(page.locator("#strategy_realised .values li")).to_have_count(2)
    page.locator(".accounts a", has_text="trend_follow").click()
    page.wait_for_url(re.compile("strategy=trend_follow"))

    expect(page.locator(".accounts tr[aria-current]")).to_contain_text("trend_follow")
    expect(page.locator("#strategy_realised .value")).to_have_count(1)
    page.locator(".accounts a", has_text="every strategy").click()
    expect(page.locator("#strategy_realised .values li")).to_have_count(2)


def test_a_time_range_is_chosen_without_loading_the_page_anew(viewer: Viewer) -> None:
    """The button is pressed, the address remembers it, the chart reaches further back."""
    page = viewer("/trading")
    page.evaluate("window.same = true")
    page.get_by_role("button", name="6h").click()

    expect(page.get_by_role("button", name="6h")).to_have_attribute("aria-pressed", "true")
    page.wait_for_url(re.compile("range=6h"))
    assert page.evaluate("window.same") is True


def test_keys_open_pages(viewer: Viewer) -> None:
    """The digit of a page opens it, so that no pointer is needed."""
    page = viewer("/")
    page.keyboard.press("2")

    page.wait_for_url(re.compile("/trading$"))
    expect(page.locator('nav [aria-current="page"]')).to_have_text("Trading")


def test_an_id_tells_its_whole_story(viewer: Viewer) -> None:
    """From a record of the tail to everything its order did: three services, in the order of time."""
    page = viewer("/logs?text=Trade+booked")
    page.locator(".id", has_text="ORD-").first.click()
    page.wait_for_selector(".story")
    times = page.locator(".story time").all_inner_texts()
    services = set(page.locator(".story .service").all_inner_texts())
    told = " ".join(page.locator(".story .message").all_inner_texts())

    assert times == sorted(times)
    assert {"amaie-core", "amaie-trader"} <= services
    assert re.search("Policy selected.*Order placed.*Order filled.*Trade booked", told)


def test_filters_leave_only_what_they_name(viewer: Viewer) -> None:
    """By service and level; the tail goes on."""
    page = viewer("/logs?service=amaie-core&level=INFO")

    expect(page.locator(".log").first).to_be_visible()
    assert set(page.locator(".log .service").all_inner_texts()) == {"amaie-core"}
    assert "DEBUG" not in page.locator(".log .level").all_inner_texts()


def test_a_hostile_filter_finds_nothing_and_breaks_nothing(viewer: Viewer) -> None:
    """Quotes, operators and tags are text."""
    page = viewer("/logs?order_id=%22%20OR%20*%3A*&text=%3Cscript%3Ealert(1)%3C/script%3E")

    expect(page.get_by_text("No record matches.")).to_be_visible()
    expect(page.locator("input[name=text]")).to_have_value("<script>alert(1)</script>")


def test_no_secret_is_in_a_page_and_the_cookie_is_closed(viewer: Viewer, stack: Stack) -> None:
    """Neither password; the session's cookie is out of reach of scripts and of other sites' forms."""
    page = viewer("/")
    cookie = next(each for each in page.context.cookies() if each["name"] == COOKIE)

    assert PASSWORD not in page.content()
    assert stack.elasticsearch.password("amaie_reader") not in page.content()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", True)


def test_a_wrong_password_opens_nothing(dashboard: Dashboard) -> None:
    """The page says so and sets no cookie."""
    with dashboard.client() as client:
        answer = client.post("/login", data={"user": "operator", "password": "wrong"})

    assert answer.status_code == 401
    assert "User or password is wrong." in answer.text
    assert "set-cookie" not in answer.headers


def test_runbooks_are_readable_pages(viewer: Viewer, dashboard: Dashboard) -> None:
    """Headings and queries of the generated page; an unknown name is a plain 404."""
    page = viewer("/runbooks/DrawdownLimit")

    expect(page.locator(".prose h1")).to_have_text("DrawdownLimit")
    expect(page.locator(".prose pre").first).to_be_visible()
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    with dashboard.client() as client:
        client.cookies.update(cookies)
        assert client.get("/runbooks/..%2Fsecret").status_code == 404
        assert client.get("/kpis/nothing").status_code == 404


def test_a_source_that_is_away_is_named_its_data_greyed_and_it_recovers(viewer: Viewer, stack: Stack) -> None:
    """Prometheus frozen: the pill names it, the last figures stay in grey with their age, then live on."""
    page = viewer("/trading")
    expect(page.locator(".pill.ok")).to_be_visible()
    prometheus = stack.prometheus.container.get_wrapped_container()
    prometheus.pause()
    try:
        expect(page.locator(".pill.away")).to_contain_text("Prometheus away", timeout=30_000)
        expect(page.locator(".stale .value").first).to_be_visible()
        expect(page.locator(".stale-note").first).to_contain_text("Prometheus does not answer in time.")
    finally:
        prometheus.unpause()

    expect(page.locator(".pill.ok")).to_be_visible(timeout=30_000)
    expect(page.locator(".stale")).to_have_count(0)


def test_a_page_opened_while_a_source_is_away_is_shown_all_the_same(viewer: Viewer, stack: Stack) -> None:
    """Without Elasticsearch the logs say so instead of failing; they come by themselves afterwards."""
    elasticsearch = stack.elasticsearch.container.get_wrapped_container()
    elasticsearch.pause()
    try:
        page = viewer("/logs?service=launcher")
        expect(page.locator(".stale-note")).to_contain_text("Elasticsearch does not answer", timeout=30_000)
    finally:
        elasticsearch.unpause()

    expect(page.locator(".log").first).to_be_visible(timeout=60_000)


def test_an_alert_appears_within_ten_seconds_of_firing(viewer: Viewer, stack: Stack) -> None:
    """The drawdown scenario: once Alertmanager knows, the page does, with state, age and runbook."""
    page = viewer("/", **DESKTOP)
    stack.play("drawdown")
    eventually(
        lambda: httpx.get(f"{stack.alertmanager.url}/api/v2/alerts?filter=alertname=DrawdownLimit").json(),
        "the alert",
    )

    shown = page.locator(".alert.critical", has_text="DrawdownLimit").first
    expect(shown).to_be_visible(timeout=10_000)
    expect(page.locator(".verdict", has_text="Is money at risk?").locator("strong")).to_have_text("Yes")
    expect(shown.get_by_role("link", name="Runbook")).to_have_attribute("href", "/runbooks/DrawdownLimit")
    expect(page.locator(".events")).to_contain_text("DrawdownLimit fires (critical)", timeout=40_000)
    page.screenshot(path=SHOTS / "drawdown-desktop.png")
    phone = viewer("/", **PHONE)
    expect(phone.locator(".limit .value.critical").first).to_be_visible()
    phone.screenshot(path=SHOTS / "drawdown-phone.png")
    assert phone.evaluate(OUTSIDE) == []
    stack.play("normal")


def test_five_hundred_refreshes_leak_nothing(viewer: Viewer, stack: Stack) -> None:
    """Neither the server's memory nor the page's grows with the refreshes."""
    with stack.dashboard("fast", AMAIE_DASHBOARD_REFRESH="0.06") as fast:
        page = viewer("/", url=fast.url)
        session = page.context.new_cdp_session(page)

        def heap() -> float:
            session.send("HeapProfiler.collectGarbage")
            return float(session.send("Runtime.getHeapUsage")["usedSize"])

        page.wait_for_timeout(8_000)
        before = heap(), fast.resident_bytes()
        page.wait_for_timeout(32_000)
        after = heap(), fast.resident_bytes()

    assert after[0] - before[0] < 4_000_000
    assert after[1] - before[1] < 12_000_000
