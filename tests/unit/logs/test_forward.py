"""Lines on their way to Logstash: packed with their place, byte for byte, sent until it has taken them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amaie_ingest import forward
from amaie_ingest.bulk import Counts, Operation, Stopped
from amaie_ingest.client import Login
from amaie_ingest.errors import Broken, IngestError
from amaie_ingest.forward import Forwarder, Frames
from amaie_ingest.judge import Judge, Source
from amaie_telemetry import contract
from logstash.config import parse
from support.logstash_http import PASSWORD, HttpInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unit.logs.by_hand import Place

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FRAMES = Frames(contract.load(), lambda: NOW)
FILE, TEXT = Source("amaie-core.jsonl", "1:2:0"), Source("bot.log", "1:2:0", "bot")
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
    verdict = FRAMES.judge(line, FILE, offset)
    return Operation("", verdict.id, verdict.body)


def _unpacked(message: str) -> tuple[str, str, str, bytes]:
    identity, length, source, line = message.split("\0", 3)
    return identity, length, source, line.encode("latin-1")


def _parts(body: bytes) -> list[bytes]:
    return body.split(b"\0", 3)


def test_every_byte_of_a_line_arrives_with_its_place(door: HttpInput, secret: Path) -> None:
    """Also what is no UTF-8, which the input would replace; the id is the one that our judge gives."""
    line = bytes(byte for byte in range(256) if byte != ord("\n"))
    assert _forwarder(door.url, secret).send([_operation(line, 7), _operation(b"x")]) == Counts()
    judged = Judge(contract.load()).judge(line, FILE, 7)
    assert _unpacked(door.messages[0]) == (judged.id, "255", "amaie-core.jsonl", line)
    assert _unpacked(door.messages[1])[3] == b"x"


def test_lines_are_sent_again_until_logstash_has_said_that_it_has_them(door: HttpInput, secret: Path) -> None:
    """Whatever it did with what it did not confirm: under the same ids they are the same records."""
    door.faults.extend(["429", "half", "reset", "cut", "503"])
    told: list[str] = []
    operations = [_operation(b"%d" % number, number) for number in range(4)]
    _forwarder(door.url, secret, told).send(operations)
    assert len(told) == 5
    assert told[0] == "Logstash answered 429"
    ids = [_unpacked(message)[0] for message in door.messages]
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
    assert [_unpacked(message)[3] for message in door.messages] == [b"one", b"two"]
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
    size = sum(len(_operation(*one).body) for one in ((b"x", 0), (b"y", 2))) + 1
    assert str(raised.value) == (
        f"Logstash at {door.url} takes no request of {size} bytes (2 lines); "
        "raise max_content_length of its input files"
    )


def test_logstash_takes_the_largest_request() -> None:
    """A batch that is nearly full and the longest line, every byte of it escaped and none of it ASCII."""
    (section,) = (one for one in parse(PIPELINE.read_text()) if one.kind == "input")
    (files,) = (one.settings for one in section.plugins() if one.settings["id"] == "files")
    longest = len(json.dumps("\x01")[1:-1]) * contract.load().limits.max_event_bytes
    assert files["max_content_length"] >= 2 * (forward.BATCH_BYTES + longest)


def test_an_overlong_line_says_how_long_it_was() -> None:
    """Only its beginning travels; Logstash's filter rejects it by its length."""
    verdict = FRAMES.unparsed(b"begin", 300_000, Broken("too_large"), FILE, 3)
    judged = Judge(contract.load()).unparsed(b"begin", 300_000, Broken("too_large"), FILE, 3)
    assert _parts(verdict.body) == [judged.id.encode(), b"300000", b"amaie-core.jsonl", b"begin"]


def test_plain_text_travels_as_the_record_that_it_is() -> None:
    """Logstash takes JSON only; a JSON object in such a file travels as it is."""
    text = b"2026-01-02 03:04:05 ERROR it broke\n  here"
    identity, length, source, line = _parts(FRAMES.judge(text, TEXT, 5).body)
    assert (length, source) == (b"%d" % len(text), b"bot.log")
    assert identity.decode() == Judge(contract.load()).judge(text, TEXT, 5).id
    assert json.loads(line) == {
        "timestamp": "2026-01-02T03:04:05Z",
        "level": "ERROR",
        "service": "bot",
        "module": "unknown",
        "message": "2026-01-02 03:04:05 ERROR it broke\n  here",
    }
    record = b'{"a": 1.10}'
    assert _parts(FRAMES.judge(record, TEXT, 0).body)[3] == record


def test_text_that_is_none_stays_one_line() -> None:
    """Several lines of it were joined: Logstash cuts at line feeds."""
    assert _parts(FRAMES.judge(b"bad \xff\n  more", TEXT, 0).body)[3] == b"bad \xff   more"


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        (b'{"timestamp":"2025-07-30T14:30:00.123456Z","level":"INFO"}', "2025-07-30T14:30:00"),
        (b'{"timestamp":"2025-07-30T14:30:00+02:00"}', NOW.isoformat()),
        (b'{"timestamp":"2025-99-30T14:30:00Z"}', NOW.isoformat()),
        (b'{"order":{"timestamp":"2020-01-01T00:00:00Z"}}', NOW.isoformat()),
        (b"no record", NOW.isoformat()),
    ],
)
def test_a_line_waits_since_it_was_written_or_read(line: bytes, moment: str) -> None:
    """Of our library's records the time is known; what stands elsewhere in a line says nothing."""
    assert FRAMES.moment(FRAMES.judge(line, FILE, 0).body) == moment


def test_no_line_is_lost_when_a_new_file_gets_the_inode_of_a_removed_one(
    door: HttpInput, secret: Path, place: Place
) -> None:
    """What Logstash's own file input loses: the shipper knows a file by its content, not by its number."""
    door.faults.extend(["half", "429", "cut", "reset", ""] * 4)
    place.judge, place.send = FRAMES, _forwarder(door.url, secret).send
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
    taken = {_unpacked(message)[0]: _unpacked(message)[3].decode() for message in door.messages}
    assert sorted(taken.values()) == sorted(written)
