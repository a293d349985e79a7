"""A mirror of one's own: a real registry that has an image, and the one setting that points to it."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import tarfile
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from operate import build, engine, pins, registry
from operate.errors import StackError
from operate.paths import CACHE
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker
    from docker.models.images import Image

pytestmark = pytest.mark.integration

START_SECONDS = 20
SETTINGS = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def _program() -> str:
    """Return Debian's registry, unpacked beside the other things that tests fetch."""
    folder = CACHE / "docker-registry"
    program = folder / "usr" / "bin" / "docker-registry"
    if found := shutil.which("docker-registry"):
        return found
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "-qq", "download", "docker-registry"], cwd=folder, check=True)
        (package,) = folder.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    return str(program)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an empty registry."""
    folder = tmp_path_factory.mktemp("registry")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = folder / "config.yml"
    settings.write_text(SETTINGS.format(folder=folder / "data", port=port))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([_program(), "serve", settings], stdout=log, stderr=log)
        _wait(f"http://127.0.0.1:{port}/v2/", folder / "log")
        yield f"127.0.0.1:{port}"
        server.terminate()
        server.wait(10)


def _wait(url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    """Yield the engine."""
    found = engine.connect()
    assert found
    yield found
    found.close()


@pytest.fixture
def image(client: docker.DockerClient) -> Iterator[Image]:
    """Yield a small image to send to the mirror and back: which one it is makes no difference."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    client.api.import_image_from_data(content.getvalue(), repository="amaie/mirror-test", tag="latest")
    yield client.images.get("amaie/mirror-test:latest")
    client.images.remove("amaie/mirror-test:latest")


def test_the_official_variant_comes_from_the_mirror(
    mirror: str, client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch, image: Image
) -> None:
    """An image that it lacks is told with its address; one that it has is chosen, pulled and whole."""
    monkeypatch.setenv("REGISTRY", mirror)
    name = pins.read()["NODE_EXPORTER_IMAGE"]
    assert name.startswith(f"{mirror}/prom/node-exporter:")
    with pytest.raises(StackError, match=f"^{name} cannot be had at {mirror}, which answers and does not"):
        build.choose("auto", client, Progress())
    assert image.tag(name)
    client.api.push(name)
    client.images.remove(name)
    assert build.choose("auto", client, Progress()) == "official"
    assert not registry.exists(client, name)
    build.pull(client, name, Progress())
    assert client.images.get(name).id == image.id
    (digest,) = (one for one in client.images.get(name).attrs["RepoDigests"] if one.startswith(mirror))
    client.images.remove(name)
    _pull_by_digest(client, f"{name}@{digest.partition('@')[2]}")


def _pull_by_digest(client: docker.DockerClient, name: str) -> None:
    """As images.env may name it: found, pulled, and known to the engine under that name."""
    assert registry.absence(client, name) == ""
    build.pull(client, name, Progress())
    assert registry.exists(client, name)
    with pytest.raises(StackError, match=r"cannot be pulled"):
        build.pull(client, name[:-8] + "00000000", Progress())
    client.images.remove(name)
