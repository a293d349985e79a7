"""Restore a backup into a stack without data, start it, and compare it with the backup's manifest.

Example:
    python scripts/restore.py --from /srv/backups/backup-amaie-20260101T000000Z
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from docker.errors import DockerException

import up
from generators.spec.strict_yaml import SpecError
from operate import engine
from operate.backup import manifest, restoring, sealing
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress


def main() -> int:
    """Run the command; return 0 if all is there again, 1 if something differs, 2 if it could not be done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="folder", default="", help="the backup's folder")
    parser.add_argument("--passphrase-file", default="", help="a file with the passphrase (default: ask)")
    parser.add_argument("--project", help="Compose project (default: the one that was backed up)")
    parser.add_argument("--port-offset", type=int, help="added to every published port (default: as it was)")
    parser.add_argument(
        "--force", action="store_true", help="delete the data, passwords and site.yaml of here"
    )
    options = parser.parse_args()
    progress = Progress()
    try:
        bring_back(options, progress)
    except restoring.DifferentError as error:
        print(f"The restored stack differs from the backup: {error}", file=sys.stderr)
        return 1
    except (StackError, SpecError, OSError, DockerException) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def bring_back(options: argparse.Namespace, progress: Progress) -> None:
    """Check the backup, write the volumes, start the stack, compare.

    Raises:
        StackError: Something the operator must put right.
        SpecError: The backup's site.yaml does not fit this version.
    """
    if not options.folder:
        raise StackError("nothing says which backup; cure: make restore FROM=/folder/backup-…")
    folder = Path(options.folder).resolve()
    manifest.present(folder)
    passphrase = sealing.passphrase(options.passphrase_file, twice=False)
    backup = restoring.Backup.open(folder, passphrase, progress)
    kept = backup.manifest
    project = options.project or kept.project
    client = engine.ensure(os.environ.get("ENGINE", "auto"), progress)
    restoring.clear(client, project, progress, force=options.force)
    backup.put_belongings(force=options.force)
    offset = kept.offset if options.port_offset is None else options.port_offset
    wanted = argparse.Namespace(demo=kept.demo, scenario="normal", project=project, port_offset=offset)
    up.start(wanted, progress, backup.fill)
    stack = Stack.load(project)
    if stack is not None:
        backup.compare(stack)
    documents, silences = sum(kept.counts.documents.values()), len(kept.counts.silences)
    progress.say(
        f"Restored and compared: {documents} documents, {kept.counts.series} series, {silences} silences."
    )


if __name__ == "__main__":
    sys.exit(main())
