"""Log files that outlive the stack: after a restore the shipper goes on where the backup's positions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from e2e.own_site import Own

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.recovery, pytest.mark.timeout(1500)]

OLD, BETWEEN, LATER = 300, 40, 20
"""Records before the backup, after it but before the loss, and after the restore."""


class Drill(NamedTuple):
    """What was seen.

    Attributes:
        site: The restored site.yaml.
        due: What the job said that came by right after the backup.
        late: How late the last backup was in the restored stack, in intervals of a day.
        ids: Of every document in the restored stack.
        taken: How many records its shipper has handed over, doubles included.
    """

    site: str
    due: str
    late: float
    ids: list[str]
    taken: int


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """Ship, back up, ship more, lose everything but the log files, restore, ship again."""
    own = Own("amaie-backup-site", 25100, tmp_path_factory.mktemp("site"))
    own.describe()
    own.good("down", "--volumes")
    try:
        own.append(1, OLD)
        own.good("up", "--port-offset", str(own.offset))
        assert len(own.until(OLD)) == OLD
        backup = own.good("backup", "--due").strip()
        due = own.good("backup", "--due").strip()
        own.append(1 + OLD, BETWEEN)
        own.until(OLD + BETWEEN)
        own.good("down", "--volumes")
        own.site.unlink()
        own.restore(backup)
        own.append(1 + OLD + BETWEEN, LATER)
        found = own.until(OLD + BETWEEN + LATER)
        yield Drill(own.site.read_text(), due, own.lateness(), found, own.taken())
    finally:
        own.good("down", "--volumes")


def test_what_came_after_the_backup_is_sent_again_and_nothing_is_doubled(drill: Drill) -> None:
    """The files are still there, so not even the records between backup and loss are missing."""
    own = {f"drill0-{number:010d}" for number in range(1, 1 + OLD + BETWEEN + LATER) if number % 10}
    assert len(drill.ids) == len(set(drill.ids)) == OLD + BETWEEN + LATER
    assert {name for name in drill.ids if name.startswith("drill")} == own


def test_what_the_backup_holds_is_not_sent_again(drill: Drill) -> None:
    """The positions came back with the documents that they belong to."""
    assert drill.taken == BETWEEN + LATER


def test_the_job_takes_one_backup_a_day_and_prometheus_knows_of_it(drill: Drill) -> None:
    """The first was due at once, the second is not; its age in days is that of a drill."""
    assert drill.due == "No backup is due."
    assert 0 < drill.late < 0.1


def test_the_site_came_back(drill: Drill) -> None:
    """It was deleted; the backup had it, encrypted."""
    assert drill.site.startswith("version: 1\nlogs: [")
