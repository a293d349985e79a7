"""The metrics server at its edges: clients that hang up, keep silent or speak IPv6."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from contextlib import suppress
from http.client import HTTPConnection

import pytest

from amaie_telemetry import metrics
from amaie_telemetry import server as module
from amaie_telemetry.server import MetricsServer, start_metrics_server


def get(port: int, *, accept: str = "*/*") -> tuple[int, str]:
    """Return status and text of a scrape."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return answer.status, answer.read().decode()


def page(_: str) -> tuple[str, bytes]:
    """Return a page so long that no socket takes it at once."""
    return "text/plain", b"x" * 20_000_000


def test_a_scraper_that_hangs_up_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    """A traceback stood on stderr for each."""
    server = MetricsServer(0, page, address="127.0.0.1")
    for _ in range(3):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        client.recv(10)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    assert len(get(server.port)[1]) == 20_000_000
    server.close()
    assert capfd.readouterr() == ("", "")


def test_silent_clients_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 of them kept 300 threads for ever."""
    monkeypatch.setattr(module, "IDLE", 0.2)
    before = threading.active_count()
    server = MetricsServer(0, lambda _: ("text/plain", b"ok"), address="127.0.0.1")
    clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    clients[0].sendall(b"GET /met")
    assert get(server.port) == (200, "ok")
    end = time.monotonic() + 20
    while threading.active_count() > before + 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= before + 1
    assert [client.recv(10) for client in clients] == [b""] * 50
    for client in clients:
        client.close()
    server.close()


def test_a_client_that_sends_byte_by_byte_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never silent for long, it kept its thread as long as it liked (slowloris)."""
    monkeypatch.setattr(module, "LONGEST", 0.3)
    server = MetricsServer(0, lambda _: ("text/plain", b"ok"), address="127.0.0.1")
    client = socket.create_connection(("127.0.0.1", server.port))
    end = time.monotonic() + 20
    with suppress(ConnectionError):
        while time.monotonic() < end:
            client.sendall(b"X")
            time.sleep(0.05)
    assert time.monotonic() < end
    assert get(server.port) == (200, "ok")
    client.close()
    server.close()


def test_crowds_of_clients_take_no_more_threads_and_never_the_scraper_s_place() -> None:
    """Three hundred at once were three hundred threads; now the oldest make place."""
    before = threading.active_count()
    server = MetricsServer(0, lambda _: ("text/plain", b"ok"), address="127.0.0.1")
    clients = []
    for _ in range(5):
        clients += [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
        assert get(server.port) == (200, "ok")
        assert threading.active_count() <= before + module.CONNECTIONS + 8  # some are just leaving
    for client in clients:
        client.close()
    server.close()


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/nothing"])
def test_head_is_get_without_a_body(path: str) -> None:
    """Load balancers and browsers ask so; it was 501."""
    server = MetricsServer(0, lambda _: ("text/plain", b"page"), address="127.0.0.1")
    answers = []
    for method in ("GET", "HEAD"):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        answers.append((answer.status, answer.getheader("Content-Length"), answer.read()))
        connection.close()
    server.close()
    (status, size, body), head = answers
    assert head == (status, size, b"")
    assert int(size or 0) == len(body) > 0


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.parametrize("address", ["::", "::1"])
def test_it_listens_at_addresses_of_version_six(address: str) -> None:
    """`::` is every address, those of version 4 too."""
    server = MetricsServer(0, lambda _: ("text/plain", b"ok"), address=address)
    for host in ("::1", "127.0.0.1") if address == "::" else ("::1",):
        connection = HTTPConnection(host, server.port, timeout=10)
        connection.request("GET", "/metrics")
        assert connection.getresponse().read() == b"ok"
        connection.close()
    server.close()


def test_a_service_with_a_name_of_its_own_exports_what_it_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of services are the installation's; a role that it does not play is not exported at zero."""
    monkeypatch.setattr("amaie_telemetry.state.service", lambda: "btc-bot")
    metrics.agent.policies_total.clear()
    metrics.agent.belief_entropy_nats.labels().set(1.5)
    server = start_metrics_server(0, address="127.0.0.1")
    _, text = get(server.port)
    server.close()
    metrics.agent.belief_entropy_nats.clear()
    assert "amaie_agent_belief_entropy_nats 1.5\n" in text
    assert "amaie_agent_policies_total" not in text
