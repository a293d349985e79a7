"""Prepares Elasticsearch for the two streams: index templates, and what existing streams take on of them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import elasticsearch

from amaie_ingest.client import connect, explained
from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from amaie_ingest.client import Login

POLL_SECONDS = 1.0
NO_SUCH_API = 400
HANDLER_MISSING = "no handler found"
COPIES = ("auto_expand_replicas", "number_of_replicas", "write.wait_for_active_shards")
"""The settings that say how many nodes keep a record; the other settings of an index hold for its life."""


def run(options: argparse.Namespace, login: Login) -> int:
    """Wait for Elasticsearch and prepare it; return 0. Doing it twice changes nothing."""
    found = templates(options.templates)
    client = connect(login)
    wait(client, login, options.wait)
    apply(client, login, found, print)
    return 0


def wait(client: Elasticsearch, login: Login, seconds: float) -> None:
    """Wait until the cluster answers and can index.

    Raises:
        IngestError: It does not in time, or it refuses our password.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            client.cluster.health(wait_for_status="yellow", timeout="1s")
        except (elasticsearch.AuthenticationException, elasticsearch.AuthorizationException) as error:
            raise explained(error, login) from None
        except (elasticsearch.ApiError, elasticsearch.TransportError) as error:
            if time.monotonic() > end:
                raise explained(error, login) from None
            time.sleep(POLL_SECONDS)
        else:
            return


def templates(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the generated index templates of a folder by name.

    Raises:
        IngestError: There are none, or one is not JSON.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise IngestError(f"{path} is not JSON; run make generate") from None
    if not found:
        raise IngestError(f"there are no templates in {folder}; run make generate")
    return found


def apply(
    client: Elasticsearch,
    login: Login,
    found: dict[str, dict[str, Any]],
    say: Callable[[str], object],
) -> None:
    """Put every template and bring streams that exist up to date; doing it twice changes nothing.

    Raises:
        IngestError: Elasticsearch refuses.
    """
    try:
        for name, template in found.items():
            client.indices.put_index_template(name=name, **_arguments(template))
            say(f"index template {name}: in place")
            for stream in _streams(client, template["index_patterns"]):
                _update(client, stream, template["template"], say)
    except (elasticsearch.ApiError, elasticsearch.TransportError) as error:
        raise explained(error, login) from None


def _arguments(template: dict[str, Any]) -> dict[str, Any]:
    return {key.removeprefix("_"): value for key, value in template.items()}


def _streams(client: Elasticsearch, patterns: Iterable[str]) -> list[str]:
    """Return the data streams that match, asked in a way that the minimal distribution answers too."""
    answer = client.indices.get(
        index=list(patterns), ignore_unavailable=True, allow_no_indices=True, features=["aliases"]
    )
    return sorted({index["data_stream"] for index in answer.body.values() if "data_stream" in index})


def _update(
    client: Elasticsearch, stream: str, template: dict[str, Any], say: Callable[[str], object]
) -> None:
    """Add new fields to a stream at once; what cannot be changed in place starts with a new backing index."""
    try:
        client.indices.put_mapping(index=stream, properties=template["mappings"]["properties"])
        say(f"{stream}: mapping is up to date")
    except elasticsearch.BadRequestError:
        client.indices.rollover(alias=stream)
        say(f"{stream}: a field has changed its type, so a new backing index was started")
    settings = {name: template["settings"].get(f"index.{name}") for name in COPIES}
    client.indices.put_settings(index=stream, settings={"index": settings})
    retention = template["lifecycle"]["data_retention"]
    try:
        client.indices.put_data_lifecycle(name=stream, data_retention=retention)
    except elasticsearch.BadRequestError as error:
        if HANDLER_MISSING not in str(error.body):
            raise
        say(f"{stream}: this Elasticsearch sets retention only when a stream is created")
    else:
        say(f"{stream}: kept for {retention}")
