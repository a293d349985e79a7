"""The shipper against a real Elasticsearch: what services write arrives once and whole, or says why not."""

from __future__ import annotations

import json
import logging
import re
import shutil
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import bind, configure_logging, shutdown, start_metrics_server
from integration.logs.lab import ROOT, Lab, nanos, record

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def _logged(folder: Path) -> list[dict[str, Any]]:
    """Write some records with the library and return them as they stand in its file."""
    configure_logging(service="amaie-trader", log_dir=folder, console=False)
    logger = logging.getLogger("execution.engine")
    with bind(trace_id="abc123def456", account_id="main"):
        for number in range(50):
            extra = {"symbol": "BTC/USDT", "order_id": f"ORD-{number}", "amount": 0.001, "price": 30000.5}
            logger.info("Order %d placed", number, extra=extra)
    try:
        (folder / "missing").read_bytes()
    except FileNotFoundError:
        logger.exception("Failed to read the model")
    shutdown()
    return [json.loads(line) for line in (folder / "amaie-trader.jsonl").read_bytes().splitlines()]


def test_records_of_the_library_land_with_every_field_equal_and_microseconds_kept(lab: Lab) -> None:
    """What stands in the file stands in Elasticsearch, in `_source` and in `fields`."""
    written = _logged(lab.folder)
    done = lab.ingest(lab.folder / "amaie-trader.jsonl")
    assert (done.returncode, done.stdout) == (0, f"1 files: {len(written)} indexed, 0 rejected\n")
    hits = {hit["_id"]: json.loads(json.dumps(hit, default=float)) for hit in lab.hits(lab.good)}
    assert len(written) == 51
    for entry in written:
        hit = hits.pop(entry["event_id"])
        expected = {"@timestamp" if name == "timestamp" else name: value for name, value in entry.items()}
        assert hit["_source"] == expected
        for name in ("@timestamp", "timestamp"):
            assert [nanos(text) for text in hit["fields"][name]] == [nanos(entry["timestamp"])]
        for name in ("price", "amount", "order_id", "trace_id", "message"):
            assert hit["fields"].get(name) == ([entry[name]] if name in entry else None)
    assert not hits


def test_a_broken_line_lands_in_rejected_with_its_reason(lab: Lab) -> None:
    """One line in is one document out: good ones in one stream, broken ones in the other."""
    wrong = record(2) | {"price": "n/a"}
    path = lab.write("amaie-core.jsonl", [record(1), b'{"timestamp": "2025-07', wrong, b"", record(3)])
    done = lab.ingest(path)
    assert done.stdout == "1 files: 2 indexed, 2 rejected (1 invalid_json, 1 wrong_type)\n"
    assert set(lab.sources(lab.good)) == {"p-0000000001", "p-0000000003"}
    rejected = lab.sources(lab.rejected)
    assert {(entry["reason"], entry.get("detail")) for entry in rejected.values()} == {
        ("invalid_json", None),
        ("wrong_type", "price"),
    }
    assert rejected["p-0000000002"]["record"] == json.dumps(wrong, separators=(",", ":"))
    assert rejected["p-0000000002"]["source"] == "amaie-core.jsonl"


def test_the_same_file_twice_gives_no_double(lab: Lab) -> None:
    """Even without a position file, and from a copy, every record is there once."""
    path = lab.write("amaie-core.jsonl", [*map(record, range(100)), b"torn"])
    lab.ingest(path)
    copy = lab.folder / "copy.jsonl"
    shutil.copy(path, copy)
    lab.write("copy.jsonl", map(record, range(100)))
    done = lab.ingest(path, copy)
    assert done.stdout == "2 files: 200 indexed, 1 rejected (1 invalid_json), 201 of all were there already\n"
    assert len(lab.sources(lab.good)) == 100
    assert len(lab.sources(lab.rejected)) == 1


def test_a_foreign_line_under_an_id_of_ours_replaces_nothing_and_hides_no_secret(lab: Lab) -> None:
    """It may be known already, or stand for itself; it is judged as what it is, whatever id it claims."""
    ours, other = (f"{one * 24}-0000000001" for one in "ab")
    lab.ingest(lab.write("amaie-trader.jsonl", [record(1, event_id=ours)]))
    secret = "glpat-" + "Zx8" * 7
    forged = [record(2, service="evil", event_id=one, message=f"found {secret}") for one in (ours, other)]
    done = lab.ingest(lab.write("evil.jsonl", forged))
    assert done.stdout == "1 files: 2 indexed, 0 rejected, 1 of all were there already\n", done.stderr
    found = lab.sources(lab.good)
    assert (found[ours]["service"], found[ours]["message"]) == ("amaie-trader", "Order 1 placed successfully")
    assert (found[other]["service"], found[other]["message"]) == ("evil", "found [REDACTED]")


