"""What Logstash's filter makes of the events of each input: names and ids, under JRuby."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from amaie_ingest.errors import Broken
from amaie_ingest.judge import Judge, Source, Verdict
from amaie_telemetry import contract
from corpus.canary import JWT, RECORD
from ruby import filtered, jruby
from support import logstash_inputs as inputs

SCRIPT = jruby.ROOT / "tests" / "ruby" / "inputs.rb"
GOOD = json.dumps({**RECORD, "message": "Gebühr 5 €"}, ensure_ascii=False)
FOLDER = "/var/log/amaie"


CORE = f"{FOLDER}/amaie-core.jsonl"
EMOJI = GOOD.replace("Gebühr", "Gebühr \N{ROCKET}")
OTHER_SECRET = json.dumps({**RECORD, "event_id": JWT[:119] + "Z", "message": "another"})

OF_FILES = {
    "overlong": (b'{"message": "' + b"x" * 9000, Source("amaie-core.jsonl", "1:2:0")),
    "no text": (b'{"message": "\xff"}', Source("amaie-core.jsonl", "1:2:0")),
    "plain text": ("2026-01-02 03:04:05 WARN Gebühr\n  5 €".encode(), Source("bot.log", "1:2:0", "bot")),
    "plain text that is none": (b"\xff", Source("bot.log", "1:2:0", "bot")),
}
"""What only the shipper's own input brings: lines and where they stand."""


def _verdict(name: str) -> Verdict:
    line, source = OF_FILES[name]
    if name == "overlong":
        return inputs.JUDGE.unparsed(line, 300_000, Broken("too_large"), source, 7)
    return inputs.JUDGE.judge(line, source, 7)


VERDICTS = {name: _verdict(name) for name in OF_FILES}
ENVELOPE = inputs.file(GOOD, CORE)["fields"]["message"]
SECRET = GOOD.replace("Gebühr", "api_key=9f8e7d6c5b4a3210ffee")
NOT_WHOLE = {
    "another stream": (ENVELOPE.replace('["logs"', '["other"'), "not_an_object"),
    "no stream": (json.dumps([None, "x", json.loads(SECRET)]), "not_an_object"),
    "empty id": (json.dumps(["logs", "", json.loads(SECRET)]), "not_an_object"),
    "id that is none": (json.dumps(["logs", 7, json.loads(SECRET)]), "not_an_object"),
    "no id": (json.dumps(["logs", json.loads(SECRET)]), "not_an_object"),
    "more": (ENVELOPE[:-1] + ",1]", "not_an_object"),
    "no document": ('["logs","x",7]', "not_an_object"),
    "no time": (json.dumps(["logs", "x", json.loads(SECRET)]), "not_an_object"),
    "no such time": (ENVELOPE.replace("2025-07-30", "2025-99-30"), "not_an_object"),
    "torn": (json.dumps(["logs", "x", json.loads(SECRET)])[:-9], "invalid_json"),
}
"""What comes by the shipper's door and is none of its documents: the reason why it is rejected."""


EVENTS = {
    **{name: inputs.handed(verdict) for name, verdict in VERDICTS.items()},
    **{name: inputs.files(message) for name, (message, _) in NOT_WHOLE.items()},
    "raw by the door of files": inputs.files(SECRET),
    "envelope by http": inputs.http(ENVELOPE),
    "envelope by beats": inputs.beats(ENVELOPE, CORE),
    "forged envelope": inputs.beats(ENVELOPE, CORE, origin="files"),
    "fault, handed": inputs.file(GOOD, CORE) | {"faults": ["judge", "unparsed"]},
    "file": inputs.file(GOOD, CORE),
    "file again": inputs.file(GOOD, CORE),
    "file, other place": inputs.file(GOOD, CORE, 900),
    "beats again": inputs.beats(GOOD, CORE),
    "rotated": inputs.beats(GOOD, f"{CORE}.3"),
    "other folder": inputs.beats(GOOD, "/srv/amaie-core.jsonl"),
    "other file": inputs.beats(GOOD, f"{FOLDER}/amaie-trader.jsonl"),
    "other line": inputs.beats(GOOD + " ", CORE),
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
    "forged": inputs.beats(EMOJI, origin="files", latin1="yes"),
    "forged deeply": inputs.beats(EMOJI, origin={"a": ["b"]}, latin1={"yes": "yes"}, stream="logs", id="x"),
    "fault": inputs.beats(GOOD, CORE) | {"faults": ["judge"]},
    "fault of the masking": inputs.http(GOOD) | {"faults": ["judge", "unparsed"]},
}


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    """Return what becomes of each event; the last line says whether two threads share a contract."""
    asked = "".join(json.dumps(event) + "\n" for event in EVENTS.values())
    answers = jruby.run(SCRIPT, filtered.SCRIPT, filtered.CONTRACT, text=asked).splitlines()
    return dict(zip((*EVENTS, "threads"), map(json.loads, answers), strict=True))


