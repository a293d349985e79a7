"""Events as Logstash 9.5's inputs make them under ECS v8, decorated as our pipeline file says.

After what a Logstash 9.5.2 was seen to do. Where a name is taken, `add_field` makes a list of what was there
and what is added.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from amaie_ingest.bulk import Operation
from amaie_ingest.forward import enveloped
from amaie_ingest.judge import Judge, Source, Verdict
from amaie_telemetry import contract
from logstash.config import parse

ROOT = Path(__file__).parents[2]
INPUTS = {
    plugin.settings["id"]: plugin.settings
    for section in parse((ROOT / "logstash" / "pipeline" / "amaie.conf").read_text())
    if section.kind == "input"
    for plugin in section.plugins()
}

JUDGE = Judge(contract.load())

Event = dict[str, Any]


def latin1(text: str) -> str:
    """Return a text as a codec that takes every byte for a character hands it over."""
    return text.encode().decode("latin-1")


def file(line: str, path: str, offset: int = 0) -> Event:
    """Return the event of a line of a file that our shipper has read, judged and handed over."""
    source = Source(path.rpartition("/")[2], "1:2:0")
    return handed(JUDGE.judge(line.encode(), source, offset))


def handed(verdict: Verdict) -> Event:
    """Return the event of a document that our shipper has handed over."""
    return files(enveloped(Operation("", verdict.id, verdict.body, verdict.reason)).decode())


def files(message: str) -> Event:
    """Return the event of a line that came by our shipper's door."""
    event = http("", "files")
    event["fields"]["message"] = message
    return event


def http(line: str, name: str = "http") -> Event:
    """Return the event of a line of a request's body; each byte of it is a character."""
    fields = {
        "message": latin1(line),
        "host": {"ip": "172.18.0.9"},
        "url": {"path": "/", "domain": "logstash", "port": 8080},
        "http": {"method": "POST", "version": "HTTP/1.1", "request": {"mime_type": "text/plain"}},
        "user_agent": {"original": "curl/8.5.0"},
    }
    headers = {"content_type": "text/plain", "http_host": "logstash:8080"}
    return _decorated(name, fields, {"input": {"http": {"request": {"headers": headers}}}})


def beats(line: str, path: Any = None, **metadata: Any) -> Event:
    """Return the event of what a client of Beats sends: any fields, any metadata."""
    fields = {
        "message": line,
        "host": {"name": "trading-1"},
        "agent": {"type": "filebeat", "version": "9.5.2"},
        "input": {"type": "filestream"},
        "log": {"offset": 0, **({} if path is None else {"file": {"path": path}})},
    }
    own = {
        "beat": "filebeat",
        "type": "_doc",
        "version": "9.5.2",
        "input": {"beats": {"host": {"ip": "10.0.0.9"}}},
    }
    return _decorated("beats", fields, own | metadata)


def _decorated(name: str, fields: Event, metadata: Event) -> Event:
    for reference, value in INPUTS[name]["add_field"].items():
        (key,) = re.fullmatch(r"\[@metadata\]\[(\w+)\]", reference).groups()  # type: ignore[union-attr]
        if key not in metadata:
            metadata[key] = value
        elif isinstance(metadata[key], list):
            metadata[key] = [*metadata[key], value]
        else:
            metadata[key] = [metadata[key], value]
    return {"fields": fields, "metadata": metadata}
