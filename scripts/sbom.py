"""Write the software bill of materials in CycloneDX: Python packages, images, the Elasticsearch from Maven.

Example:
    python scripts/sbom.py --output dist/sbom.cdx.json
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from operate.errors import StackError
from operate.paths import ROOT
from supply import bom

TARGET = ROOT / "dist" / "sbom.cdx.json"


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=TARGET, help="the file to write")
    options = parser.parse_args()
    try:
        found = bom.of(ROOT, datetime.now(UTC))
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(bom.text(found), "utf-8")
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error}; cure: name a file that can be written by --output", file=sys.stderr)
        return 2
    print(f"{options.output}: {len(found.components)} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
