"""What Logstash's filter makes of the events of each input: names and ids, under JRuby."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.canary import JWT, RECORD
from ruby import jruby

SCRIPT = jruby.ROOT / "tests" / "ruby" / "inputs.rb"
GOOD = json.dumps({**RECORD, "message": "Gebühr 5 €"}, ensure_ascii=False)
FOLDER = "/var/log/amaie"


def _event(line: str, path: str = "", **metadata: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"message": line}
    if path:
        fields["log"] = {"file": {"path": path}}
    return {"fields": fields, "metadata": metadata}


def _latin1(line: str) -> str:
    """Return a line as a codec that takes every byte for a character hands it over."""
    return line.encode().decode("latin-1")


EVENTS = {
    "file": _event(_latin1(GOOD), f"{FOLDER}/amaie-core.jsonl", latin1="yes"),
    "file again": _event(_latin1(GOOD), f"{FOLDER}/amaie-core.jsonl", latin1="yes"),
    "other folder": _event(_latin1(GOOD), "/srv/amaie-core.jsonl", latin1="yes"),
    "other file": _event(_latin1(GOOD), f"{FOLDER}/amaie-trader.jsonl", latin1="yes"),
    "other line": _event(_latin1(GOOD) + " ", f"{FOLDER}/amaie-core.jsonl", latin1="yes"),
    "own id": _event(json.dumps({**RECORD, "event_id": "p-1"}), f"{FOLDER}/a.jsonl", latin1="yes"),
    "id with a secret": _event(json.dumps({**RECORD, "event_id": JWT[:120]}), f"{FOLDER}/a.jsonl"),
    "same id, other secret": _event(
        json.dumps({**RECORD, "event_id": JWT[:119] + "Z", "message": "another"}), f"{FOLDER}/a.jsonl"
    ),
    "http": _event("broken", latin1="yes", input="http"),
    "beats": _event(GOOD, f"{FOLDER}/amaie-core.jsonl", input="beats"),
    "beats without a file": _event("broken", input="beats"),
    "unknown input": _event("broken"),
    "fault": _event(GOOD, f"{FOLDER}/amaie-core.jsonl", input="beats") | {"fault": True},
}


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    """Return what becomes of each event; the last line says whether two threads share a contract."""
    asked = "".join(json.dumps(event) + "\n" for event in EVENTS.values())
    answers = jruby.run(SCRIPT, jruby.SCRIPT, jruby.CONTRACT, text=asked).splitlines()
    return dict(zip((*EVENTS, "threads"), map(json.loads, answers), strict=True))


def test_a_record_without_an_id_is_named_by_its_file_and_its_line(made: dict[str, dict[str, Any]]) -> None:
    """So the same line, sent again after a crash of Logstash, is no second document."""
    ids = {
        name: made[name]["id"] for name in ("file", "file again", "other folder", "other file", "other line")
    }
    assert ids["file"].startswith("line-")
    assert ids["file"] == ids["file again"] == ids["other folder"]
    assert len({ids["file"], ids["other file"], ids["other line"]}) == 3


def test_an_id_is_taken_unless_it_held_a_secret(made: dict[str, dict[str, Any]]) -> None:
    """What was masked is the same for all, so it names nothing."""
    assert made["own id"]["id"] == "p-1"
    first, second = made["id with a secret"], made["same id, other secret"]
    assert first["document"]["event_id"] == second["document"]["event_id"] == "[REDACTED]"
    assert first["id"].startswith("line-")
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("name", "source"), [("http", "http"), ("beats without a file", "beats"), ("unknown input", "unknown")]
)
def test_a_rejected_line_says_by_which_input_it_came(
    made: dict[str, dict[str, Any]], name: str, source: str
) -> None:
    """Where there is no file, the input is named."""
    assert made[name]["stream"] == "rejected"
    assert made[name]["document"]["source"] == source


def test_text_arrives_whole_from_files_and_from_beats(made: dict[str, dict[str, Any]]) -> None:
    """Files are read byte by byte, Beats send UTF-8."""
    for name in ("file", "beats"):
        assert made[name]["document"]["message"] == "Gebühr 5 €"
    assert made["beats"]["id"] == made["file"]["id"]


def test_a_fault_of_the_filter_rejects_the_line_instead_of_losing_it(made: dict[str, dict[str, Any]]) -> None:
    """The line is kept, masked as if it were no JSON, with the name of the fault."""
    document = made["fault"]["document"]
    assert made["fault"]["stream"] == "rejected"
    assert (document["reason"], document["detail"]) == ("internal_error", "ZeroDivisionError")
    assert document["record"] == GOOD


def test_two_workers_of_logstash_do_not_share_what_they_remember(made: dict[str, dict[str, Any]]) -> None:
    """Each thread has a contract of its own, so none waits for another."""
    assert made["threads"] == {"shared": False}
