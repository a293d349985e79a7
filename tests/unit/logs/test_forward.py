"""Documents on their way to Logstash: judged, each with its stream and id, sent until it has taken them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amaie_ingest import forward
from amaie_ingest.bulk import Counts, Operation, Stopped
from amaie_ingest.client import Login
from amaie_ingest.errors import IngestError
from amaie_ingest.forward import Forwarder, enveloped
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from corpus.canary import CANARY, PARTS, RECORD, WAYS
from logstash.config import parse
from support.logstash_http import PASSWORD, HttpInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unit.logs.by_hand import Place

JUDGE = Judge(contract.load())
FILE = Source("amaie-core.jsonl", "1:2:0")
PIPELINE = Path(__file__).parents[3] / "logstash" / "pipeline" / "amaie.conf"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "pause", lambda _: 0.0)


@pytest.fixture
def door() -> Iterator[HttpInput]:
    """Yield Logstash's input."""
    with HttpInput() as one:
        yield one


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return the file of its password."""
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


def _forwarder(url: str, secret: Path, told: list[str] | None = None) -> Forwarder:
    said = [] if told is None else told
    return Forwarder(Login(url, forward.USER, secret), stop=threading.Event(), on_retry=said.append)


def _operation(line: bytes, offset: int = 0) -> Operation:
    verdict = JUDGE.judge(line, FILE, offset)
    return Operation("any", verdict.id, verdict.body, verdict.reason)


def test_a_document_arrives_as_it_was_judged_with_its_stream_and_its_id(
    door: HttpInput, secret: Path
) -> None:
    """What is counted is counted there. No byte of it is one that the input would replace or cut at."""
    good = json.dumps({**RECORD, "message": "Gebühr\u2028 5 €\n", "event_id": 'a"b\0\n'}, ensure_ascii=False)
    lines = [good.encode(), bytes(byte for byte in range(256) if byte != ord("\n"))]
    operations = [_operation(line, 7) for line in lines]
    assert _forwarder(door.url, secret).send(operations) == Counts()
    assert [json.loads(message) for message in door.messages] == [
        ["logs", 'a"b\0\n', json.loads(operations[0].body)],
        ["rejected", operations[1].id, json.loads(operations[1].body)],
    ]
    assert [operations[1].body.decode() in message for message in door.messages] == [False, True]


def test_no_secret_of_a_line_reaches_logstash(door: HttpInput, secret: Path) -> None:
    """Its queue on disk stands in front of its filter."""
    lines = [*WAYS.values(), b"torn api_key=" + CANARY.encode()]
    _forwarder(door.url, secret).send([_operation(line, number) for number, line in enumerate(lines)])
    assert len(door.messages) == len(lines)
    assert not [(part, message) for message in door.messages for part in PARTS if part in message]


def test_lines_are_sent_again_until_logstash_has_said_that_it_has_them(door: HttpInput, secret: Path) -> None:
    """Whatever it did with what it did not confirm: under the same ids they are the same records."""
    door.faults.extend(["429", "half", "reset", "cut", "503"])
    told: list[str] = []
    operations = [_operation(b"%d" % number, number) for number in range(4)]
    _forwarder(door.url, secret, told).send(operations)
    assert len(told) == 5
    assert told[0] == "Logstash answered 429"
    ids = [json.loads(message)[1] for message in door.messages]
    assert ids == [one.id for one in [*operations[:2], *operations, *operations]]


def test_the_command_hands_lines_to_logstash(door: HttpInput, secret: Path, tmp_path: Path) -> None:
    """As the container runs it; told to end, it has saved how far Logstash has the file."""
    logs, state = tmp_path / "logs", tmp_path / "state"
    logs.mkdir()
    (logs / "amaie-core.jsonl").write_text("one\ntwo\n")
    command = [sys.executable, "-m", "amaie_ingest", "follow", str(logs), "--state", str(state)]
    command += ["--logstash", door.url, "--password-file", str(secret)]
    with subprocess.Popen(command) as running:
        end = time.monotonic() + 60
        while len(door.messages) < 2 and running.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.05)
        running.terminate()
    assert running.returncode == 0
    assert [json.loads(message)[2]["record"] for message in door.messages] == ["one", "two"]
    (position,) = json.loads((state / "positions.json").read_bytes()).values()
    assert position["offset"] == 8


def test_while_nobody_answers_a_shipper_that_is_told_to_end_ends(secret: Path) -> None:
    """The lines stay in their files, before the saved position."""
    with HttpInput() as gone:
        pass
    forwarder = _forwarder(gone.url, secret)
    forwarder._stop.set()
    with pytest.raises(Stopped):
        forwarder.send([_operation(b"x")])


def test_a_wrong_password_is_told_with_its_file(door: HttpInput, tmp_path: Path) -> None:
    """Sending again would not help."""
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    with pytest.raises(IngestError) as raised:
        _forwarder(door.url, wrong).send([_operation(b"x")])
    assert str(raised.value) == (
        f"Logstash at {door.url} does not accept the password of amaie; check {wrong}"
    )


def test_a_request_that_logstash_never_takes_is_told(door: HttpInput, secret: Path) -> None:
    """Its limit was lowered; the lines wait for whoever corrects that."""
    door.faults.append("413")
    with pytest.raises(IngestError) as raised:
        _forwarder(door.url, secret).send([_operation(b"x"), _operation(b"y", 2)])
    size = sum(len(enveloped(_operation(*one))) for one in ((b"x", 0), (b"y", 2))) + 1
    assert str(raised.value) == (
        f"Logstash at {door.url} takes no request of {size} bytes (2 documents); "
        "raise max_content_length of its input files"
    )


def test_logstash_takes_the_largest_request() -> None:
    """A batch that is nearly full and the longest line, rejected with every byte of it escaped twice."""
    (section,) = (one for one in parse(PIPELINE.read_text()) if one.kind == "input")
    (files,) = (one.settings for one in section.plugins() if one.settings["id"] == "files")
    longest = len(json.dumps("\x01")[1:-1]) * contract.load().limits.max_event_bytes
    assert files["max_content_length"] >= 2 * (forward.BATCH_BYTES + longest)


def test_no_line_is_lost_when_a_new_file_gets_the_inode_of_a_removed_one(
    door: HttpInput, secret: Path, place: Place
) -> None:
    """What Logstash's own file input loses: the shipper knows a file by its content, not by its number."""
    door.faults.extend(["half", "429", "cut", "reset", ""] * 4)
    place.send = _forwarder(door.url, secret).send
    running, written = place.start(), []
    for number in range(20):
        lines = [f"{number}-{line}" for line in range(30)]
        written += lines
        path = place.write("amaie-core.jsonl", *lines)
        if number % 3 == 0:  # a shipper that was killed begins anew
            running = place.start()
        running.turn(2)
        if number % 2:
            path.write_text("")  # the same inode, as certain as no removal makes it
        else:
            path.unlink()
            running.turn()
    taken = {identity: document["record"] for _, identity, document in map(json.loads, door.messages)}
    assert sorted(taken.values()) == sorted(written)
