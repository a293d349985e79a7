"""The follower of a folder, look by look: what it reads, what it remembers, and what it may forget."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path

import pytest

from amaie_ingest import files, follow
from amaie_ingest.text_reader import reader_of
from amaie_telemetry import metrics
from amaie_telemetry.testing import value
from unit.logs.by_hand import STATE, Place


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the follower wait for nothing: a rotated file rests, and a missing one is gone, at once."""
    monkeypatch.setattr(follow, "TORN_SECONDS", 0.0)
    monkeypatch.setattr(follow, "IDLE_SECONDS", 0.0)


def test_a_file_that_was_removed_while_nobody_followed_is_forgotten(place: Place) -> None:
    """Positions do not grow for ever; those of files that are there stay, under whatever name."""
    old = place.write("amaie-core.jsonl.1", "old")
    place.write("amaie-core.jsonl", "new")
    place.start().turn()
    assert place.remembered == {"amaie-core.jsonl.1", "amaie-core.jsonl"}
    old.unlink()
    (place.logs / "amaie-core.jsonl").rename(place.logs / "amaie-core.jsonl.2")
    place.start().tidy()
    assert place.remembered == {"amaie-core.jsonl"}
    place.start().turn()
    assert place.server.sent.count(place.server.sent[-1]) == 1, "what is remembered is not read again"


def test_a_folder_that_is_not_there_makes_nothing_forgotten(place: Place) -> None:
    """A volume that is not mounted yet says nothing about its files."""
    place.write("amaie-core.jsonl", "new")
    place.start().turn()
    place.logs.rename(place.logs.with_name("away"))
    place.start().tidy()
    assert place.remembered == {"amaie-core.jsonl"}


@pytest.mark.usefixtures("impatient")
def test_a_folder_that_goes_away_for_a_while_makes_nothing_forgotten(place: Place) -> None:
    """Also while the shipper runs; when it is back, nothing is sent again."""
    place.write("amaie-core.jsonl", "new")
    place.write("amaie-core.jsonl.1", "old")
    running = place.start()
    running.turn(3)
    place.logs.rename(place.logs.with_name("away"))
    running.turn(3)
    running.tidy()
    assert place.remembered == {"amaie-core.jsonl", "amaie-core.jsonl.1"}
    place.logs.with_name("away").rename(place.logs)
    running.turn(3)
    assert len(place.server.sent) == 2


def test_files_of_other_places_and_kinds_are_not_forgotten(place: Place, tmp_path: Path) -> None:
    """One position file may serve a folder that is followed and files that somebody reads once."""
    place.write("amaie-core.jsonl", "new")
    running = place.start()
    running.turn()
    identity, position = next(iter(json.loads((place.state / STATE).read_bytes()).items()))
    here, device = position["folder"], identity.partition(":")[0]
    assert here == str(place.logs)
    others = {
        f"{device}:1": position | {"folder": str(tmp_path / "archive"), "name": "a.jsonl"},
        f"{device}:2": position | {"name": "notes.log"},
        f"9999{device}:3": position | {"name": "b.jsonl"},
        f"{device}:4": {"offset": 3, "tail": "x", "name": "c.jsonl"},
    }
    gone = {f"{device}:5": position | {"name": "gone.jsonl"}}
    (place.state / STATE).write_text(json.dumps({identity: position} | others | gone))
    place.start().tidy()
    assert place.remembered == {"amaie-core.jsonl", "a.jsonl", "notes.log", "b.jsonl", "c.jsonl"}


def test_a_device_with_another_number_after_a_restart_makes_nothing_sent_again(place: Place) -> None:
    """As btrfs, NFS and others number theirs when they are mounted: the inode and the content tell."""
    place.write("amaie-core.jsonl", "one", "two")
    place.start().turn()
    saved = json.loads((place.state / STATE).read_bytes())
    (place.state / STATE).write_text(json.dumps({f"7{identity}": one for identity, one in saved.items()}))
    running = place.start()
    running.tidy()
    running.turn()
    assert len(place.server.sent) == 2
    assert list(json.loads((place.state / STATE).read_bytes())) == list(saved)


