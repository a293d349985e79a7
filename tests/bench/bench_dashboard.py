"""How fast is the live dashboard, and what does a viewer cost? Real Chromium, sources in memory.

Example:
    python tests/bench/bench_dashboard.py --viewers 20 --seconds 60

Prints, for one viewer and for many: queries to Prometheus, processor time of the server per refresh, and the
time from asking for the page until its first figure is painted. It asserts nothing: machines differ.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx

from amaie_dashboard.catalogue import catalogue
from amaie_dashboard.hub import REFRESH
from operate import certificates, passwords, trust
from support.browsing import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "bench"  # noqa: S105 (of this run only)
PANELS = 40
FIGURES = "[...document.querySelectorAll('.value')].some(each => each.textContent.trim())"


class Sources(ThreadingHTTPServer):
    """Prometheus, Alertmanager and Elasticsearch at once, from memory; counts Prometheus' queries."""

    daemon_threads = True
    queries = 0


class _Handler(BaseHTTPRequestHandler):
    server: Sources

    def do_GET(self) -> None:
        self._answer([])

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("content-length", 0))).decode())
        if "/_search" in self.path:
            self._answer({"hits": {"hits": []}})
            return
        self.server.queries += 1
        self._answer({"status": "success", "data": {"result": list(self._results(form))}})

    def _results(self, form: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
        now = time.time()
        for number, panel in enumerate(catalogue().panels[:PANELS]):
            if not re.search(rf"[\"|]{panel.series}[\"|]", form["query"][0]):
                continue
            metric = {"__name__": panel.series, **dict.fromkeys(panel.labels, "main")}
            if "start" in form:
                start, end, step = (float(form[name][0]) for name in ("start", "end", "step"))
                count = int((end - start) / step) + 1
                values = [[start + each * step, f"{(each * number) % 7 / 100}"] for each in range(count)]
                yield {"metric": metric, "values": values}
            else:
                yield {"metric": metric, "value": [now, f"{now % 7 / 100}"]}

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Cost:
    """What some viewers cost during some seconds."""

    viewers: int
    queries: int
    milliseconds: float  # of processor time per refresh
    paint: float  # median seconds until the first figure


@contextmanager
def dashboard(sources: str, port: int, secrets: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a dashboard on the sources until the block ends."""
    passwords.ensure(secrets)
    certificates.ensure_stack(secrets)
    passwords.write(secrets / "dashboard_password", PASSWORD)
    urls = {f"AMAIE_{name}_URL": sources for name in ("PROMETHEUS", "ALERTMANAGER", "ELASTICSEARCH")}
    own = {"AMAIE_SECRETS_DIR": str(secrets), "AMAIE_DASHBOARD_PORT": str(port)}
    command = [sys.executable, "-m", "amaie_dashboard"]
    running = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **urls, **own})
    try:
        _wait(port, secrets)
        yield running
    finally:
        running.terminate()
        running.wait(20)


def _wait(port: int, secrets: Path) -> None:
    authority = secrets / certificates.STACK.certificate
    with trust.client(f"https://127.0.0.1:{port}", None, authority=authority) as client:
        for _ in range(300):
            try:
                client.get("/healthz")
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
    raise SystemExit("the dashboard does not start")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(
    browser: Browser, url: str, pid: int, sources: Sources, *, viewers: int, seconds: float, page: str
) -> Cost:
    """Return what *viewers* of one page cost."""
    context = browser.new_context()
    first = context.new_page()
    first.goto(f"{url}/login")
    first.fill("input[name=password]", PASSWORD)
    first.click("button")
    first.wait_for_function(FIGURES)
    paints, pages = [], []
    for _ in range(viewers):
        each = context.new_page()
        began = time.perf_counter()
        each.goto(url + page, wait_until="commit")
        each.wait_for_function(FIGURES)
        paints.append(time.perf_counter() - began)
        pages.append(each)
    first.close()
    time.sleep(3)
    queries, cpu = sources.queries, _cpu_seconds(pid)
    time.sleep(seconds)
    used = 1000 * (_cpu_seconds(pid) - cpu) / (seconds / REFRESH)
    cost = Cost(viewers, sources.queries - queries, used, statistics.median(paints))
    context.close()
    return cost


def main() -> None:
    """Measure one viewer and many, and print both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--viewers", type=int, default=20, help="how many look at once (default: 20)")
    parser.add_argument("--seconds", type=float, default=60, help="how long each is measured (default: 60)")
    parser.add_argument("--page", default="/trading", help="which page they look at (default: /trading)")
    parser.add_argument("--port", type=int, default=18_471, help="of the dashboard")
    given = parser.parse_args()
    sources = Sources(("127.0.0.1", 0), _Handler)
    threading.Thread(target=sources.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{sources.server_address[1]}"
    with (
        tempfile.TemporaryDirectory() as folder,
        dashboard(address, given.port, Path(folder)) as running,
        chromium(Path(folder)) as browser,
    ):
        url = f"https://127.0.0.1:{given.port}"
        costs = [
            measure(
                browser, url, running.pid, sources, viewers=viewers, seconds=given.seconds, page=given.page
            )
            for viewers in (1, given.viewers)
        ]
    for cost in costs:
        sys.stdout.write(
            f"{cost.viewers:3} viewers: {cost.queries} queries, {cost.milliseconds:.1f} ms of processor time "
            f"per refresh, first figure after {cost.paint:.2f} s\n"
        )
    one, many = costs
    queries, used = many.queries / one.queries, many.milliseconds / one.milliseconds
    sys.stdout.write(f"ratio of queries {queries:.2f}, of processor time {used:.2f}\n")


if __name__ == "__main__":
    main()
