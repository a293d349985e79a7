"""Log files that outlive the stack: after a restore the shipper goes on where the backup's positions are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from operate import trust
from operate.compose_cli import Stack
from operate.paths import ROOT, SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.recovery, pytest.mark.timeout(1500)]

PROJECT, OFFSET = "amaie-backup-site", 25100
OLD, BETWEEN, LATER = 300, 40, 20
"""Records before the backup, after it but before the loss, and after the restore."""


class Drill(NamedTuple):
    """What was seen.

    Attributes:
        site: The restored site.yaml.
        due: What the job said that came by right after the backup.
        late: How late the last backup was in the restored stack, in intervals of a day.
        ids: Of every document in the restored stack.
        taken: How many records its shipper has handed over, doubles included.
    """

    site: str
    due: str
    late: float
    ids: list[str]
    taken: int


def record(number: int) -> str:
    """Return a line: every tenth brings no id of its own and breaks the contract."""
    if number % 10 == 0:
        return f"no JSON, number {number}\n"
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".000000Z"
    fields = {"timestamp": stamp, "level": "INFO", "service": "amaie-core", "module": "drill", "message": "m"}
    return json.dumps(fields | {"event_id": f"drill0-{number:010d}"}) + "\n"


def append(path: Path, first: int, count: int) -> None:
    """Write records as a service does."""
    with path.open("a") as file:
        file.writelines(record(number) for number in range(first, first + count))


def good(folder: Path, name: str, *arguments: str) -> str:
    """Run one of the operator's commands with this test's site, and return what it printed."""
    command = [sys.executable, f"scripts/{name}.py", "--project", PROJECT, *arguments]
    site = os.environ | {"AMAIE_SITE": str(folder / "site.yaml")}
    done = subprocess.run(
        command, cwd=ROOT, env=site, text=True, capture_output=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ids() -> list[str]:
    """Return the id of every document, as the operator reads them."""
    auth = ("amaie_operator", (SECRETS / "es_amaie_operator_password").read_text().strip())
    with trust.client(Stack(PROJECT, offset=OFFSET).url("elasticsearch"), auth, timeout=60) as client:
        answer = client.get("/logs-amaie*/_search?size=5000&_source=false")
    hits = answer.raise_for_status().json()["hits"]["hits"]
    return sorted(hit["_id"] for hit in hits)


def until(count: int) -> list[str]:
    """Wait until there are so many documents, and return their ids."""
    deadline = time.monotonic() + 120
    while len(found := ids()) < count and time.monotonic() < deadline:
        time.sleep(1)
    return found


def taken() -> int:
    """Return how many records the shipper has handed over since it was started."""
    page = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9104/metrics').read().decode())"
    stack = Stack.load(PROJECT)
    assert stack
    said = stack.run("exec", "-T", "ingest", "python3", "-c", page)
    found = re.findall(r"^amaie_ingest_(?:indexed|rejected)_total(?:\{.*\})? (\S+)$", said, re.MULTILINE)
    return int(sum(map(float, found)))


def lateness() -> float:
    """Wait until Prometheus says how late the last backup is, and return it."""
    deadline = time.monotonic() + 120
    with trust.monitoring(Stack(PROJECT, offset=OFFSET).url("prometheus")) as client:
        while time.monotonic() < deadline:
            answer = client.get("/api/v1/query", params={"query": "all:amaie_backup:lateness"})
            if found := answer.raise_for_status().json()["data"]["result"]:
                return float(found[0]["value"][1])
            time.sleep(1)
    return float("nan")


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """Ship, back up, ship more, lose everything but the log files, restore, ship again."""
    place = tmp_path_factory.mktemp("site")
    site, logs = place / "site.yaml", place / "logs"
    logs.mkdir(mode=0o755)
    wanted = f"{{to: {place}, every: 1d, keep: 2, passphrase_file: {place}/passphrase}}"
    site.write_text(f"version: 1\nlogs: [{logs}]\nbackup: {wanted}\n")
    (place / "passphrase").write_text("the passphrase of the drill\n")
    file = logs / "bot.jsonl"
    good(place, "down", "--volumes")
    try:
        append(file, 1, OLD)
        good(place, "up", "--port-offset", str(OFFSET))
        assert len(until(OLD)) == OLD
        folder = good(place, "backup", "--due").strip()
        due = good(place, "backup", "--due").strip()
        append(file, 1 + OLD, BETWEEN)
        until(OLD + BETWEEN)
        good(place, "down", "--volumes")
        site.unlink()
        good(place, "restore", "--from", folder, "--passphrase-file", str(place / "passphrase"))
        append(file, 1 + OLD + BETWEEN, LATER)
        found = until(OLD + BETWEEN + LATER)
        yield Drill(site.read_text(), due, lateness(), found, taken())
    finally:
        good(place, "down", "--volumes")


def test_what_came_after_the_backup_is_sent_again_and_nothing_is_doubled(drill: Drill) -> None:
    """The files are still there, so not even the records between backup and loss are missing."""
    own = {f"drill0-{number:010d}" for number in range(1, 1 + OLD + BETWEEN + LATER) if number % 10}
    assert len(drill.ids) == len(set(drill.ids)) == OLD + BETWEEN + LATER
    assert {name for name in drill.ids if name.startswith("drill")} == own


def test_what_the_backup_holds_is_not_sent_again(drill: Drill) -> None:
    """The positions came back with the documents that they belong to."""
    assert drill.taken == BETWEEN + LATER


def test_the_job_takes_one_backup_a_day_and_prometheus_knows_of_it(drill: Drill) -> None:
    """The first was due at once, the second is not; its age in days is that of a drill."""
    assert drill.due == "No backup is due."
    assert 0 < drill.late < 0.1


def test_the_site_came_back(drill: Drill) -> None:
    """It was deleted; the backup had it, encrypted."""
    assert drill.site.startswith("version: 1\nlogs: [")
