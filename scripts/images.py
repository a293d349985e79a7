"""Pull or build the images of the stack. Nothing is done twice: a tag is a hash of the image's content.

Example:
    IMAGES=packages python scripts/images.py
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from operate import build, engine
from operate.errors import StackError
from operate.progress import Progress


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print the image of every service as JSON")
    options = parser.parse_args()
    progress = Progress()
    try:
        client = engine.ensure(os.environ.get("ENGINE", "auto"), progress)
        variant = build.choose(os.environ.get("IMAGES", "auto"), client, progress)
        images = build.ensure(variant, client, progress)
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"variant": variant, "images": images}, indent=2))
    else:
        progress.say(f"All images of the {variant} variant are here.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
