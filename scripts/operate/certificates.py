"""The gateway's certificate: signed by an authority of this installation, made anew before it ends.

Other machines need `gateway_ca.pem` only; the authority's key stays where it was made.
Source: RFC 5280; `cryptography`, X.509 tutorial.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from operate import passwords

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AUTHORITY, AUTHORITY_KEY = "gateway_ca.pem", "gateway_ca_key.pem"
CERTIFICATE, KEY = "gateway_certificate.pem", "gateway_key.pem"
AUTHORITY_DAYS, DAYS, LEFT_DAYS = 3650, 397, 60
"""How long authority and certificate hold; with fewer days left, `make up` makes a new one."""


def ensure(folder: Path, names: Sequence[str], now: datetime | None = None) -> bool:
    """Make the gateway's certificate where it is missing, ends soon or has other names; tell if so.

    Args:
        folder: Where the secrets are.
        names: The host names and addresses by which other machines reach this one.
        now: The present, in UTC.
    """
    now = now or datetime.now(UTC)
    if not (folder / AUTHORITY).exists() or not (folder / AUTHORITY_KEY).exists():
        _authority(folder, now)
    elif _holds(folder, names, now):
        return False
    _issue(folder, names, now)
    return True


def _holds(folder: Path, names: Sequence[str], now: datetime) -> bool:
    if not (folder / CERTIFICATE).exists() or not (folder / KEY).exists():
        return False
    found = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return named == _alternatives(names) and found.not_valid_after_utc - now > timedelta(days=LEFT_DAYS)


def _authority(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AMAIE gateway authority")])
    builder = _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
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
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = builder.add_extension(identifier, critical=False).sign(key, hashes.SHA256())
    passwords.write(folder / AUTHORITY_KEY, _pem(key))
    passwords.write(folder / AUTHORITY, made.public_bytes(serialization.Encoding.PEM).decode())


def _issue(folder: Path, names: Sequence[str], now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    found = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    signer = cast("ec.EllipticCurvePrivateKey", found)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AMAIE gateway")])
    builder = _builder(subject, authority.subject, key.public_key(), now, DAYS)
    builder = builder.add_extension(_alternatives(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    made = builder.add_extension(purpose, critical=False).add_extension(issuer, critical=False)
    signed = made.sign(signer, hashes.SHA256())
    passwords.write(folder / KEY, _pem(key))
    passwords.write(folder / CERTIFICATE, signed.public_bytes(serialization.Encoding.PEM).decode())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Return what all certificates have; they hold from an hour ago, since clocks differ."""
    start = now - timedelta(hours=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(start).not_valid_after(start + timedelta(days=days))


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_general(name) for name in names])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
