"""The shipper follows services through all that files and servers do: 0 lost, 0 doubled by the audit."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from integration.logs.following import PATIENCE, Following, audit, balanced, wait
from integration.logs.front import Front
from integration.logs.lab import Lab, record
from integration.logs.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.integration


CONFLICTS = "amaie_ingest_conflicts_total"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _shown(port: int) -> dict[str, float]:
    """Return the metrics that the shipper shows; none before it serves."""
    with contextlib.suppress(httpx.HTTPError):
        lines = httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        return {series: float(value) for series, _, value in pairs}
    return {}


def test_a_file_is_followed_through_rotation_by_renaming(lab: Lab, follow: Callable[..., Following]) -> None:
    """Every 100 ms under 2,000 records a second: what was written before and after each renaming arrives."""
    following = follow()
    writer = Writer(following.folder, "amaie-core", 5000, per_second=2000, rotate_every=0.1).start()
    writer.join()
    wait(lab, 5000)
    assert writer.rotations >= 10
    assert audit(lab, following.folder) == balanced(5000)


def test_a_kill_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """What was not acknowledged is sent again; what was is known by its id."""
    following = follow()
    writer = Writer(following.folder, "amaie-core", 6000, per_second=1500, rotate_every=0.5).start()
    for _ in range(3):
        time.sleep(1.2)
        following.kill()
    writer.join()
    wait(lab, 6000)
    assert audit(lab, following.folder) == balanced(6000)


def test_a_server_that_answers_badly_loses_and_doubles_nothing(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """429, 503, busy documents, a closed connection, an answer that breaks off after the work was done."""
    faults = ["429", "503", "reset", "cut", "busy items", "413", "cut", "429"]
    with Front(lab.elasticsearch, faults) as front:
        following = follow(front.url)
        Writer(following.folder, "amaie-core", 3000, per_second=1500).start().join()
        wait(lab, 3000)
        assert not front.faults
        assert following.stop() == 0
    assert audit(lab, following.folder) == balanced(3000)
    for trouble in ("HTTP 429", "HTTP 503", "HTTP 429 for single documents"):
        assert f"sending again: {trouble}\n" in following.output


def test_a_server_that_is_away_for_a_while_gets_everything_later(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """The files are the buffer: nothing is dropped while nobody listens."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        following = follow(away)
        Writer(following.folder, "amaie-core", 2000, per_second=2000, rotate_every=0.3).start().join()
        time.sleep(1)
        assert following.stop() == 0
    assert "sending again: ConnectionError\n" in following.output
    assert "stopped while nobody took the records; the next start goes on from here" in following.output
    back = follow()
    wait(lab, 2000)
    assert audit(lab, back.folder) == balanced(2000)


def test_half_a_line_waits_for_its_rest(lab: Lab, follow: Callable[..., Following]) -> None:
    """A record that is written in two pieces is one document."""
    following = follow()
    line = json.dumps(record(1)).encode() + b"\n"
    path = following.folder / "amaie-core.jsonl"
    with path.open("ab", buffering=0) as file:
        file.write(line[:70])
        time.sleep(1)
        file.write(line[70:])
    wait(lab, 1)


