"""What integration tests share: the stack's images, and single containers of them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from operate import build, engine
from operate.progress import Progress
from support.containers import Alertmanager, Elasticsearch, Prometheus, Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what a rig says for itself beside a failed test: elsewhere nobody can ask it any more."""
    report = yield
    evidence = getattr(item.funcargs.get("rig"), "evidence", None)
    if report.when == "call" and report.failed and evidence is not None:
        report.sections.append(("the rig", evidence()))
    return report


@pytest.fixture(scope="session")
def stack_images() -> dict[str, str]:
    """Return the image of every service of the variant that `IMAGES` chooses, pulled or built."""
    progress = Progress()
    client = engine.ensure(os.environ.get("ENGINE", "auto"), progress)
    try:
        variant = build.choose(os.environ.get("IMAGES", "auto"), client, progress)
        return build.ensure(variant, client, progress)
    finally:
        client.close()


@pytest.fixture(scope="session")
def promtool(stack_images: dict[str, str]) -> Tool:
    """Return promtool of the stack's Prometheus image: `promtool("check", "config", "x", folder=…)`."""
    return Tool(stack_images["prometheus"], "promtool")


@pytest.fixture(scope="session")
def amtool(stack_images: dict[str, str]) -> Tool:
    """Return amtool of the same image as the running Alertmanager."""
    return Tool(stack_images["alertmanager"], "amtool")


@pytest.fixture(scope="session")
def elasticsearch(
    stack_images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Elasticsearch]:
    """Yield the stack's Elasticsearch with security on and the users and roles of production."""
    started = Elasticsearch.start(stack_images["elasticsearch"], tmp_path_factory.mktemp("secrets"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def prepared(elasticsearch: Elasticsearch) -> Elasticsearch:
    """Return the session's Elasticsearch after the one-shot setup."""
    secret = elasticsearch.password_file("amaie_setup")
    command = [sys.executable, "-m", "amaie_ingest", "elasticsearch-setup", "--url", elasticsearch.url]
    command += ["--password-file", str(secret)]
    subprocess.run(command, check=True, timeout=120)
    return elasticsearch


@pytest.fixture
def prometheus(stack_images: dict[str, str]) -> Iterator[Callable[..., Prometheus]]:
    """Yield a function that starts a Prometheus: `prometheus(folder, "--flag", config="prometheus.yml")`."""
    running: list[Prometheus] = []

    def start(folder: Path, *arguments: str, config: str = "prometheus.yml", history: str = "") -> Prometheus:
        image = stack_images["prometheus"]
        running.append(Prometheus.start(image, folder, *arguments, config=config, history=history))
        return running[-1]

    yield start
    for one in running:
        one.container.stop()


@pytest.fixture(scope="module")
def alertmanager(stack_images: dict[str, str]) -> Iterator[Callable[..., Alertmanager]]:
    """Yield a function that starts an Alertmanager: `alertmanager(folder, "path/of/config.yml")`."""
    running: list[Alertmanager] = []

    def start(
        folder: Path, config: str, *arguments: str, environment: dict[str, str] | None = None
    ) -> Alertmanager:
        image = stack_images["alertmanager"]
        running.append(Alertmanager.start(image, folder, config, *arguments, environment=environment))
        return running[-1]

    yield start
    for one in running:
        one.container.stop()
