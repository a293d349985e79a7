"""Records of plain text arrive whole and once, whatever happens to file and shipper."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amaie_ingest import follow
from amaie_ingest.backfill import backfill
from unit.logs.by_hand import Place

if TYPE_CHECKING:
    import pytest

NAME = "btc-bot.log"
PIECES = ("INFO one\n", "  on x\n", "Caused by: y\n", "half", '{"a":1}\n')
STEPS = ("look", "wait", "save", "kill", "rotate", "empty")


def _append(place: Place, text: str) -> None:
    with (place.logs / NAME).open("a") as file:
        file.write(text)


def _rotate(place: Place) -> None:
    for number in (2, 1, 0):
        path = place.logs / (f"{NAME}.{number}" if number else NAME)
        if path.exists():
            path.rename(place.logs / f"{NAME}.{number + 1}")


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example(["INFO one\n", "wait", "  on x\n", "kill", "wait", "  on x\n", "wait", "kill"])
@example(["INFO one\n", "look", "half", "wait", "save", "kill", "\n"])
@example(["INFO one\n", "  on x\n", "look", "rotate", "INFO one\n", "kill"])
@given(st.lists(st.sampled_from((*PIECES, *STEPS)), max_size=25))
def test_every_line_arrives_once_and_in_its_record(steps: list[str]) -> None:
    """Through time that ends a record, kills before a position is saved, rotation and emptying."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(follow, "TORN_SECONDS", 0.0),
        patch.object(follow, "IDLE_SECONDS", 0.0),
        patch.object(follow, "HOLD_SECONDS", 1e9),
    ):
        place = Place(Path(folder))
        written, running = 0, place.start("btc-bot")
        try:
            for step in (*steps, "\n", "wait", "save", "save"):
                if step not in STEPS:
                    _append(place, step.replace("\n", f" #{written}\n"))
                    written += step.endswith("\n")
                    continue
                running.follower.turn()
                if step == "wait":
                    with patch.object(follow, "HOLD_SECONDS", -1.0):
                        running.follower.turn()
                if step == "save":
                    running.turn()
                if step == "kill":
                    running.shipper.flush()
                    running = place.start("btc-bot")
                if step in {"rotate", "empty"}:
                    _append(place, f" #{written}\n")
                    written += 1
                    running.turn()
                    _rotate(place) if step == "rotate" else (place.logs / NAME).write_text("")
            with patch.object(follow, "HOLD_SECONDS", -1.0):
                running.turn(3)
            text = " ".join(place.texts)
            wrong = [number for number in range(written) if len(re.findall(rf"#{number}\b", text)) != 1]
            assert not wrong, (steps, place.texts)
        finally:
            place.end()


def test_a_traceback_of_a_named_service_is_one_record_and_of_another_none(place: Place) -> None:
    """Only `.log` files of services that the site names are read at all."""
    place.write("btc-bot.log", "INFO a", "  b", "INFO c")
    place.write("other.log", "INFO d")
    place.start("btc-bot").turn()
    assert place.texts == ["INFO a\n  b"], "the last one may go on"


def test_the_last_record_waits_a_moment_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is shipped; what comes later is a record of its own, also for a shipper that starts anew."""
    place.write("btc-bot.log", "INFO a", "  b")
    place.server.answers.clear()
    running = place.start("btc-bot")
    running.follower.turn()
    monkeypatch.setattr(follow, "HOLD_SECONDS", -1.0)
    running.follower.turn()
    place.write("btc-bot.log", "  c")
    place.server.answers.set()
    place.start("btc-bot").turn(3)
    assert place.texts == ["  c", "INFO a\n  b"]
    assert set(place.server.sent) == set(place.server.texts)


def test_reading_once_ships_the_last_record_too(place: Place) -> None:
    """Nobody goes on with it."""
    paths = [place.write("btc-bot.log", "INFO a", "  b")]
    running = place.start()
    backfill(paths, running.shipper, running.positions, keep=1000, on_read=lambda _: None, text={"btc-bot"})
    running.shipper.finish()
    assert place.texts == ["INFO a\n  b"]
