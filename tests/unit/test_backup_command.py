"""`make backup` by hand and as a job: what site.yaml says, what is due, what is deleted afterwards."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

import backup
from operate import engine
from operate.backup import schedule, sealing, taking
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress
from operate.site.shape import Backups, Site

if TYPE_CHECKING:
    from pathlib import Path

Run = Any


@pytest.fixture
def wanted(tmp_path: Path) -> Backups:
    """Return what the site wants: one backup a day, of which one stays."""
    return Backups(to=str(tmp_path), every="1d", keep=1, passphrase_file="/root/file")  # noqa: S106


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command on a stack with a site; the backup is an empty folder."""
    told: list[Any] = []

    def take(stack: Stack, _: object, to: Path, passphrase: str, __: object) -> Path:
        told.append(passphrase)
        folder = to / schedule.name(stack.project, datetime.now(UTC))
        folder.mkdir()
        return folder

    monkeypatch.setattr(engine, "connect", object)
    monkeypatch.setattr(sealing, "passphrase", lambda file, **_: f"of {file}")
    monkeypatch.setattr(taking, "take", take)
    monkeypatch.setattr(schedule, "tell", lambda stack: told.append(stack.project))

    def start(wanted: Backups | None, **options: Any) -> tuple[Path | None, list[Any]]:
        monkeypatch.setattr(Stack, "load", lambda project: Stack(project, site=Site(backup=wanted)))
        given = {"project": "amaie", "to": "", "passphrase_file": "", "due": False} | options
        return backup.write(argparse.Namespace(**given), Progress(Console(quiet=True))), told

    return start


def old(folder: Path, hours: float) -> Path:
    """Return a backup that was taken some hours ago."""
    path = folder / schedule.name("amaie", datetime.fromtimestamp(time.time() - 3600 * hours, UTC))
    path.mkdir()
    return path


def test_the_site_says_where_to_and_with_which_passphrase(run: Run, wanted: Backups, tmp_path: Path) -> None:
    """What is too many is deleted afterwards, and Prometheus is told."""
    before = old(tmp_path, 2)
    made, told = run(wanted)
    assert made.parent == tmp_path
    assert not before.exists()
    assert told == ["of /root/file", "amaie"]


def test_a_backup_to_elsewhere_is_none_of_the_schedule(run: Run, wanted: Backups, tmp_path: Path) -> None:
    """It deletes none and lets none be late."""
    before = old(tmp_path, 2)
    (tmp_path / "elsewhere").mkdir()
    made, told = run(wanted, to=str(tmp_path / "elsewhere"), passphrase_file="/own")  # noqa: S106
    assert made.parent.name == "elsewhere"
    assert before.exists()
    assert told == ["of /own"]


@pytest.mark.parametrize(("hours", "taken"), [(2, False), (23.5, True)])
def test_a_job_takes_one_only_when_it_is_due(
    run: Run,
    wanted: Backups,
    tmp_path: Path,
    hours: float,
    taken: bool,  # noqa: FBT001
) -> None:
    """It comes by every hour, and site.yaml wants one a day."""
    before = old(tmp_path, hours)
    made, _ = run(wanted, due=True)
    assert (made is not None, before.exists()) == (taken, not taken)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"due": True}, "site.yaml says nothing of backups, so none is due; cure: add backup, then make up"),
        ({}, "nothing says where the backup belongs; cure: make backup TO=/folder, or backup in site.yaml"),
    ],
)
def test_a_site_without_a_schedule_is_told_what_to_do(
    run: Run, options: dict[str, Any], sentence: str
) -> None:
    """A job that can never do anything is a mistake of somebody."""
    with pytest.raises(StackError, match=sentence):
        run(None, **options)
