"""Show every service: its state, where to open it, where its password is.

Example:
    python scripts/status.py --json
"""

from __future__ import annotations

import argparse
import json
import sys

from operate import catalogue, engine, health
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.site import advice


def main() -> int:
    """Run the command; return 0 if all is well, 1 if a service is not, 2 if nothing can be said."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="a list of objects for a machine")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    options = parser.parse_args()
    try:
        found = read(options.project)
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([row.as_dict() for row in found], indent=2))
    else:
        health.print_table(found)
        for sentence in unconnected(options.project):
            print(sentence)
    return int(any(row.state not in (*health.GOOD, "left out") for row in found))


def unconnected(project: str) -> list[str]:
    """Return that no service is connected, with its cure, if a running stack has none to watch."""
    stack = Stack.load(project)
    return [] if stack is None or stack.site.services else [advice.NOT_CONNECTED]


def read(project: str) -> list[health.Row]:
    """Return the state of a project's services.

    Raises:
        StackError: There is no engine, or the project was never started.
    """
    stack = Stack.load(project)
    if stack is None:
        raise StackError(f"the project {project} was never started here; cure: make demo, or make up")
    if engine.connect() is None:
        raise StackError("no Docker engine answers, so nothing is running; cure: make up, or make demo")
    return health.rows(stack)


if __name__ == "__main__":
    sys.exit(main())
