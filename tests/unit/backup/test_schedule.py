"""When a backup is due, which ones stay, and what Prometheus is told of the last."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml

from operate import compose_cli
from operate.backup import schedule
from operate.compose_cli import Stack
from operate.site.shape import Backups, HighAvailability, Site

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0
NAMES = ("backup-amaie-20260228T120000Z", "backup-amaie-20260227T120000Z", "backup-amaie-20260301T120000Z")
OTHERS = (
    "backup-amaie-e2e-20260301T130000Z",  # of another project
    ".backup-amaie-20260301T140000Z.partial",
    "backup-amaie-20260301T150000Z.tar",
    "backup-amaie-before-the-move",
    "backup-amaie-20269901T120000Z",  # no date
)


@pytest.fixture
def wanted(tmp_path: Path) -> Backups:
    """Return what a site wants, with three backups there and things that are none of its own."""
    for name in (*NAMES, *OTHERS):
        (tmp_path / name).mkdir()
    (tmp_path / "backup-amaie-20260301T160000Z").write_text("a file")
    return Backups(to=str(tmp_path), every="1d", keep=2, passphrase_file="/root/file")  # noqa: S106


def test_a_name_can_be_found_again(tmp_path: Path) -> None:
    """Whatever the time zone of the moment."""
    (tmp_path / schedule.name("amaie", datetime.fromtimestamp(NOON).astimezone())).mkdir()
    assert list(schedule.kept(tmp_path, "amaie").values()) == [NOON]


def test_only_whole_backups_of_the_project_count_the_oldest_first(wanted: Backups, tmp_path: Path) -> None:
    """A project whose name begins alike, what broke off, and what people have put there are left alone."""
    found = schedule.kept(tmp_path, "amaie")
    assert [path.name for path in found] == sorted(NAMES)
    assert list(found.values())[-1] == NOON
    assert schedule.last(wanted, "amaie", 0) == NOON


@pytest.mark.parametrize(("hours", "due"), [(1, False), (22.7, False), (23, True), (1000, True)])
def test_a_backup_is_due_shortly_before_its_hour(wanted: Backups, hours: float, due: bool) -> None:  # noqa: FBT001
    """An hourly job takes one a day at the same hour, though the last one had begun some seconds late."""
    assert schedule.due(wanted, "amaie", NOON + hours * HOUR) is due


def test_the_first_backup_is_due_at_once(wanted: Backups) -> None:
    """Nothing else is a day old."""
    assert schedule.due(wanted, "new", NOON)


def test_the_oldest_go_and_nothing_else(wanted: Backups, tmp_path: Path) -> None:
    """Two stay, as the site says; what is no backup of this project stays, too."""
    assert [path.name for path in schedule.prune(wanted, "amaie")] == ["backup-amaie-20260227T120000Z"]
    assert schedule.prune(wanted, "amaie") == []
    assert {path.name for path in tmp_path.iterdir()} > {*OTHERS}
    assert len(schedule.kept(tmp_path, "amaie")) == 2


@pytest.mark.parametrize(("project", "moment"), [("amaie", NOON), ("new", NOON - HOUR)])
def test_prometheus_is_told_of_the_last_backup_or_since_when_one_is_wanted(
    wanted: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: str, moment: float
) -> None:
    """Without any, the change of site.yaml counts: no backup at all must not be silent for ever."""
    (tmp_path / "site.yaml").write_text("version: 1")
    os.utime(tmp_path / "site.yaml", (NOON - HOUR, NOON - HOUR))
    monkeypatch.setattr(compose_cli, "SITE", tmp_path / "site.yaml")
    [text] = schedule.render(Stack(project, site=Site(backup=wanted))).values()
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    assert [(rule["record"], rule["expr"]) for rule in rules] == [
        (schedule.LAST, f"vector({moment:.0f})"),
        (schedule.INTERVAL, "vector(86400)"),
    ]


def test_a_site_that_wants_none_tells_nothing() -> None:
    """No series, so the alert is silent."""
    assert schedule.render(Stack("amaie")) == {}


@pytest.mark.parametrize("doubled", [HighAvailability(), HighAvailability(prometheus=True)])
def test_each_running_prometheus_reads_the_news_once(
    doubled: HighAvailability, wanted: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are asked to read their rules again when those differ, and only then; other files stay."""
    (tmp_path / "site.yaml").write_text("version: 1")
    monkeypatch.setattr(compose_cli, "SITE", tmp_path / "site.yaml")
    monkeypatch.setattr(compose_cli, "SITE_FILES", tmp_path / "sites")
    (tmp_path / "sites" / "amaie").mkdir(parents=True)
    (tmp_path / "sites" / "amaie" / "site.json").write_text("{}")
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(Stack, "run", lambda _, *arguments: asked.append(arguments))
    for _ in range(2):
        schedule.tell(Stack("amaie", site=Site(backup=wanted, high_availability=doubled)))
    assert {one[2] for one in asked} >= {"prometheus", *["prometheus-2"] * doubled.prometheus}
    assert len({one[2] for one in asked}) == len(asked)
    assert {one[3:] for one in asked} == {("sh", "-c", "kill -HUP 1")}
    assert (tmp_path / "sites" / "amaie" / schedule.FILE).stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "sites" / "amaie" / "site.json").exists()
