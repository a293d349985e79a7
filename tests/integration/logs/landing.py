"""Every vector as a file of its own, and what must be found of it in Elasticsearch, whoever ships."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from generators.spec import logspec
from generators.spec.logfield import FieldType
from integration.logs.lab import ROOT, nanos
from vectors.cases import Case, comparable, load, same

if TYPE_CHECKING:
    from pathlib import Path

    from integration.logs.lab import Lab

LINES = {f"{number:03d}": case for number, case in enumerate(load())}
"""By number; the number is the file's name and, in place of v-1 and as long as that, the event id."""
CASES = {name: case for name, case in LINES.items() if case.stream}
"""Those that become a document; the others are blank lines."""
TITLES = [f"{case.file}: {case.name}" for case in CASES.values()]
SPEC = logspec.load(ROOT / "spec" / "logs.yaml")

Hits = dict[str, list[dict[str, Any]]]
Landed = dict[str, Hits]
"""By stream, then by number."""


def write(folder: Path) -> None:
    """Write every vector, blank lines too, into a file of its own with an event id of its own."""
    for name, case in LINES.items():
        line = case.line.replace(b'"v-1"', f'"{name}"'.encode())
        (folder / f"{name}.jsonl").write_bytes(line + b"\n")


def number(stream: str) -> int:
    """Return how many documents a stream must have."""
    return sum(case.stream == stream for case in CASES.values())


def count(lab: Lab) -> int:
    """Return how many documents are in a lab's streams by now."""
    both = f"{lab.good},{lab.rejected}"
    lab.ask("POST", f"/{both}/_refresh?ignore_unavailable=true", user="amaie_setup")
    return int(lab.ask("GET", f"/{both}/_count?ignore_unavailable=true")["count"])


def found(lab: Lab) -> Landed:
    """Return all documents of a lab's streams; there must be as many as vectors that are no blank lines."""
    landed = {"good": _by_name(lab.hits(lab.good)), "rejected": _by_name(lab.hits(lab.rejected))}
    total = sum(len(hits) for kind in landed.values() for hits in kind.values())
    lost = sorted(CASES.keys() - landed["good"].keys() - landed["rejected"].keys())
    assert total == len(CASES), f"{total} documents of {len(CASES)}; not found by their number: {lost}"
    return landed


def check(landed: Landed, name: str) -> None:
    """Assert that a vector is one document in its stream, equal to the last digit, typed by the contract."""
    case = CASES[name]
    good = case.stream == "good"
    expected = _expected(name, case)
    candidates = landed[str(case.stream)].get(name) or landed["good"][""]
    wanted = comparable(expected, good=good)
    hits = [hit for hit in candidates if same(comparable(hit["_source"], good=good), wanted)]
    assert hits, candidates
    assert len(candidates) == 1 or name not in landed[str(case.stream)]
    if good:
        _check_fields(hits[0]["fields"], expected)


def _by_name(hits: list[dict[str, Any]]) -> Hits:
    """Return hits by the number of their vector; those of records without such an id by an empty name."""
    named: Hits = {"": []}
    for hit in hits:
        source = hit["_source"]
        name = source.get("source", source.get("event_id") or "").removesuffix(".jsonl")
        named.setdefault(name if name in CASES else "", []).append(hit)
    return named


def _expected(name: str, case: Case) -> dict[str, Any]:
    document = dict(case.document)
    if document.get("event_id") == "v-1":
        document["event_id"] = name
    if document.get("service") == "amaie-trader" and b"amaie-trader" not in case.line:
        document["service"] = name  # the record names none: it is that of its file
    if case.stream == "rejected":
        document["record"] = document["record"].replace('"v-1"', f'"{name}"')
        document["source"] = f"{name}.jsonl"
    return document


def _check_fields(fields: dict[str, list[Any]], document: dict[str, Any]) -> None:
    for field in SPEC.fields:
        value = document.get("@timestamp" if field.type is FieldType.TIMESTAMP else field.name)
        for name in (field.name, *field.ecs):
            if value is None:
                assert name not in fields
            elif field.type is FieldType.TIMESTAMP:
                assert [nanos(text) for text in fields[name]] == [nanos(value)]
            elif field.type is FieldType.DECIMAL:
                assert [float(one) for one in fields[name]] == [float(Decimal(value))]
            elif field.type is not FieldType.OBJECT:
                assert same(fields[name], [value])
