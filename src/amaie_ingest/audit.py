"""Proves that no log record was lost, doubled or changed on its way into Elasticsearch.

Reads all ids of both streams and of their failure stores (point in time, `search_after`) and settles
    emitted = indexed + rejected + failure store + counted drops.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from amaie_ingest import account, client, files
from amaie_ingest.backfill import backfill
from amaie_ingest.bulk import Counts, count
from amaie_ingest.judge import Judge
from amaie_ingest.pages import pages
from amaie_ingest.positions import Positions
from amaie_ingest.shipper import Shipper, Streams
from amaie_ingest.watch import ProgressWatch
from amaie_telemetry import contract

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from elasticsearch import Elasticsearch

    from amaie_ingest.bulk import Operation

SETTLED = 2.0
"""Seconds after which Elasticsearch shows what it has acknowledged: it refreshes the streams every second."""


def run(options: argparse.Namespace, login: client.Login) -> int:
    """Print the account; return 0 if it balances, 1 if not."""
    expected = _expected(options) if options.paths else None
    drops: dict[str, int] = {}
    time.sleep(SETTLED)
    found = account.settle(_stored(client.connect(login), options.namespace, drops), expected, drops)
    print(_as_json(found) if options.json else account.report(found))
    return 0 if found.clean else 1


class Expectations(dict[str, account.Expected]):
    """Takes documents as a sender does and notes what each must have become, by its id."""

    def send(self, operations: Sequence[Operation]) -> Counts:
        """Note documents."""
        counts = Counts()
        for operation in operations:
            kind = account.REJECTED if operation.reason else account.GOOD
            document = client.value_of(operation.body)
            self[operation.id] = account.Expected(kind, account.digest(document, kind))
            count(operation, counts)
        return counts


def _expected(options: argparse.Namespace) -> Expectations:
    """Return the documents that the written files must have become."""
    expected = Expectations()
    paths, rules = files.expand(options.paths, options.text), contract.load()
    limit = rules.limits.max_event_bytes
    watch = ProgressWatch(sum(path.stat().st_size for path in paths))
    starts = Positions(options.state and options.state / "positions.json").rewound()
    streams = Streams(*rules.streams(options.namespace))
    shipper = Shipper(Judge(rules), expected.send, starts, streams, watch, max_event_bytes=limit, parallel=1)
    backfill(paths, shipper, starts, keep=limit + 1, on_read=watch.read, text=options.text)
    shipper.finish()
    shipper.close()
    watch.finish()
    return expected


def _stored(server: Elasticsearch, namespace: str, drops: dict[str, int]) -> Iterator[account.Stored]:
    """Yield every document; note on the way what producers say they dropped."""
    kinds = (account.GOOD, account.REJECTED)
    for stream, kind in zip(contract.load().streams(namespace), kinds, strict=True):
        for hit in pages(server, stream):
            document: dict[str, Any] = hit["_source"]
            producer = hit["_id"].partition("-")[0]
            if number := document.get("dropped_records"):
                drops[producer] = drops.get(producer, 0) + int(number)
            digest = account.digest(document, kind)
            yield account.Stored(hit["_id"], kind, hit["_index"], digest)
        for hit in pages(server, f"{stream}::failures"):
            origin = hit["_source"].get("document", {})
            yield account.Stored(origin.get("id", hit["_id"]), account.FAILED, hit["_index"], "")


def _as_json(found: account.Account) -> str:
    value = {"kinds": dict(found.kinds), **{name: getattr(found, name) for name in account.FAULTS}}
    return json.dumps(value | {"unexplained": found.unexplained, "balanced": found.clean}, indent=1)
