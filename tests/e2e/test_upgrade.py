"""An older version becomes this one and this one the older again, each while records wait to be shipped.

A checkout of its own goes from one commit to the other and back, as an operator's does.
FROM names the older one; what is not committed here is not in the newer one.
"""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import docker
import pytest

from e2e.memory import Memory, State
from operate.compose_cli import Stack
from operate.paths import ROOT
from support import inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT, OFFSET = "amaie-upgrade", 24_000
STACK = Stack(PROJECT, demo=True, offset=OFFSET)
WRITERS = ("amaie-core", "amaie-trader", "launcher")
LAST_LANDED = "db9a599e607dee719657ef03d46da4ff535109f6"
"""The older version while no tag of one exists."""
WAITING_SECONDS, PATIENCE = 20, 240
SETTLED_SECONDS = 60
"""So long before a stop the slowest rules have written what they will write of a moment."""


def git(folder: Path, *arguments: str) -> str:
    """Return what git says in a folder, or an empty text where it refuses."""
    done = subprocess.run(["git", "-C", folder, *arguments], text=True, capture_output=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def older() -> str:
    """Return the commit to come from: FROM, else the last tag before this one, else the last landed one."""
    wanted = os.environ.get("FROM", "") or git(ROOT, "describe", "--tags", "--abbrev=0", "HEAD^")
    return git(ROOT, "rev-parse", "--verify", "--quiet", f"{wanted or LAST_LANDED}^{{commit}}")


FROM, TO = older(), git(ROOT, "rev-parse", "HEAD")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.upgrade,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not FROM, reason="the older version is not in this clone; git fetch --unshallow"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can read the log files of a volume"),
]


@dataclass(frozen=True)
class Checkout:
    """An operator's own clone with a demo."""

    folder: Path
    engine: docker.DockerClient

    @property
    def memory(self) -> Memory:
        """What asks the running stack."""
        return Memory(STACK, self.folder / "compose" / "secrets")

    def become(self, commit: str) -> None:
        """Change to a version and start it, as a person does."""
        assert git(self.folder, "checkout", "--quiet", "--detach", commit) == ""
        assert git(self.folder, "rev-parse", "HEAD") == commit
        self.command("make", ".venv/stack.stamp")
        self.script("up", "--demo", "--scenario", "normal", "--port-offset", str(OFFSET))

    def script(self, name: str, *arguments: str) -> str:
        """Run one of the operator's commands of this version."""
        return self.command(".venv/bin/python", f"scripts/{name}.py", "--project", PROJECT, *arguments)

    def command(self, *command: str) -> str:
        """Run a command in the clone; it must end well. Return what it printed."""
        done = subprocess.run(
            command, cwd=self.folder, text=True, capture_output=True, timeout=900, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def each(self, action: str, *services: str) -> None:
        """Start or stop the containers of services."""
        for service in services:
            getattr(inside.container(self.engine, PROJECT, service), action)()

    def fill_the_queue(self) -> int:
        """Stop Elasticsearch and wait until some hundred records wait; return how many were written since."""
        self.each("stop", "elasticsearch")
        before = self.lines()
        time.sleep(WAITING_SECONDS)
        return self.lines() - before

    def lines(self) -> int:
        """Return how many lines the services have in their files."""
        return sum(path.read_bytes().count(b"\n") for path in self._volume("logs").glob("*.jsonl*"))

    def _volume(self, name: str) -> Path:
        return inside.volume(self.engine, PROJECT, name)

    def audited(self) -> str:
        """Stop the writers, wait until the account balances, and start them again; return the report."""
        self.each("stop", *WRITERS)
        secret = self.folder / "compose" / "secrets" / "es_amaie_operator_password"
        audit = [".venv/bin/python", "-m", "amaie_ingest", "audit", "--url", STACK.url("elasticsearch")]
        files = [str(self._volume(name)) for name in ("logs", "history")]
        command = [*audit, "--password-file", str(secret), *files]
        deadline = time.monotonic() + PATIENCE
        while True:
            done = subprocess.run(command, cwd=self.folder, text=True, capture_output=True, check=False)
            if done.returncode == 0 or time.monotonic() > deadline:
                break
            time.sleep(2)
        assert done.returncode == 0, done.stdout + done.stderr
        self.each("start", *WRITERS)
        return done.stdout


class Step(NamedTuple):
    """One change of version.

    Attributes:
        before: What the stack knew of a moment before.
        after: What it knew of the same moment after.
        waiting: How many records waited meanwhile.
        audit: The account after it.
    """

    before: State
    after: State
    waiting: int
    audit: str


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Clone this repository and start the older version in the clone; no data stays."""
    folder = tmp_path_factory.mktemp("upgrade") / "checkout"
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, folder], check=True)
    own = Checkout(folder, docker.from_env())
    try:
        own.become(FROM)
        yield own
    finally:
        own.script("down", "--volumes")


def change(checkout: Checkout, commit: str, silence: str) -> Step:
    """Remember, let records wait, change the version, and ask again."""
    checkout.memory.silence(silence)
    moment = checkout.memory.answered()
    time.sleep(max(0.0, moment + SETTLED_SECONDS - time.time()))
    before = checkout.memory.state(moment)
    waiting = checkout.fill_the_queue()
    checkout.become(commit)
    audit = checkout.audited()
    return Step(before, checkout.memory.state(moment), waiting, audit)


@pytest.fixture(scope="module")
def steps(checkout: Checkout) -> dict[str, Step]:
    """Go up and back."""
    return {
        "up": change(checkout, TO, "UpgradeDrill"),
        "back": change(checkout, FROM, "DowngradeDrill"),
    }


@pytest.fixture(params=["up", "back"])
def step(request: pytest.FixtureRequest, steps: dict[str, Step]) -> Step:
    """One of both."""
    return steps[request.param]


def test_the_queue_was_not_empty(step: Step) -> None:
    """Else nothing below would say much."""
    assert step.waiting > 20


def test_what_waited_arrived_and_nothing_twice(step: Step) -> None:
    """The account over every file balances."""
    assert step.audit.endswith("balanced\n")
    assert {len(hashes) for hashes in step.after.documents.values()} == {1}


def test_every_document_stays_what_it_was(step: Step) -> None:
    """By id and content."""
    assert len(step.before.documents) > 1000
    assert step.before.documents.items() <= step.after.documents.items()


def test_figures_of_the_past_stay_to_the_digit(step: Step) -> None:
    """Sharpe, P&L, drawdown and what they are made of, at a moment before and over five weeks."""
    assert all(step.before.figures.values())
    assert step.after.figures == step.before.figures


def test_silences_stay(step: Step) -> None:
    """With the one that was made just before."""
    assert step.before.silences
    assert step.before.silences.items() <= step.after.silences.items()
