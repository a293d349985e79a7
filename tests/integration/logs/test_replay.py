"""Rejected records go in again after a fix, once; a dry run says beforehand what would happen."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from integration.logs.lab import Lab, record

pytestmark = pytest.mark.integration

FIXED = """
import sys
from amaie_ingest.__main__ import main
from amaie_telemetry import contract
longer = contract.Field("keyword", "safe", max_length=300)
object.__setattr__(contract.load(), "fields", {**contract.load().fields, "symbol": longer})
sys.exit(main())
"""


def _replay(lab: Lab, *more: str, fixed: bool = False) -> subprocess.CompletedProcess[str]:
    """Replay, as it is or after the contract was changed to allow symbols of 300 characters."""
    command = lab.command("replay", *more, user="amaie_operator")
    if fixed:
        command = [sys.executable, "-c", FIXED, *command[3:]]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_rejected_records_go_in_again_after_a_fix_and_only_once(lab: Lab) -> None:
    """They keep their id, leave the rejected stream, and what is still wrong stays there."""
    long = [record(n, symbol="X" * 200) for n in range(5)]
    no_id = {name: value for name, value in long[0].items() if name != "event_id"}
    wrong = record(7, price="n/a")
    path = lab.write("amaie-core.jsonl", [record(9), *long, no_id, wrong, b"torn"])
    lab.ingest(path)
    assert (len(lab.sources(lab.good)), len(lab.sources(lab.rejected))) == (1, 8)
    before = _replay(lab)
    assert before.stdout == (
        "8 rejected records read, 0 keep the contract now and 0 were indexed and removed from the rejected\n"
    ), before.stderr
    dry = _replay(lab, "--dry-run", fixed=True)
    assert dry.stdout == "8 rejected records read, 6 keep the contract now and would be indexed\n", dry.stderr
    assert len(lab.sources(lab.rejected)) == 8
    done = _replay(lab, fixed=True)
    assert done.stdout == (
        "8 rejected records read, 6 keep the contract now and 6 were indexed and removed from the rejected\n"
    ), done.stderr
    good, rejected = lab.sources(lab.good), lab.sources(lab.rejected)
    assert (len(good), len(rejected)) == (7, 2)
    assert good["p-0000000003"]["symbol"] == "X" * 200
    assert {entry["reason"] for entry in rejected.values()} == {"wrong_type", "invalid_json"}
    again = _replay(lab, fixed=True)
    assert again.stdout.startswith("2 rejected records read, 0 keep the contract now")
    assert len(lab.sources(lab.good)) == 7


def test_the_writer_may_not_replay(lab: Lab) -> None:
    """Reading what was rejected is a person's right, not the shipper's."""
    lab.ingest(lab.write("amaie-core.jsonl", [b"torn"]))
    done = subprocess.run(lab.command("replay"), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        (
            f"replay: amaie_writer may not do this at {lab.elasticsearch.url}; "
            "compare its role in elasticsearch/config/roles.yml\n"
        ),
    )


def test_a_dry_run_sends_nothing_and_shows_what_would_be_rejected(lab: Lab) -> None:
    """Up to three examples of each reason, and exit code 1 if anything would be rejected."""
    path = lab.write("amaie-core.jsonl", [record(1), record(2, price="n/a"), *[b"torn"] * 5])
    done = lab.ingest("--dry-run", path)
    assert done.returncode == 1
    wrong = json.dumps(record(2, price="n/a"), separators=(",", ":"))[:160]
    assert done.stdout == (
        f"amaie-core.jsonl: wrong_type (price): {wrong}\n"
        + "amaie-core.jsonl: invalid_json: torn\n" * 3
        + "1 files, dry run: 1 indexed, 6 rejected (5 invalid_json, 1 wrong_type)\n"
    )
    assert lab.sources(lab.good) == {}


def test_a_file_that_is_not_there_gets_one_sentence(lab: Lab) -> None:
    """Before anything is sent."""
    missing = lab.folder / "none.jsonl"
    done = lab.ingest(missing)
    assert (done.returncode, done.stderr) == (
        2,
        f"backfill: {missing} does not exist; name a log file or a folder of *.jsonl files\n",
    )
