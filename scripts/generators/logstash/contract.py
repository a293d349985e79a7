"""Renders the log contract for the programs that enforce it: the library, the shipper, the Ruby filter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared import output
from generators.spec import log_patterns

if TYPE_CHECKING:
    from generators.spec.logfield import LogField
    from generators.spec.logspec import LogSpec
    from generators.spec.model import Model

HEADER = output.mark(names.LOGS)
PATHS = ("logstash/generated/contract.json", "src/amaie_telemetry/generated/contract.json")


def render(model: Model) -> dict[str, str]:
    """Return the contract, once for Logstash and once for the Python package."""
    text = json.dumps(contract(model.logs), indent=1, ensure_ascii=False) + "\n"
    return dict.fromkeys(PATHS, text)


def contract(logs: LogSpec) -> dict[str, Any]:
    """Return the contract as plain values."""
    return {
        "_": HEADER,
        "version": logs.version,
        "streams": {
            stream.name: {"dataset": names.DATASETS[stream.name], "name": names.stream(stream.name)}
            for stream in logs.streams
        },
        "limits": logs.limits.model_dump(),
        "reasons": {reason.name: reason.description for reason in logs.reasons},
        "fields": {field.name: _field(field) for field in logs.fields},
        "foreign": _foreign(logs),
        "redaction": _redaction(logs),
    }


def _foreign(logs: LogSpec) -> dict[str, Any]:
    """Return the mapping of others' records, with each word of a level on its own."""
    rules: dict[str, Any] = logs.foreign.model_dump(mode="json")
    words = {word: level for level, found in logs.foreign.words.items() for word in found}
    scales = [
        scale | {"levels": [[top, level] for level, top in scale["levels"].items()]}
        for scale in rules["numbers"]
    ]
    return rules | {"words": words, "numbers": scales}


def _redaction(logs: LogSpec) -> dict[str, Any]:
    """Return the rules with the lists of words put into the patterns."""
    rules: dict[str, Any] = logs.redaction.model_dump(mode="json", exclude_none=True)
    words = logs.redaction.words
    for shape in rules["shapes"]:
        shape["pattern"] = log_patterns.expanded(shape["pattern"], words)
    rules["patterns"] = {
        name: log_patterns.expanded(pattern, words) for name, pattern in logs.redaction.patterns.items()
    }
    rules["words"] = {name: found for name, found in rules["words"].items() if name not in log_patterns.RAW}
    return rules


def _field(field: LogField) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": field.type.value,
        "required": field.required,
        "redaction": field.redaction.value,
        "group": field.group.value,
    }
    optional = {"max_length": field.max_length, "values": list(field.values), "spellings": field.spellings}
    return entry | {key: value for key, value in optional.items() if value}
