"""Sends documents in bulk until Elasticsearch has acknowledged every one of them."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

import elasticsearch
import msgspec
from elasticsearch import Elasticsearch

from amaie_ingest.client import Login, explained, unverified
from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CREATED, CONFLICT, TOO_LARGE, TOO_MANY, UNAVAILABLE = 201, 409, 413, 429, 503
FORBIDDEN, NOT_FOUND = 403, 404
FIRST_WAIT, LONGEST_WAIT = 0.1, 10.0
_json = msgspec.json.Encoder().encode
FILTER = ["errors", "items.*.status", "items.*.error.type", "items.*.failure_store"]


class Operation(msgspec.Struct, frozen=True, gc=False):
    """One document on its way: where to, under which id, and why it was rejected if it was."""

    stream: str
    id: str
    body: bytes
    reason: str = ""

    def lines(self) -> bytes:
        """Return the two lines of a bulk body."""
        return b'{"create":{"_index":%b,"_id":%b}}\n%b\n' % (_json(self.stream), _json(self.id), self.body)


@dataclass
class Counts:
    """What became of documents."""

    indexed: int = 0
    doubles: int = 0
    failure_store: int = 0
    retries: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def reject(self, reason: str, number: int = 1) -> None:
        """Count rejected documents."""
        self.rejected[reason] = self.rejected.get(reason, 0) + number

    def add(self, other: Counts) -> None:
        """Add what another run of the same kind has counted."""
        self.indexed += other.indexed
        self.doubles += other.doubles
        self.failure_store += other.failure_store
        self.retries += other.retries
        for reason, number in other.rejected.items():
            self.reject(reason, number)


class Stopped(Exception):  # noqa: N818 (nothing is wrong)
    """The shipper was told to end while documents waited; they are read again by the next run."""


class Refuse(Protocol):
    """Makes a rejected document of one that Elasticsearch does not take."""

    def __call__(self, operation: Operation, reason: str, detail: str) -> Operation | None:
        """Return the document for the rejected stream; None if it is kept there already."""


class Sender:
    """Sends bulk requests with back-off; may be used by several threads."""

    def __init__(
        self,
        client: Elasticsearch,
        login: Login,
        refuse: Refuse,
        *,
        give_up_after: float | None,
        stop: threading.Event | None = None,
        on_retry: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Take the client and what to do when Elasticsearch does not answer.

        Args:
            client: A connected client.
            login: Whom to name in errors.
            refuse: Makes the rejected document of one that Elasticsearch refuses.
            give_up_after: Seconds without any progress after which to raise; None tries for ever.
            stop: Set when the shipper shall end; the next pause then raises `Stopped`.
            on_retry: Is told why a request is sent again.
        """
        self._client = client
        self._login = login
        self._refuse = refuse
        self._give_up_after = give_up_after
        self._stop = stop or threading.Event()
        self._on_retry = on_retry

    def send(self, operations: Sequence[Operation]) -> Counts:
        """Send documents and return what became of them, once all are acknowledged.

        Raises:
            IngestError: Elasticsearch refuses us, or gave no answer for too long.
            Stopped: The shipper was told to end while Elasticsearch did not answer.
        """
        counts = Counts()
        left = list(operations)
        last_progress, attempt = time.monotonic(), 0
        while left:
            before = len(left)
            left, trouble = self._once(left, counts)
            if len(left) < before:
                last_progress, attempt = time.monotonic(), 0
            if left and trouble:
                counts.retries += 1
                self._on_retry(trouble)
                self._check_patience(last_progress, trouble)
                if self._stop.wait(pause(attempt)):
                    raise Stopped
                attempt += 1
        return counts

    def _check_patience(self, last_progress: float, trouble: str) -> None:
        if self._give_up_after is not None and time.monotonic() - last_progress > self._give_up_after:
            raise IngestError(
                f"Elasticsearch at {self._login.url} took nothing for {self._give_up_after:.0f} s "
                f"({trouble}); nothing is lost: run again when it is well"
            )

    def _once(self, operations: list[Operation], counts: Counts) -> tuple[list[Operation], str]:
        """Send one request; return what must be sent again and why."""
        body = b"".join([operation.lines() for operation in operations])
        try:
            answer = self._client.bulk(
                operations=[cast("Any", body.removesuffix(b"\n"))],
                require_data_stream=True,
                filter_path=FILTER,
            )
        except (elasticsearch.AuthenticationException, elasticsearch.AuthorizationException) as error:
            raise explained(error, self._login) from None
        except elasticsearch.ApiError as error:
            if error.status_code == TOO_LARGE:
                return self._halved(operations, counts), ""
            if error.status_code in (TOO_MANY, UNAVAILABLE) or error.status_code >= 500:  # noqa: PLR2004
                return operations, f"HTTP {error.status_code}"
            raise explained(error, self._login) from None
        except (elasticsearch.TransportError, elasticsearch.SerializationError) as error:
            if unverified(error):
                raise explained(error, self._login) from None
            return operations, type(error).__name__
        return self._settle(operations, answer["items"], counts)

    def _halved(self, operations: list[Operation], counts: Counts) -> list[Operation]:
        if len(operations) == 1:
            return self._rejected(operations[0], "too_large", "")
        middle = len(operations) // 2
        for half in (operations[:middle], operations[middle:]):
            counts.add(self.send(half))
        return []

    def _settle(
        self, operations: list[Operation], items: list[dict[str, Any]], counts: Counts
    ) -> tuple[list[Operation], str]:
        again: list[Operation] = []
        trouble = ""
        for operation, item in zip(operations, items, strict=True):
            result = item["create"]
            status = result["status"]
            if status == CREATED:
                counts.failure_store += result.get("failure_store") == "used"
                count(operation, counts)
            elif status == CONFLICT:
                counts.doubles += 1
                count(operation, counts)
            elif status in (TOO_MANY, UNAVAILABLE) or status >= 500:  # noqa: PLR2004
                trouble = f"HTTP {status} for single documents"
                again.append(operation)
            elif status == FORBIDDEN:
                trouble = f"{operation.stream} may not be written: {result['error']['type']}"
                again.append(operation)
            elif status == NOT_FOUND:
                trouble = f"{operation.stream} is no data stream yet: run amaie_ingest elasticsearch-setup"
                again.append(operation)
            else:
                kind = result.get("error", {}).get("type", str(status))
                again += self._rejected(operation, "refused", kind)
        return again, trouble

    def _rejected(self, operation: Operation, reason: str, detail: str) -> list[Operation]:
        """Return the rejected document, if one is to be sent; one refused even there is a fault of ours."""
        if operation.reason:
            raise IngestError(
                f"Elasticsearch refuses a rejected document ({detail or reason}, id {operation.id}); "
                "run python -m elasticsearch-setup: its index template is missing or old"
            )
        refused = self._refuse(operation, reason, detail)
        return [] if refused is None else [refused]


def count(operation: Operation, counts: Counts) -> None:
    """Count a document that has arrived."""
    if operation.reason:
        counts.reject(operation.reason)
    else:
        counts.indexed += 1


def pause(attempt: int) -> float:
    """Return a growing pause in seconds, spread so that several shippers do not knock at once."""
    longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
    return longest * (0.5 + random.random() / 2)  # noqa: S311 (no secret)
