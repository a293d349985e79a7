"""Nobody gets in who should not: probes from this machine, from inside the networks, with wrong papers."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from e2e.demo import PROJECT, Demo
from operate import catalogue, certificates, trust
from operate.compose_cli import Stack
from operate.paths import SECRETS
from support.silences import silence

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

OPEN = ("dashboard", "prometheus", "alertmanager", "elasticsearch")
REFUSED = {401, 403}
NOBODY = ("", "")


def port(demo: Demo, service: str) -> int:
    """Return the published port of a service."""
    return int(demo.url(service).rpartition(":")[2])


@pytest.mark.parametrize("service", OPEN)
def test_plain_http_gets_no_page(demo: Demo, service: str) -> None:
    """The door is not even there without TLS: an error of the protocol at most, never content."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port(demo, service)}/", timeout=10)
    except httpx.TransportError:
        return
    assert answer.status_code == 400


def shaken(place: int, context: ssl.SSLContext, name: str = "localhost") -> str:
    """Return "" if a TLS handshake with a port of this machine ends well, else why it does not."""
    with socket.create_connection(("127.0.0.1", place), timeout=10) as plain:
        try:
            context.wrap_socket(plain, server_hostname=name).close()
        except (ssl.SSLError, ConnectionError) as error:
            return str(error) or type(error).__name__
    return ""


@pytest.mark.parametrize("service", OPEN)
@pytest.mark.parametrize("authority", ["public ones", "the gateway's", "another stack's"])
def test_whoever_trusts_another_authority_does_not_talk(
    demo: Demo, tmp_path: Path, service: str, authority: str
) -> None:
    """A certificate of somebody else proves nothing, and ours proves nothing to others."""
    context = ssl.create_default_context()
    if authority != "public ones":
        kind = certificates.GATEWAY if "gateway" in authority else certificates.STACK
        certificates.ensure(tmp_path, kind, {"other": ["localhost"]})
        context = trust.context(tmp_path / kind.certificate)
    assert "CERTIFICATE_VERIFY_FAILED" in shaken(port(demo, service), context)


@pytest.mark.parametrize("service", OPEN)
def test_a_certificate_is_for_its_own_names(demo: Demo, service: str) -> None:
    """A server cannot pass for another one, though one authority has signed for both."""
    context = trust.context()
    assert shaken(port(demo, service), context) == ""
    assert "Hostname mismatch" in shaken(port(demo, service), context, "kibana")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.parametrize("service", OPEN)
def test_old_versions_of_tls_are_refused(demo: Demo, service: str, version: ssl.TLSVersion) -> None:
    """RFC 8996 has retired them. The client is told to accept every cipher, so the server decides."""
    context = trust.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    assert shaken(port(demo, service), context)


class Probe(NamedTuple):
    """A request that is refused whoever makes it without the right papers."""

    service: str
    method: str
    path: str
    body: object = None


CHANGES = (
    Probe("alertmanager", "POST", "/api/v2/silences", silence(".+", regex=True, comment="a probe")),
    Probe("alertmanager", "DELETE", "/api/v2/silence/00000000-0000-0000-0000-000000000000"),
    Probe("alertmanager", "POST", "/api/v2/alerts", [{"labels": {"alertname": "Forged"}}]),
    Probe("alertmanager", "POST", "/-/reload"),
    Probe("prometheus", "POST", "/-/reload"),
    Probe("prometheus", "PUT", "/-/quit"),
    Probe("prometheus", "POST", "/api/v1/admin/tsdb/delete_series?match[]=up"),
    Probe("prometheus", "POST", "/api/v1/admin/tsdb/snapshot"),
    Probe("prometheus", "POST", "/api/v1/write"),
    Probe("prometheus", "POST", "/api/v1/query/../admin/tsdb/snapshot"),
    Probe("prometheus", "POST", "/api/v1/query%2f..%2fadmin%2ftsdb%2fsnapshot"),
    Probe("prometheus", "POST", "//-/reload"),
    Probe("prometheus", "DELETE", "/api/v1/series"),
)
LOOKS = (
    Probe("alertmanager", "GET", "/api/v2/alerts"),
    Probe("alertmanager", "GET", "/metrics"),
    Probe("prometheus", "GET", "/api/v1/query?query=up"),
    Probe("prometheus", "GET", "/api/v1/status/config"),
    Probe("prometheus", "GET", "/metrics"),
    Probe("prometheus", "GET", "/graph"),
    Probe("elasticsearch", "GET", "/_search"),
    Probe("elasticsearch", "GET", "/_nodes"),
    Probe("elasticsearch", "PUT", "/_cluster/settings", {"persistent": {}}),
    Probe("elasticsearch", "POST", "/logs-amaie-default/_doc", {"message": "forged"}),
    Probe("elasticsearch", "GET", "/_snapshot"),
    Probe("dashboard", "GET", "/"),
    Probe("dashboard", "GET", "/runbooks/DrawdownLimit"),
    Probe("dashboard", "GET", "/logs"),
)


