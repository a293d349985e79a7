"""Renders the log contract for the programs that enforce it: the library, the shipper, the Ruby filter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared import output

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
        "redaction": logs.redaction.model_dump(mode="json", exclude_none=True),
    }


def _field(field: LogField) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": field.type.value,
        "required": field.required,
        "redaction": field.redaction.value,
        "group": field.group.value,
    }
    optional = {"max_length": field.max_length, "values": list(field.values), "spellings": field.spellings}
    return entry | {key: value for key, value in optional.items() if value}
