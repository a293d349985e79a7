"""Imports the AMAIE data views, searches and the log overview into Kibana.

Doing it twice changes nothing: ids are fixed, and what was changed by hand in these objects is put back.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from amaie_ingest import client
from amaie_ingest.errors import IngestError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

POLL_SECONDS = 2.0
SERVING = ("available", "degraded")
"""A degraded Kibana lacks something in a plugin, perhaps for good, and takes objects all the same."""

UNAUTHORISED = (401, 403)
BROKEN = 500


def run(options: argparse.Namespace, login: client.Login) -> int:
    """Import everything; return 0."""
    auth = (login.user, client.password(login.password_file))
    headers = {"kbn-xsrf": "amaie"}
    with httpx.Client(
        base_url=login.url, auth=auth, headers=headers, verify=login.trusted(), timeout=60
    ) as kibana:
        wait(kibana, login, options.wait)
        print(f"{load(kibana, login, options.objects)} saved objects are in Kibana")
    return 0


def wait(kibana: httpx.Client, login: client.Login, seconds: float) -> None:
    """Wait until Kibana serves.

    Raises:
        IngestError: It is not in time.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            status = kibana.get("/api/status")
            if status.is_success and status.json()["status"]["overall"]["level"] in SERVING:
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
    if answer.status_code >= BROKEN:
        raise IngestError(
            f"Kibana at {login.url} answered {answer.status_code} to the import; its log says why: "
            "it is not ready, or a migration of its own failed on one of the objects"
        )
    result = answer.json()
    if not result.get("success"):
        first = (result.get("errors") or [{}])[0]
        reason = first.get("error", {}).get("type") or result.get("message", answer.status_code)
        raise IngestError(f"Kibana refuses {first.get('id', 'the objects')} ({reason}); run make generate")
    return int(result["successCount"])
