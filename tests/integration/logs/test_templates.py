"""The index templates on a real Elasticsearch: explicit, bounded, searchable under every name."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from generators.spec import logspec
from generators.spec.logfield import FieldType
from integration.logs.lab import ROOT, SHIPPER, Lab, record

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

SPEC = logspec.load(ROOT / "spec" / "logs.yaml")
TYPES = {
    FieldType.TIMESTAMP: "alias",
    FieldType.KEYWORD: "keyword",
    FieldType.TEXT: "text",
    FieldType.DECIMAL: "double",
    FieldType.LONG: "long",
    FieldType.BOOLEAN: "boolean",
    FieldType.OBJECT: "flattened",
}


def _mapping(lab: Lab, stream: str) -> dict[str, Any]:
    (index,) = lab.ask("GET", f"/{stream}/_mapping").values()
    found: dict[str, Any] = index["mappings"]
    return found


def _streams(lab: Lab) -> dict[str, Any]:
    """Return the data streams as the cluster state has them: the minimal distribution has no API for them."""
    response = lab.elasticsearch.client.get(
        "/_cluster/state/metadata?filter_path=metadata.data_stream.data_stream",
        auth=lab.elasticsearch.auth("amaie_monitor"),
    )
    found: dict[str, Any] = response.json()["metadata"]["data_stream"]["data_stream"]
    return found


def test_the_mapping_has_every_field_of_the_contract_and_no_other(lab: Lab) -> None:
    """Nothing becomes a field by itself, whatever services send."""
    many = {f"unknown_{number}": {"deep": number} for number in range(5000)}
    lab.ingest(lab.write("amaie-core.jsonl", [record(1), record(2) | many]))
    properties = _mapping(lab, lab.good)["properties"]
    expected = {field.name: TYPES[field.type] for field in SPEC.fields}
    aliases = {alias: "alias" for field in SPEC.fields for alias in field.ecs}
    assert {name: rule["type"] for name, rule in properties.items()} == expected | aliases | {
        "@timestamp": "date_nanos"
    }
    assert len(properties) < 120
    assert len(lab.sources(lab.good)["p-0000000002"]["extra"]) == 5000


def test_unknown_fields_are_searchable_below_extra(lab: Lab) -> None:
    """A key that nobody declared can be found, at any depth."""
    lab.ingest(lab.write("amaie-core.jsonl", [record(1), record(2) | {"data_id": "xyz123", "n": {"a": 7}}]))
    lab.hits(lab.good)
    for query in ({"extra.data_id": "xyz123"}, {"extra.n.a": "7"}, {"extra": "xyz123"}):
        found = lab.ask("POST", f"/{lab.good}/_search", {"query": {"term": query}})
        assert [hit["_id"] for hit in found["hits"]["hits"]] == ["p-0000000002"], query


def test_ecs_names_find_the_same_documents(lab: Lab) -> None:
    """Kibana, Grafana and people who know ECS search by its names."""
    fields = [field for field in SPEC.fields if field.ecs]
    told = {field.name: field.example for field in fields if not field.required and field.name != "event_id"}
    lab.ingest(lab.write("amaie-core.jsonl", [record(1), record(2, **told, level="ERROR", module="m")]))
    (document,) = (hit["_source"] for hit in lab.hits(lab.good) if hit["_id"] == "p-0000000002")
    assert len(fields) >= 15
    for field in fields:
        for alias in field.ecs:
            name = "@timestamp" if field.type is FieldType.TIMESTAMP else field.name
            kind = "match_phrase" if field.type is FieldType.TEXT else "term"
            query = {"bool": {"must": [{kind: {alias: document[name]}}, {"term": {"level": "ERROR"}}]}}
            found = lab.ask("POST", f"/{lab.good}/_search", {"query": query})
            assert [hit["_id"] for hit in found["hits"]["hits"]] == ["p-0000000002"], alias
    by_time = {"query": {"range": {"timestamp": {"gte": "2025-07-30", "lte": "2025-07-31"}}}}
    assert lab.ask("POST", f"/{lab.good}/_search", by_time)["hits"]["total"]["value"] == 2


def test_both_streams_are_kept_as_long_as_the_spec_says_and_have_a_failure_store(lab: Lab) -> None:
    """Retention is the data stream's own, not an ILM policy's."""
    lab.ingest(lab.write("amaie-core.jsonl", [record(1), b"broken"]))
    streams = _streams(lab)
    kept = {one.name.value: one for one in SPEC.streams}
    for name, stream in ((lab.good, kept["logs"]), (lab.rejected, kept["rejected"])):
        assert streams[name]["lifecycle"] == {"enabled": True, "data_retention": stream.retention}
        assert streams[name]["options"]["failure_store"]["enabled"] is True


def test_prices_are_doubles_and_aggregate_exactly(lab: Lab) -> None:
    """A dynamic mapping would keep 32-bit floats and lose digits."""
    prices = [30000.123456789, 0.00000001]
    lab.ingest(lab.write("amaie-core.jsonl", [record(n, price=price) for n, price in enumerate(prices)]))
    lab.hits(lab.good)
    stats = lab.ask("POST", f"/{lab.good}/_search", {"aggs": {"price": {"stats": {"field": "price"}}}})
    found = stats["aggregations"]["price"]
    assert (float(found["max"]), float(found["min"])) == tuple(prices)


def _setup(lab: Lab, *arguments: object) -> subprocess.CompletedProcess[str]:
    secret = lab.elasticsearch.password_file("amaie_setup")
    command = [*SHIPPER, "elasticsearch-setup", "--url", lab.elasticsearch.url]
    command += ["--password-file", str(secret), "--ca-file", str(lab.elasticsearch.authority)]
    command += map(str, arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_setup_may_run_twice(lab: Lab) -> None:
    """The second time it only says that all is in place."""
    lab.ingest(lab.write("amaie-core.jsonl", [record(1)]))
    first, second = _setup(lab), _setup(lab)
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout
    assert "index template logs-amaie: in place\n" in second.stdout
    assert f"{lab.good}: mapping is up to date\n" in second.stdout


def test_a_new_field_of_the_spec_reaches_a_stream_that_exists(lab: Lab, tmp_path: Path) -> None:
    """The mapping of the present backing index grows; nothing has to be rolled over."""
    lab.ingest(lab.write("amaie-core.jsonl", [record(1)]))
    template = json.loads((ROOT / "elasticsearch" / "generated" / "logs-amaie.json").read_text())
    template["index_patterns"] = [lab.good]
    template["priority"] = 501
    template["template"]["mappings"]["properties"]["brand_new"] = {"type": "keyword"}
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / f"{lab.namespace}.json").write_text(json.dumps(template))
    done = _setup(lab, "--templates", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert _mapping(lab, lab.good)["properties"]["brand_new"] == {"type": "keyword"}


def test_a_field_that_changes_its_type_starts_a_new_backing_index(lab: Lab, tmp_path: Path) -> None:
    """The old documents stay searchable; new ones get the new type."""
    lab.ingest(lab.write("amaie-core.jsonl", [record(1)]))
    template = json.loads((ROOT / "elasticsearch" / "generated" / "logs-amaie.json").read_text())
    template["index_patterns"] = [lab.good]
    template["priority"] = 501
    template["template"]["mappings"]["properties"]["symbol"] = {"type": "text"}
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / f"{lab.namespace}.json").write_text(json.dumps(template))
    done = _setup(lab, "--templates", folder)
    message = f"{lab.good}: a field has changed its type, so a new backing index was started\n"
    assert message in done.stdout, done.stderr
    assert len(lab.ask("GET", f"/{lab.good}/_mapping")) == 2
    lab.ingest(lab.write("amaie-core.jsonl", [record(2, symbol="BTC/USDT")]))
    assert len(lab.sources(lab.good)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--templates", "{empty}"],
            "there are no templates in {empty}; run make generate\n",
        ),
        (
            ["--password-file", "{empty}/none"],
            (
                "cannot read the password file {empty}/none (No such file or directory); "
                "name the right file with --password-file\n"
            ),
        ),
        (
            ["--user", "amaie_reader"],
            "Elasticsearch at {url} does not accept the password of amaie_reader; check {secret}\n",
        ),
        (
            ["--url", "http://127.0.0.1:9", "--wait", "0"],
            "cannot reach Elasticsearch at http://127.0.0.1:9 (ConnectionError); is it running?\n",
        ),
    ],
)
def test_setup_says_in_one_sentence_what_is_wrong(
    lab: Lab, tmp_path: Path, arguments: list[str], message: str
) -> None:
    """And exits with 2."""
    empty = tmp_path / "empty"
    empty.mkdir()
    places = {
        "empty": empty,
        "url": lab.elasticsearch.url,
        "secret": lab.elasticsearch.password_file("amaie_setup"),
    }
    done = _setup(lab, *(argument.format(**places) for argument in arguments))
    assert (done.returncode, done.stderr) == (2, f"elasticsearch-setup: {message.format(**places)}")
