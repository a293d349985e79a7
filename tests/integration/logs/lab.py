"""A place of its own for each test: a namespace in the shared Elasticsearch, a folder, a shipper."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.containers import Elasticsearch

ROOT = Path(__file__).parents[3]
SHIPPER = (sys.executable, "-m", "amaie_ingest")


@dataclass(frozen=True)
class Lab:
    """What a test of the shipper works with.

    Attributes:
        elasticsearch: The real server with the stack's templates, shared by all tests.
        namespace: The namespace of this test's data streams.
        folder: An empty folder.
    """

    elasticsearch: Elasticsearch
    namespace: str
    folder: Path

    @property
    def good(self) -> str:
        """Return the name of the good stream."""
        return f"logs-amaie-{self.namespace}"

    @property
    def rejected(self) -> str:
        """Return the name of the rejected stream."""
        return f"logs-amaie.rejected-{self.namespace}"

    @property
    def state(self) -> Path:
        """Return the folder of the position file."""
        return self.folder / "state"

    def command(self, name: str, *arguments: object, user: str = "amaie_writer", url: str = "") -> list[str]:
        """Return the command line of one of the shipper's commands for this lab."""
        secret = self.elasticsearch.password_file(user)
        return [
            *(*SHIPPER, name, "--url", url or self.elasticsearch.url, "--namespace", self.namespace),
            *("--user", user, "--password-file", str(secret)),
            *("--ca-file", str(self.elasticsearch.authority), *map(str, arguments)),
        ]

    def ingest(self, *arguments: object, user: str = "amaie_writer") -> subprocess.CompletedProcess[str]:
        """Ship files once."""
        command = self.command("backfill", *arguments, user=user)
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    def write(self, name: str, lines: Iterable[dict[str, Any] | bytes]) -> Path:
        """Write a log file: records as JSON, bytes as they are."""
        path = self.folder / name
        path.write_bytes(
            b"".join(
                (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
            )
        )
        return path

    def ask(self, method: str, path: str, body: object = None, user: str = "amaie_reader") -> Any:
        """Return Elasticsearch's answer; numbers with a fraction are exact."""
        auth = self.elasticsearch.auth(user)
        response = self.elasticsearch.client.request(method, path, json=body, auth=auth)
        return json.loads(response.text, parse_float=Decimal) if response.text else response.status_code

    def forget_types(self) -> None:
        """Take a template of this lab's own away, and the documents that were written with its types."""
        if self.ask("DELETE", f"/_index_template/{self.namespace}", user="amaie_setup").get("acknowledged"):
            self.ask("POST", f"/{self.good}/_rollover", user="amaie_setup")
            *old, _present = sorted(self.ask("GET", f"/{self.good}/_mapping", user="amaie_setup"))
            assert self.ask("DELETE", f"/{','.join(old)}", user="amaie_setup") == {"acknowledged": True}

    def hits(self, stream: str, size: int = 10_000) -> list[dict[str, Any]]:
        """Return every document of a stream, with its `fields` as Elasticsearch understood them."""
        self.ask("POST", f"/{stream}/_refresh", user="amaie_setup")
        body = {"size": size, "fields": ["*"], "sort": ["_doc"], "track_total_hits": True}
        answer = self.ask("POST", f"/{stream}/_search?ignore_unavailable=true", body)
        found: list[dict[str, Any]] = answer["hits"]["hits"]
        assert answer["hits"]["total"]["value"] == len(found)
        return found

    def sources(self, stream: str) -> dict[str, dict[str, Any]]:
        """Return every document of a stream by its id; two with one id fail the test."""
        hits = self.hits(stream)
        found = {hit["_id"]: hit["_source"] for hit in hits}
        assert len(found) == len(hits), "a document is there twice"
        return found


def record(number: int, **fields: Any) -> dict[str, Any]:
    """Return a good record with the event id `p-<number>`."""
    return {
        "timestamp": f"2025-07-30T14:30:{number % 60:02d}.{number % 1_000_000:06d}Z",
        "level": "INFO",
        "service": "amaie-trader",
        "module": "execution.engine",
        "message": f"Order {number} placed successfully",
        "event_id": f"p-{number:010d}",
        **fields,
    }


def nanos(text: str) -> str:
    """Return a UTC timestamp with nine digits: Elasticsearch leaves out zeros at the end."""
    second, _, fraction = text.removesuffix("Z").partition(".")
    return f"{second}.{fraction:0<9}Z"