def test_a_line_of_a_file_is_named_by_the_place_that_our_shipper_tells(
    made: dict[str, dict[str, Any]],
) -> None:
    """It is the name that a line has without Logstash, too: equal lines of a file are two records."""
    judged = Judge(contract.load()).judge(GOOD.encode(), Source("amaie-core.jsonl", "1:2:0"), 0)
    assert made["file"]["id"] == made["file again"]["id"] == judged.id
    assert made["file, other place"]["id"].startswith("line-")
    assert made["file, other place"]["id"] != judged.id


@pytest.mark.parametrize("name", OF_FILES)
def test_a_line_of_a_file_becomes_what_the_shipper_makes_of_it_without_logstash(
    made: dict[str, dict[str, Any]], name: str
) -> None:
    """Of an overlong line only the beginning has come; plain text is a record; bytes stay what they were."""
    judged = VERDICTS[name]
    document, found = json.loads(judged.body), made[name]["document"]
    # Logstash writes three digits of a second at least.
    moments = [datetime.fromisoformat(one.pop("@timestamp")) for one in (document, found)]
    assert moments[0] == moments[1]
    assert found == document
    assert made[name]["id"] == judged.id
    assert made[name]["stream"] == ("rejected" if judged.reason else "logs")


def test_other_records_without_an_id_are_named_by_their_file_and_their_text(
    made: dict[str, dict[str, Any]],
) -> None:
    """So the same line, sent again after a crash of a client, is no second document."""
    names = ("beats", "beats again", "rotated", "other folder", "other file", "other line")
    ids = {name: made[name]["id"] for name in names}
    assert ids["beats"].startswith("line-")
    assert ids["beats"] == ids["beats again"] == ids["rotated"] == ids["other folder"]
    assert len({ids["beats"], ids["other file"], ids["other line"]}) == 3


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_what_is_no_whole_document_of_our_shipper_is_judged_as_a_line(
    made: dict[str, dict[str, Any]], name: str
) -> None:
    """Rejected with a reason, under an id of its text, and redacted."""
    one = made[name]
    assert (one["stream"], one["document"]["reason"]) == ("rejected", NOT_WHOLE[name][1])
    assert one["id"].startswith("line-")
    assert "9f8e7d6c5b4a3210ffee" not in json.dumps(one)


def test_a_raw_line_by_the_shipper_s_door_is_judged(made: dict[str, dict[str, Any]]) -> None:
    """It is redacted, and a record like any other."""
    one = made["raw by the door of files"]
    assert one["stream"] == "logs"
    assert one["document"]["message"] == "api_key=[REDACTED] 5 €"


@pytest.mark.parametrize("name", ["envelope by http", "envelope by beats", "forged envelope"])
def test_a_document_of_the_shipper_is_a_line_by_any_other_door(
    made: dict[str, dict[str, Any]], name: str
) -> None:
    """Nobody else chooses a stream or an id; an array is no record."""
    one = made[name]
    assert (one["stream"], one["document"]["reason"]) == ("rejected", "not_an_object")
    assert one["id"].startswith("line-")


def test_what_our_shipper_has_judged_is_not_judged_again(made: dict[str, dict[str, Any]]) -> None:
    """So that it costs no more than to read it: no fault of the judging reaches it."""
    assert made["fault, handed"]["stream"] == "logs"
    assert made["fault, handed"]["id"] == made["file"]["id"]


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
