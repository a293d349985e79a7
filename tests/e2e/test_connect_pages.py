"""The pages on connecting a service, followed to the letter on a stack of their own."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import docker
import pytest
import yaml

from integration.dashboard.lab import eventually
from operate import build, engine, trust
from operate.compose_cli import Stack, program
from operate.paths import ROOT, SECRETS
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.pages]

PROJECT, OFFSET, OTHER = "amaie-connect", 21000, "amaie-connect-other"
MOST_SECONDS = 600


def blocks(page: str, kind: str) -> list[str]:
    """Return the blocks of code of one kind on a page."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def replaced(text: str, folder: Path) -> str:
    """Return a text of a page with this test's project, folder and interpreter in place of a reader's."""
    text = text.replace("amaie_logs", f"{PROJECT}_logs").replace("/srv/bots", f"{folder}/bots")
    text = text.replace("other_default", f"{OTHER}_default")
    text = text.replace("--project-name other", f"--project-name {OTHER}")
    return text.replace("python bot.py", f"{sys.executable} bot.py")


def run(folder: Path, *command: str) -> None:
    """Run a command as the reader does, with this test's site.yaml."""
    variables = {"AMAIE_SITE": str(folder / "site.yaml"), "PYTHONPATH": f"{ROOT / 'src'}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"


def script(folder: Path, name: str, *arguments: str) -> None:
    """Run one of the operator's commands on this test's project."""
    run(folder, sys.executable, str(ROOT / "scripts" / f"{name}.py"), "--project", PROJECT, *arguments)


def connect(folder: Path, page: str) -> None:
    """Run the `make connect` of a page, as the Makefile does."""
    [line] = [line for block in blocks(page, "sh") for line in block.splitlines() if "make connect" in line]
    given = dict(word.split("=", 1) for word in shlex.split(replaced(line, folder))[2:])
    given = {key.lower().replace("file", "compose-file"): value for key, value in given.items()}
    script(folder, "connect", *(word for key, value in given.items() for word in (f"--{key}", value)))


@pytest.fixture(scope="module")
def images() -> dict[str, str]:
    """Return the stack's images."""
    client = engine.ensure("auto", Progress())
    variant = build.choose(os.environ.get("IMAGES", "auto"), client, Progress())
    return build.ensure(variant, client, Progress())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, images: dict[str, str]) -> Iterator[Path]:
    """Yield a folder with the bot of docs/connect.md beside a running stack; its image is `my-bot:1`."""
    place = tmp_path_factory.mktemp("connect")
    client = engine.ensure("auto", Progress())
    (place / "bot.py").write_text(blocks("connect", "python")[0])
    recipe = [
        "FROM " + images["service"],
        "COPY bot.py /bot.py",
        'CMD ["python3", "/bot.py"]',
        "USER 1234:1234",
    ]
    (place / "Dockerfile").write_text("\n".join(recipe))
    client.images.build(path=str(place), tag="my-bot:1")
    script(place, "up", "--port-offset", str(OFFSET))
    yield place
    other = [*program(), "--project-name", OTHER]
    subprocess.run([*other, "kill"], cwd=place, check=False, capture_output=True)
    script(place, "down", "--volumes")
    subprocess.run([*other, "down"], cwd=place, check=False, capture_output=True)


