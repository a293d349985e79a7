"""Container statistics from the real engine, through the proxy that holds its socket."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client import CollectorRegistry
from testcontainers.core.container import DockerContainer

from amaie_exporters.containers import proxy
from amaie_exporters.containers.exporter import Containers
from amaie_exporters.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

MEMORY_LIMIT = 64 * 2**20


@pytest.fixture(scope="module")
def proxy_url() -> Iterator[str]:
    """Yield the address of a proxy of the engine's real socket."""
    server = proxy.server("/var/run/docker.sock", "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def container(stack_images: dict[str, str]) -> Iterator[DockerContainer]:
    """Yield a container with limits and a secret in its environment."""
    made = DockerContainer(stack_images["service"]).with_env("TOKEN", "canary-in-the-environment")
    made.with_kwargs(mem_limit=MEMORY_LIMIT, nano_cpus=500_000_000, labels={"note": "canary-in-a-label"})
    made.with_command(["python3", "-c", "import time; bytearray(20_000_000); time.sleep(600)"])
    with made:
        yield made


def test_every_number_of_a_running_container_is_exported(proxy_url: str, container: DockerContainer) -> None:
    """The metrics carry cAdvisor's names and agree with what the engine says of the container."""
    registry = CollectorRegistry()
    registry.register(Containers(proxy_url))
    wrapped = container.get_wrapped_container()
    labels = {"name": wrapped.name, "image": container.image}
    found = {one.name: one for family in registry.collect() for one in family.samples if one.labels == labels}
    assert {name for name in found if not name.endswith("_created")} == {
        "container_cpu_cfs_throttled_seconds_total",
        "container_cpu_usage_seconds_total",
        "container_fs_usage_bytes",
        "container_memory_working_set_bytes",
        "container_network_receive_bytes_total",
        "container_network_transmit_bytes_total",
        "container_processes",
        "container_restarts_total",
        "container_spec_cpu_period",
        "container_spec_cpu_quota",
        "container_spec_memory_limit_bytes",
        "container_start_time_seconds",
    }
    assert found["container_spec_memory_limit_bytes"].value == MEMORY_LIMIT
    assert found["container_spec_cpu_quota"].value * 2 == found["container_spec_cpu_period"].value
    assert 2**20 < found["container_memory_working_set_bytes"].value < MEMORY_LIMIT
    assert found["container_cpu_usage_seconds_total"].value > 0


def test_an_engine_that_does_not_answer_fails_the_scrape() -> None:
    """Without the proxy Prometheus gets a 503, so that TargetDown fires; no stale number stays."""
    server = serve(Containers("http://127.0.0.1:1"), 0, "127.0.0.1")
    try:
        answer = httpx.get(f"http://127.0.0.1:{server.port}/metrics")
    finally:
        server.close()
    assert answer.status_code == 503
    assert "container_" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_no_method_but_get_reaches_the_engine(
    proxy_url: str, container: DockerContainer, method: str
) -> None:
    """A container cannot be stopped, removed or made through the proxy."""
    identity = container.get_wrapped_container().id
    for path in (
        f"/containers/{identity}/stop",
        f"/containers/{identity}",
        "/containers/create",
    ):
        assert httpx.request(method, f"{proxy_url}{path}").status_code == 405
    assert container.get_wrapped_container().status in {"created", "running"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1.41/info",
        "/info",
        "/images/json",
        "/containers/{id}/logs?stdout=1",
        "/containers/{id}/archive?path=/etc/passwd",
        "/containers/{id}/export",
        "/containers/{id}/json?size=1",
        "/containers/{id}/json/../logs?stdout=1",
        "/containers/json?all=1",
        "/secrets",
    ],
)
def test_no_path_but_the_listed_ones_is_answered(
    proxy_url: str, container: DockerContainer, path: str
) -> None:
    """Logs, files, images and everything else stay out of reach."""
    answer = httpx.get(proxy_url + path.format(id=container.get_wrapped_container().id))
    assert (answer.status_code, answer.text) == (403, "this request is not on the proxy's list\n")


def test_nothing_that_passes_carries_environment_or_labels(
    proxy_url: str, container: DockerContainer
) -> None:
    """A secret in a container's environment or labels shows in no answer of the proxy."""
    identity = container.get_wrapped_container().id
    paths = ("json", "json?size=1", f"{identity}/json", f"{identity}/stats?stream=false&one-shot=true")
    answers = [httpx.get(f"{proxy_url}/containers/{path}", timeout=20) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not [answer.text for answer in answers if "canary" in answer.text]
