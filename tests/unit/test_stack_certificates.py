"""Certificates are what others check a server against: by its names, its signer and its time."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from operate import certificates
from operate.certificates import GATEWAY, STACK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = ("stack.example", "10.0.0.5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a fresh certificate."""
    assert ensure(tmp_path) == ["gateway"]
    return tmp_path


def ensure(folder: Path, names: Sequence[str] = NAMES, now: datetime | None = None) -> list[str]:
    """Make the gateway's certificate if it needs one; return for whom one was made."""
    return certificates.ensure(folder, GATEWAY, {"gateway": names}, now)


def shaken(folder: Path, name: str, trusted: Path) -> str:
    """Return "" if a client that trusts an authority takes the gateway for `name`, else why not."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / certificates.certificate("gateway"), folder / certificates.key("gateway"))
    client = ssl.create_default_context(cafile=str(trusted))
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except (ssl.SSLError, OSError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(ours, server_hostname=name).close()
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message)
    finally:
        ours.close()
        thread.join()
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_who_trusts_the_authority_trusts_the_gateway_by_its_names(folder: Path, name: str) -> None:
    """By a name or an address, as OpenSSL checks it."""
    assert shaken(folder, name, folder / GATEWAY.certificate) == ""


def test_another_name_and_another_authority_are_refused(folder: Path, tmp_path: Path) -> None:
    """A certificate of somebody else's installation is none of ours."""
    assert "Hostname mismatch" in shaken(folder, "other.example", folder / GATEWAY.certificate)
    other = tmp_path / "other"
    other.mkdir()
    ensure(other)
    assert shaken(folder, NAMES[0], other / GATEWAY.certificate)


def test_a_good_certificate_stays(folder: Path) -> None:
    """`make up` replaces no container because of it."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert ensure(folder) == []
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("why", ["other names", "it ends soon", "its key is gone"])
def test_a_certificate_is_made_anew_under_the_same_authority(folder: Path, why: str) -> None:
    """Other machines go on trusting what they have."""
    authority = (folder / GATEWAY.certificate).read_bytes()
    now = datetime.now(UTC)
    names: tuple[str, ...] = NAMES
    if why == "other names":
        names = ("new.example",)
    elif why == "it ends soon":
        now += timedelta(days=certificates.DAYS - certificates.LEFT_DAYS + 1)
    else:
        (folder / certificates.key("gateway")).unlink()
    assert ensure(folder, names, now) == ["gateway"]
    assert (folder / GATEWAY.certificate).read_bytes() == authority
    found = x509.load_pem_x509_certificate((folder / certificates.certificate("gateway")).read_bytes())
    assert found.not_valid_after_utc > now + timedelta(days=certificates.LEFT_DAYS)
    if why != "it ends soon":
        assert shaken(folder, names[0], folder / GATEWAY.certificate) == ""


def test_keys_are_read_by_the_containers_only(folder: Path) -> None:
    """As passwords are: by root and one group, or by nobody outside of a closed folder."""
    for name in (certificates.key("gateway"), GATEWAY.key):
        assert (folder / name).stat().st_mode & 0o777 in (0o440, 0o444)


def test_every_server_of_the_stack_has_a_key_of_its_own(tmp_path: Path) -> None:
    """Whoever takes one over can pass for no other; people's names for this machine are in each."""
    assert certificates.ensure_stack(tmp_path, ["desk.example"]) == list(certificates.SERVERS)
    assert certificates.ensure_stack(tmp_path, ["desk.example"]) == []
    keys = {(tmp_path / certificates.key(server)).read_text() for server in certificates.SERVERS}
    assert len(keys) == len(certificates.SERVERS)
    for server in certificates.SERVERS:
        found = x509.load_pem_x509_certificate((tmp_path / certificates.certificate(server)).read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        own = [server]
        if server in certificates.NODES:
            number = certificates.NODES.index(server) + 1
            own = [f"elasticsearch-{number}", "elasticsearch", f"node-{number}"]
        assert names.get_values_for_type(x509.DNSName) == [*own, "localhost", "desk.example"]


def test_only_who_has_a_twin_may_show_its_certificate_as_a_caller(tmp_path: Path) -> None:
    """Nodes and Alertmanagers ask each other; that of another server opens no door between them."""
    certificates.ensure_stack(tmp_path)
    for server in certificates.SERVERS:
        found = x509.load_pem_x509_certificate((tmp_path / certificates.certificate(server)).read_bytes())
        used = {*found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value}
        twins = (*certificates.GOSSIPS, *certificates.NODES)
        caller = {ExtendedKeyUsageOID.CLIENT_AUTH} if server in twins else set()
        assert used == {ExtendedKeyUsageOID.SERVER_AUTH} | caller


def test_a_certificate_for_other_purposes_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of an older version are, whose servers had no twins."""
    with monkeypatch.context() as older:
        older.setattr(
            certificates, "_purposes", lambda _: x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        )
        certificates.ensure_stack(tmp_path)
    made = certificates.ensure_stack(tmp_path)
    assert set(made) == {*certificates.GOSSIPS, *certificates.NODES}


def test_who_forgets_an_authority_makes_all_of_it_anew(tmp_path: Path) -> None:
    """The old certificates are of no use under the new authority; the gateway's stay as they are."""
    certificates.ensure_stack(tmp_path)
    ensure(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    certificates.forget(tmp_path, STACK, certificates.SERVERS)
    assert certificates.ensure_stack(tmp_path) == list(certificates.SERVERS)
    same = {path.name for path in tmp_path.iterdir() if before[path.name] == path.read_bytes()}
    assert same == {"gateway_ca.pem", "gateway_ca_key.pem", "gateway_certificate.pem", "gateway_key.pem"}


def test_a_certificate_of_another_signer_is_replaced(folder: Path) -> None:
    """As after a restored backup of which a part is missing: nobody would trust it."""
    certificates.forget(folder, GATEWAY, [])
    assert ensure(folder) == ["gateway"]
    assert shaken(folder, NAMES[0], folder / GATEWAY.certificate) == ""


def test_a_keystore_holds_what_java_reads(tmp_path: Path) -> None:
    """The certificate and its key, under a password."""
    certificates.ensure_stack(tmp_path)
    made = certificates.keystore(tmp_path, "logstash", "of this test")
    key, certificate, _ = pkcs12.load_key_and_certificates(made, b"of this test")
    assert certificate is not None
    assert key is not None
    assert certificate.public_key() == key.public_key()
    with pytest.raises(ValueError, match="Invalid password"):
        pkcs12.load_key_and_certificates(made, b"another")
