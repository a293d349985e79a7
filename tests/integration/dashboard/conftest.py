"""One small live stack, one dashboard and one browser for all tests of the pages."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from integration.dashboard.lab import PASSWORD, ROLES, Stack, configure, free_port, services
from operate import passwords
from support.browsing import CHROMIUM, chromium
from support.containers import Alertmanager, Prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from integration.dashboard.lab import Dashboard
    from support.containers import Elasticsearch

SHOTS = Path(__file__).resolve().parents[3] / "build" / "screenshots"


@pytest.fixture(name="secrets", scope="session")
def _secrets(elasticsearch: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what every dashboard here knows: Elasticsearch's secrets, and a password of its own."""
    folder = tmp_path_factory.mktemp("dashboards") / "secrets"
    shutil.copytree(elasticsearch.secrets, folder)
    passwords.write(folder / "dashboard_password", PASSWORD)
    return folder


@pytest.fixture(name="stack", scope="module")
def _stack(
    stack_images: dict[str, str],
    elasticsearch: Elasticsearch,
    secrets: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """Yield real sources that watch the demo's services."""
    folder = tmp_path_factory.mktemp("dashboard")
    config = folder / "config"
    ports = {role: free_port() for role in ROLES}
    with ExitStack() as running:
        configure(config, ports, "host:9", free_port())
        alertmanager = Alertmanager.start(stack_images["alertmanager"], config, "alertmanager.yml")
        running.callback(alertmanager.container.stop)
        text = (config / "prometheus.yml").read_text()
        gateway = alertmanager.container.get_wrapped_container()
        address = next(iter(gateway.attrs["NetworkSettings"]["Networks"].values()))["IPAddress"]
        (config / "prometheus.yml").write_text(text.replace("host:9'", f"{address}:9093'"))
        running.enter_context(services(folder, ports, elasticsearch))
        prometheus = Prometheus.start(stack_images["prometheus"], config)
        running.callback(prometheus.container.stop)
        yield Stack(folder, prometheus, alertmanager, elasticsearch, secrets)


@pytest.fixture(name="dashboard", scope="module")
def _dashboard(stack: Stack) -> Iterator[Dashboard]:
    """Yield a dashboard on the stack."""
    with stack.dashboard("dashboard") as running:
        yield running


@pytest.fixture(name="browser", scope="module")
def _browser(secrets: Path) -> Iterator[Browser]:
    """Yield Debian's Chromium without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing; run 'make test-tools', which installs it")
    with chromium(secrets) as browser:
        yield browser


@pytest.fixture(name="viewer")
def _viewer(browser: Browser, dashboard: Dashboard) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a logged-in page; any error in its console fails the test."""
    contexts, complaints = [], []

    def view(path: str = "/", url: str = dashboard.url, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/login?next={quote(path, safe='')}")
        page.fill("input[name=password]", PASSWORD)
        page.click("button")
        page.wait_for_selector(".page")
        return page

    yield view
    for context in contexts:
        context.close()
    assert complaints == []
