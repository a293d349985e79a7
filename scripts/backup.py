"""Write a backup of the running stack into a folder of yours: logs, metrics, silences, positions, passwords.

The passwords and site.yaml in it are encrypted with a passphrase, which is kept nowhere.

Example:
    python scripts/backup.py --to /srv/backups --passphrase-file /root/backup.passphrase
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docker.errors import DockerException

from operate import catalogue, engine
from operate.backup import sealing, taking
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", default="", help="the folder that gets backup-PROJECT-TIME")
    parser.add_argument("--passphrase-file", default="", help="a file with the passphrase (default: ask)")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    options = parser.parse_args()
    try:
        folder = write(options, Progress())
    except (StackError, OSError, DockerException) as error:
        print(error, file=sys.stderr)
        return 2
    print(folder)
    return 0


def write(options: argparse.Namespace, progress: Progress) -> Path:
    """Take the backup and return its folder.

    Raises:
        StackError: The stack does not run, or something could not be read; no backup was left.
        OSError: The folder cannot be written.
    """
    if not options.to:
        raise StackError("nothing says where the backup belongs; cure: make backup TO=/folder")
    stack, client = Stack.load(options.project), engine.connect()
    if stack is None or client is None:
        raise StackError(f"the project {options.project} does not run here; cure: make up, then make backup")
    passphrase = sealing.passphrase(options.passphrase_file, twice=True)
    return taking.take(stack, client, Path(options.to).resolve(), passphrase, progress)


if __name__ == "__main__":
    sys.exit(main())
