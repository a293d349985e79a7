"""The connection to Elasticsearch by the official client, and its errors in one sentence each."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import elasticsearch
import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.serializer import JsonSerializer

from amaie_ingest.errors import IngestError

SECRETS = (Path("/run/secrets"), Path(__file__).resolve().parents[2] / "compose" / "secrets")
"""Where passwords are: in a container, and on the operator's machine."""
AUTHORITY = "stack_ca.pem"
"""Who signs for the servers of a stack; `make up` puts it beside the passwords."""


@dataclass(frozen=True)
class Login:
    """Where Elasticsearch is (each node of a cluster, with commas between) and who we are.

    The password stays in its file.
    """

    url: str
    user: str
    password_file: Path
    ca_file: Path | None = None

    @property
    def authority(self) -> Path | None:
        """Who is trusted: as told, else the stack's authority, beside the password or of this machine."""
        known = (self.password_file.parent / AUTHORITY, secret(AUTHORITY))
        return self.ca_file or next((path for path in known if path.is_file()), None)

    def trusted(self) -> ssl.SSLContext:
        """Return what verifies the server.

        Raises:
            IngestError: There is no such file, or it holds no certificate.
        """
        try:
            return ssl.create_default_context(cafile=self.authority)
        except OSError as error:
            raise IngestError(
                f"cannot read the authority's certificate {self.authority} ({error.strerror or error}); "
                "name the right file with --ca-file"
            ) from None


class QuickSerializer(JsonSerializer):
    """JSON by msgspec: the answers of bulk requests are long."""

    def loads(self, data: bytes) -> Any:
        """Return the value of a JSON text."""
        return value_of(data)


def value_of(data: bytes) -> Any:
    """Return a JSON value, numbers beyond a double included."""
    try:
        return msgspec.json.decode(data)
    except msgspec.ValidationError:
        return json.loads(data)


def connect(login: Login, *, timeout: float = 60.0) -> Elasticsearch:
    """Return a client that asks each node once, in turn; one that does not answer is left out for a while.

    Nobody else is asked again by itself. Whoever sends twice what has arrived meets its id.

    Raises:
        IngestError: The password file cannot be read or is empty, or the authority's cannot be read.
    """
    nodes = login.url.split(",")
    trusted = {"ssl_context": login.trusted()} if login.url.startswith("https://") else {}
    return Elasticsearch(
        nodes,
        basic_auth=(login.user, password(login.password_file)),
        request_timeout=timeout,
        max_retries=len(nodes) - 1,
        retry_on_status=(),
        retry_on_timeout=False,
        **trusted,  # type: ignore[arg-type]
        serializers={"application/json": QuickSerializer(), QuickSerializer.mimetype: QuickSerializer()},
    )


def password_file(user: str) -> Path:
    """Return where `make up` has put the password of a user of Elasticsearch."""
    return secret(f"es_{user}_password")


def secret(name: str) -> Path:
    """Return where `make up` has put a secret."""
    return next((folder for folder in SECRETS if folder.is_dir()), SECRETS[-1]) / name


def password(path: Path) -> str:
    """Return the password in a file.

    Raises:
        IngestError: There is no such file, it cannot be read, or it is empty.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise IngestError(
            f"cannot read the password file {path} ({error.strerror}); "
            "name the right file with --password-file"
        ) from None
    if not text:
        raise IngestError(f"the password file {path} is empty; write the password into it")
    return text


def unverified(error: Exception) -> bool:
    """Tell whether a server's certificate was refused: sending again does not mend that."""
    return "CERTIFICATE_VERIFY_FAILED" in repr(error)  # the text of a TlsError lacks it


def not_verified(server: str, login: Login) -> IngestError:
    """Return that a server's certificate is not to be trusted, and the cure."""
    return IngestError(
        f"the certificate of {server} at {login.url} is not signed by {login.authority or 'anybody known'}, "
        "has ended, or is for another name; name its authority with --ca-file"
    )


def explained(error: Exception, login: Login) -> IngestError:
    """Return why Elasticsearch refuses us, and the cure."""
    if isinstance(error, elasticsearch.AuthenticationException):
        return IngestError(
            f"Elasticsearch at {login.url} does not accept the password of {login.user}; "
            f"check {login.password_file}"
        )
    if isinstance(error, elasticsearch.AuthorizationException):
        return IngestError(
            f"{login.user} may not do this at {login.url}; compare its role in elasticsearch/config/roles.yml"
        )
    if isinstance(error, elasticsearch.ApiError):
        return IngestError(f"Elasticsearch at {login.url} answered {error.status_code}: {error.message}")
    if unverified(error):
        return not_verified("Elasticsearch", login)
    return IngestError(f"cannot reach Elasticsearch at {login.url} ({type(error).__name__}); is it running?")
