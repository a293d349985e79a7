"""Every vector, shipped into a real Elasticsearch: `_source` and `fields` are what they must be."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from integration.logs.lab import ROOT, Lab, nanos
from stackgen import logspec
from stackgen.logspec import FieldType
from vectors.cases import Case, comparable, load, same

if TYPE_CHECKING:
    from stack.containers import Elasticsearch

pytestmark = pytest.mark.integration

CASES = {f"{number:03d}": case for number, case in enumerate(load()) if case.stream}
"""By number; the number is the file's name and, in place of v-1 and as long as that, the event id."""
SPEC = logspec.load(ROOT / "spec" / "logs.yaml")
Hits = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def landed(prepared: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Hits]:
    """Ship every vector from a file of its own, with an event id of its own; return hits by event id."""
    lab = Lab(prepared, f"v{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("vectors"))
    for name, case in CASES.items():
        line = case.line.replace(b'"v-1"', f'"{name}"'.encode())
        (lab.folder / f"{name}.jsonl").write_bytes(line + b"\n")
    done = lab.ingest(lab.folder)
    assert done.returncode == 0, done.stderr
    found = {"good": _by_name(lab.hits(lab.good)), "rejected": _by_name(lab.hits(lab.rejected))}
    total = sum(len(hits) for kind in found.values() for hits in kind.values())
    assert total == len(CASES), (
        done.stdout,
        sorted(CASES.keys() - found["good"].keys() - found["rejected"].keys()),
    )
    return found


def _by_name(hits: list[dict[str, Any]]) -> Hits:
    """Return hits by the number of their vector; those of records without such an id by an empty name."""
    found: Hits = {"": []}
    for hit in hits:
        source = hit["_source"]
        name = source.get("source", source.get("event_id") or "").removesuffix(".jsonl")
        found.setdefault(name if name in CASES else "", []).append(hit)
    return found


def _expected(name: str, case: Case) -> dict[str, Any]:
    document = dict(case.document)
    if document.get("event_id") == "v-1":
        document["event_id"] = name
    if case.stream == "rejected":
        document["record"] = document["record"].replace('"v-1"', f'"{name}"')
        document["source"] = f"{name}.jsonl"
    return document


@pytest.mark.parametrize("name", CASES, ids=[f"{case.file}: {case.name}" for case in CASES.values()])
def test_a_vector_lands_with_exactly_its_source_and_fields(landed: dict[str, Hits], name: str) -> None:
    """One document, in its stream, equal to the last digit; typed as the contract says."""
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


def _check_fields(fields: dict[str, list[Any]], document: dict[str, Any]) -> None:
    for field in SPEC.fields:
        value = document.get("@timestamp" if field.type is FieldType.TIMESTAMP else field.name)
        for name in (field.name, *field.ecs):
            if value is None:
                assert name not in fields
            elif field.type is FieldType.TIMESTAMP:
                assert [nanos(text) for text in fields[name]] == [nanos(value)]
            elif field.type is FieldType.DECIMAL:
                assert [float(number) for number in fields[name]] == [float(Decimal(value))]
            elif field.type is not FieldType.OBJECT:
                assert same(fields[name], [value])