def firing() -> set[str]:
    """Return the alerts that fire, the beat aside."""
    with trust.monitoring(Stack(PROJECT, offset=OFFSET).url("prometheus")) as client:
        alerts = client.get("/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
    return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"} - {"Watchdog"}


def equity(account: str) -> list[str]:
    """Return the equity that Prometheus has of an account."""
    query = {"query": f'amaie_trading_equity{{account="{account}",role="amaie-trader"}}'}
    with trust.monitoring(Stack(PROJECT, offset=OFFSET).url("prometheus")) as client:
        answer = client.get("/api/v1/query", params=query).raise_for_status()
    return [one["value"][1] for one in answer.json()["data"]["result"]]


def test_an_empty_stack_calls_nobody(folder: Path) -> None:
    """Nothing is watched yet; a busy machine may say so of itself."""
    assert folder.exists()
    assert not {name for name in firing() if not name.startswith("Host")}


def test_a_service_of_this_project(folder: Path) -> None:
    """docs/connect-compose.md."""
    started = time.monotonic()
    (folder / "bots.yaml").write_text(replaced(blocks("connect-compose", "yaml")[0], folder))
    connect(folder, "connect-compose")
    assert equity("btc-bot") == ["10000"]
    assert time.monotonic() - started < MOST_SECONDS


def test_a_container_of_another_project(folder: Path) -> None:
    """docs/connect-container.md."""
    (folder / "compose.yaml").write_text(replaced(blocks("connect-container", "yaml")[0], folder))
    up = replaced(blocks("connect-container", "sh")[0].splitlines()[0], folder)
    run(folder, *program(), *shlex.split(up)[2:])
    connect(folder, "connect-container")
    assert equity("eth-bot") == ["10000"]


def test_a_process_of_this_machine(folder: Path) -> None:
    """docs/connect-host.md; where the tests run as root, with the page's words for root."""
    prepare = replaced(blocks("connect-host", "sh")[0], folder)
    if os.geteuid() == 0:
        prepare = prepare.replace(
            "export", f"chgrp 4321 {folder}/bots/logs; chmod 2750 {folder}/bots/logs\nexport", 1
        )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    bot = subprocess.Popen(
        ["bash", "-ec", prepare + "wait"], cwd=folder, env=environment, start_new_session=True
    )
    try:
        connect(folder, "connect-host")
        assert equity("sol-bot") == ["10000"]
    finally:
        os.killpg(bot.pid, 15)
        bot.wait()


class OtherMachine:
    """A folder that plays another machine: it has an environment of its own, and what runs there is ended."""

    def __init__(self, folder: Path) -> None:
        """Make the folder and its environment, in which only pip is."""
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, timeout=300)

    def start(self, text: str, **variables: str) -> None:
        """Begin to run a script there."""
        path = f"{self.folder / 'venv' / 'bin'}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, **variables}
        command = ["bash", "-ec", text]
        self._running.append(
            subprocess.Popen(command, cwd=self.folder, env=environment, start_new_session=True)
        )

    def said(self, text: str) -> str:
        """Return a text of the page with this machine's folder, and the stack's name as it is known here."""
        stack = f"localhost:{9443 + OFFSET}"
        return text.replace("/srv/bots", str(self.folder)).replace("stack.example:9443", stack)

    @contextmanager
    def prometheus(self, image: str) -> Iterator[None]:
        """Run the page's Prometheus, which keeps nothing itself, on this machine's own network."""
        config = f"--config.file={self.folder}/prometheus.yml"
        container = docker.from_env().containers.run(
            image,
            ["--agent", config, "--storage.agent.path=/tmp/agent", "--web.listen-address=127.0.0.1:0"],
            entrypoint=["/bin/prometheus"],
            volumes={str(self.folder): {"bind": str(self.folder), "mode": "ro"}},
            user=f"{os.getuid()}:{os.getgid()}",
            network_mode="host",
            detach=True,
        )
        try:
            yield
        finally:
            container.remove(force=True, v=True)

    def stop(self) -> None:
        """End all that runs there."""
        for process in self._running:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def with_gateway(site: Path) -> str:
    """Return a site with the gateway and the service of the page, under names that this machine knows."""
    wanted = yaml.safe_load(blocks("connect-machine", "yaml")[0])
    wanted["gateway"] |= {"address": "127.0.0.1", "names": ["localhost"]}
    known = yaml.safe_load(site.read_text()) if site.exists() else {}
    services = [*known.get("services", ()), *wanted["services"]]
    return yaml.safe_dump({**known, **wanted, "services": services})


@pytest.fixture
def far(folder: Path) -> Iterator[OtherMachine]:
    """Yield the other machine."""
    machine = OtherMachine(folder / "far")
    yield machine
    machine.stop()


def logged(service: str) -> bool:
    """Tell whether a record of a service can be found."""
    auth = ("amaie_reader", (SECRETS / "es_amaie_reader_password").read_text().strip())
    asked = {"query": {"term": {"service": service}}}
    with trust.client(Stack(PROJECT, offset=OFFSET).url("elasticsearch"), auth) as client:
        found = client.post("/logs-amaie-*/_search", json=asked)
    return bool(found.is_success and found.json()["hits"]["hits"])


def test_a_service_of_another_machine(folder: Path, images: dict[str, str], far: OtherMachine) -> None:
    """docs/connect-machine.md: the gateway, the wheels, their agent, and a Prometheus that sends."""
    (folder / "site.yaml").write_text(with_gateway(folder / "site.yaml"))
    script(folder, "up", "--port-offset", str(OFFSET))
    copy, agent = blocks("connect-machine", "sh")
    build_wheels = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    run(ROOT, sys.executable, *build_wheels, str(folder / "dist"), ".", "./src/amaie_ingest")
    copy = copy.replace("scp dist", f"cp {folder}/dist").replace("far:/srv/bots/", str(far.folder))
    run(ROOT, "bash", "-ec", copy)
    (far.folder / "prometheus.yml").write_text(far.said(blocks("connect-machine", "yaml")[1]))
    bot = {"SERVICE": "far-bot", "AMAIE_LOG_DIR": f"{far.folder}/logs", "METRICS_ADDRESS": "127.0.0.1"}
    far.start(f"exec {sys.executable} {folder}/bot.py", **bot, PYTHONPATH=str(ROOT / "src"))
    far.start(far.said(agent), PYTHONPATH="")
    with far.prometheus(images["prometheus"]):
        assert eventually(lambda: equity("far-bot"), "its figures") == ["10000"]
        assert eventually(lambda: logged("far-bot"), "its records")
