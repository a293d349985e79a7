"""Prepare Elasticsearch for the AMAIE logs: index templates, and the mapping of streams that exist already.

Example:
    python scripts/es_setup.py

Doing it twice changes nothing. Exit codes: 0 done, 1 something is wrong (said on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from amaie_ingest import client, setup
from amaie_ingest.errors import IngestError

TEMPLATES = Path(__file__).resolve().parent.parent / "elasticsearch" / "generated"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parser().parse_args(arguments)
    secret = options.password_file or client.password_file(options.user)
    login = client.Login(options.url, options.user, secret)
    try:
        found = setup.templates(options.templates)
        connection = client.connect(login)
        setup.wait(connection, login, options.wait)
        setup.apply(connection, login, found, print)
    except IngestError as error:
        print(f"es_setup: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="es_setup.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default=os.environ.get("AMAIE_ELASTICSEARCH_URL", "http://127.0.0.1:9200"))
    parser.add_argument("--user", default="amaie_setup", help="default: %(default)s")
    parser.add_argument("--password-file", type=Path, help="default: the one that make up has written")
    parser.add_argument("--templates", type=Path, default=TEMPLATES, help="default: elasticsearch/generated")
    parser.add_argument("--wait", type=float, default=120, help="seconds to wait for Elasticsearch")
    return parser


if __name__ == "__main__":
    sys.exit(main())
