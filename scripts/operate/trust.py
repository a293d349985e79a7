"""How this machine asks the stack: it trusts the stack's authority alone, and signs in over TLS alone."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from operate import certificates, passwords
from operate.errors import StackError
from operate.paths import SECRETS

if TYPE_CHECKING:
    from pathlib import Path

OPERATOR, READER = "operator", "reader"
"""Who may change something at Prometheus and Alertmanager, and who may not."""


def context(path: Path = SECRETS / certificates.STACK.certificate) -> ssl.SSLContext:
    """Return what verifies servers by one authority: the stack's own.

    Raises:
        StackError: There is no such file.
    """
    if not path.exists():
        raise StackError(f"{path} is missing; cure: make up, which makes it")
    return ssl.create_default_context(cafile=str(path))


def password(name: str, folder: Path = SECRETS) -> str:
    """Return the password in a file of the secrets.

    Raises:
        StackError: There is none yet.
    """
    path = folder / name
    if not path.exists():
        raise StackError(f"{path} is missing; cure: make up, which makes it")
    return path.read_text().strip()


def client(
    url: str,
    auth: tuple[str, str] | None,
    timeout: httpx.Timeout | float = 30,
    authority: Path = SECRETS / certificates.STACK.certificate,
) -> httpx.Client:
    """Return a client of a server of the stack: verified and signed in.

    Plain HTTP has nothing to verify, and no password is sent that way.

    Raises:
        StackError: The authority's certificate is missing.
    """
    if not url.startswith("https://"):
        return httpx.Client(base_url=url, timeout=timeout)
    return httpx.Client(base_url=url, auth=auth, verify=context(authority), timeout=timeout)


def monitoring(
    url: str, user: str = READER, timeout: httpx.Timeout | float = 30, folder: Path = SECRETS
) -> httpx.Client:
    """Return a client of Prometheus or Alertmanager.

    Args:
        url: As `make status` shows it; an address without TLS is asked without a login.
        user: `READER`, or `OPERATOR` where something is to be changed.
        timeout: In seconds.
        folder: Where the secrets are.

    Raises:
        StackError: The authority's certificate or the password is missing.
    """
    if not url.startswith("https://"):
        return client(url, None, timeout)
    signed = (user, password(passwords.monitoring_file(user), folder))
    return client(url, signed, timeout, folder / certificates.STACK.certificate)
