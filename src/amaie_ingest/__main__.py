"""Run one subcommand; its exit code is 0 if all is good, 1 for findings, 2 if it could not be done."""

from __future__ import annotations

import sys

from elasticsearch import ApiError, TransportError

from amaie_ingest import client, options
from amaie_ingest.errors import IngestError

COULD_NOT = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    chosen = options.parser().parse_args(arguments)
    login = options.login(chosen)
    try:
        code: int = chosen.run(chosen, login)
    except (IngestError, OSError) as error:
        return _said(chosen.command, error)
    except (ApiError, TransportError) as error:
        return _said(chosen.command, client.explained(error, login))
    return code


def _said(command: str, error: Exception) -> int:
    print(f"{command}: {error}", file=sys.stderr)
    return COULD_NOT


if __name__ == "__main__":
    sys.exit(main())
