"""Renders the Elasticsearch index templates of the two streams from the log contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared import output
from generators.spec.logfield import FieldType

if TYPE_CHECKING:
    from generators.spec.logfield import LogField
    from generators.spec.logspec import LogSpec, Stream
    from generators.spec.model import Model

FOLDER = "elasticsearch/generated"
HEADER = output.mark(names.LOGS)
PRIORITY = 500
"""Above the built-in `logs-*-*` template (100) and whatever an integration installs (200)."""

EXTRA_VALUE_CHARS = 1024
NANOS = {"type": "date_nanos", "format": "strict_date_optional_time_nanos"}
TEXT = {"type": "text"}
LONG = {"type": "long"}
BOOLEAN = {"type": "boolean"}


def render(model: Model, nodes: int = 1) -> dict[str, str]:
    """Return one index template per stream, for so many nodes."""
    mappings = {"logs": logs_mapping(model.logs), "rejected": rejected_mapping(model.logs)}
    return {
        f"{FOLDER}/logs-{names.DATASETS[stream.name]}.json": _text(
            template(stream, mappings[stream.name], nodes)
        )
        for stream in model.logs.streams
    }


def template(stream: Stream, mapping: dict[str, Any], nodes: int = 1) -> dict[str, Any]:
    """Return the index template of a stream: data stream, retention, failure store, explicit mapping."""
    lifecycle = {"enabled": True, "data_retention": stream.retention}
    return {
        "index_patterns": [names.stream(stream.name, "*")],
        "priority": PRIORITY,
        "data_stream": {},
        "template": {
            "settings": {
                # Plain index mode: _source stays byte for byte what was sent.
                "index.mode": "standard",
                "index.codec": "best_compression",
                "index.number_of_shards": 1,
                **copies(nodes),
                "index.refresh_interval": "1s",
                "index.lifecycle.prefer_ilm": False,
            },
            "mappings": mapping,
            "lifecycle": lifecycle,
            "data_stream_options": {"failure_store": {"enabled": True, "lifecycle": lifecycle}},
        },
        "_meta": {"description": stream.description, "generated": HEADER},
    }


def copies(nodes: int) -> dict[str, Any]:
    """Return how many nodes keep a record, and how many must be there to take one.

    In a cluster each node keeps all: one can go, and what is written meanwhile is still kept by two. The
    number is fixed, so a node that comes back goes on from where it was; one that expands by itself forgets.
    Source: Elastic, "Index modules" (`number_of_replicas`, `auto_expand_replicas`), "Active shards".
    """
    if nodes == 1:
        return {"index.auto_expand_replicas": "0-1"}
    return {
        "index.auto_expand_replicas": "false",
        "index.number_of_replicas": nodes - 1,
        "index.write.wait_for_active_shards": str(nodes // 2 + 1),
    }


def logs_mapping(logs: LogSpec) -> dict[str, Any]:
    """Return the mapping of good records: every field of the contract, nothing dynamic.

    `subobjects: false` lets the standard's `service` live beside ECS' `service.name`.
    """
    properties: dict[str, Any] = {"@timestamp": NANOS}
    for field in logs.fields:
        if field.type is FieldType.TIMESTAMP:
            properties[field.name] = {"type": "alias", "path": "@timestamp"}
            continue
        properties[field.name] = _property(field, logs)
        properties |= {alias: {"type": "alias", "path": field.name} for alias in field.ecs}
    return _mapping(properties)


def rejected_mapping(logs: LogSpec) -> dict[str, Any]:
    """Return the mapping of rejected lines: why, from where, and the redacted line itself."""
    known = {field.name: field for field in logs.fields}
    own = {
        "@timestamp": NANOS,
        "reason": _keyword(64),
        "detail": _keyword(EXTRA_VALUE_CHARS),
        "source": _keyword(EXTRA_VALUE_CHARS),
        "record": TEXT,
        "record_bytes": LONG,
        "truncated": BOOLEAN,
    }
    kept = {name: _property(known[name], logs) for name in ("service", "level", "event_id") if name in known}
    return _mapping(own | kept)


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"dynamic": False, "subobjects": False, "properties": dict(sorted(properties.items()))}


def _property(field: LogField, logs: LogSpec) -> dict[str, Any]:
    if field.type is FieldType.KEYWORD:
        return _keyword(field.max_length or EXTRA_VALUE_CHARS)
    if field.type is FieldType.OBJECT:
        # Lucene takes terms of up to 32,766 bytes: key and value in four bytes a character stay below it.
        return {
            "type": "flattened",
            "depth_limit": logs.limits.max_depth + 1,
            "ignore_above": EXTRA_VALUE_CHARS,
        }
    simple: dict[FieldType, dict[str, Any]] = {
        FieldType.TEXT: TEXT,
        FieldType.DECIMAL: {"type": "double"},
        FieldType.LONG: LONG,
        FieldType.BOOLEAN: BOOLEAN,
    }
    return simple[field.type]


def _keyword(ignore_above: int) -> dict[str, Any]:
    return {"type": "keyword", "ignore_above": ignore_above}


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
