"""Certificates: each server of the stack has its own, signed by an authority of this installation.

There are two authorities, so that one can be replaced without the other. The stack's is trusted by its own
services and by the browsers of its people; the gateway's by other machines, which need `gateway_ca.pem` only.
Their keys stay where they were made: no container sees them.
Source: RFC 5280; `cryptography`, X.509 tutorial.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from operate import passwords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

AUTHORITY_DAYS, DAYS, LEFT_DAYS = 3650, 397, 60
"""How long authority and certificate hold; with fewer days left, `make up` makes a new one."""


@dataclass(frozen=True)
class Authority:
    """Who signs.

    Attributes:
        name: What its certificate says.
        stem: What its files begin with.
    """

    name: str
    stem: str

    @property
    def certificate(self) -> str:
        """The file that others trust."""
        return f"{self.stem}.pem"

    @property
    def key(self) -> str:
        """The file that nobody else may have."""
        return f"{self.stem}_key.pem"


STACK = Authority("AMAIE stack authority", "stack_ca")
GATEWAY = Authority("AMAIE gateway authority", "gateway_ca")

GOSSIPS = ("alertmanager", "alertmanager-2")
"""Who calls its twin and shows its certificate, too: nobody else's holds for that."""

SERVERS = (
    *GOSSIPS,
    *("blackbox-exporter", "dashboard", "elasticsearch", "elasticsearch-exporter", "grafana", "kibana"),
    *("logstash", "node-exporter", "prometheus", "prometheus-2", "reverse-proxy", "victoria-metrics"),
)
"""The servers of the stack that speak TLS, by their names in Compose."""


def certificate(server: str) -> str:
    """Return the name of the file with a server's certificate."""
    return f"{server}_certificate.pem"


def key(server: str) -> str:
    """Return the name of the file with a server's key."""
    return f"{server}_key.pem"


def ensure_stack(folder: Path, hosts: Sequence[str] = (), now: datetime | None = None) -> list[str]:
    """Make what the stack's servers lack; return their names.

    Args:
        folder: Where the secrets are.
        hosts: Under which names people reach this machine, besides the loopback's.
        now: The present, in UTC.
    """
    reached = dict.fromkeys(("localhost", "127.0.0.1", *hosts))
    return ensure(folder, STACK, {server: (server, *reached) for server in SERVERS}, now)


def ensure(
    folder: Path, authority: Authority, servers: Mapping[str, Sequence[str]], now: datetime | None = None
) -> list[str]:
    """Make each certificate that is missing, ends soon, has other names, purposes or signer; return for whom.

    Args:
        folder: Where the secrets are.
        authority: Who signs; made as well if it is missing or ends before what it signs.
        servers: Server -> the host names and addresses by which it is reached.
        now: The present, in UTC.
    """
    now = now or datetime.now(UTC)
    if not _lasts(folder, authority, now):
        _authority(folder, authority, now)
    signer = x509.load_pem_x509_certificate((folder / authority.certificate).read_bytes())
    new = [server for server, names in servers.items() if not _holds(folder, server, names, signer, now)]
    for server in new:
        _issue(folder, authority, server, servers[server], now)
    return new


def forget(folder: Path, authority: Authority, servers: Sequence[str]) -> None:
    """Delete an authority with what it has signed, so that `ensure` makes all of it anew."""
    for name in (authority.certificate, authority.key, *map(certificate, servers), *map(key, servers)):
        (folder / name).unlink(missing_ok=True)


def keystore(folder: Path, server: str, password: str) -> bytes:
    """Return a server's certificate and key as PKCS #12 (RFC 7292): all that some settings of Java take."""
    found = serialization.load_pem_private_key((folder / key(server)).read_bytes(), None)
    own = x509.load_pem_x509_certificate((folder / certificate(server)).read_bytes())
    sealed = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(
        server.encode(), cast("ec.EllipticCurvePrivateKey", found), own, None, sealed
    )


def _lasts(folder: Path, authority: Authority, now: datetime) -> bool:
    if not (folder / authority.certificate).exists() or not (folder / authority.key).exists():
        return False
    found = x509.load_pem_x509_certificate((folder / authority.certificate).read_bytes())
    return found.not_valid_after_utc - now > timedelta(days=DAYS)


def _holds(folder: Path, server: str, names: Sequence[str], signer: x509.Certificate, now: datetime) -> bool:
    if not (folder / certificate(server)).exists() or not (folder / key(server)).exists():
        return False
    found = x509.load_pem_x509_certificate((folder / certificate(server)).read_bytes())
    try:
        found.verify_directly_issued_by(signer)
    except (InvalidSignature, ValueError):
        return False
    named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    purposes = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if purposes != _purposes(server):
        return False
    return named == _alternatives(names) and found.not_valid_after_utc - now > timedelta(days=LEFT_DAYS)


def _authority(folder: Path, authority: Authority, now: datetime) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority.name)])
    builder = _builder(name, name, own.public_key(), now, AUTHORITY_DAYS)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(own.public_key())
    made = builder.add_extension(identifier, critical=False).sign(own, hashes.SHA256())
    passwords.write(folder / authority.key, _pem(own))
    passwords.write(folder / authority.certificate, made.public_bytes(serialization.Encoding.PEM).decode())


def _issue(folder: Path, authority: Authority, server: str, names: Sequence[str], now: datetime) -> None:
    signer = x509.load_pem_x509_certificate((folder / authority.certificate).read_bytes())
    found = serialization.load_pem_private_key((folder / authority.key).read_bytes(), None)
    signing = cast("ec.EllipticCurvePrivateKey", found)
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"AMAIE {server}")])
    builder = _builder(subject, signer.subject, own.public_key(), now, DAYS)
    builder = builder.add_extension(_alternatives(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    made = builder.add_extension(_purposes(server), critical=False).add_extension(issuer, critical=False)
    signed = made.sign(signing, hashes.SHA256())
    passwords.write(folder / key(server), _pem(own))
    passwords.write(folder / certificate(server), signed.public_bytes(serialization.Encoding.PEM).decode())


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Return what all certificates have; they hold from an hour ago, since clocks differ."""
    start = now - timedelta(hours=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(start).not_valid_after(start + timedelta(days=days))


def _purposes(server: str) -> x509.ExtendedKeyUsage:
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return x509.ExtendedKeyUsage(both if server in GOSSIPS else both[:1])


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_general(name) for name in names])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(own: ec.EllipticCurvePrivateKey) -> str:
    return own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
