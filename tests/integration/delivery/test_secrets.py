"""The production configuration works with nothing but files for secrets, over TLS where mail is sent."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from amaie_demo.inbox import Inbox
from generators.alertmanager import config as generator
from generators.alertmanager import receivers
from generators.shared import output
from integration.delivery.world import CONFIG, SOON, World, alert, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from generators.spec.model import Spec
    from support.containers import Alertmanager

pytestmark = pytest.mark.integration

WORDS = {
    "pagerduty_routing_key": "routing-key-canary",
    "smtp_password": "password-canary",
    "aws_credentials": "[default]\naws_access_key_id = canary-id\naws_secret_access_key = canary-key\n",
}


class Postmaster:
    """A mail server that wants TLS and a password, and keeps what it takes."""

    def __init__(self, user: str, password: str, folder: Path) -> None:
        """Start it with a certificate of its own, which is put into the folder as `ca.pem`."""
        self.mails: list[bytes] = []
        self.refused = 0
        self._known = LoginPassword(user.encode(), password.encode())
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(_certificate(folder))
        self._controller = Controller(
            self,
            hostname="0.0.0.0",  # noqa: S104 - Alertmanager's container must reach it
            port=self.port,
            require_starttls=True,
            tls_context=tls,
            auth_required=True,
            authenticator=self._authenticate,
            auth_exclude_mechanism=["LOGIN"],  # its prompts are not those that Alertmanager waits for
        )
        self._controller.start()

    def stop(self) -> None:
        """Stop it."""
        self._controller.stop()

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: Any
    ) -> AuthResult:
        self.refused += data != self._known
        return AuthResult(success=data == self._known, handled=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        self.mails.append(envelope.original_content or b"")
        return "250 OK"


def _certificate(folder: Path) -> Path:
    """Write key and certificate of a host called `inbox`, and the certificate alone as `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "inbox")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("inbox")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "ca.pem").write_bytes(certificate.public_bytes(pem))
    whole = folder.parent / "server.pem"
    whole.write_bytes(private + certificate.public_bytes(pem))
    return whole


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Yield an inbox that stands for the HTTP providers."""
    with Inbox(http_port=0, smtp_port=0).running() as running:
        yield running


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Return the empty folder that becomes /run/secrets."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def postmaster(amaie: Spec, secrets: Path) -> Iterator[Postmaster]:
    """Yield the mail server that the spec's user may use."""
    email = amaie.routing.channels.email
    assert email
    started = Postmaster(email.username, WORDS["smtp_password"], secrets)
    yield started
    started.stop()


@pytest.fixture
def production(
    alertmanager: Callable[..., Alertmanager],
    amaie: Spec,
    inbox: Inbox,
    postmaster: Postmaster,
    secrets: Path,
) -> World:
    """Return Alertmanager on the production configuration; only its addresses are local."""
    web = f"http://inbox:{inbox.http_port}"
    channels = amaie.routing.channels
    assert channels.pagerduty
    assert channels.email
    assert channels.sms
    credentials = channels.sms.credentials_file
    channels = channels.model_copy(
        update={
            "pagerduty": channels.pagerduty.model_copy(update={"url": f"{web}/v2/enqueue"}),
            "email": channels.email.model_copy(update={"smarthost": f"inbox:{postmaster.port}"}),
        }
    )
    local = amaie.model_copy(update={"routing": amaie.routing.model_copy(update={"channels": channels})})
    folder = lay_out(secrets.parent, output.yaml_text(generator.config(local)))
    environment = {
        "AWS_SHARED_CREDENTIALS_FILE": f"/run/secrets/{credentials}",
        "AWS_ENDPOINT_URL_SNS": f"{web}/sns",
        "SSL_CERT_FILE": "/run/secrets/ca.pem",
    }
    return World(alertmanager(folder, CONFIG, environment=environment), inbox)


def _fill(secrets: Path, inbox: Inbox) -> None:
    """Put every secret into its file, as an operator does."""
    web = f"http://inbox:{inbox.http_port}"
    addresses = {"slack_webhook_url": f"{web}/slack", "heartbeat_url": f"{web}/heartbeat"}
    for name, word in (WORDS | addresses).items():
        (secrets / name).write_text(word)


def _arrived(world: World, postmaster: Postmaster) -> set[str]:
    return {one.channel for one in world.inbox.messages()} | ({"email"} if postmaster.mails else set())


def test_every_channel_works_with_its_secret_in_a_file_and_none_without(
    production: World, postmaster: Postmaster, secrets: Path, amaie: Spec
) -> None:
    """Without files nothing arrives and Alertmanager lives; with them all arrives, without a restart."""
    production.post(alert("Loss", "critical"), alert("Slow", "warning"), alert("Watchdog", "none"))
    time.sleep(4)
    assert _arrived(production, postmaster) == set()
    assert len(receivers.unconfigured(amaie.routing.channels, secrets)) == 5

    _fill(secrets, production.inbox)
    assert receivers.unconfigured(amaie.routing.channels, secrets) == {}
    deadline = time.monotonic() + 3 * SOON
    wanted = {"pagerduty", "sms", "slack", "email", "heartbeat"}
    while _arrived(production, postmaster) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _arrived(production, postmaster) == wanted

    (page,) = production.inbox.messages("pagerduty")
    assert page.raw["routing_key"] == WORDS["pagerduty_routing_key"]
    assert b"[WARNING] Slow" in postmaster.mails[0]
    _is_nowhere_said(production)


def _is_nowhere_said(world: World) -> None:
    """Neither Alertmanager's API nor its log holds a word of a secret."""
    said = httpx.get(f"{world.alertmanager.url}/api/v2/status", timeout=10).text
    said += b"".join(world.alertmanager.container.get_logs()).decode()
    assert "routing_key_file" in said
    assert "canary" not in said


def test_a_wrong_password_is_refused_and_told_over_the_other_channel(
    production: World, postmaster: Postmaster, secrets: Path
) -> None:
    """A mail server that does not let us in costs the mail, not the chat message."""
    _fill(secrets, production.inbox)
    (secrets / "smtp_password").write_text("wrong-canary")
    production.post(alert("Slow", "warning"))
    assert production.wait("slack")
    deadline = time.monotonic() + SOON
    while not postmaster.refused and time.monotonic() < deadline:
        time.sleep(0.1)
    assert postmaster.refused
    assert postmaster.mails == []
    assert "canary" not in b"".join(production.alertmanager.container.get_logs()).decode()
