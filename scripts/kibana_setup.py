"""Import the AMAIE data views, searches and the log overview into Kibana.

Example:
    python scripts/kibana_setup.py

Doing it twice changes nothing: ids are fixed, and what was changed by hand in these objects is put back.
Exit codes: 0 done, 1 something is wrong (said on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import httpx

from amaie_ingest import client
from amaie_ingest.errors import IngestError

OBJECTS = Path(__file__).resolve().parent.parent / "kibana" / "generated" / "objects.ndjson"
POLL_SECONDS = 2.0
UNAUTHORISED = (401, 403)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parser().parse_args(arguments)
    secret = options.password_file or client.password_file(options.user)
    try:
        login = client.Login(options.url, options.user, secret)
        auth = (login.user, client.password(secret))
        with httpx.Client(base_url=login.url, auth=auth, headers={"kbn-xsrf": "amaie"}, timeout=60) as kibana:
            wait(kibana, login, options.wait)
            print(f"{load(kibana, login, options.objects)} saved objects are in Kibana")
    except IngestError as error:
        print(f"kibana_setup: {error}", file=sys.stderr)
        return 1
    return 0


def wait(kibana: httpx.Client, login: client.Login, seconds: float) -> None:
    """Wait until Kibana is available.

    Raises:
        IngestError: It is not in time.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            status = kibana.get("/api/status")
            if status.is_success and status.json()["status"]["overall"]["level"] == "available":
                return
            what = f"it answered {status.status_code}"
        except (httpx.HTTPError, KeyError, ValueError) as error:
            what = type(error).__name__
        if time.monotonic() > end:
            raise IngestError(f"Kibana at {login.url} is not available ({what}); look at its log")
        time.sleep(POLL_SECONDS)


def load(kibana: httpx.Client, login: client.Login, objects: Path) -> int:
    """Import a file of saved objects over what is there; return how many.

    Raises:
        IngestError: The file is missing, or Kibana refuses it or one of its objects.
    """
    if not objects.exists():
        raise IngestError(f"there is no {objects}; run make generate")
    files = {"file": ("objects.ndjson", objects.read_bytes(), "application/ndjson")}
    answer = kibana.post("/api/saved_objects/_import", params={"overwrite": "true"}, files=files)
    if answer.status_code in UNAUTHORISED:
        raise IngestError(
            f"Kibana at {login.url} does not let {login.user} import; "
            f"check {login.password_file} and its roles"
        )
    result = answer.json()
    if not result.get("success"):
        first = (result.get("errors") or [{}])[0]
        reason = first.get("error", {}).get("type") or result.get("message", answer.status_code)
        raise IngestError(f"Kibana refuses {first.get('id', 'the objects')} ({reason}); run make generate")
    return int(result["successCount"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kibana_setup.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default=os.environ.get("AMAIE_KIBANA_URL", "http://127.0.0.1:5601"))
    parser.add_argument("--user", default="amaie_operator", help="default: %(default)s")
    parser.add_argument("--password-file", type=Path, help="default: the one that make up has written")
    parser.add_argument(
        "--objects", type=Path, default=OBJECTS, help="default: kibana/generated/objects.ndjson"
    )
    parser.add_argument("--wait", type=float, default=300, help="seconds to wait for Kibana")
    return parser


if __name__ == "__main__":
    sys.exit(main())
