"""The edge: scenario files that change, poison beside the log, and a whole service from start to SIGTERM."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from amaie_demo import service
from amaie_demo.scenarios import Chapter
from amaie_demo.service import Script, spoil

if TYPE_CHECKING:
    from pathlib import Path


def test_a_changed_file_changes_the_scenario(tmp_path: Path) -> None:
    """The file replaces the scenario of the command line, and may be written anew at any time."""
    file = tmp_path / "scenario"
    script = Script("normal", file, 5.0)

    assert script.chapters() == (Chapter(5.0, "normal"),)
    file.write_text("100 drawdown\n")
    os.utime(file, (200, 200))
    assert script.chapters() == (Chapter(100, "drawdown"),)
    file.write_text("100 drawdown\n300 normal\n")
    os.utime(file, (400, 400))
    assert script.chapters() == (Chapter(100, "drawdown"), Chapter(300, "normal"))


def test_a_wrong_file_leaves_the_last_good_scenario(tmp_path: Path) -> None:
    """A typing mistake while the demo runs changes nothing."""
    file = tmp_path / "scenario"
    file.write_text("100 drawdown\n")
    script = Script("normal", file, 5.0)
    script.chapters()
    file.write_text("100 drawdwon\n")
    os.utime(file, (400, 400))

    assert script.chapters() == (Chapter(100, "drawdown"),)


def test_spoiled_lines_go_to_a_file_that_stays_small(tmp_path: Path) -> None:
    """The file is rotated by rename before it passes a megabyte."""
    file = tmp_path / "legacy.jsonl"
    spoil(file, ("x" * 1_000_001,))
    spoil(file, ("y",))

    assert file.read_text() == "y\n"
    assert (tmp_path / "legacy.jsonl.1").exists()


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_clock_that_jumps_does_not_silence_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    """It goes on at the new time at once; an hour that is missing is not told late."""
    clock = Jumping(1000.0, after=3, by=jump)
    told: list[int] = []
    monkeypatch.setattr(service, "time", clock)
    monkeypatch.setattr(service, "step", lambda _options, _chapters, second: told.append(second))
    options = service.Options("amaie-core", 0, 7, "normal", None, tmp_path, "INFO")

    assert service._live(options, Script("normal", None, 0.0), clock) is False
    late = service._CATCH_UP if jump > 0 else 0
    assert told[:3] == [1000, 1001, 1002]
    assert told[3:] == list(range(1003 + jump - late, 1010 + jump))


class Jumping(threading.Event):
    """A clock and a stop that comes after ten seconds; after some seconds the clock jumps."""

    def __init__(self, now: float, after: int, by: int) -> None:
        """Begin at a time of day."""
        super().__init__()
        self._now, self._left, self._after, self._by = now, 10.0, 10.0 - after, by

    def time(self) -> float:
        """Return the time of day."""
        return self._now

    def wait(self, timeout: float | None = None) -> bool:
        """Let time pass; return whether the service is to stop."""
        passed = timeout or 0.0
        before, self._left = self._left, self._left - passed
        jumps = before > self._after >= self._left
        self._now += passed + self._by * jumps
        return self._left <= 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_service_serves_logs_and_stops_when_told(tmp_path: Path) -> None:
    """The trader's process exports its metrics, writes records, and ends with 0 after SIGTERM."""
    text, code, records = _lived("amaie-trader", tmp_path, until="amaie_trading_equity{")

    assert code == 0
    assert 'amaie_trading_equity{account="main",currency="USDT"}' in text
    assert records[0]["message"] == "AMAIE service started successfully on profile 'normal'"
    assert records[-1]["message"] == "AMAIE service stopped"


def test_an_example_of_a_latency_leads_to_its_log_records(tmp_path: Path) -> None:
    """The trace id beside each duration of the planner, in OpenMetrics, is that of records in the log."""
    planned = re.compile(r'^amaie_agent_planner_duration_seconds_bucket.* # {trace_id="(\w+)"}', re.MULTILINE)

    text, _, records = _lived("amaie-core", tmp_path, until=planned.pattern)

    assert set(planned.findall(text)) <= {record.get("trace_id") for record in records}


def _lived(role: str, folder: Path, until: str) -> tuple[str, int, list[dict[str, Any]]]:
    """Run a service until its metrics show a pattern; return these, its exit code and what it logged."""
    port = _free_port()
    command = [sys.executable, "-m", "amaie_demo", "--role", role, "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "AMAIE_LOG_DIR": str(folder)}) as process:
        try:
            text = _metrics(port, until)
            process.send_signal(signal.SIGTERM)
            code = process.wait(20)
        finally:
            process.kill()
    lines = (folder / f"{role}.jsonl").read_text().splitlines()
    return text, code, [json.loads(line) for line in lines]


def _metrics(port: int, until: str) -> str:
    """Return the metrics, as Prometheus asks for them, once they show a pattern."""
    accept = {"accept": "application/openmetrics-text;version=1.0.0"}
    text = ""
    for _ in range(200):
        with contextlib.suppress(httpx.HTTPError):
            text = httpx.get(f"http://127.0.0.1:{port}/metrics", headers=accept).text
        if re.search(until, text, re.MULTILINE):
            return text
        time.sleep(0.1)
    raise AssertionError(text)


def test_a_taken_port_is_named_with_its_cure(tmp_path: Path) -> None:
    """The service does not start, exits with 1, and says which port to look at."""
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 (as the service listens)
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "amaie_demo", "--role", "launcher", "--port", str(port)]
        done = subprocess.run(
            command,
            env={**os.environ, "AMAIE_LOG_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    question = f"is another program on port {port}, or is {tmp_path} not yours?"
    assert done.stderr.splitlines()[-1] == f"amaie_demo: [Errno 98] Address already in use; {question}"
