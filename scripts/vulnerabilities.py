"""Ask OSV about every pinned Python package: 0 none is vulnerable, 1 some are, 2 it could not be asked.

Example:
    python scripts/vulnerabilities.py --json
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from operate.errors import StackError
from operate.paths import ROOT
from operate.progress import Progress
from supply import advisories, requirements


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="a list of objects for a machine")
    options = parser.parse_args()
    try:
        pins = requirements.pins(ROOT, requirements.RUNNING + requirements.TESTING)
        with Progress().step(f"Asking OSV about {len(pins)} pinned Python packages"):
            found = advisories.findings(pins)
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([asdict(finding) for finding in found], indent=2))
        return int(bool(found))
    for finding in found:
        cure = f"raise it to {finding.fixed[0]}" if finding.fixed else "no version without it is known"
        print(f"{finding.pin.name} {finding.pin.version}: {finding.name}: {finding.about}; cure: {cure}")
    if not found:
        print(f"OSV knows of no vulnerability in any of the {len(pins)} pinned Python packages.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
