"""Debian's Chromium, and how it trusts a stack's certificates: by their keys, for its store is its own."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import sync_playwright

from operate import certificates
from support import preload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@contextmanager
def chromium(secrets: Path, servers: Iterable[str] = ("dashboard",)) -> Iterator[Browser]:
    """Yield a browser without a window, which does not mind what happens to the machine's networks.

    It takes the keys of these servers in a stack's folder of secrets, and no other unknown one.
    """
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = str(preload.built("networks", Path(folder)))
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=_arguments(secrets, servers),
            env={**os.environ, "LD_PRELOAD": library},
        )
        yield browser
        browser.close()


def _arguments(secrets: Path, servers: Iterable[str]) -> list[str]:
    keys = ",".join(_pin(secrets / certificates.certificate(server)) for server in servers)
    return [*FLAGS, f"--ignore-certificate-errors-spki-list={keys}"]


def _pin(path: Path) -> str:
    public = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
    found = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(found).digest()).decode()
