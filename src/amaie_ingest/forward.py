"""Hands documents to Logstash, which judges nothing in them again: they are what Elasticsearch would get.

A document travels as `["logs", id, document]` or `["rejected", id, document]`, one line each: so the queue on
disk holds only what was redacted. The input `files` answers 200 when that queue holds every line of a request
(`decode_body` and `push_decoded_event` of logstash-input-http), 429 while it is busy or the queue is full;
whatever else happens, the lines are sent again, under the same ids.
"""

from __future__ import annotations

import base64
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec

from amaie_ingest.bulk import TOO_LARGE, Counts, Stopped, pause
from amaie_ingest.client import not_verified, password, unverified
from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from amaie_ingest.bulk import Operation
    from amaie_ingest.client import Login

BATCH_BYTES = 1 << 20
"""Of documents in one request; `max_content_length` holds one document more."""

TIMEOUT_SECONDS = 20.0
"""Less than a container has to end; a Logstash that is blocked for longer answers others with 429."""

UNAUTHORISED = 401
USER, SECRET = "amaie", "logstash_files_password"
"""Who signs in, and the secret that holds the password."""

_json = msgspec.json.Encoder().encode


def enveloped(operation: Operation) -> bytes:
    """Return the line that a document travels as: where it belongs, under which id, and itself."""
    stream = b"rejected" if operation.reason else b"logs"
    return b'["%b",%b,%b]' % (stream, _json(operation.id), operation.body)


class Forwarder:
    """Posts documents until Logstash has taken every one of them."""

    def __init__(self, login: Login, *, stop: threading.Event, on_retry: Callable[[str], object]) -> None:
        """Take the address of Logstash's input and who signs in.

        Args:
            login: The address, the user, and the file of the password.
            stop: Set when the shipper shall end; the next pause then raises `Stopped`.
            on_retry: Is told why documents are sent again.
        """
        self._login, self._stop, self._on_retry = login, stop, on_retry
        self._trusted = login.trusted()
        signed = base64.b64encode(f"{login.user}:{password(login.password_file)}".encode()).decode()
        self._headers = {"Authorization": f"Basic {signed}", "Content-Type": "text/plain; charset=utf-8"}

    def send(self, operations: Sequence[Operation]) -> Counts:
        """Return when all documents are in Logstash's queue; what becomes of them is counted there.

        Raises:
            IngestError: Logstash lets us in with no such password, or takes no request of one document.
            Stopped: We were told to end.
        """
        body = b"\n".join(map(enveloped, operations))
        attempt = 0
        while trouble := self._trouble(body, len(operations)):
            self._on_retry(trouble)
            if self._stop.wait(pause(attempt)):
                raise Stopped
            attempt += 1
        return Counts()

    def _trouble(self, body: bytes, documents: int) -> str:
        """Send once; return why it must be sent again, or an empty text."""
        request = Request(self._login.url, body, self._headers)  # noqa: S310 (ours)
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS, context=self._trusted):  # noqa: S310 (ours)
                return ""
        except HTTPError as error:
            error.close()
            if error.code == UNAUTHORISED:
                raise IngestError(
                    f"Logstash at {self._login.url} does not accept the password of {self._login.user}; "
                    f"check {self._login.password_file}"
                ) from None
            if error.code == TOO_LARGE:
                raise IngestError(
                    f"Logstash at {self._login.url} takes no request of {len(body):,} bytes "
                    f"({documents} documents); raise max_content_length of its input files"
                ) from None
            return f"Logstash answered {error.code}"
        except (OSError, HTTPException) as error:
            if unverified(error):
                raise not_verified("Logstash", self._login) from None
            return f"Logstash: {getattr(error, 'reason', None) or error or type(error).__name__}"
