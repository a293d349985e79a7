"""Prove that no log record was lost, doubled or changed on its way into Elasticsearch.

Examples:
    python scripts/audit.py                        every producer: gaps in its sequence numbers, doubles
    python scripts/audit.py /var/log/amaie         also compare each document with the files that were written

Reads all ids of both streams and of their failure stores (point in time, `search_after`) and settles
    emitted = indexed + rejected + failure store + counted drops.
Exit codes: 0 balanced, 1 not balanced or not possible (said on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from amaie_ingest import account, client, contract, files
from amaie_ingest.backfill import backfill
from amaie_ingest.errors import IngestError
from amaie_ingest.judge import Judge
from amaie_ingest.pages import pages
from amaie_ingest.positions import Positions
from amaie_ingest.shipper import Shipper, Streams
from amaie_ingest.trial import Trial
from amaie_ingest.watch import ProgressWatch
from amaie_telemetry import contract as library_contract

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amaie_ingest.bulk import Counts, Operation

SETTLED = 2.0
"""Seconds after which Elasticsearch shows what it has acknowledged: it refreshes the streams every second."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parser().parse_args(arguments)
    secret = options.password_file or client.password_file(options.user)
    login = client.Login(options.url, options.user, secret)
    try:
        expected = _expected(options) if options.paths else None
        drops: dict[str, int] = {}
        time.sleep(SETTLED)
        found = account.settle(_stored(client.connect(login), options.namespace, drops), expected, drops)
    except IngestError as error:
        print(f"audit: {error}", file=sys.stderr)
        return 1
    except (ApiError, TransportError) as error:
        print(f"audit: {client.explained(error, login)}", file=sys.stderr)
        return 1
    print(_as_json(found) if options.json else account.report(found))
    return 0 if found.clean else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="audit.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="the files that services wrote, or their folder")
    parser.add_argument("--namespace", default="default", help="of the data streams (default: %(default)s)")
    parser.add_argument("--url", default=os.environ.get("AMAIE_ELASTICSEARCH_URL", "http://127.0.0.1:9200"))
    parser.add_argument("--user", default="amaie_operator", help="default: %(default)s")
    parser.add_argument("--password-file", type=Path, help="default: the one that make up has written")
    parser.add_argument(
        "--state", type=Path, help="the shipper's; foreign lines of files that were written anew need it"
    )
    parser.add_argument("--json", action="store_true", help="print the account as JSON")
    return parser


def _expected(options: argparse.Namespace) -> dict[str, account.Expected]:
    """Return the documents that the written files must have become."""
    expected: dict[str, account.Expected] = {}

    class Ledger(Trial):
        """Takes documents as a sender does and writes them into the ledger."""

        def send(self, operations: Sequence[Operation]) -> Counts:
            for operation in operations:
                kind = account.REJECTED if operation.reason else account.GOOD
                document = client.value_of(operation.body)
                expected[operation.id] = account.Expected(kind, account.digest(document, kind))
            return super().send(operations)

    paths = files.expand(options.paths)
    limit = contract.load().limits.max_event_bytes
    watch = ProgressWatch(sum(path.stat().st_size for path in paths))
    judge = Judge(contract.load(), library_contract.load())
    starts = Positions(options.state and options.state / "positions.json").rewound()
    shipper = Shipper(
        judge, Ledger().send, starts, Streams("good", "rejected"), watch, max_event_bytes=limit, parallel=1
    )
    backfill(paths, shipper, starts, keep=limit + 1, on_read=watch.read)
    shipper.finish()
    shipper.close()
    watch.finish()
    return expected


def _stored(server: Elasticsearch, namespace: str, drops: dict[str, int]) -> Iterator[account.Stored]:
    """Yield every document; note on the way what producers say they dropped."""
    for dataset, kind in (("amaie", account.GOOD), ("amaie.rejected", account.REJECTED)):
        stream = f"logs-{dataset}-{namespace}"
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


if __name__ == "__main__":
    sys.exit(main())
