"""Records that keep the contract and that Elasticsearch refuses all the same: kept, told, replayed once."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from integration.logs.following import Following, wait
from integration.logs.front import Front
from integration.logs.lab import ROOT, SHIPPER, Lab, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.integration

TEMPLATE = json.loads((ROOT / "elasticsearch" / "generated" / "logs-amaie.json").read_text())
NO_ID = {name: value for name, value in record(3, symbol="BTC/USDT").items() if name != "event_id"}


def _setup(lab: Lab, folder: Path, **types: str) -> str:
    """Put the template of this lab's good stream, some fields with another type; return what setup says."""
    template: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    template |= {"index_patterns": [lab.good], "priority": 501}
    template["template"]["mappings"]["properties"] |= {name: {"type": kind} for name, kind in types.items()}
    folder.mkdir(exist_ok=True)
    (folder / f"{lab.namespace}.json").write_text(json.dumps(template))
    secret = lab.elasticsearch.password_file("amaie_setup")
    command = [*SHIPPER, "elasticsearch-setup", "--url", lab.elasticsearch.url]
    command += ["--password-file", str(secret), "--templates", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture
def refused(lab: Lab, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """Return, by id, two records that were refused since `symbol` was a number; now it is a text again."""
    _setup(lab, tmp_path / "templates", symbol="long")
    path = lab.write("amaie-core.jsonl", [record(1), record(2, symbol="BTC/USDT"), NO_ID])
    done = lab.ingest(path)
    assert done.stdout == "1 files: 1 indexed, 2 rejected (2 refused)\n", done.stderr
    said = _setup(lab, tmp_path / "templates")
    assert "a field has changed its type, so a new backing index was started" in said
    return lab.sources(lab.rejected)


def _replay(lab: Lab, url: str = "") -> subprocess.CompletedProcess[str]:
    command = lab.command("replay", user="amaie_operator", url=url)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_refused_record_is_kept_with_what_elasticsearch_said(
    lab: Lab, refused: dict[str, dict[str, Any]]
) -> None:
    """As the document that it would have become, under its own id; the record beside it arrived."""
    kept = refused["p-0000000002"]
    assert (kept["reason"], kept["detail"]) == ("refused", "document_parsing_exception")
    document = json.loads(kept["record"])
    assert document["symbol"] == "BTC/USDT"
    assert document["@timestamp"] == record(2)["timestamp"]
    assert set(lab.sources(lab.good)) == {"p-0000000001"}


def test_a_refused_record_is_replayed_after_the_fix_under_its_id(
    lab: Lab, refused: dict[str, dict[str, Any]]
) -> None:
    """Also one that has its id from where it stood."""
    done = _replay(lab)
    assert done.stdout == (
        "2 rejected records read, 2 keep the contract now and 2 were indexed and removed from the rejected\n"
    ), done.stderr
    assert set(lab.sources(lab.good)) == {"p-0000000001", *refused}
    assert lab.sources(lab.rejected) == {}


def test_a_replay_that_is_cut_off_between_indexing_and_removing_doubles_nothing(
    lab: Lab, refused: dict[str, dict[str, Any]]
) -> None:
    """The next one finds the records indexed and removes them."""
    with Front(lab.elasticsearch, ["", "reset"]) as front:
        cut = _replay(lab, front.url)
        reason = f"cannot reach Elasticsearch at {front.url} (ConnectionError); is it running?"
        assert (cut.returncode, cut.stderr) == (2, f"replay: {reason}\n")
    assert len(lab.sources(lab.good)) == 3
    assert lab.sources(lab.rejected) == refused
    again = _replay(lab)
    assert again.stdout == (
        "2 rejected records read, 2 keep the contract now and 2 were indexed and removed from the rejected\n"
    ), again.stderr
    assert len(lab.sources(lab.good)) == 3
    assert lab.sources(lab.rejected) == {}


def test_a_shipper_that_starts_before_the_setup_waits_for_it(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """It makes no index of its own, says what is missing, and ships everything once it is there."""
    auth = lab.elasticsearch.auth("amaie_setup")
    missing = f"/_index_template/{lab.namespace}"
    plain = {"index_patterns": [lab.good], "priority": 502}
    assert lab.elasticsearch.client.put(missing, json=plain, auth=auth).is_success
    following = follow()
    lines = b"".join(json.dumps(record(number)).encode() + b"\n" for number in range(20))
    (following.folder / "amaie-core.jsonl").write_bytes(lines)
    assert following.process.stderr is not None
    said = following.process.stderr.readline()
    assert said == f"sending again: {lab.good} is no data stream yet: run amaie_ingest elasticsearch-setup\n"
    assert lab.elasticsearch.client.delete(missing, auth=auth).is_success
    wait(lab, 20)


def test_a_record_that_is_refused_again_stays_and_holds_up_no_other(lab: Lab, tmp_path: Path) -> None:
    """One of two causes was removed: one record goes in, the other is kept as it was, and told."""
    said = (
        "2 rejected records read, 2 keep the contract now and 1 were indexed and removed from the rejected; "
        "1 were refused by Elasticsearch again and stay\n"
    )
    _setup(lab, tmp_path / "templates", symbol="long", order_id="long")
    lab.ingest(lab.write("a.jsonl", [record(1, symbol="BTC/USDT"), record(2, order_id="ORD-1")]))
    before = lab.sources(lab.rejected)
    _setup(lab, tmp_path / "templates", symbol="long")
    done = _replay(lab)
    assert (done.returncode, done.stdout) == (0, said), done.stderr
    assert set(lab.sources(lab.good)) == {"p-0000000002"}
    assert lab.sources(lab.rejected) == {"p-0000000001": before["p-0000000001"]}


def test_a_stream_that_is_closed_for_writing_is_waited_for(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """Nothing is wrong with the records: they are not rejected, and arrive when the stream is open again."""
    lab.ingest(lab.write("first.jsonl", [record(0)]))
    settings = f"/{lab.good}/_settings"
    lab.ask("PUT", settings, {"index.blocks.write": True}, user="amaie_setup")
    following = follow()
    (following.folder / "amaie-core.jsonl").write_bytes(json.dumps(record(1)).encode() + b"\n")
    assert following.process.stderr is not None
    said = following.process.stderr.readline()
    assert said == f"sending again: {lab.good} may not be written: cluster_block_exception\n"
    lab.ask("PUT", settings, {"index.blocks.write": False}, user="amaie_setup")
    wait(lab, 2)
