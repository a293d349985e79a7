"""Write a backup of the running stack into a folder of yours: logs, metrics, silences, positions, passwords.

Where to and with which passphrase stands in site.yaml (`backup`) or is said here; what site.yaml does not
keep any more is deleted. Passwords and site.yaml are encrypted with the passphrase, which is kept nowhere.

Example:
    python scripts/backup.py --to /srv/backups --passphrase-file /root/backup.passphrase
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from docker.errors import DockerException

from operate import catalogue, engine
from operate.backup import schedule, sealing, taking
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--to", default="", help="the folder that gets backup-PROJECT-TIME (default: site.yaml)"
    )
    parser.add_argument(
        "--passphrase-file", default="", help="a file with the passphrase (default: site.yaml, else ask)"
    )
    parser.add_argument("--due", action="store_true", help="only if site.yaml wants one by now: for a job")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    options = parser.parse_args()
    try:
        folder = write(options, Progress())
    except (StackError, OSError, DockerException) as error:
        print(error, file=sys.stderr)
        return 2
    print(folder or "No backup is due.")
    return 0


def write(options: argparse.Namespace, progress: Progress) -> Path | None:
    """Take the backup and return its folder; None if none is due.

    Raises:
        StackError: The stack does not run, or something could not be read; no backup was left.
        OSError: The folder cannot be written, or an old backup cannot be deleted.
    """
    stack, client = Stack.load(options.project), engine.connect()
    if stack is None or client is None:
        raise StackError(f"the project {options.project} does not run here; cure: make up, then make backup")
    wanted = stack.site.backup
    if options.due and wanted is None:
        raise StackError("site.yaml says nothing of backups, so none is due; cure: add backup, then make up")
    to = options.to or (wanted.to if wanted else "")
    if not to:
        raise StackError(
            "nothing says where the backup belongs; cure: make backup TO=/folder, or backup in site.yaml"
        )
    if options.due and wanted and not schedule.due(wanted, stack.project, time.time()):
        return None
    file = options.passphrase_file or (wanted.passphrase_file if wanted else "")
    folder = taking.take(stack, client, Path(to).resolve(), sealing.passphrase(file, twice=True), progress)
    if wanted and folder.parent == Path(wanted.to).resolve():
        for old in schedule.prune(wanted, stack.project):
            progress.say(f"Deleted {old}: site.yaml keeps {wanted.keep}.")
        schedule.tell(stack)
    return folder


if __name__ == "__main__":
    sys.exit(main())
