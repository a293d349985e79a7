"""A shipper that tests drive by hand, look by look, with a server that they can look into."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, NamedTuple

from amaie_ingest.bulk import Counts
from amaie_ingest.follow import Follower
from amaie_ingest.judge import Judge
from amaie_ingest.positions import Positions
from amaie_ingest.shipper import Shipper, Streams
from amaie_ingest.watch import MetricsWatch
from amaie_telemetry import contract

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amaie_ingest.bulk import Operation
    from amaie_ingest.shipper import Send

STATE = "positions.json"
JUDGE = Judge(contract.load())


class Server:
    """Takes documents as Elasticsearch does: an id that it knows is not taken twice."""

    def __init__(self) -> None:
        """Start empty."""
        self.sent: list[str] = []
        self.texts: dict[str, str] = {}
        self.answers = threading.Event()
        self.answers.set()

    def send(self, operations: Sequence[Operation]) -> Counts:
        """Take documents, once answers may be given."""
        self.answers.wait()
        for operation in operations:
            body = json.loads(operation.body)
            self.sent.append(operation.id)
            self.texts.setdefault(operation.id, str(body.get("record", body.get("message"))))
        return Counts()


class Running(NamedTuple):
    """A shipper that tests drive by hand."""

    follower: Follower
    shipper: Shipper
    positions: Positions

    def turn(self, times: int = 1) -> None:
        """Look into the folder, and have all that was read acknowledged and saved."""
        for _ in range(times):
            self.follower.turn()
        self.shipper.finish()

    def tidy(self) -> None:
        """Forget what is gone, and save."""
        self.follower.tidy()
        self.shipper.finish()


class Place:
    """A folder of logs, a folder of positions, and a server."""

    def __init__(self, folder: Path) -> None:
        """Start empty."""
        self.logs, self.state, self.server = folder / "logs", folder / "state", Server()
        self.send: Send = self.server.send
        self.logs.mkdir()
        self.state.mkdir()
        self._running: list[Running] = []

    def start(self, *text: str) -> Running:
        """Start a shipper as a new process does; the services named may write plain text."""
        positions = Positions(self.state / STATE)
        shipper = Shipper(
            JUDGE,
            self.send,
            positions,
            Streams("good", "rejected"),
            MetricsWatch(()),
            max_event_bytes=contract.load().limits.max_event_bytes,
        )
        follower = Follower(self.logs, shipper, positions, keep=1000, text=text)
        self._running.append(Running(follower, shipper, positions))
        return self._running[-1]

    def end(self) -> None:
        """Stop all threads and close all files."""
        self.server.answers.set()
        for running in self._running:
            running.follower.close()
            running.shipper.close()

    def write(self, name: str, *lines: str) -> Path:
        """Append foreign lines to a log file."""
        path = self.logs / name
        with path.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)
        return path

    @property
    def remembered(self) -> set[str]:
        """Return the names of the files in the position file."""
        saved = json.loads((self.state / STATE).read_bytes())
        return {position["name"] for position in saved.values()}

    @property
    def texts(self) -> list[str]:
        """Return what the server holds, sorted."""
        return sorted(self.server.texts.values())
