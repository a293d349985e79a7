"""What Logstash's filter makes of the events of each input: names and ids, under JRuby."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.canary import JWT, RECORD
from ruby import jruby
from support import logstash_inputs as inputs

SCRIPT = jruby.ROOT / "tests" / "ruby" / "inputs.rb"
GOOD = json.dumps({**RECORD, "message": "Gebühr 5 €"}, ensure_ascii=False)
FOLDER = "/var/log/amaie"


CORE = f"{FOLDER}/amaie-core.jsonl"
EMOJI = GOOD.replace("Gebühr", "Gebühr \N{ROCKET}")
OTHER_SECRET = json.dumps({**RECORD, "event_id": JWT[:119] + "Z", "message": "another"})

EVENTS = {
    "file": inputs.file(GOOD, CORE),
    "file again": inputs.file(GOOD, CORE),
    "rotated": inputs.file(GOOD, f"{CORE}.3"),
    "other folder": inputs.file(GOOD, "/srv/amaie-core.jsonl"),
    "other file": inputs.file(GOOD, f"{FOLDER}/amaie-trader.jsonl"),
    "other line": inputs.file(GOOD + " ", CORE),
    "own id": inputs.file(json.dumps({**RECORD, "event_id": "p-1"}), CORE),
    "id with a secret": inputs.file(json.dumps({**RECORD, "event_id": JWT[:120]}), CORE),
    "same id, other secret": inputs.file(OTHER_SECRET, CORE),
    "http": inputs.http(GOOD),
    "broken http": inputs.http("broken"),
    "beats": inputs.beats(GOOD, CORE),
    "beats without a file": inputs.beats("broken"),
    "no input": {"fields": {"message": "broken"}, "metadata": {}},
    "blank": inputs.http(" \r"),
    "list of files": inputs.beats(EMOJI, [CORE, "/b"]),
    "number of a file": inputs.beats("broken", 7),
    "file is a folder": inputs.beats("broken", "/var/log/"),
    "nul in a file": inputs.beats("broken", "/a\0b"),
    "long file": inputs.beats("broken", "/" + "x" * 5000),
    "forged": inputs.beats(EMOJI, origin="file", latin1="yes"),
    "forged deeply": inputs.beats(EMOJI, origin={"a": ["b"]}, latin1={"yes": "yes"}, stream="logs", id="x"),
    "fault": inputs.beats(GOOD, CORE) | {"faults": ["parse"]},
    "fault of the masking": inputs.http(GOOD) | {"faults": ["parse", "unparsed"]},
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
    assert ids["file"] == ids["file again"] == ids["other folder"] == made["rotated"]["id"]
    assert len({ids["file"], ids["other file"], ids["other line"]}) == 3


def test_an_id_is_taken_unless_it_held_a_secret(made: dict[str, dict[str, Any]]) -> None:
    """What was masked is the same for all, so it names nothing."""
    assert made["own id"]["id"] == "p-1"
    first, second = made["id with a secret"], made["same id, other secret"]
    assert first["document"]["event_id"] == second["document"]["event_id"] == "[REDACTED]"
    assert first["id"].startswith("line-")
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("broken http", "http"),
        ("beats without a file", "beats"),
        ("no input", "unknown"),
        ("number of a file", "beats"),
        ("file is a folder", ""),
        ("nul in a file", "a\0b"),
        ("long file", "x" * 255),
    ],
)
def test_a_rejected_line_says_by_which_input_it_came(
    made: dict[str, dict[str, Any]], name: str, source: str
) -> None:
    """Where there is no file, the input is named; a client may send anything as its file."""
    assert made[name]["stream"] == "rejected"
    assert made[name]["document"]["source"] == source


def test_text_arrives_whole_by_every_input(made: dict[str, dict[str, Any]]) -> None:
    """Files and requests are read byte by byte, Beats send UTF-8; a good record is one by every input."""
    for name in ("file", "http", "beats"):
        assert made[name]["stream"] == "logs"
        assert made[name]["document"]["message"] == "Gebühr 5 €"
    assert made["beats"]["id"] == made["file"]["id"]


def test_a_fault_of_the_filter_rejects_the_line_instead_of_losing_it(made: dict[str, dict[str, Any]]) -> None:
    """The line is kept, masked as if it were no JSON, with the name of the fault."""
    document = made["fault"]["document"]
    assert made["fault"]["stream"] == "rejected"
    assert (document["reason"], document["detail"]) == ("internal_error", "ZeroDivisionError")
    assert document["record"] == GOOD


def test_a_fault_of_the_masking_keeps_the_id_and_nothing_of_the_text(
    made: dict[str, dict[str, Any]],
) -> None:
    """Where nothing can be masked nothing is shown; Logstash would have passed the raw event on."""
    one = made["fault of the masking"]
    assert one["stream"] == "rejected"
    assert one["id"].startswith("line-")
    moment = one["document"].pop("@timestamp")
    assert moment
    assert one["document"] == {
        "reason": "internal_error",
        "detail": "ZeroDivisionError",
        "source": "unknown",
        "record": "",
        "record_bytes": len(GOOD.encode().decode("latin-1").encode()),
    }


@pytest.mark.parametrize("name", ["list of files", "forged", "forged deeply"])
def test_a_client_cannot_make_the_filter_fail_nor_choose_stream_or_id(
    made: dict[str, dict[str, Any]], name: str
) -> None:
    """Whatever it sends as its file and its metadata: the record is judged, and its text is whole."""
    assert made[name]["stream"] == "logs"
    assert made[name]["id"].startswith("line-")
    assert made[name]["document"]["message"] == "Gebühr \N{ROCKET} 5 €"


def test_a_blank_line_is_no_event(made: dict[str, dict[str, Any]]) -> None:
    """By no input."""
    assert made["blank"] is None


def test_two_workers_of_logstash_do_not_share_what_they_remember(made: dict[str, dict[str, Any]]) -> None:
    """Each thread has a contract of its own, so none waits for another."""
    assert made["threads"] == {"shared": False}