def test_a_second_run_with_a_position_file_reads_only_what_is_new(lab: Lab) -> None:
    """The position is kept after Elasticsearch has acknowledged, and holds across a rename."""
    path = lab.write("amaie-core.jsonl", map(record, range(10)))
    assert lab.ingest("--state", lab.state, path).stdout == "1 files: 10 indexed, 0 rejected\n"
    rotated = path.rename(lab.folder / "amaie-core.jsonl.1")
    fresh = lab.write("amaie-core.jsonl", map(record, range(10, 15)))
    done = lab.ingest("--state", lab.state, rotated, fresh)
    assert done.stdout == "2 files: 5 indexed, 0 rejected\n"
    assert len(lab.sources(lab.good)) == 15


def test_a_wrong_password_gets_a_clear_error_and_nothing_is_lost(lab: Lab) -> None:
    """The run fails with one sentence, keeps no position, and the next run ships everything."""
    path = lab.write("amaie-core.jsonl", map(record, range(20)))
    wrong = lab.folder / "password"
    wrong.write_text("not-the-password")
    failed = lab.ingest("--password-file", wrong, "--state", lab.state, path)
    assert failed.returncode == 2
    assert failed.stderr == (
        f"backfill: Elasticsearch at {lab.elasticsearch.url} does not accept the password of amaie_writer; "
        f"check {wrong}\n"
    )
    assert lab.ingest("--state", lab.state, path).stdout == "1 files: 20 indexed, 0 rejected\n"
    assert len(lab.sources(lab.good)) == 20


def test_what_the_library_counts_as_written_is_what_the_shipper_counts_as_arrived(lab: Lab) -> None:
    """So Prometheus can compare the two, and an alert can say that records are missing."""
    handler = configure_logging(service="amaie-trader", log_dir=lab.folder, console=False, level="DEBUG")
    server = start_metrics_server(0, address="127.0.0.1")

    def counted() -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
            text = answer.read().decode()
        return sum(map(float, re.findall(r"^amaie_log_records_total\{.*\} (.+)$", text, re.MULTILINE)))

    before = counted()  # other tests of this process have logged too
    logger = logging.getLogger("execution.engine")
    for number in range(300):
        logger.log(logging.DEBUG + 10 * (number % 5), "Record %d", number)
    handler.flush()
    emitted = counted() - before
    server.close()
    shutdown()
    lines = (lab.folder / "amaie-trader.jsonl").read_bytes().count(b"\n")
    assert (emitted, lines) == (300, 300)
    assert lab.ingest(lab.folder / "amaie-trader.jsonl").stdout == "1 files: 300 indexed, 0 rejected\n"


def test_the_searches_of_the_documentation_find_a_trade_s_whole_story(lab: Lab) -> None:
    """By order and by trace: as docs/logs.md writes them, oldest first, across services."""
    step = {"trace_id": "abc123def456", "order_id": "ORD-XYZ-789"}
    decided = record(2, **step, service="amaie-core") | {"order_id": None}
    lab.ingest(lab.write("amaie-trader.jsonl", [record(9, **step), record(5, **step), record(7)]))
    lab.ingest(lab.write("amaie-core.jsonl", [decided, record(3, trace_id="another")]))
    lab.hits(lab.good)
    page = (ROOT / "docs" / "logs.md").read_text()
    (body,) = (json.loads(text) for text in re.findall(r"-d '(\{.*\})'", page))
    assert body["query"] == {"term": {"order_id": "ORD-XYZ-789"}}
    story = lab.ask("POST", f"/{lab.good}/_search", body)["hits"]["hits"]
    assert [hit["_id"] for hit in story] == ["p-0000000005", "p-0000000009"]
    trace = story[0]["_source"]["trace_id"]
    assert f'trace_id : "{trace}"' in page
    whole = lab.ask("POST", f"/{lab.good}/_search", body | {"query": {"term": {"trace_id": trace}}})
    assert [hit["_id"] for hit in whole["hits"]["hits"]] == ["p-0000000002", "p-0000000005", "p-0000000009"]
