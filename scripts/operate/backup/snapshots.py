"""Snapshots of Elasticsearch, in a repository inside its own volume, registered only while it is needed.

No other place would belong to Elasticsearch's user on every image, and none has to be mounted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from operate import certificates, passwords, trust
from operate.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

    from operate.compose_cli import Stack

FOLDER = "backup"
"""Below the volume of the first node; `path.repo` allows it."""

REPOSITORY = f"/_snapshot/{FOLDER}"
SNAPSHOT = f"{REPOSITORY}/all"
STREAMS = "logs-amaie*"
USER = "amaie_backup"
WAIT = httpx.Timeout(30, read=3 * 3600)
"""A snapshot of hundreds of gigabytes answers late."""


class Elasticsearch:
    """The running server, asked as the user of backups."""

    def __init__(self, stack: Stack, secrets: Path) -> None:
        """Read the password.

        Raises:
            StackError: There is none yet.
        """
        signed = (USER, trust.password(passwords.password_file(USER), secrets))
        authority = secrets / certificates.STACK.certificate
        self._client = trust.client(stack.url("elasticsearch"), signed, WAIT, authority)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of an answer.

        Raises:
            StackError: Elasticsearch does not answer, or refuses.
        """
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise StackError(f"Elasticsearch does not answer ({error}); cure: make up") from None
        if answer.is_error:
            raise StackError(f"Elasticsearch refused {method} {path.partition('?')[0]}: {_reason(answer)}")
        return answer.json()

    def counts(self) -> dict[str, int]:
        """Return how many documents each data stream and its failure store have."""
        self.ask("POST", f"/{STREAMS}/_refresh")
        self.ask("POST", f"/{STREAMS}::failures/_refresh")
        found: dict[str, int] = {}
        for kind, ending in (("", ""), ("::failures", " (failures)")):
            streams = self.ask("GET", f"/{STREAMS}{kind}/_stats/docs")["indices"]
            for index, state in streams.items():
                # .ds-logs-amaie-default-2026.11.26-000001
                name = index.removeprefix(".ds-").removeprefix(".fs-").rsplit("-", 2)[0] + ending
                found[name] = found.get(name, 0) + state["primaries"]["docs"]["count"]
        return found

    def version(self) -> str:
        """Return the version of the server."""
        nodes = self.ask("GET", "/_nodes/_local/info")["nodes"]
        return str(next(iter(nodes.values()))["version"])

    def snapshot(self) -> None:
        """Write a snapshot of every index into the repository, and wait for it.

        Raises:
            StackError: It did not succeed as a whole.
        """
        self.drop()
        self._register()
        done = self.ask("PUT", f"{SNAPSHOT}?wait_for_completion=true", {"include_global_state": True})
        if done["snapshot"]["state"] != "SUCCESS":
            said = done["snapshot"].get("failures") or done["snapshot"]["state"]
            raise StackError(f"the snapshot of Elasticsearch failed: {said}; cure: make doctor")

    def restore(self) -> None:
        """Bring back every data stream and what Kibana keeps, from a repository that is in place.

        Raises:
            StackError: It did not succeed as a whole.
        """
        self._register()
        [snapshot] = self.ask("GET", SNAPSHOT)["snapshots"]
        features = [one["feature_name"] for one in snapshot.get("feature_states", [])]
        wanted = {
            "indices": STREAMS,
            "include_global_state": False,
            "feature_states": [name for name in features if name == "kibana"] or ["none"],
        }
        done = self.ask("POST", f"{SNAPSHOT}/_restore?wait_for_completion=true", wanted)
        if failed := done["snapshot"]["shards"]["failed"]:
            raise StackError(
                f"{failed} shards were not restored; cure: make doctor, then restore with FORCE=1"
            )

    def drop(self) -> None:
        """Forget the repository and delete the snapshot in it, whether it is there or not."""
        known = self.ask("GET", "/_snapshot")
        if FOLDER in known:
            for one in self.ask("GET", f"{REPOSITORY}/*?verbose=false")["snapshots"]:
                self.ask("DELETE", f"{REPOSITORY}/{one['snapshot']}")
            self.ask("DELETE", REPOSITORY)

    def _register(self) -> None:
        settings = {
            "location": ".",  # of `path.repo`: the nodes of a cluster see the same folder at another place
            "max_snapshot_bytes_per_sec": "0",
            "max_restore_bytes_per_sec": "0",
        }
        self.ask("PUT", REPOSITORY, {"type": "fs", "settings": settings})


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["reason"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:200]}"
