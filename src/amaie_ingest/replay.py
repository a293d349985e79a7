"""Lets rejected records in again after a fix: judged anew, indexed once, removed from the rejected."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from amaie_ingest.bulk import Operation
from amaie_ingest.judge import Source
from amaie_ingest.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from elasticsearch import Elasticsearch

    from amaie_ingest.judge import Judge
    from amaie_ingest.shipper import Send, Streams

PAGE = 1000


class Replayed(NamedTuple):
    """How many rejected documents were read, now keep the contract, and were removed."""

    read: int
    good: int
    removed: int


class Refused(set[str]):
    """Notes the documents that Elasticsearch refuses again: they are in the rejected stream already."""

    def __call__(self, operation: Operation, reason: str, detail: str) -> None:
        """Note a document; there is none to send in its place."""
        del reason, detail
        self.add(operation.id)


def replay(
    client: Elasticsearch, judge: Judge, send: Send, streams: Streams, refused: Refused, *, dry_run: bool
) -> Replayed:
    """Judge every rejected document again; index the good ones, then remove them from the rejected stream.

    A crash between the two steps does no harm: the next run finds the document indexed (same id) and
    removes it.

    Args:
        client: Reads and removes rejected documents.
        judge: Knows the contract of today.
        send: Sends documents to the good stream.
        streams: Both streams.
        refused: Has noted what Elasticsearch refused, once `send` returns.
        dry_run: Send and remove nothing.
    """
    read = good = removed = 0
    for page in batched(pages(client, streams.rejected, PAGE), PAGE):
        read += len(page)
        passed = [(hit, verdict) for hit in page if (verdict := _judged(judge, hit, streams)) is not None]
        good += len(passed)
        if dry_run or not passed:
            continue
        send([operation for _, operation in passed])
        removed += _remove(client, [hit for hit, _ in passed if hit["_id"] not in refused])
    return Replayed(read, good, removed)


def batched(hits: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield hits in lists of at most that size."""
    rest = iter(hits)
    while page := list(islice(rest, size)):
        yield page


def _judged(judge: Judge, hit: dict[str, Any], streams: Streams) -> Operation | None:
    record = hit["_source"]
    if record.get("truncated"):
        return None
    source = Source(str(record.get("source", "")), "replay")
    verdict = judge.judge(line_of(record).encode(), source, 0)
    if verdict.reason:
        return None
    return Operation(streams.good, hit["_id"], verdict.body)


def line_of(rejected: dict[str, Any]) -> str:
    """Return the line that a rejected document was made of.

    Where Elasticsearch refused a document, the document itself was kept, whose time is called `@timestamp`.
    """
    line = str(rejected.get("record", ""))
    if rejected.get("reason") == "refused":
        return line.replace('"@timestamp":', '"timestamp":', 1)
    return line


def _remove(client: Elasticsearch, hits: list[dict[str, Any]]) -> int:
    if not hits:
        return 0
    operations = [{"delete": {"_index": hit["_index"], "_id": hit["_id"]}} for hit in hits]
    items = client.bulk(operations=operations, refresh=True)["items"]
    return sum(item["delete"]["status"] == 200 for item in items)  # noqa: PLR2004
