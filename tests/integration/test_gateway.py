"""Another machine, played by containers of their own network, sends logs and series through the gateway."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from integration.dashboard.lab import eventually, free_port
from integration.logs.lab import Lab, record
from operate import certificates
from operate.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.containers import Elasticsearch, Prometheus

pytestmark = pytest.mark.integration

NAME = "host"
"""How a container calls the machine that it runs on."""
PAGE = ROOT / "docs" / "connect-machine.md"


@pytest.fixture
def secrets(prepared: Elasticsearch, tmp_path: Path) -> Path:
    """Return a folder with what the gateway needs to know."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    certificates.ensure(folder, certificates.GATEWAY, {"gateway": [NAME]})
    (folder / "gateway_password").write_text("of-this-test")
    (folder / "monitoring_gateway_password").write_text("of-this-test")
    for path in (prepared.password_file("amaie_writer"), prepared.secrets / "stack_ca.pem"):
        shutil.copy(path, folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


@pytest.fixture
def gateway(
    prepared: Elasticsearch, secrets: Path, prometheus: Callable[..., Prometheus], tmp_path: Path
) -> Iterator[tuple[int, Prometheus]]:
    """Yield the port of a running gateway, and the Prometheus behind it."""
    config = tmp_path / "behind"
    config.mkdir(mode=0o755)
    (config / "prometheus.yml").write_text("global: {}\n")
    tmp_path.chmod(0o755)
    behind = prometheus(config, "--web.enable-remote-write-receiver")
    port = free_port()
    command = [sys.executable, "-m", "amaie_gateway", "--port", str(port), "--metrics-port", "0"]
    command += ["--elasticsearch", prepared.url, "--prometheus", behind.url, "--secrets", str(secrets)]
    process = subprocess.Popen(command)
    try:
        eventually(lambda: reachable(port), "the gateway")
        yield port, behind
    finally:
        process.terminate()
        assert process.wait(30) in (0, -signal.SIGTERM)


def reachable(port: int) -> bool:
    """Tell whether somebody listens at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def agent(
    stack_images: dict[str, str], secrets: Path, folder: Path, lab: Lab, port: int
) -> subprocess.CompletedProcess[str]:
    """Run the shipper of the other machine once."""
    return subprocess.run(
        [
            *("docker", "run", "--rm", f"--add-host={NAME}:host-gateway"),
            *(f"--volume={secrets}:/secrets:ro", f"--volume={folder}:/logs:ro", stack_images["service"]),
            *("python3", "-m", "amaie_ingest", "backfill", "/logs", "--namespace", lab.namespace),
            *("--url", f"https://{NAME}:{port}", "--ca-file", "/secrets/gateway_ca.pem"),
            *("--user", "agent", "--password-file", "/secrets/gateway_password"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_records_of_another_machine_arrive_once(
    gateway: tuple[int, Prometheus],
    prepared: Elasticsearch,
    stack_images: dict[str, str],
    secrets: Path,
    tmp_path: Path,
) -> None:
    """By TLS, under the gateway's own password; sent again, they are known."""
    lab = Lab(prepared, f"t{uuid.uuid4().hex[:12]}", tmp_path)
    logs = tmp_path / "logs"
    logs.mkdir(mode=0o755)
    lab.write("logs/far-bot.jsonl", [record(number, service="far-bot") for number in range(500)])
    first = agent(stack_images, secrets, logs, lab, gateway[0])
    assert first.stdout == "1 files: 500 indexed, 0 rejected\n", first.stderr
    again = agent(stack_images, secrets, logs, lab, gateway[0])
    assert again.stdout == "1 files: 500 indexed, 0 rejected, 500 of all were there already\n", again.stderr
    assert len(lab.sources(lab.good)) == 500


def test_series_of_another_machine_arrive_with_its_labels(
    gateway: tuple[int, Prometheus],
    secrets: Path,
    prometheus: Callable[..., Prometheus],
    tmp_path: Path,
) -> None:
    """As docs/connect-machine.md configures the Prometheus there."""
    port, behind = gateway
    found = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    [block] = [one for one in found if "remote_write" in one]
    text = block.replace("stack.example:9443", f"{NAME}:{port}").replace("127.0.0.1:9301", "127.0.0.1:9090")
    folder = tmp_path / "far"
    folder.mkdir(mode=0o755)
    (folder / "prometheus.yml").write_text(text.replace("15s", "1s"))
    for name in ("gateway_ca.pem", "gateway_password"):
        shutil.copy(secrets / name, folder)
    prometheus(folder)
    labels = yaml.safe_load(text)["scrape_configs"][0]["static_configs"][0]["labels"]
    query = f'up{{job="services",service="{labels["service"]}",role="{labels["role"]}"}}'

    def arrived() -> Any:
        answer = httpx.get(f"{behind.url}/api/v1/query", params={"query": query}).json()
        return answer["data"]["result"]

    [series] = eventually(arrived, "the series")
    assert series["value"][1] == "1"
