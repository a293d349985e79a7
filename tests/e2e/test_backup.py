"""The drill of backup and restore: a stack is filled, backed up, deleted with every volume, and compared."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from e2e import demo
from e2e.memory import INSTANT, Memory, State
from operate import engine
from operate.backup import manifest, volumes
from operate.compose_cli import Stack
from operate.paths import SECRETS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.recovery, pytest.mark.timeout(1500)]

PROJECT, OFFSET = "amaie-backup", 25000
STACK = Stack(PROJECT, offset=OFFSET)
MEMORY = Memory(STACK)
INTERVAL = 60
"""Of the slowest rules: after a start they write at most so far back."""

MARGIN = 5
"""Seconds within which a record may still be on its way from its file to Elasticsearch."""


class Drill(NamedTuple):
    """Both sides of the drill, what the commands said, and the backup's manifest."""

    before: State
    after: State
    refused: subprocess.CompletedProcess[str]
    restored: subprocess.CompletedProcess[str]
    manifest: manifest.Manifest
    folder: Path


def script(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the operator's commands on this drill's project."""
    return demo.script(name, "--project", PROJECT, *arguments)


def good(name: str, *arguments: str) -> str:
    """Run one of the operator's commands, which must end well, and return what it printed."""
    done = script(name, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """Fill, back up, delete every volume, restore."""
    place = tmp_path_factory.mktemp("backup")
    (place / "passphrase").write_text("the passphrase of the drill\n")
    own = ("--passphrase-file", str(place / "passphrase"))
    script("down", "--volumes")
    try:
        good("up", "--demo", "--port-offset", str(OFFSET))
        for name in ("DrillOne", "DrillTwo"):
            MEMORY.silence(name)
        reject()
        moment = MEMORY.answered()
        time.sleep(max(0.0, moment + INTERVAL - time.time()))
        folder = place / good("backup", "--to", str(place), *own).strip()
        before = MEMORY.state(moment)
        refused = script("restore", "--from", str(folder), *own)
        good("down", "--volumes")
        client = engine.connect()
        assert client
        assert volumes.existing(client, PROJECT) == []
        restored = script("restore", "--from", str(folder), *own)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        kept = manifest.Manifest.model_validate_json((folder / manifest.NAME).read_bytes())
        yield Drill(before, MEMORY.state(moment), refused, restored, kept, folder)
    finally:
        script("down", "--volumes")
        shutil.rmtree(place)


def reject() -> None:
    """Let a service write lines that break the contract, and foreign ones without an id."""
    lines = '{"level":"INFO"}\\nnot JSON at all\\n{"message":"foreign","level":"info"}\\n'
    command = (
        "exec",
        "-T",
        "launcher",
        "sh",
        "-c",
        f"printf '{lines}' >> /var/log/amaie/launcher-drill.jsonl",
    )
    loaded = Stack.load(PROJECT)
    assert loaded
    loaded.run(*command)


def test_every_document_is_there_once_and_unchanged(drill: Drill) -> None:
    """All of before the backup by id and content; none sent again under another id; none doubled."""
    end = drill.manifest.moment - MARGIN
    sides = [
        {name: hashes for name, hashes in side.documents.items() if side.written[name] <= end}
        for side in (drill.before, drill.after)
    ]
    assert len(sides[0]) > 1000
    assert sides[1] == sides[0]
    assert {len(hashes) for hashes in drill.after.documents.values()} == {1}


def test_rejected_lines_are_among_them(drill: Drill) -> None:
    """They have no id of their own, so a position that was lost would have doubled them."""
    before, after = (
        {name for name in side.documents if name.startswith("line-")} for side in (drill.before, drill.after)
    )
    assert len(before) >= 3
    assert after == before


def test_twenty_queries_have_the_same_answers(drill: Drill) -> None:
    """Sharpe, P&L, drawdown and what they are made of, to the last digit; at a moment and over five weeks."""
    assert len(INSTANT) == 20
    assert all(drill.before.figures.values())
    assert drill.after.figures == drill.before.figures


def test_silences_are_the_same(drill: Drill) -> None:
    """Ids, matchers, times, authors, comments."""
    assert len(drill.before.silences) == 2
    assert drill.after.silences == drill.before.silences


def test_a_stack_with_data_was_not_touched(drill: Drill) -> None:
    """The sentence says what is there and how to go on."""
    assert drill.refused.returncode == 2
    here = "alertmanager, elasticsearch, history, ingest, logs, prometheus"
    assert drill.refused.stderr.splitlines()[-1] == (
        f"the project {PROJECT} has data (volumes {here}), which the backup would replace; "
        "FORCE=1 deletes it and restores"
    )


def test_the_end_says_what_was_compared(drill: Drill) -> None:
    """The numbers are the manifest's."""
    counts = drill.manifest.counts
    said = f"{sum(counts.documents.values())} documents, {counts.series} series, 2 silences."
    assert drill.restored.stderr.splitlines()[-1] == f"Restored and compared: {said}"


def test_no_secret_lies_open_in_the_backup(drill: Drill) -> None:
    """Neither a password nor its name is in any file; nobody else may look into the folder."""
    secrets = [path.read_bytes().strip() for path in SECRETS.rglob("*_password")]
    assert len(secrets) > 5
    for path in drill.folder.iterdir():
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret in content], path.name
    assert drill.folder.stat().st_mode & 0o077 == 0
