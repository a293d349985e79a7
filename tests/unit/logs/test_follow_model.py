"""Whatever services do to their files and whenever the shipper is killed: every line arrives once.

Held against a model that only notes which lines were written. All lines are foreign: their ids hang on the
file, its generation and the offset, so a line that is taken for another one, or for a new one, is seen.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amaie_ingest import follow
from unit.logs.by_hand import Place

if TYPE_CHECKING:
    from unit.logs.by_hand import Running

NAME, BACKUPS = "amaie-core.jsonl", 3


class World:
    """A service that writes, a shipper that reads, and what must arrive."""

    def __init__(self, place: Place) -> None:
        """Start both."""
        self.place = place
        self.path = place.logs / NAME
        self.running: Running = place.start()
        self.written: list[str] = []
        self._half = ""

    def _append(self, text: str) -> None:
        with self.path.open("a") as file:
            file.write(text)

    def line(self) -> None:
        """Write a line, or the rest of one."""
        if not self._half:
            self.written.append(f"line {len(self.written)}")
        self._append(f"{self._half or self.written[-1]}\n")
        self._half = ""

    def half(self) -> None:
        """Write the beginning of a line."""
        if not self._half:
            self.written.append(f"line {len(self.written)} in two halves")
            self._append(self.written[-1][:5])
            self._half = self.written[-1][5:]

    def _whole(self) -> None:
        """Finish a half line; what nobody finishes is another test's."""
        if self._half:
            self.line()

    def rotate(self) -> None:
        """Rename the file; the oldest one goes, when it has been read."""
        self._whole()
        self.look()
        for number in range(BACKUPS, 0, -1):
            older = self.path.with_name(f"{NAME}.{number - 1}") if number > 1 else self.path
            if older.exists():
                older.replace(self.path.with_name(f"{NAME}.{number}"))

    def empty(self) -> None:
        """Empty the file in place, when it has been read."""
        self._whole()
        self.look()
        self.path.write_text("")

    def remove(self) -> None:
        """Remove the file, when it has been read."""
        self._whole()
        self.look()
        self.path.unlink(missing_ok=True)

    def vanish(self) -> None:
        """Let the folder be away while the shipper looks."""
        self.place.logs.rename(self.place.logs.with_name("away"))
        self.look()
        self.look()
        self.running.follower.tidy()
        self.place.logs.with_name("away").rename(self.place.logs)

    def look(self) -> None:
        """Let the shipper read, without an answer from Elasticsearch yet."""
        self.running.follower.turn()

    def save(self) -> None:
        """Let the shipper read, get its answers, and save."""
        self.running.turn()

    def tidy(self) -> None:
        """Let the shipper forget what is gone."""
        self.running.follower.tidy()

    def kill(self) -> None:
        """Start another shipper; what the old one has read and not saved is lost."""
        self.running.shipper.flush()
        self.running = self.place.start()
        self.running.follower.tidy()


STEPS = ("line", "half", "rotate", "empty", "remove", "vanish", "look", "save", "tidy", "kill")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example(["half", "look", "vanish"])
@example(["line", "empty", "line", "rotate", "kill"])
@example(["line", "remove", "rotate", "line", "rotate", "line", "rotate", "vanish", "kill"])
@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_every_line_arrives_once(steps: list[str]) -> None:
    """Through growth, rotation, emptying, removal, a folder that goes away, and kills at any moment."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(follow, "TORN_SECONDS", 0.0),
        patch.object(follow, "IDLE_SECONDS", 0.0),
    ):
        place = Place(Path(folder))
        world = World(place)
        try:
            for step in (*steps, "line", "save", "save"):
                getattr(world, step)()
            assert place.texts == sorted(world.written), steps
        finally:
            place.end()
