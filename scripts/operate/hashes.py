"""What servers know of their users: hashes, each in the form that the server reads.

All passwords hashed here are random with 256 bits, so no hash of them can be tried through, however cheap it
is; the costs follow what each server does with a hash at every request.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

import bcrypt
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUNDS = 10_000
"""Of PBKDF2: what Elasticsearch's own default is; it keeps what it has checked."""

COST = 10
"""Of bcrypt: what Prometheus' documentation uses; its servers keep what they have checked."""

PROXY_HEADER = "reverse-proxy_upstream.conf"
"""The header by which the reverse proxy signs in at the servers behind it, as nginx reads it."""

STORE_HEADER, STORE_USER = "reverse-proxy_long-term.conf", "amaie"
"""The same for the long-term store of the stack, which knows one user."""

MINIMUM_TLS = "TLS12"


def monitoring_file(server: str) -> str:
    """Return the name of the file with the users of Prometheus, Alertmanager or the reverse proxy."""
    return f"{server}_users" if server == "reverse-proxy" else f"{server}_web.yml"


def file_realm(users: Mapping[str, str]) -> str:
    """Return `users` of Elasticsearch's file realm, by PBKDF2 (HMAC-SHA512, 256 bits, salt of 32 bytes)."""
    return "".join(f"{user}:{_pbkdf2(password)}\n" for user, password in users.items())


def known_to_lines(text: str) -> set[str]:
    """Return the users in a file of lines: the file realm's, or nginx'."""
    return {line.partition(":")[0] for line in text.splitlines()}


def passwd(users: Mapping[str, str]) -> str:
    """Return nginx's `auth_basic_user_file`, in salted SHA-1 (RFC 2307): it hashes at every request."""
    return "".join(f"{user}:{_ssha(password)}\n" for user, password in users.items())


def web(server: str, users: Mapping[str, str]) -> str:
    """Return a web configuration of the exporter toolkit: TLS by its certificate, users by bcrypt."""
    hashed = {
        user: bcrypt.hashpw(text.encode(), bcrypt.gensalt(COST)).decode() for user, text in users.items()
    }
    tls = {
        "cert_file": f"{_FOLDERS[server]}/{server}_certificate.pem",
        "key_file": f"{_FOLDERS[server]}/{server}_key.pem",
        "min_version": MINIMUM_TLS,
    }
    return yaml.safe_dump({"tls_server_config": tls, "basic_auth_users": hashed}, sort_keys=False)


def known_to_web(text: str) -> set[str]:
    """Return the users in such a configuration."""
    return set(yaml.safe_load(text)["basic_auth_users"])


def proxy_header(user: str, password: str) -> str:
    """Return the directive of nginx by which it signs in upstream as a user (RFC 7617)."""
    signed = base64.b64encode(f"{user}:{password}".encode()).decode()
    return f'proxy_set_header Authorization "Basic {signed}";\n'


def _pbkdf2(password: str) -> str:
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, dklen=32)
    return f"{{PBKDF2}}{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _ssha(password: str) -> str:
    salt = secrets.token_bytes(8)
    digest = hashlib.sha1(password.encode() + salt).digest()  # noqa: S324 - see the module
    return f"{{SSHA}}{base64.b64encode(digest + salt).decode()}"


_FOLDERS = {"prometheus": "/run/secrets", "alertmanager": "/run/own"}
"""Where each finds its secrets: Alertmanager has the operator's tokens under /run/secrets."""

MONITORING: dict[str, tuple[Callable[[str], set[str]], Callable[[Mapping[str, str]], str]]] = {
    "reverse-proxy": (known_to_lines, passwd),
    "prometheus": (known_to_web, lambda users: web("prometheus", users)),
    "alertmanager": (known_to_web, lambda users: web("alertmanager", users)),
}
"""Server -> how the users in its file are read, and how the file is made."""
