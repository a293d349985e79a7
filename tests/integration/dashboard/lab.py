"""A small live stack around one dashboard: real sources, and the demo's services."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from amaie_demo import story, world
from operate import certificates, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.containers import Alertmanager, Elasticsearch, Prometheus

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "opensesame"  # noqa: S105 (of this test's dashboard only)
ROLES = ("amaie-core", "amaie-trader", "launcher")
PATIENCE = 90


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], Any], what: str) -> Any:
    """Return the first true result of a look, or fail with what was waited for."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"not seen within {PATIENCE} s: {what}")


@contextmanager
def process(log: Path, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python module or script until the block ends; its output goes to a file."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=inherited | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield running
        finally:
            running.terminate()
            running.wait(20)


@dataclass(frozen=True)
class Stack:
    """What the dashboard reads, and the folder with the scenario and the logs."""

    folder: Path
    prometheus: Prometheus
    alertmanager: Alertmanager
    elasticsearch: Elasticsearch
    secrets: Path

    def play(self, scenario: str) -> None:
        """Begin another scenario now."""
        with (self.folder / "scenario").open("a") as file:
            file.write(f"{time.time():.0f} {scenario}\n")

    def value(self, query: str) -> float | None:
        """Return the first value of a query, or None."""
        answer = httpx.get(f"{self.prometheus.url}/api/v1/query", params={"query": query}).json()
        results = answer["data"]["result"]
        return float(results[0]["value"][1]) if results else None

    @contextmanager
    def dashboard(self, name: str, **environment: str) -> Iterator[Dashboard]:
        """Run a dashboard on this stack until the block ends."""
        given = {
            "AMAIE_PROMETHEUS_URL": self.prometheus.url,
            "AMAIE_ALERTMANAGER_URL": self.alertmanager.url,
            "AMAIE_ELASTICSEARCH_URL": self.elasticsearch.url,
            "AMAIE_RUNBOOKS_DIR": str(ROOT / "docs" / "runbooks" / "generated"),
            **environment,
        }
        with serving(self.secrets, self.folder / f"{name}.out", **given) as running:
            yield running


@contextmanager
def serving(secrets: Path, log: Path, **environment: str) -> Iterator[Dashboard]:
    """Run a dashboard that knows these secrets until the block ends."""
    port = free_port()
    own = {"AMAIE_DASHBOARD_PORT": str(port), "AMAIE_SECRETS_DIR": str(secrets)}
    with process(log, "-m", "amaie_dashboard", **own, **environment) as running:
        found = Dashboard(f"https://127.0.0.1:{port}", running.pid, secrets)
        with found.client() as client:
            eventually(lambda: client.get("/healthz").text == "ok", "a healthy dashboard")
        yield found


@dataclass(frozen=True)
class Dashboard:
    """A running dashboard."""

    url: str
    pid: int
    secrets: Path

    def client(self) -> httpx.Client:
        """Return a client that trusts the stack's authority."""
        return trust.client(self.url, None, authority=self.secrets / certificates.STACK.certificate)

    def resident_bytes(self) -> int:
        """Return how much memory its process holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self) -> float:
        """Return how much processor time its process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def configure(folder: Path, ports: dict[str, int], alertmanager: str, inbox: int) -> None:
    """Write Prometheus' and Alertmanager's files: the generated rules, evaluated every second."""
    rules = folder / "rules"
    rules.mkdir(parents=True)
    for file in (ROOT / "prometheus" / "generated" / "rules").glob("*.yml"):
        (rules / file.name).write_text(file.read_text("utf-8"), "utf-8")
    targets = "".join(
        f"      - {{targets: ['host:{port}'], labels: {{service: {role}}}}}\n" for role, port in ports.items()
    )
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        "rule_files: [rules/*.yml]\n"
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{alertmanager}']}}]}}]}}\n"
        f"scrape_configs:\n  - job_name: services\n    static_configs:\n{targets}"
    )
    (folder / "alertmanager.yml").write_text(
        "route: {receiver: inbox, group_wait: 1s, group_interval: 5s, group_by: [alertname]}\n"
        f"receivers: [{{name: inbox, webhook_configs: [{{url: 'http://inbox:{inbox}/webhook/page'}}]}}]\n"
    )


def trading_seed(start: int) -> int:
    """Return the seed of a market in which orders are booked in the first minute."""
    for seed in range(100):
        moments = (world.at(seed, (), second) for second in range(start, start + 60))
        told = (event.message for moment in moments for event in story.decisions(seed, (), moment))
        if any(message.startswith("Trade booked") for message in told):
            return seed
    raise AssertionError("no seed below 100 trades")


@contextmanager
def services(folder: Path, ports: dict[str, int], elasticsearch: Elasticsearch) -> Iterator[None]:
    """Run the demo's services, and the shipper of their logs, until the block ends."""
    logs = folder / "logs"
    logs.mkdir()
    (folder / "scenario").write_text(f"{time.time():.0f} normal\n")
    own = {"AMAIE_LOG_DIR": str(logs), "AMAIE_SCENARIO_FILE": str(folder / "scenario")}
    own["AMAIE_SEED"] = str(trading_seed(int(time.time()) + 10))
    password = str(elasticsearch.password_file("amaie_setup"))
    ingest = ("-m", "amaie_ingest")
    setup = [*ingest, "elasticsearch-setup", "--url", elasticsearch.url, "--password-file", password]
    subprocess.run([sys.executable, *setup], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    writer = str(elasticsearch.password_file("amaie_writer"))
    shipper = [*ingest, "follow", str(logs), "--state", str(folder / "state")]
    shipper += ["--url", elasticsearch.url, "--password-file", writer]
    with ExitStack() as running:
        for role, port in ports.items():
            command = ("-m", "amaie_demo", "--role", role, "--port", str(port))
            running.enter_context(process(folder / f"{role}.out", *command, **own))
        running.enter_context(process(folder / "ingest.out", *shipper))
        yield
