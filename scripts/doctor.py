"""Say what on this machine or in the configuration needs attention, and how to cure it.

Example:
    python scripts/doctor.py --json
"""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from generators.spec.strict_yaml import SpecError
from operate import catalogue, checks, health
from operate.errors import StackError

COLOURS = {checks.GOOD: "green", checks.WARNING: "yellow", checks.PROBLEM: "red"}


def main() -> int:
    """Run the command; return 0 without a problem, 1 with one, 2 if nothing can be said."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="a list of objects for a machine")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    options = parser.parse_args()
    try:
        found = list(checks.everything(options.project))
    except (StackError, SpecError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([finding.as_dict() for finding in found], indent=2))
    else:
        show(found)
    return int(any(finding.state == checks.PROBLEM for finding in found))


def show(found: list[checks.Finding]) -> None:
    """Print the findings as a table, the cure below each."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = health.PLAIN_WIDTH
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in found:
        colour = COLOURS[finding.state]
        cure = f"\n[dim]cure: {finding.cure}[/dim]" if finding.cure else ""
        table.add_row(f"[{colour}]{finding.state}[/{colour}]", finding.topic, f"{finding.text}{cure}")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
