"""Hands lines to Logstash, which judges them: each with the name and the place that only its reader knows.

A line travels as `id NUL bytes NUL source NUL line`: the id of a record that brings none, the length of the
line in its file, the file's name. Each byte is sent as one character of Latin-1, since Logstash's http input
replaces what is no UTF-8 before anybody sees it. That input answers 200 when its queue holds every line of a
request (`decode_body` and `push_decoded_event` of logstash-input-http), 429 while it is busy or its queue is
full; whatever else happens, the lines are sent again, under the same ids.
"""

from __future__ import annotations

import base64
import contextlib
import re
from datetime import UTC, datetime
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec

from amaie_ingest import parse, plain
from amaie_ingest.bulk import TOO_LARGE, Counts, Stopped, pause
from amaie_ingest.client import not_verified, password, unverified
from amaie_ingest.errors import Broken, IngestError
from amaie_ingest.judge import Verdict, line_id

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from amaie_ingest.bulk import Operation
    from amaie_ingest.client import Login
    from amaie_ingest.judge import Source
    from amaie_telemetry.contract import Contract

BATCH_BYTES = 1 << 20
"""Of lines in one request; `max_content_length` holds one line more, and every byte doubled."""

TIMEOUT_SECONDS = 20.0
"""Less than a container has to end; a Logstash that is blocked for longer answers others with 429."""

UNAUTHORISED = 401
USER, SECRET = "amaie", "logstash_http_password"
"""Who signs in, and the secret that holds the password."""

_MOMENT = re.compile(rb'\0\{"timestamp":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})[.0-9]*Z"')
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Frames:
    """Packs lines for Logstash where a judge would make documents of them."""

    def __init__(self, contract: Contract, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Take the contract: plain text becomes a record here, for Logstash takes JSON only."""
        self._contract, self._now = contract, now

    def judge(self, line: bytes, source: Source, offset: int) -> Verdict:
        """Return a line, packed; in place of plain text the record that it is."""
        sent = self._record(line, source) if source.text else line
        return self._packed(line, len(line), sent, source, offset)

    def unparsed(self, head: bytes, length: int, broken: Broken, source: Source, offset: int) -> Verdict:
        """Return the beginning of an overlong line, packed; that it is too long its length says."""
        del broken
        return self._packed(head, length, head, source, offset)

    def moment(self, body: bytes) -> str:
        """Return when a line was written, or read if it does not say so in the way of our library."""
        if (found := _MOMENT.search(body)) is not None:
            with contextlib.suppress(ValueError):  # no such day
                return datetime.fromisoformat(found.group(1).decode()).isoformat()
        return self._now().isoformat()

    def _record(self, line: bytes, source: Source) -> bytes:
        with contextlib.suppress(Broken):  # what is no text, Logstash rejects with the reason
            if plain.json_object(line, self._contract) is None:
                return _encode(plain.record(parse.text_of(line), self._contract, source.text, self._now))
        return line

    @staticmethod
    def _packed(line: bytes, length: int, sent: bytes, source: Source, offset: int) -> Verdict:
        identity, one = (
            line_id(line, source, offset),
            sent.replace(b"\n", b" "),
        )  # of joined lines that are no text
        return Verdict(identity, b"%b\0%d\0%b\0%b" % (identity.encode(), length, source.name.encode(), one))


class Forwarder:
    """Posts packed lines until Logstash has taken every one of them."""

    def __init__(self, login: Login, *, stop: threading.Event, on_retry: Callable[[str], object]) -> None:
        """Take the address of Logstash's input and who signs in.

        Args:
            login: The address, the user, and the file of the password.
            stop: Set when the shipper shall end; the next pause then raises `Stopped`.
            on_retry: Is told why lines are sent again.
        """
        self._login, self._stop, self._on_retry = login, stop, on_retry
        self._trusted = login.trusted()
        signed = base64.b64encode(f"{login.user}:{password(login.password_file)}".encode()).decode()
        self._headers = {"Authorization": f"Basic {signed}", "Content-Type": "text/plain; charset=utf-8"}

    def send(self, operations: Sequence[Operation]) -> Counts:
        """Return when all lines are in Logstash's queue; what becomes of them is counted there.

        Raises:
            IngestError: Logstash lets us in with no such password, or takes no request as large as one line.
            Stopped: We were told to end.
        """
        body = b"\n".join(one.body for one in operations).decode("latin-1").encode()
        attempt = 0
        while trouble := self._trouble(body, len(operations)):
            self._on_retry(trouble)
            if self._stop.wait(pause(attempt)):
                raise Stopped
            attempt += 1
        return Counts()

    def _trouble(self, body: bytes, lines: int) -> str:
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
                    f"Logstash at {self._login.url} takes no request of {len(body):,} bytes ({lines} lines); "
                    "raise max_content_length of its input files"
                ) from None
            return f"Logstash answered {error.code}"
        except (OSError, HTTPException) as error:
            if unverified(error):
                raise not_verified("Logstash", self._login) from None
            return f"Logstash: {getattr(error, 'reason', None) or error or type(error).__name__}"
