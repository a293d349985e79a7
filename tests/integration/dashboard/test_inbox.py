"""The inbox page and the keyboard in a real browser: alerts that a real Alertmanager has delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from integration.dashboard.conftest import SHOTS
from integration.dashboard.lab import free_port, serving
from integration.delivery.conftest import amaie, start
from integration.delivery.world import alert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from integration.dashboard.lab import Dashboard
    from integration.delivery.world import World

    Viewer = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.timeout(300)]
__all__ = ["amaie", "start"]  # fixtures that are found by their names

SUMMARY = "account main has lost 1204.50 USDT & more."
TOLD = [
    ("PagerDuty", "DailyLossLimit", {"Dashboard", "Logs", "Runbook", "Live"}),
    ("SMS", "DailyLossLimit", {"Runbook"}),
    ("Slack", "WinRateLow", {"Dashboard", "Logs", "Runbook", "Live"}),
    ("E-mail", "WinRateLow", {"Dashboard", "Logs", "Runbook", "Live"}),
]
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture(name="told", scope="module")
def _told(start: Callable[..., World]) -> World:
    """Return a world in which a critical and a warning alert have reached all four channels."""
    world: World = start()
    world.post(alert("DailyLossLimit", "critical", account="main"), alert("WinRateLow", "warning"))
    for channel in ("pagerduty", "sms", "slack", "email"):
        world.wait(channel)
    return world


@pytest.fixture(name="dashboard", scope="module")
def _dashboard(told: World, secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Yield a dashboard that reads the inbox and Alertmanager; its other sources are away."""
    folder, nobody = tmp_path_factory.mktemp("dashboard"), free_port()
    given = {
        "AMAIE_PROMETHEUS_URL": f"http://127.0.0.1:{nobody}",
        "AMAIE_ELASTICSEARCH_URL": f"http://127.0.0.1:{nobody}",
        "AMAIE_ALERTMANAGER_URL": told.alertmanager.url,
        "AMAIE_INBOX_URL": f"http://127.0.0.1:{told.inbox.http_port}",
    }
    with serving(secrets, folder / "dashboard.out", **given) as running:
        yield running


@pytest.mark.parametrize(("channel", "name", "links"), TOLD)
def test_the_inbox_shows_what_each_channel_would_have_received(
    viewer: Viewer, channel: str, name: str, links: set[str]
) -> None:
    """Name of the channel, state, age, the alert's name and summary, and every link one click away."""
    page = viewer("/inbox")
    card = (
        page.locator(".inbox .card").filter(has=page.locator(".to", has_text=channel)).filter(has_text=name)
    )

    expect(card).to_have_count(1)
    expect(card.locator(".badge")).to_have_text("firing")
    expect(card.locator("[data-since]")).to_be_visible()
    expect(card).to_contain_text(SUMMARY)
    assert set(card.locator(".links a").all_inner_texts()) == links
    runbook = card.get_by_role("link", name="Runbook")
    expect(runbook).to_have_attribute("href", f"http://127.0.0.1:8080/runbooks/{name}")


def test_the_inbox_fits_a_phone(viewer: Viewer) -> None:
    """Long links and titles are broken; a screenshot is kept."""
    page = viewer("/inbox", **PHONE)

    expect(page.locator(".inbox .card")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "inbox-phone.png", full_page=True)


def test_a_message_appears_without_loading_the_page_anew_and_its_end_follows(
    viewer: Viewer, told: World
) -> None:
    """A further alert comes in while somebody looks; later its resolution does."""
    page = viewer("/inbox")
    page.evaluate("window.same = true")
    told.post(alert("ExchangeErrorsHigh", "critical"))
    cards = page.locator(".inbox .card", has_text="ExchangeErrorsHigh")

    expect(cards.locator(".badge.critical").first).to_be_visible(timeout=20_000)
    told.post(alert("ExchangeErrorsHigh", "critical", over=True))
    expect(cards.locator(".badge.ok").first).to_be_visible(timeout=20_000)
    assert page.evaluate("window.same") is True


def test_tab_reaches_a_message_s_link_and_shows_where_it_is(viewer: Viewer) -> None:
    """Every link of the bar, then those of the messages; the focus has an outline that is seen."""
    page = viewer("/inbox")
    expect(page.locator(".inbox .card .links a").first).to_be_visible()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, seen = page.evaluate(
            "(() => { const at = document.activeElement, style = getComputedStyle(at);"
            "return [at.innerText.trim(), at === document.body || (style.outlineStyle !== 'none'"
            " && parseFloat(style.outlineWidth) >= 2)]; })()"
        )
        assert seen, f"the focus on '{name}' is not visible"
        reached.append(name)
        if name == "Runbook":
            break

    links = page.locator("nav a").all_inner_texts()
    assert links[-1] == "Inbox"
    assert reached[: 1 + len(links)] == ["AMAIE", *links]
    assert reached[-1] == "Runbook"


def test_number_keys_open_every_page_but_not_while_writing(viewer: Viewer) -> None:
    """Each link of the bar has its digit; in a field of the logs a digit is text, and / goes there."""
    page = viewer("/inbox")
    links = page.locator("nav a")
    keys = [(link.get_attribute("data-key"), link.get_attribute("href")) for link in links.all()]
    for key, path in keys:
        assert key is not None
        page.keyboard.press(key)
        page.wait_for_url(f"**{path}")
        expect(page.locator('nav [aria-current="page"]')).to_have_attribute("href", str(path))
    page.goto(page.url.replace("/inbox", "/logs"))
    page.wait_for_selector("input[name=text]")
    page.keyboard.press("/")
    page.keyboard.type("12")

    expect(page.locator("input[name=text]")).to_have_value("12")
    assert page.url.endswith("/logs")
