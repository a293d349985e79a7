"""Reads every document of a stream: by point in time and `search_after`, so none twice and none left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elasticsearch import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

PAGE = 5000
KEEP_ALIVE = "5m"


def pages(server: Elasticsearch, stream: str, size: int = PAGE) -> Iterator[dict[str, Any]]:
    """Yield every hit of a stream as it was when this began; none if there is no such stream."""
    try:
        pit = server.open_point_in_time(index=stream, keep_alive=KEEP_ALIVE)["id"]
    except NotFoundError:
        return
    after: list[Any] | None = None
    try:
        while True:
            answer = server.search(
                size=size,
                pit={"id": pit, "keep_alive": KEEP_ALIVE},
                sort=["_shard_doc"],
                search_after=after,
                track_total_hits=False,
            )
            hits: list[dict[str, Any]] = answer["hits"]["hits"]
            if not hits:
                return
            yield from hits
            after = hits[-1]["sort"]
    finally:
        server.close_point_in_time(id=pit)
