"""The pages on connecting a service, followed to the letter on a stack of their own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from operate import build, engine
from operate.compose_cli import Stack, program
from operate.paths import ROOT
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.pages]

PROJECT, OFFSET, OTHER = "amaie-connect", 21000, "amaie-connect-other"
MOST_SECONDS = 600


def blocks(page: str, kind: str) -> list[str]:
    """Return the blocks of code of one kind on a page."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def replaced(text: str, folder: Path) -> str:
    """Return a text of a page with this test's project, folder and interpreter in place of a reader's."""
    text = text.replace("amaie_logs", f"{PROJECT}_logs").replace("/srv/bots", f"{folder}/bots")
    text = text.replace("other_default", f"{OTHER}_default")
    text = text.replace("--project-name other", f"--project-name {OTHER}")
    return text.replace("python bot.py", f"{sys.executable} bot.py")


def run(folder: Path, *command: str) -> None:
    """Run a command as the reader does, with this test's site.yaml."""
    variables = {"AMAIE_SITE": str(folder / "site.yaml"), "PYTHONPATH": f"{ROOT / 'src'}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"


def script(folder: Path, name: str, *arguments: str) -> None:
    """Run one of the operator's commands on this test's project."""
    run(folder, sys.executable, str(ROOT / "scripts" / f"{name}.py"), "--project", PROJECT, *arguments)


def connect(folder: Path, page: str) -> None:
    """Run the `make connect` of a page, as the Makefile does."""
    [line] = [line for block in blocks(page, "sh") for line in block.splitlines() if "make connect" in line]
    given = dict(word.split("=", 1) for word in shlex.split(replaced(line, folder))[2:])
    given = {key.lower().replace("file", "compose-file"): value for key, value in given.items()}
    script(folder, "connect", *(word for key, value in given.items() for word in (f"--{key}", value)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a folder with the bot of docs/connect.md beside a running stack; its image is `my-bot:1`."""
    place = tmp_path_factory.mktemp("connect")
    client = engine.ensure("auto", Progress())
    variant = build.choose(os.environ.get("IMAGES", "auto"), client, Progress())
    (place / "bot.py").write_text(blocks("connect", "python")[0])
    image = build.ensure(variant, client, Progress())["service"]
    recipe = ["FROM " + image, "COPY bot.py /bot.py", 'CMD ["python3", "/bot.py"]', "USER 1234:1234"]
    (place / "Dockerfile").write_text("\n".join(recipe))
    client.images.build(path=str(place), tag="my-bot:1")
    script(place, "up", "--port-offset", str(OFFSET))
    yield place
    other = [*program(), "--project-name", OTHER]
    subprocess.run([*other, "kill"], cwd=place, check=False, capture_output=True)
    script(place, "down", "--volumes")
    subprocess.run([*other, "down"], cwd=place, check=False, capture_output=True)


def firing() -> set[str]:
    """Return the alerts that fire, the beat aside."""
    stack = Stack(PROJECT, offset=OFFSET)
    alerts = httpx.get(f"{stack.url('prometheus')}/api/v1/alerts").json()["data"]["alerts"]
    return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"} - {"Watchdog"}


def equity(account: str) -> list[str]:
    """Return the equity that Prometheus has of an account."""
    query = {"query": f'amaie_trading_equity{{account="{account}",role="amaie-trader"}}'}
    answer = httpx.get(f"{Stack(PROJECT, offset=OFFSET).url('prometheus')}/api/v1/query", params=query).json()
    return [one["value"][1] for one in answer["data"]["result"]]


def test_an_empty_stack_calls_nobody(folder: Path) -> None:
    """Nothing is watched yet; a busy machine may say so of itself."""
    assert folder.exists()
    assert not {name for name in firing() if not name.startswith("Host")}


def test_a_service_of_this_project(folder: Path) -> None:
    """docs/connect-compose.md."""
    started = time.monotonic()
    (folder / "bots.yaml").write_text(replaced(blocks("connect-compose", "yaml")[0], folder))
    connect(folder, "connect-compose")
    assert equity("btc-bot") == ["10000"]
    assert time.monotonic() - started < MOST_SECONDS


def test_a_container_of_another_project(folder: Path) -> None:
    """docs/connect-container.md."""
    (folder / "compose.yaml").write_text(replaced(blocks("connect-container", "yaml")[0], folder))
    up = replaced(blocks("connect-container", "sh")[0].splitlines()[0], folder)
    run(folder, *program(), *shlex.split(up)[2:])
    connect(folder, "connect-container")
    assert equity("eth-bot") == ["10000"]


def test_a_process_of_this_machine(folder: Path) -> None:
    """docs/connect-host.md; where the tests run as root, with the page's words for root."""
    prepare = replaced(blocks("connect-host", "sh")[0], folder)
    if os.geteuid() == 0:
        prepare = prepare.replace(
            "export", f"chgrp 4321 {folder}/bots/logs; chmod 2750 {folder}/bots/logs\nexport", 1
        )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    bot = subprocess.Popen(
        ["bash", "-ec", prepare + "wait"], cwd=folder, env=environment, start_new_session=True
    )
    try:
        connect(folder, "connect-host")
        assert equity("sol-bot") == ["10000"]
    finally:
        os.killpg(bot.pid, 15)
        bot.wait()
