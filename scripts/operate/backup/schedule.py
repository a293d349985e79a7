"""What site.yaml wants of backups: which there are, which are too many, and when the next is due.

A job of the machine (`cron`, a systemd timer) runs `make backup DUE=1` more often than needed; how often a
backup is taken stands in site.yaml alone. Prometheus is told by a rule file, as of everything else there.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generators.shared.conditions import seconds
from operate.site import files
from operate.site.rules import constant

if TYPE_CHECKING:
    from operate.compose_cli import Stack
    from operate.site.shape import Backups

LAST = "amaie_backup_last_success_timestamp_seconds"
INTERVAL = "amaie_site_backup_interval_seconds"
FILE = f"{files.PROMETHEUS}/rules-backup.yml"
STAMP = "%Y%m%dT%H%M%SZ"
SLACK = 0.05
"""Share of the interval by which a backup may be early: a job every hour takes one a day at the same hour."""


def name(project: str, moment: datetime) -> str:
    """Return the name of the folder of a backup."""
    return f"backup-{project}-{moment.astimezone(UTC):{STAMP}}"


def kept(folder: Path, project: str) -> dict[Path, float]:
    """Return the whole backups of a project, the oldest first, each with its time in seconds since 1970."""
    found = {}
    for path in sorted(folder.glob(f"backup-{project}-*")):
        with suppress(ValueError):  # a name of somebody else's
            moment = datetime.strptime(path.name, f"backup-{project}-{STAMP}").replace(tzinfo=UTC)
            if path.name == name(project, moment) and path.is_dir():
                found[path] = moment.timestamp()
    return found


def last(wanted: Backups, project: str, asked: float) -> float:
    """Return when the last backup was begun, in seconds since 1970; without one, when it was asked for."""
    return max(kept(Path(wanted.to), project).values(), default=asked)


def due(wanted: Backups, project: str, now: float) -> bool:
    """Return whether it is time for the next backup; without any, it is."""
    return now - last(wanted, project, 0.0) >= (1 - SLACK) * seconds(wanted.every)


def prune(wanted: Backups, project: str) -> list[Path]:
    """Delete the oldest backups of a project that are more than site.yaml keeps, and return them."""
    many = list(kept(Path(wanted.to), project))[: -wanted.keep]
    for folder in many:
        shutil.rmtree(folder)
    return many


def render(stack: Stack) -> dict[str, str]:
    """Return path -> text of the rule file with the moment of the last backup and the wanted interval.

    Until there is one, the time since site.yaml asks for it counts.
    """
    if (wanted := stack.site.backup) is None:
        return {}
    moment = last(wanted, stack.project, stack.site_file.stat().st_mtime)
    rules = [constant(LAST, moment, {}), constant(INTERVAL, seconds(wanted.every), {})]
    return {FILE: files.text({"groups": [{"name": "backup", "rules": rules}]})}


def tell(stack: Stack) -> None:
    """Let each running Prometheus know of a backup that was just taken.

    Raises:
        StackError: One does not run.
    """
    if files.update(stack.site_folder, render(stack)):
        stack.reload()