def refused(demo: Demo, probe: Probe, auth: tuple[str, str] | None) -> None:
    """Make a request as it stands, and see it refused."""
    with trust.client(demo.url(probe.service), auth, timeout=10) as client:
        address = httpx.URL(demo.url(probe.service)).copy_with(raw_path=probe.path.encode())
        answer = client.send(client.build_request(probe.method, address, json=probe.body))
    assert answer.status_code in REFUSED, (answer.status_code, answer.text[:200])


@pytest.mark.parametrize("probe", [*CHANGES, *LOOKS], ids=lambda probe: f"{probe.method} {probe.path}")
def test_without_a_login_nothing_is_shown_or_changed(demo: Demo, probe: Probe) -> None:
    """Today's habit of such stacks, open on loopback, lets whoever has a shell silence a page."""
    refused(demo, probe, None)


@pytest.mark.parametrize(
    "auth",
    [
        ("admin", "admin"),
        ("operator", ""),
        ("operator", "operator"),
        ("reader", "reader"),
        ("elastic", "changeme"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("service", ["prometheus", "alertmanager", "elasticsearch", "dashboard"])
def test_no_default_or_empty_password_opens_anything(demo: Demo, service: str, auth: tuple[str, str]) -> None:
    """Neither what products come with nor what people guess."""
    refused(demo, next(one for one in LOOKS if one.service == service), auth)


@pytest.mark.parametrize("user", ["reader", "dashboard", "grafana"])
@pytest.mark.parametrize("probe", CHANGES, ids=lambda probe: f"{probe.method} {probe.path}")
def test_a_reader_changes_nothing(demo: Demo, user: str, probe: Probe) -> None:
    """Nor do the live dashboard and Grafana: who takes one over cannot silence a page."""
    refused(demo, probe, (user, demo.password(f"monitoring_{user}_password")))


@pytest.mark.parametrize("user", ["reader", "dashboard", "grafana"])
def test_a_reader_reads(demo: Demo, user: str) -> None:
    """The other side of the same rule: queries may be posted, since long ones fit into no address."""
    auth = (user, demo.password(f"monitoring_{user}_password"))
    with trust.client(demo.url("prometheus"), auth) as client:
        assert client.post("/api/v1/query", data={"query": "up"}).raise_for_status().json()["data"]["result"]
    with trust.client(demo.url("alertmanager"), auth) as client:
        assert client.get("/api/v2/status").is_success


def test_the_operator_silences_and_takes_it_back(demo: Demo) -> None:
    """Whom all of this is for is not kept out."""
    with trust.monitoring(demo.url("alertmanager"), trust.OPERATOR) as client:
        made = silence("None", comment="a probe")
        name = client.post("/api/v2/silences", json=made).raise_for_status().json()["silenceID"]
        assert client.delete(f"/api/v2/silence/{name}").is_success


def test_a_page_of_another_site_cannot_use_what_the_browser_remembers(demo: Demo) -> None:
    """The operator's own login does not help a foreign page, whatever it asks."""
    with trust.monitoring(demo.url("alertmanager"), trust.OPERATOR) as client:
        foreign = client.get("/api/v2/alerts", headers={"Origin": "https://evil.example"})
        own = client.get("/api/v2/alerts", headers={"Origin": demo.url("alertmanager")})
    assert (foreign.status_code, own.status_code) == (403, 200)


@pytest.mark.parametrize(
    ("service", "user", "secret"),
    [
        ("prometheus", "amaie_reader", "es_amaie_reader_password"),
        ("alertmanager", "amaie_operator", "es_amaie_operator_password"),
        ("elasticsearch", "operator", "monitoring_operator_password"),
        ("elasticsearch", "amaie_operator", "es_amaie_reader_password"),
        ("prometheus", "prometheus", "monitoring_prometheus_password"),
        ("alertmanager", "proxy", "monitoring_proxy_password"),
        ("alertmanager", "gateway", "monitoring_gateway_password"),
    ],
)
def test_a_password_opens_its_own_door_only(demo: Demo, service: str, user: str, secret: str) -> None:
    """What is stolen at one place is of no use at another; those of the servers do not come from outside."""
    refused(demo, next(one for one in LOOKS if one.service == service), (user, demo.password(secret)))


INSIDE = """
import json, ssl, sys, urllib.request
url, method, auth, verify = sys.argv[1:5]
context = None
if url.startswith("https"):
    context = ssl.create_default_context(cafile=verify) if verify else ssl._create_unverified_context()
request = urllib.request.Request(url, method=method, data=b"[]" if method == "POST" else None)
request.add_header("Content-Type", "application/json")
if auth:
    import base64
    request.add_header("Authorization", "Basic " + base64.b64encode(auth.encode()).decode())
try:
    print(urllib.request.urlopen(request, timeout=10, context=context).status)
except urllib.error.HTTPError as error:
    print(error.code)
except Exception as error:
    print(type(error).__name__)
"""


def inside(service: str, url: str, method: str = "GET", auth: str = "") -> str:
    """Return the status that a process in a container gets, or the name of its error."""
    stack = Stack.load(PROJECT)
    assert stack
    return stack.run("exec", "-T", service, "python3", "-c", INSIDE, url, method, auth, "").strip()


@pytest.mark.parametrize(
    ("url", "method"),
    [
        ("https://prometheus:9090/api/v1/query?query=up", "GET"),
        ("https://prometheus:9090/api/v1/write", "POST"),
        ("https://alertmanager:9093/api/v2/alerts", "POST"),
        ("https://alertmanager:9093/api/v2/silences", "POST"),
        ("https://reverse-proxy:9093/api/v2/silences", "POST"),
    ],
)
@pytest.mark.parametrize("who", ["nobody", "a reader"])
def test_a_service_beside_them_gets_no_further(demo: Demo, url: str, method: str, who: str) -> None:
    """A trader that was taken over shares their network, and may neither silence nor raise an alert."""
    auth = f"reader:{demo.password('monitoring_reader_password')}" if who == "a reader" else ""
    assert inside("amaie-trader", url, method, auth) in {"401", "403"}


@pytest.mark.parametrize(
    "place",
    [
        *("prometheus:9090", "alertmanager:9093", "reverse-proxy:9090", "dashboard:8080"),
        *("node-exporter:9100", "blackbox-exporter:9115", "elasticsearch-exporter:9114"),
    ],
)
def test_no_plain_http_inside_either(demo: Demo, place: str) -> None:
    """What travels between containers is encrypted as well."""
    assert demo.services
    assert inside("amaie-trader", f"http://{place}/") not in {"200", "401", "403"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/containers/create"),
        ("GET", "/containers/json?all=1"),
        ("GET", "/images/json"),
        ("GET", "/info"),
        ("GET", "/version"),
        ("GET", "/secrets"),
        ("GET", "/v1.44/containers/json"),
        ("POST", "/containers/json"),
        ("DELETE", "/containers/json"),
        ("PUT", "/containers/json"),
        ("PATCH", "/containers/json"),
        ("GET", "/containers/json/../../images/json"),
        ("GET", "/containers/%2e%2e/images/json"),
        ("POST", "/exec"),
        ("GET", "/containers//json"),
    ],
)
def test_the_engine_hears_of_no_other_request(demo: Demo, method: str, path: str) -> None:
    """The socket's proxy knows three requests; with any other, who holds it were root on the host."""
    assert demo.services
    assert inside("containers", f"http://docker-proxy:2375{path}", method) in {"403", "404", "405", "501"}


@pytest.mark.parametrize(
    "path",
    [
        "/runbooks/..%2f..%2f..%2fetc%2fpasswd",
        "/runbooks/../../../etc/passwd",
        "/runbooks/%2e%2e/%2e%2e/run/secrets/dashboard_password",
        "/static/..%2f..%2fsettings.py",
        "/static/%252e%252e/settings.py",
        "/static//run/secrets/dashboard_password",
    ],
)
def test_no_path_leads_out_of_the_pages(demo: Demo, path: str) -> None:
    """Signed in, too: a name of a page is a name, not a path."""
    credentials = {"user": "operator", "password": demo.password("dashboard_password")}
    with trust.client(demo.url("dashboard"), None) as client:
        origin = {"origin": demo.url("dashboard")}
        assert client.post("/login", data=credentials, headers=origin).status_code == 303
        address = httpx.URL(demo.url("dashboard")).copy_with(raw_path=path.encode())
        answer = client.send(client.build_request("GET", address))
    assert answer.status_code in {303, 404}, answer.text[:200]
    assert "root:" not in answer.text
    assert demo.password("dashboard_password") not in answer.text


EXPECTED = {b"200", b"204", b"303", b"400", b"401", b"403", b"404", b"405", b"501"}
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
ENVELOPES = {
    "both lengths, the chunked one first": (
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        f"0\r\n\r\n{SMUGGLED}",
    ),
    "both lengths, the counted one first": (
        f"Content-Length: {len(SMUGGLED) + 5}\r\nTransfer-Encoding: chunked\r\n",
        f"0\r\n\r\n{SMUGGLED}",
    ),
    "two lengths": (f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n", SMUGGLED),
    "a length with a sign": (f"Content-Length: +{len(SMUGGLED)}\r\n", SMUGGLED),
    "an odd encoding": ("Transfer-Encoding: xchunked\r\n", f"0\r\n\r\n{SMUGGLED}"),
    "a blank before the colon": (f"Content-Length : {len(SMUGGLED)}\r\n", SMUGGLED),
    "a bare line feed": (f"X: y\nContent-Length: {len(SMUGGLED)}\r\n", SMUGGLED),
}


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("service", ["dashboard", "prometheus", "alertmanager"])
def test_no_request_travels_inside_another(demo: Demo, service: str, envelope: str) -> None:
    """Two servers in a row might read it differently (RFC 9112, 11.2): one answer at most is content."""
    fields, body = ENVELOPES[envelope]
    secret = demo.password("monitoring_reader_password")
    with socket.create_connection(("127.0.0.1", port(demo, service)), timeout=10) as plain:
        context = trust.context()
        with context.wrap_socket(plain, server_hostname="localhost") as link:
            link.settimeout(3)
            head = f"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n"
            link.sendall((head + body).encode())
            said = b""
            with contextlib.suppress(TimeoutError, ssl.SSLError, ConnectionError):
                while part := link.recv(65536):
                    said += part
    answers = [line.split(b" ", 2)[1] for line in said.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    assert answers.count(b"200") + answers.count(b"204") <= 1, said[:500]
    assert set(answers) <= EXPECTED
    assert secret.encode() not in said


def test_the_table_of_services_says_who_may_sign_in(demo: Demo) -> None:
    """Whoever must sign in finds the file with the password in `make status`; the stand-in needs none."""
    without = {name for name, row in demo.services.items() if row["url"] and not row["user"]}
    assert without == set(catalogue.PLAIN)
    named = [row["password"] for row in demo.services.values() if row["password"]]
    assert all((SECRETS.parents[1] / name).exists() for name in named)
