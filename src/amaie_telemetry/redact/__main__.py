"""Says what redaction masks in a text, by which rule and why.

python -m amaie_telemetry.redact "Connecting with api_key=…"
"""

from __future__ import annotations

import sys

from amaie_telemetry.redact import shared


def explained(text: str) -> str:
    """Return the masked text, and a line for each piece of evidence: where, which rule, why."""
    lines = [shared().text(text)]
    lines += [f"  {found.start}-{found.end}  {found.rule}: {found.why}" for found in shared().explained(text)]
    return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing is masked"])


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit(f"one text is wanted; this is how:\n{__doc__}")
    sys.stdout.write(explained(sys.argv[1]) + "\n")
