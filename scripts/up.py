"""Start the stack and wait until everything is healthy.

Example:
    python scripts/up.py --demo --scenario drawdown
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import generate
from generators.spec.strict_yaml import SpecError
from operate import build, catalogue, cluster, credentials, engine, health, preflight, registry
from operate.backup import schedule, volumes
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import DEMO_SITE, ROOT, SITE
from operate.progress import Progress
from operate.site import advice, files, load

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

    from generators.spec.model import Model

SCENARIO_FILE = "scenario"


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--demo", action="store_true", help="simulate AMAIE and the receivers of its alerts")
    parser.add_argument(
        "--scenario", default="normal", help="what happens in the simulation (default: normal)"
    )
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    parser.add_argument(
        "--port-offset", type=int, default=0, help="added to every published port (default: 0)"
    )
    options = parser.parse_args()
    progress = Progress()
    try:
        start(options, progress)
    except SpecError as error:
        print(f"{error}\nNothing was changed.", file=sys.stderr)
        return 1
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def start(
    options: argparse.Namespace,
    progress: Progress,
    fill: Callable[[Stack, docker.DockerClient, Progress], None] | None = None,
) -> None:
    """Check, build, start, wait, tell.

    Args:
        options: Of the command line; a demo without a scenario goes on with what it plays.
        progress: Says what is being done.
        fill: Called when all is ready and nothing is started yet: a restore writes its volumes.

    Raises:
        SpecError: What stands in the spec or in site.yaml is wrong; nothing was changed.
        StackError: Something the operator must put right; nothing was started, or it says what failed.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", options.project):
        raise StackError(
            f"--project {options.project} is no project name; use small letters, digits, - and _"
        )
    if options.demo and options.scenario:
        check_scenario(options.scenario)
    model = generate.load(ROOT)
    site = load.read(DEMO_SITE if options.demo else SITE, model.spec)
    client = engine.ensure(os.environ.get("ENGINE", "auto"), progress)
    variant = build.choose(os.environ.get("IMAGES", "auto"), client, progress)
    stack = Stack(options.project, variant, options.demo, options.port_offset, site)
    stack = as_cluster(stack, volumes.existing(client, stack.project))
    data = Path(client.info()["DockerRootDir"])
    running = running_services(stack)
    here = all(registry.exists(client, name) for name in build.images_of(variant).values())
    found = preflight.problems(
        variant,
        ports_to_take(stack, running),
        data,
        running=bool(running),
        images=here,
        nodes=site.high_availability.nodes,
    )
    if found:
        raise StackError(*found, "Nothing was started.")
    warning = preflight.map_count_warning()
    if warning:
        progress.say(f"Note: {warning}")
    images = build.ensure(variant, client, progress)
    prepare(stack, model, images, progress)
    if fill:
        fill(stack, client, progress)
    with progress.step("Starting the stack") as tell:
        stack.run("up", "--detach", "--remove-orphans", "--pull", "never")
        health.wait(stack, tell)
        stack.reload()
    if stack.demo and options.scenario:
        set_scenario(stack, options.scenario)
        progress.say(f"Scenario: {options.scenario}")
    health.print_table(health.rows(stack))
    if not stack.demo:
        for sentence in advice.sentences(site):
            progress.say(f"Note: {sentence}")


def prepare(stack: Stack, model: Model, images: dict[str, str], progress: Progress) -> None:
    """Write the secrets that are missing, what follows from the site, and the variables of Compose."""
    for sentence in credentials.ensure(stack.site, stack.hosts):
        progress.say(sentence)
    files.write(stack.site_folder, rendered(stack, model))
    stack.save(images)


def rendered(stack: Stack, model: Model) -> dict[str, str]:
    """Return path -> text of every file that follows from the spec, a stack's site and its backups."""
    return files.render(model, stack.site, demo=stack.demo) | schedule.render(stack)


def as_cluster(stack: Stack, here: list[str]) -> Stack:
    """Return the stack with what its first Elasticsearch node does beside the data that are there.

    Raises:
        StackError: It has been a cluster, and shall be a single node.
    """
    if not stack.site.high_availability.elasticsearch:
        cluster.refuse_one(stack.project, here)
        return stack
    old = Stack.load(stack.project)
    return replace(stack, joins=cluster.joins(here, before=old is not None and old.joins))


def running_services(stack: Stack) -> set[str]:
    """Return the services that this project runs already, at the same ports."""
    old = Stack.load(stack.project)
    if old is None or old.ports != stack.ports:
        return set()
    return {one["Service"] for one in old.containers() if one["State"] == "running"}


def ports_to_take(stack: Stack, running: set[str]) -> dict[str, int]:
    """Return the ports that must be free: those of services that this project does not run already."""
    left_out: set[str] = set(build.OFFICIAL_ONLY) if stack.variant == "packages" else set()
    left_out |= running if stack.demo else running | {"inbox"}
    return {name: port for name, port in stack.ports.items() if name not in left_out}


def check_scenario(name: str) -> None:
    """Refuse a scenario that the simulation does not know.

    Raises:
        StackError: It is unknown; the sentence lists those that exist.
    """
    from amaie_demo.scenarios import SCENARIOS  # noqa: PLC0415 - not needed for a stack without simulation

    if name not in SCENARIOS:
        raise StackError(f"SCENARIO={name} is unknown; write one of: {', '.join(sorted(SCENARIOS))}")


def set_scenario(stack: Stack, name: str) -> None:
    """Append a scenario to the file that the running services watch."""
    with (stack.scenario_folder / SCENARIO_FILE).open("a") as file:
        file.write(f"{time.time():.0f} {name}\n")


if __name__ == "__main__":
    sys.exit(main())
