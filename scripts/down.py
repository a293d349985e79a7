"""Stop the stack: no container and no network stays. Data and passwords stay unless --volumes is given.

Example:
    python scripts/down.py --volumes
"""

from __future__ import annotations

import argparse
import shutil
import sys

from operate import catalogue, engine
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--volumes", action="store_true", help="also delete metrics, logs and silences")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    options = parser.parse_args()
    progress = Progress()
    try:
        stop(options.project, delete=options.volumes, progress=progress)
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def stop(project: str, *, delete: bool, progress: Progress) -> None:
    """Take a project down.

    Raises:
        StackError: Compose could not stop it.
    """
    stack = Stack.load(project)
    if engine.connect() is None:
        progress.say("No Docker engine answers, so nothing is running.")
        return
    if stack is None:
        progress.say(f"The project {project} was never started here.")
        return
    with progress.step(f"Stopping the project {project}"):
        stack.run("--profile", "*", "down", "--remove-orphans", *(["--volumes"] if delete else []))
    if delete:
        for path in stack.scenario_folder.iterdir():
            path.unlink()
        stack.scenario_folder.rmdir()
        stack.env_file.unlink()
        shutil.rmtree(stack.site_folder, ignore_errors=True)
        progress.say("The data is deleted; passwords and images stay.")
    else:
        progress.say("The data stays; make down VOLUMES=1 deletes it.")
    if engine.started_here():
        progress.say("The Docker engine that was started for this stack keeps running.")


if __name__ == "__main__":
    sys.exit(main())
