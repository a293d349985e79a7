"""Take pictures of the pages of a running stack: live dashboard, Grafana, Kibana, where they run.

Example:
    make demo && make screenshots
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Error, Page, ViewportSize

from operate import catalogue
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import SECRETS
from support.browsing import chromium

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / ".cache" / "screenshots"
SIZE = ViewportSize(width=1600, height=1000)
SETTLED_MS = 8_000
"""Time for charts to ask and draw."""
LOGIN = {
    "dashboard": ("/login", "input[name=user]", "input[name=password]", "button[type=submit], form button"),
    "grafana": ("/login", "input[name=user]", "input[name=password]", "button[type=submit], form button"),
    "kibana": ("/login", "input[name=username]", "input[name=password]", "button[type=submit], form button"),
}
PAGES = {
    "dashboard": {"overview": "/", "trading": "/trading", "logs": "/logs"},
    "grafana": {"overview": "/d/amaie-overview?kiosk", "trading": "/d/amaie-trading?kiosk"},
    "kibana": {"logs": "/app/dashboards#/view/amaie-log-overview", "discover": "/app/discover"},
}


def main() -> int:
    """Photograph what runs; return 0 if every page answered, 1 if one did not, 2 if nothing runs."""
    stack = Stack.load(catalogue.PROJECT)
    if stack is None:
        print("No stack is running here. Cure: make demo", file=sys.stderr)
        return 2
    running = {one["Service"] for one in stack.containers() if one["State"] == "running"}
    SHOTS.mkdir(parents=True, exist_ok=True)
    failed = 0
    with chromium(SECRETS, PAGES) as browser:
        for service in (service for service in PAGES if service in running):
            page = browser.new_page(viewport=SIZE)
            failed += photographed(page, service, catalogue.url(service, stack.offset))
    return 1 if failed else 0


def photographed(page: Page, service: str, url: str) -> int:
    """Sign in to a service and keep a picture of each of its pages; return how many did not answer."""
    user, secret = catalogue.sign_in(service)
    path, name, password, button = LOGIN[service]
    failed = 0
    try:
        page.goto(url + path)
        page.fill(name, user)
        page.fill(password, (ROOT / secret).read_text().strip())
        page.click(button)
        page.wait_for_load_state("networkidle")
    except Error as error:
        print(f"{service}: nobody could sign in: {error.message.splitlines()[0]}", file=sys.stderr)
        return len(PAGES[service])
    for title, place in PAGES[service].items():
        try:
            page.goto(url + place)
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=SHOTS / f"{service}-{title}.png")
        except Error as error:
            print(f"{service}{place}: {error.message.splitlines()[0]}", file=sys.stderr)
            failed += 1
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
