"""The gateway's certificate is what other machines check it against."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from operate import certificates

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("stack.example", "10.0.0.5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a fresh certificate."""
    assert certificates.ensure(tmp_path, NAMES)
    return tmp_path


def shaken(folder: Path, name: str, trusted: Path) -> str:
    """Return "" if a client that trusts an authority takes the gateway for `name`, else why not."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / certificates.CERTIFICATE, folder / certificates.KEY)
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
    assert shaken(folder, name, folder / certificates.AUTHORITY) == ""


def test_another_name_and_another_authority_are_refused(folder: Path, tmp_path: Path) -> None:
    """A certificate of somebody else's installation is none of ours."""
    assert "Hostname mismatch" in shaken(folder, "other.example", folder / certificates.AUTHORITY)
    other = tmp_path / "other"
    other.mkdir()
    certificates.ensure(other, NAMES)
    assert shaken(folder, NAMES[0], other / certificates.AUTHORITY)


def test_a_good_certificate_stays(folder: Path) -> None:
    """`make up` replaces no container because of it."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert not certificates.ensure(folder, NAMES)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("why", ["other names", "it ends soon", "its key is gone"])
def test_a_certificate_is_made_anew_under_the_same_authority(folder: Path, why: str) -> None:
    """Other machines go on trusting what they have."""
    authority = (folder / certificates.AUTHORITY).read_bytes()
    now = datetime.now(UTC)
    names: tuple[str, ...] = NAMES
    if why == "other names":
        names = ("new.example",)
    elif why == "it ends soon":
        now += timedelta(days=certificates.DAYS - certificates.LEFT_DAYS + 1)
    else:
        (folder / certificates.KEY).unlink()
    assert certificates.ensure(folder, names, now)
    assert (folder / certificates.AUTHORITY).read_bytes() == authority
    found = x509.load_pem_x509_certificate((folder / certificates.CERTIFICATE).read_bytes())
    assert found.not_valid_after_utc > now + timedelta(days=certificates.LEFT_DAYS)
    if why != "it ends soon":
        assert shaken(folder, names[0], folder / certificates.AUTHORITY) == ""


def test_keys_are_read_by_the_containers_only(folder: Path) -> None:
    """As passwords are: by root and one group, or by nobody outside of a closed folder."""
    for name in (certificates.KEY, certificates.AUTHORITY_KEY):
        assert (folder / name).stat().st_mode & 0o777 in (0o440, 0o444)
