"""Write gitleaks.json anew: the rules of gitleaks (MIT licence), as far as they describe a token.

Usage: go mod download -json github.com/zricethezav/gitleaks/v8@v8.30.1, then this program with the `Dir` that
it printed.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

PLACES = {
    "curl-auth-header", "curl-auth-user", "freemius-secret-key", "generic-api-key", "jwt", "jwt-base64",
    "kubernetes-secret-yaml", "microsoft-teams-webhook", "nuget-config-password", "pkcs12-file", "private-key",
    "sidekiq-sensitive-url", "slack-webhook-url", "aws-amazon-bedrock-api-key-short-lived",
}  # fmt: skip
"""Rules that describe a place for any text, or a prefix alone: nothing can be drawn from them."""
PUBLIC = ("-client-id", "-public-key", "-publishable-key")


def main(folder: str) -> None:
    """Read `config/gitleaks.toml` of a folder and write what we use of it beside this file."""
    rules = tomllib.loads((Path(folder) / "config" / "gitleaks.toml").read_text("utf-8"))["rules"]
    kept = [
        {"id": rule["id"], "regex": rule["regex"], "keywords": rule.get("keywords", [])}
        for rule in rules
        if rule["id"] not in PLACES and not rule["id"].endswith(PUBLIC)
    ]
    target = Path(__file__).with_name("gitleaks.json")
    target.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
