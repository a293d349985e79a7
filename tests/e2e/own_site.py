"""A stack of one's own site.yaml: its folder of log files, its backups, and the operator's commands."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from e2e.chaos import until
from e2e.demo import script
from operate import trust
from operate.compose_cli import Stack
from support import inside

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def record(number: int) -> str:
    """Return a line: every tenth brings no id of its own and breaks the contract."""
    if number % 10 == 0:
        return f"no JSON, number {number}\n"
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".000000Z"
    fields = {"timestamp": stamp, "level": "INFO", "service": "amaie-core", "module": "drill", "message": "m"}
    return json.dumps(fields | {"event_id": f"drill0-{number:010d}"}) + "\n"


@dataclass(frozen=True)
class Own:
    """A project, its ports, and the folder in which its site.yaml, its logs and its backups lie."""

    project: str
    offset: int
    folder: Path

    @property
    def site(self) -> Path:
        """The site's file."""
        return self.folder / "site.yaml"

    @property
    def passphrase(self) -> Path:
        """The file of the backups' passphrase."""
        return self.folder / "passphrase"

    def describe(self, more: str = "") -> None:
        """Write site.yaml: the folder of logs, a backup a day, and more."""
        logs = self.folder / "logs"
        logs.mkdir(mode=0o755, exist_ok=True)
        self.passphrase.write_text("the passphrase of the drill\n")
        wanted = f"{{to: {self.folder}, every: 1d, keep: 2, passphrase_file: {self.passphrase}}}"
        self.site.write_text(f"version: 1\nlogs: [{logs}]\nbackup: {wanted}\n{more}")

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the operator's commands with this site."""
        return script(name, "--project", self.project, *arguments, site=self.site)

    def good(self, name: str, *arguments: str) -> str:
        """Run one of the operator's commands, which must end well, and return what it printed."""
        done = self.run(name, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def restore(self, backup: str) -> None:
        """Restore a backup of this site."""
        self.good("restore", "--from", backup, "--passphrase-file", str(self.passphrase))

    @property
    def stack(self) -> Stack:
        """What was started."""
        found = Stack.load(self.project)
        assert found
        return found

    def append(self, first: int, count: int) -> None:
        """Write records as a service does."""
        with (self.folder / "logs/bot.jsonl").open("a") as file:
            file.writelines(record(number) for number in range(first, first + count))

    def ids(self) -> list[str]:
        """Return the id of every document, as the operator reads them."""
        auth = ("amaie_operator", trust.password("es_amaie_operator_password"))
        with trust.client(self.stack.url("elasticsearch"), auth, timeout=60) as client:
            answer = client.get("/logs-amaie*/_search?size=5000&_source=false")
        hits = answer.raise_for_status().json()["hits"]["hits"]
        return sorted(hit["_id"] for hit in hits)

    def until(self, count: int) -> list[str]:
        """Wait until there are so many documents, and return their ids; a stream may be about to begin."""
        until(lambda: len(self.ids()) >= count, f"{count} documents", 120, lambda: len(self.ids()))
        return self.ids()

    def taken(self) -> int:
        """Return how many records the shipper has handed over since it was started."""
        page = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9104/metrics').read().decode())"
        said = self.stack.run("exec", "-T", "ingest", "python3", "-c", page)
        found = re.findall(r"^amaie_ingest_(?:indexed|rejected)_total(?:\{.*\})? (\S+)$", said, re.MULTILINE)
        return int(sum(map(float, found)))

    def lateness(self) -> float:
        """Wait until Prometheus says how late the last backup is, and return it in intervals."""
        query = "all:amaie_backup:lateness"
        until(lambda: inside.query(self.stack, query), "Prometheus knows of a backup", 120)
        return float(inside.query(self.stack, query)[0]["value"][1])