def test_a_torn_line_of_a_rotated_file_is_rejected_and_not_merged(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """A service that crashed in the middle of a write does not spoil the record that comes after it."""
    following = follow()
    path = following.folder / "amaie-core.jsonl"
    path.write_bytes(json.dumps(record(1)).encode() + b'\n{"timestamp": "2025-07')
    time.sleep(1)
    path.rename(path.with_name("amaie-core.jsonl.1"))
    path.write_bytes(json.dumps(record(2)).encode() + b"\n")
    wait(lab, 2, 1)
    (rejected,) = lab.sources(lab.rejected).values()
    assert (rejected["reason"], rejected["record"]) == ("invalid_json", '{"timestamp": "2025-07')


def test_truncated_recreated_and_removed_files_are_read_whole(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """Emptied in place, removed and made anew, or removed while being read: every line arrives once."""
    following = follow()
    path = following.folder / "amaie-core.jsonl"

    def write(*numbers: int) -> None:
        with path.open("ab") as file:
            file.writelines(json.dumps(record(number)).encode() + b"\n" for number in numbers)

    write(1, 2)
    wait(lab, 2)
    with path.open("wb"):
        pass
    write(3)
    wait(lab, 3)
    path.unlink()
    write(4, 5)
    wait(lab, 5)
    with path.open("wb"):  # emptied and longer than before within one look
        pass
    write(6, 7, 8, 9)
    wait(lab, 9)
    assert following.stop() == 0


def test_a_refusal_ends_the_shipper_while_another_request_waits(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """What cannot be cured by waiting is said at once; the next start goes on from the last position."""
    with Front(lab.elasticsearch, ["403", *["503"] * 1000]) as front:
        following = follow(front.url)
        Writer(following.folder, "amaie-core", 12_000, per_second=1e6).start().join()
        assert "amaie_writer may not do this" in following.process.communicate(timeout=PATIENCE)[1]
        assert following.process.returncode == 2
    following = follow()
    wait(lab, 12_000)
    assert audit(lab, following.folder) == balanced(12_000)


def test_a_file_removed_while_nobody_follows_leaves_no_position(
    lab: Lab, follow: Callable[..., Following]
) -> None:
    """The next start forgets it, at once and for good, and sends nothing of the others again."""
    following = follow()
    names = ("amaie-core.jsonl", "amaie-core.jsonl.1", "amaie-trader.jsonl")
    for number, name in enumerate(names):
        (following.folder / name).write_bytes(json.dumps(record(number)).encode() + b"\n")
    wait(lab, 3)
    assert following.stop() == 0

    def remembered() -> set[str]:
        saved = json.loads((lab.state / "positions.json").read_bytes())
        return {position["name"] for position in saved.values()}

    assert remembered() == set(names)
    (following.folder / names[1]).unlink()
    following.start()
    end = time.monotonic() + PATIENCE
    while remembered() != {names[0], names[2]}:
        assert time.monotonic() < end, remembered()
        time.sleep(0.1)
    assert following.stop() == 0
    assert remembered() == {names[0], names[2]}


def test_two_shippers_cannot_share_a_state_folder(lab: Lab, follow: Callable[..., Following]) -> None:
    """The second one ends with one sentence; the first goes on, and leaves the folder free when killed."""
    first = follow()
    said = f"another shipper uses the folder {lab.state}; stop it, or name another folder with --state\n"
    path = lab.write("old.jsonl", [record(1)])
    end = time.monotonic() + PATIENCE
    while not (lab.state / "positions.json").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    second = follow()
    assert second.process.communicate(timeout=60)[1] == f"follow: {said}"
    assert second.process.returncode == 2
    once = lab.ingest("--state", lab.state, path)
    assert (once.returncode, once.stderr) == (2, f"backfill: {said}")
    first.kill()
    (first.folder / "amaie-core.jsonl").write_bytes(json.dumps(record(2)).encode() + b"\n")
    wait(lab, 1)
    assert first.stop() == 0
    assert lab.ingest("--state", lab.state, path).returncode == 0
    wait(lab, 2)


def test_two_shippers_of_the_same_files_double_nothing_and_are_noticed(
    lab: Lab, follow: Callable[..., Following], tmp_path: Path
) -> None:
    """Each has a state of its own, so no lock tells; what comes second, JSON or not, is there already."""
    first, second = follow(), follow(state=tmp_path / "second")
    ports = _free_port(), _free_port()
    for following, port in zip((first, second), ports, strict=True):
        following.restart("--metrics-port", str(port))
    Writer(first.folder, "amaie-core", 3000, per_second=1500, rotate_every=0.5).start().join()
    (first.folder / "amaie-trader.jsonl").write_bytes(b"broken\n" * 7)
    wait(lab, 3000, 7)
    end = time.monotonic() + PATIENCE
    while sum(_shown(port).get(CONFLICTS, 0) for port in ports) < 3007:
        assert time.monotonic() < end, [_shown(port) for port in ports]
        time.sleep(0.2)
    assert first.stop() == second.stop() == 0
    assert "3,000 good + 7 rejected" in audit(lab, first.folder)


def test_metrics_and_health_are_served(lab: Lab, follow: Callable[..., Following]) -> None:
    """Prometheus sees what was indexed, rejected by reason, retried, and how far behind the shipper is."""
    following = follow()
    port = _free_port()
    following.restart("--metrics-port", str(port))
    path = following.folder / "amaie-core.jsonl"
    path.write_bytes(b"".join(json.dumps(record(n)).encode() + b"\n" for n in range(5)) + b"broken\n")
    wait(lab, 5, 1)
    expected = {
        "amaie_ingest_indexed_total": 5,
        'amaie_ingest_rejected_total{reason="invalid_json"}': 1,
        'amaie_ingest_rejected_total{reason="wrong_type"}': 0,
        "amaie_ingest_retries_total": 0,
        CONFLICTS: 0,
        "amaie_ingest_lag_seconds": 0,
    }
    end = time.monotonic() + PATIENCE
    while (shown := _shown(port)) | expected != shown:
        assert time.monotonic() < end, shown
        time.sleep(0.2)
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
