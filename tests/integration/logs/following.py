"""The following shipper as a process, and how tests wait for what it does and audit it."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from amaie_ingest import files, forward
from amaie_ingest.backfill import backfill
from amaie_ingest.client import Login
from amaie_ingest.judge import Judge
from amaie_ingest.positions import Positions
from amaie_ingest.shipper import Shipper, Streams
from amaie_ingest.watch import MetricsWatch
from amaie_telemetry import contract

if TYPE_CHECKING:
    from pathlib import Path

    from integration.logs.lab import Lab

PATIENCE = 120.0


class Following:
    """`amaie_ingest follow` as a process that can be killed and started again."""

    def __init__(self, lab: Lab, url: str = "", state: Path | None = None) -> None:
        """Start to follow the lab's folder `logs`; the state is the lab's unless another is given."""
        self.folder = lab.folder / "logs"
        self.folder.mkdir(exist_ok=True)
        self._state = state or lab.state
        self._command = lab.command("follow", self.folder, "--state", self._state, url=url)
        self.output = ""
        self.start()

    def start(self, *more: str) -> None:
        """Start it."""
        self.process = subprocess.Popen([*self._command, *more], stderr=subprocess.PIPE, text=True)

    def kill(self) -> None:
        """Kill it as the kernel would, and start it again."""
        self.process.kill()
        self.process.communicate()
        self.start()

    def restart(self, *more: str) -> None:
        """Stop it politely and start it again."""
        self.stop()
        self.start(*more)

    def stop(self) -> int:
        """Ask it to end, once it listens to signals; return its exit code."""
        end = time.monotonic() + PATIENCE
        while not self._state.exists() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        self.process.send_signal(signal.SIGTERM)
        self.output = self.process.communicate(timeout=60)[1]
        return self.process.returncode


def forwarded(folder: Path, url: str, secret: Path) -> None:
    """Hand every line of a folder to Logstash's input, as `amaie_ingest follow --logstash` does."""
    rules, watch, nothing = contract.load(), MetricsWatch(()), Positions(None)
    login = Login(url, forward.USER, secret)
    forwarder = forward.Forwarder(login, stop=threading.Event(), on_retry=watch.retried)
    shipper = Shipper(
        Judge(rules),
        forwarder.send,
        nothing,
        Streams("", ""),
        watch,
        max_event_bytes=rules.limits.max_event_bytes,
        batch_bytes=forward.BATCH_BYTES,
    )
    keep = rules.limits.max_event_bytes + 1
    backfill(files.expand([folder]), shipper, nothing, keep=keep, on_read=lambda _: None)
    shipper.finish()
    shipper.close()


def count(lab: Lab, stream: str) -> int:
    """Return how many documents a stream has."""
    lab.ask("POST", f"/{stream}/_refresh?ignore_unavailable=true", user="amaie_setup")
    return int(lab.ask("GET", f"/{stream}/_count?ignore_unavailable=true").get("count", 0))


def wait(lab: Lab, good: int, rejected: int = 0, patience: float = PATIENCE) -> None:
    """Wait until so many documents have arrived."""
    end = time.monotonic() + patience
    while (found := (count(lab, lab.good), count(lab, lab.rejected))) != (good, rejected):
        assert time.monotonic() < end, found
        time.sleep(0.2)


def audit(lab: Lab, folder: Path) -> str:
    """Return the audit's report on the lab's streams and a folder of log files; it must balance."""
    command = lab.command("audit", folder, user="amaie_operator")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def balanced(good: int) -> str:
    """Return the report of an audit that found so many good documents and nothing else."""
    return (
        f"{good:,} accounted for = {good:,} good + 0 rejected + 0 failure store + 0 counted drops\nbalanced\n"
    )
