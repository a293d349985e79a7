"""What a viewer asks of the logs, as Elasticsearch's query language in JSON: values never become syntax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SIZE: Final = 200
STORY_SIZE: Final = 500
_SORT: Final = {"@timestamp": {"order": "desc", "format": "strict_date_optional_time_nanos"}}


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A filter of log records; empty fields filter nothing. Equal filters share one search."""

    service: str = ""
    level: str = ""  # this level and the more urgent ones
    text: str = ""
    order_id: str = ""
    trace_id: str = ""

    def body(self) -> dict[str, Any]:
        """Return the search for the newest records, the newest first."""
        terms = {"service": self.service, "order_id": self.order_id, "trace_id": self.trace_id}
        filters: list[dict[str, Any]] = [{"term": {name: value}} for name, value in terms.items() if value]
        if self.level in LEVELS:
            filters.append({"terms": {"level": list(LEVELS[LEVELS.index(self.level) :])}})
        if self.text:
            filters.append({"match": {"message": {"query": self.text, "operator": "and"}}})
        return {
            "size": SIZE,
            "sort": [_SORT],
            "track_total_hits": False,
            "query": {"bool": {"filter": filters}},
        }


def story(field: str, value: str, traces: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the search for everything that an id (and the traces it led to) joins, the oldest first."""
    either: list[dict[str, Any]] = [{"term": {field: value}}]
    if traces:
        either.append({"terms": {"trace_id": list(traces)}})
    oldest_first = {"@timestamp": {**_SORT["@timestamp"], "order": "asc"}}
    query = {"bool": {"should": either, "minimum_should_match": 1}}
    return {"size": STORY_SIZE, "sort": [oldest_first], "track_total_hits": False, "query": query}


def kql(value: str) -> str:
    """Return a text as a quoted string of Kibana's query language."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