def test_a_file_that_one_look_misses_is_not_sent_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is renamed between listing and looking is still there; it is closed, though, or rests."""
    monkeypatch.setattr(follow, "IDLE_SECONDS", 0.0)
    rested = place.write("amaie-core.jsonl.1", "one")
    place.write("amaie-core.jsonl", "three")
    running = place.start()
    running.turn(2)
    hidden = place.logs / "hidden"
    listed = files.in_folder

    def renamed(folder: Path) -> list[Path]:
        found = listed(folder)
        rested.rename(hidden)
        return found

    monkeypatch.setattr(files, "in_folder", renamed)
    running.turn()
    monkeypatch.setattr(files, "in_folder", listed)
    running.tidy()
    hidden.rename(place.logs / "amaie-core.jsonl.2")
    running.turn()
    assert len(place.server.sent) == 2
    assert place.remembered == {"amaie-core.jsonl.1", "amaie-core.jsonl"}


def test_a_start_in_the_middle_of_a_rotation_forgets_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look may miss a file that is being renamed, not two."""
    path = place.write("amaie-core.jsonl", "one")
    place.start().turn()
    looks = iter([[], [path]])
    monkeypatch.setattr(files, "in_folder", lambda _: next(looks))
    place.start().tidy()
    assert place.remembered == {"amaie-core.jsonl"}


@pytest.mark.usefixtures("impatient")
def test_a_file_that_was_removed_is_forgotten_while_following(place: Place) -> None:
    """After the last of its lines has arrived, half a line included."""
    path = place.write("amaie-core.jsonl", "one")
    running = place.start()
    running.turn(2)
    with path.open("a") as file:
        file.write("torn")
    path.unlink()
    running.turn(4)
    running.tidy()
    assert place.texts == ["one", "torn"]
    assert place.remembered == set()


@pytest.mark.usefixtures("impatient")
def test_nothing_is_forgotten_while_an_answer_is_awaited(place: Place) -> None:
    """The answer would bring the position of a file back that may be another one by then."""
    path = place.write("amaie-core.jsonl", "one")
    place.server.answers.clear()
    running = place.start()
    running.follower.turn()
    path.unlink()
    for _ in range(3):
        running.follower.turn()
    assert not running.follower.tidy()
    place.server.answers.set()
    running.shipper.finish()
    assert place.remembered == {"amaie-core.jsonl"}
    assert running.follower.tidy()
    assert place.remembered == set()


@pytest.mark.usefixtures("impatient")
def test_a_rotated_file_that_grows_while_an_answer_is_awaited_is_not_read_again(place: Place) -> None:
    """It was closed; what was read of it is on its way, though not acknowledged yet."""
    place.write("amaie-core.jsonl.1", "one")
    place.server.answers.clear()
    running = place.start()
    running.follower.turn()
    running.follower.turn()
    place.write("amaie-core.jsonl.1", "two")
    running.follower.turn()
    place.server.answers.set()
    running.turn()
    assert place.texts == ["one", "two"]
    assert len(place.server.sent) == 2


