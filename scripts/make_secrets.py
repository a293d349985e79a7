"""Generate the passwords that are missing in compose/secrets/; never change or print one.

Example:
    python scripts/make_secrets.py
"""

from __future__ import annotations

import argparse
import sys

from operate import passwords
from operate.errors import StackError
from operate.paths import ROOT, SECRETS


def main() -> int:
    """Run the command; return its exit code."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    try:
        new = passwords.ensure()
    except (StackError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(new)} new passwords in {SECRETS.relative_to(ROOT)}; existing ones are unchanged.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
