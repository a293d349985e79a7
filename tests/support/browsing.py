"""Debian's Chromium, and how it trusts a stack's certificates: by their keys, for its store is its own."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from operate import certificates

if TYPE_CHECKING:
    from collections.abc import Iterable

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def arguments(secrets: Path, servers: Iterable[str] = ("dashboard",)) -> list[str]:
    """Return the command line of a Chromium that takes these servers' own keys, and no other unknown one."""
    keys = ",".join(_pin(secrets / certificates.certificate(server)) for server in servers)
    return [*FLAGS, f"--ignore-certificate-errors-spki-list={keys}"]


def _pin(path: Path) -> str:
    public = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
    found = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(found).digest()).decode()