def test_a_file_rotated_between_listing_and_opening_gets_its_own_position(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened under a name that another file has taken meanwhile, it would be read again as new."""
    place.write("amaie-core.jsonl.1", "one")
    place.write("amaie-core.jsonl", "two", "three")
    place.start().turn()
    opened = reader_of
    names = ["amaie-core.jsonl.1", "amaie-core.jsonl"]

    def late(path: Path, *more: object) -> object:
        for number, name in enumerate(names, 2):  # the file found as .1 is .2 now, and so on
            (place.logs / name).rename(place.logs / f"amaie-core.jsonl.{4 - number}")
        names.clear()
        return opened(path, *more)  # type: ignore[arg-type]

    place.write("amaie-core.jsonl.1", "four")
    monkeypatch.setattr(follow, "reader_of", late)
    place.start().turn(3)
    assert place.texts == ["four", "one", "three", "two"]
    assert len(place.server.sent) == 4


def test_more_rotated_files_than_may_be_open_are_all_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that services write come in any case; a later start opens only what has something new."""
    monkeypatch.setattr(follow, "MOST_OPEN", 3)
    lines = [f"line {number}" for number in range(20)]
    for number, line in enumerate(lines[1:], 1):
        place.write(f"amaie-core.jsonl.{number}", line)
    place.write("amaie-trader.jsonl", lines[0])
    running = place.start()
    running.turn(3)
    assert (_open_files(place.logs), len(place.texts)) == (1 + 3, 1 + 3)
    monkeypatch.setattr(follow, "TORN_SECONDS", 0.0)
    running.turn(20)
    assert place.texts == sorted(lines)
    running.follower.close()
    monkeypatch.setattr(follow, "TORN_SECONDS", 5.0)
    again = place.start()
    again.turn()
    assert len(place.server.sent) == len(lines)
    assert _open_files(place.logs) == 1, "the file that is written"


def _open_files(folder: Path) -> int:
    """Return how many files of a folder this process has open."""
    return sum(
        str(link.readlink()).startswith(f"{folder}/")
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink()
    )


def test_what_is_no_readable_file_stops_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a log's name is left alone; a file that may not be read is said once, and read later."""
    (place.logs / "folder.jsonl").mkdir()
    secret = place.write("secret.jsonl", "later")
    place.write("amaie-core.jsonl", "now")
    opened = reader_of

    def forbidden(path: Path, *more: object) -> object:
        if path == secret:
            raise PermissionError(13, "Permission denied")
        return opened(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(follow, "reader_of", forbidden)  # tests may run as root, who may read everything
    running = place.start()
    running.turn(3)
    assert place.texts == ["now"]
    assert capsys.readouterr().err == (f"cannot read {secret} (Permission denied); correct its permissions\n")
    monkeypatch.setattr(follow, "reader_of", opened)
    running.turn()
    assert place.texts == ["later", "now"]


def test_a_kill_after_a_file_was_emptied_doubles_nothing(place: Place) -> None:
    """The position of what was there before is not taken for one of what is there now."""
    path = place.write("amaie-core.jsonl", "one")
    running = place.start()
    running.follower.turn()  # read, and waiting for more
    path.write_text("two")
    running.follower.turn()
    running.turn()
    place.write("amaie-core.jsonl", "")
    running.follower.turn()
    running.shipper.flush()
    while len(place.server.sent) < 2:
        time.sleep(0.01)
    place.start().turn()  # as after a kill: "two" has arrived, but its position was not saved
    assert place.texts == ["one", "two"]


def test_a_name_that_is_no_text_stops_nothing(place: Place) -> None:
    """Unix takes any bytes as a name, JSON does not."""
    path = place.logs / os.fsdecode(b"caf\xe9.jsonl")
    path.write_text("one\n")
    running = place.start()
    running.turn()
    assert place.texts == ["one"]
    assert place.remembered == {"caf\ufffd.jsonl"}
    path.unlink()
    place.start().tidy()
    assert place.remembered == set()


def test_positions_that_cannot_be_saved_are_counted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try counts, so that somebody is told; records go on, and later the positions are saved."""
    unsaved = metrics.ingest.unsaved_total.labels()
    before = value(unsaved)
    running = place.start()
    place.write("one.jsonl", "a")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_room)
        running.turn()
        running.turn()
        assert value(unsaved) == before + 2
    running.turn()
    assert value(unsaved) == before + 2
    assert place.texts == ["a"]
    assert place.remembered == {"one.jsonl"}


def no_room(_descriptor: int) -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
