"""Write betterleaks.json anew: the rules of betterleaks (MIT licence) beside those of gitleaks.

Usage: cargo fetch a crate that depends on kingfisher-rules 3.0.1 (Apache-2.0; it carries those rules), then this
program with the folder of that crate.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import yaml

NO_TOKEN = re.compile(
    r"-(?:id|url|host|name|username|user|domain|repository|address)(?:\.\d)?$|public|publishable|connection|-uri$"
    r"|jwt-base64|kubernetes-secret|curl-|private-key|nuget-config|teams-webhook|service-account|default-credentials"
    r"|incoming-mail|freemius"
)
"""Rules of what is no secret by itself, and of places that hold any text."""
IN_CONTEXT = re.compile(r"\)\{0,\d+\}\?|\[\\s\\S\]")
"""What rules have that look for a bare word somewhere behind a vendor's name: the word alone is anybody's."""


def main(folder: str) -> None:
    """Read the rules of a folder and write what we use of them beside this file."""
    here = Path(__file__).parent
    known = {rule["id"] for rule in json.loads((here / "gitleaks.json").read_text("utf-8"))}
    path = Path(folder) / "generated" / "rules" / "betterleaks.yml"
    kept = []
    for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
        name = rule["id"].partition(".")[2]
        pattern = rule.get("pattern", "").strip()
        if not pattern or re.sub(r"\.\d$", "", name) in known or NO_TOKEN.search(name):
            continue
        if IN_CONTEXT.search(pattern):
            continue
        kept.append({"id": name, "regex": pattern, "keywords": rule.get("keywords", [])})
    (here / "betterleaks.json").write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
