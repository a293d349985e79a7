"""The reverse proxy where two stand behind it: whom it asks, and what it never asks for twice."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import docker
import pytest

from operate import certificates, credentials, passwords, trust
from operate.paths import ROOT
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from docker.models.containers import Container

pytestmark = pytest.mark.integration

PORT = 9093
READ = "/api/v2/status"
CHANGE = "/api/v2/silences"
WAIT_SECONDS = 30
HEALTHY = ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/healthz"]
BEHIND = """
import http.server, json, ssl, sys
answers, asked = sys.argv[1] == "answers", []

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/asked":
            self.say({"asked": asked})
            return
        asked.append(self.command)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if answers:
            self.say({"by": sys.argv[2]})
        self.close_connection = True
    do_POST = do_GET
    def say(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/run/secrets/certificate.pem", "/run/secrets/key.pem")
server = http.server.ThreadingHTTPServer(("", 9093), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
"""
"""A server that counts how it is asked, and answers or, having read everything, falls silent."""


@dataclass(frozen=True)
class World:
    """A network with the proxy in it, and what is needed to put servers behind it."""

    engine: docker.DockerClient
    images: dict[str, str]
    network: str
    secrets: Path
    proxy: Container
    started: list[Container]

    def behind(self, name: str, does: str = "answers", certificate: str = "") -> Container:
        """Start a server by a name, with its certificate or another one's; wait until it listens."""
        shown = certificate or name
        files = {"certificate.pem": certificates.certificate(shown), "key.pem": certificates.key(shown)}
        one = self.engine.containers.create(
            self.images["service"],
            ["python3", "-c", BEHIND, does, name],
            volumes=[f"{self.secrets / file}:/run/secrets/{target}:ro" for target, file in files.items()],
            group_add=[passwords.GROUP],
            network_mode="none",
        )
        self.engine.networks.get("none").disconnect(one)
        self.engine.networks.get(self.network).connect(one, aliases=[name])
        one.start()
        self.started.append(one)
        until(lambda: self.asked(one) == [])
        return one

    def asked(self, server: Container) -> list[str] | None:
        """Return the methods by which a server was asked, or None while it does not listen."""
        look = "import ssl,sys,urllib.request as u\n"
        look += "c=ssl._create_unverified_context()\n"
        look += f"print(u.urlopen('https://localhost:{PORT}/asked',context=c).read().decode())"
        code, said = server.exec_run(["python3", "-c", look])
        text = b"".join([said] if isinstance(said, bytes) else said)
        return None if code else list(json.loads(text)["asked"])

    def ask(self, method: str, path: str) -> httpx.Response:
        """Ask the proxy as the operator."""
        self.proxy.reload()
        address = self.proxy.attrs["NetworkSettings"]["Ports"][f"{PORT}/tcp"][0]["HostPort"]
        with trust.monitoring(f"https://127.0.0.1:{address}", trust.OPERATOR, folder=self.secrets) as client:
            return client.request(method, path, content=b"{}" if method == "POST" else None)


def until(done: Any) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def world(stack_images: dict[str, str], tmp_path: Path) -> Iterator[World]:
    """Yield a proxy that has started though nothing stands behind it: no name can be resolved."""
    credentials.ensure(Site(), (), tmp_path)
    tmp_path.chmod(0o755)
    engine = docker.from_env()
    place = f"amaie-proxy-{time.time_ns()}"
    network = engine.networks.create(place)
    names = [
        *("reverse-proxy_upstream.conf", "reverse-proxy_long-term.conf", "reverse-proxy_users"),
        certificates.STACK.certificate,
        *(certificates.certificate("reverse-proxy"), certificates.key("reverse-proxy")),
    ]
    proxy = engine.containers.run(
        stack_images["reverse-proxy"],
        ["-c", "/etc/reverse-proxy/nginx.conf", "-e", "stderr"],
        entrypoint=["/usr/sbin/nginx"],
        detach=True,
        user="65534:65534",
        group_add=[passwords.GROUP],
        network=place,
        ports={f"{PORT}/tcp": ("127.0.0.1", 0)},
        tmpfs={"/tmp": "uid=65534,gid=65534,mode=0700"},  # noqa: S108
        volumes=[
            f"{ROOT / 'reverse-proxy'}:/etc/reverse-proxy:ro",
            *(f"{tmp_path / name}:/run/secrets/{name}:ro" for name in names),
        ],
    )
    made = World(engine, stack_images, place, tmp_path, proxy, [])
    try:
        until(lambda: proxy.exec_run(HEALTHY).exit_code == 0)
        yield made
    finally:
        for one in (proxy, *made.started):
            one.remove(force=True)
        network.remove()
        engine.close()


def test_the_first_is_asked_while_it_lives_and_then_its_twin(world: World) -> None:
    """Without either it says so; a second that comes and goes is found, by its own name and certificate."""
    assert world.ask("GET", READ).status_code == 502
    second = world.behind("alertmanager-2")
    until(lambda: world.ask("GET", READ).status_code == 200)
    assert world.ask("POST", CHANGE).json() == {"by": "alertmanager-2"}
    first = world.behind("alertmanager")
    until(lambda: world.ask("GET", READ).json() == {"by": "alertmanager"})
    answers = [world.ask("GET", READ).json()["by"] for _ in range(20)]
    assert set(answers) == {"alertmanager"}
    first.kill()
    assert world.ask("GET", READ).json() == {"by": "alertmanager-2"}
    second.kill()
    until(lambda: world.ask("GET", READ).status_code == 502)


def test_what_changes_something_is_not_asked_for_twice(world: World) -> None:
    """The first has read the silence and answers no more: perhaps it made it. What only reads goes on."""
    first, second = world.behind("alertmanager", "is silent"), world.behind("alertmanager-2")
    until(lambda: world.ask("GET", READ).status_code == 200)
    before = world.asked(second)
    assert world.ask("POST", CHANGE).status_code == 502
    assert "POST" in (world.asked(first) or ())
    assert world.asked(second) == before


def test_a_twin_with_another_certificate_is_not_asked(world: World) -> None:
    """Each is known by its own name: the certificate of the first does not do for the second."""
    world.behind("alertmanager-2", certificate="alertmanager")
    time.sleep(6)  # longer than the proxy remembers that there is no such name
    assert world.ask("GET", READ).status_code == 502
