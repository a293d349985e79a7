"""Connect a service: write it into site.yaml, let the stack take it, wait for its first scrape and record.

Examples:
    python scripts/connect.py --name btc-bot --port 9301 --logs /srv/bots/logs
    python scripts/connect.py --name eth-bot --container eth-bot:9301 --network freqtrade_default
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING

import yaml

import generate
from generators.spec import yaml_nodes
from generators.spec.strict_yaml import SpecError
from operate import catalogue, engine
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import ROOT, SITE
from operate.progress import Progress
from operate.site import arrival, edit, load, store
from operate.site.shape import Site

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "amaie-trader"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 if the service is seen, 1 if not or if site.yaml is wrong, 2 otherwise."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    try:
        check(options)
        write(options, SITE)
        progress.say(f"{SITE.name} names {options.name} now.")
        stack = Stack.load(options.project)
        if stack is None or engine.connect() is None:
            progress.say("The stack does not run; make up starts it.")
            return 0
        bring_up(stack)
        return seen(Stack.load(options.project) or stack, options, progress)
    except SpecError as error:
        print(f"{error}\n{SITE.name} was not changed.", file=sys.stderr)
        return 1
    except StackError as error:
        print(error, file=sys.stderr)
        return 2


def check(options: argparse.Namespace) -> None:
    """Refuse a service without a name or a place.

    Raises:
        StackError: What is missing, and how it is written.
    """
    if not options.name:
        raise StackError("which service? cure: make connect NAME=btc-bot PORT=9301 LOGS=/srv/bots/logs")
    places = (options.port, options.compose, options.container, options.address)
    if all(one is None for one in places):
        raise StackError(
            f"where is {options.name}? cure: say PORT=9301 (a process of this machine), COMPOSE=name:9301, "
            "CONTAINER=name:9301 or ADDRESS=host:9301"
        )


def write(options: argparse.Namespace, path: Path) -> None:
    """Add the service, its logs and its Compose file to a site; what stands there already is not added again.

    Raises:
        SpecError: The file is wrong, or would be with it.
        StackError: Another service has the name, or the file cannot be written to.
    """
    spec = generate.load(ROOT).spec
    known, text = Site(), "version: 1\n"
    if _says_something(path):
        known, text = load.read(path, spec, name=path.name), path.read_text(encoding="utf-8")
    one = entry(options)
    if not _stands(known, one, path.name):
        text = _added(text, "services", one)
    for key, item, there in (
        ("logs", options.logs, known.logs),
        ("compose_files", options.compose_file, known.compose_files),
    ):
        if item and item not in there:
            text = _added(text, key, item)
    store.write(path, text, spec)


def _says_something(path: Path) -> bool:
    """Tell whether there is a file with more than comments; one that cannot be read is left to `load`."""
    try:
        return path.is_symlink() or (path.exists() and yaml_nodes.root(path) is not None)
    except yaml_nodes.UnreadableError:
        return True


def _stands(known: Site, one: dict[str, object], file: str) -> bool:
    """Tell whether a service is in a site as it is given here.

    Raises:
        StackError: It is there in another way.
    """
    for service in known.services:
        if service.name == one["name"]:
            there = service.model_dump(exclude_unset=True)
            if one.items() <= there.items():
                return True
            other = [key for key in one if there.get(key) != one[key]]
            says = ", ".join(f"{key}: {there.get(key, 'nothing')}" for key in other)
            raise StackError(
                f"{service.name} stands in {file} already, with {says}; "
                "cure: correct it there and run this again, or give another NAME"
            )
    return False


def _added(text: str, key: str, item: object) -> str:
    """Return the text with an item more.

    Raises:
        StackError: It is written in a way that nothing can be added to.
    """
    new = edit.add(text, key, item)
    try:
        if item in yaml.safe_load(new)[key]:
            return new
    except yaml.YAMLError:
        pass
    raise StackError(f"{SITE.name} cannot be added to; cure: write into its list {key}: {edit.inline(item)}")


def entry(options: argparse.Namespace) -> dict[str, object]:
    """Return the service as it stands in site.yaml."""
    given = {
        "name": options.name,
        "role": options.role,
        "host": options.port,
        "compose": options.compose,
        "container": options.container,
        "network": options.network,
        "address": options.address,
        "interval": options.interval,
    }
    return {key: value for key, value in given.items() if value is not None}


def bring_up(stack: Stack) -> None:
    """Let the running stack take the changed site.

    Raises:
        StackError: It did not.
    """
    if stack.demo:
        raise StackError("the demo runs, which has a site of its own; cure: make down, then make up")
    command = [sys.executable, str(ROOT / "scripts" / "up.py"), "--project", stack.project]
    command += ["--port-offset", str(stack.offset)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(done.stderr.strip())


def seen(stack: Stack, options: argparse.Namespace, progress: Progress) -> int:
    """Wait for the first scrape and, where logs are to come, the first record; return the exit code."""
    name = options.name
    with progress.step(f"Waiting for the first scrape of {name}"):
        scraped = arrival.wait(lambda: arrival.scraped(stack, name), options.seconds)
    if not scraped:
        why = arrival.trouble(stack, name)
        cure = f"docs/connect.md; correct {SITE.name} and run this again"
        print(f"{name} is not scraped: {why}; cure: {cure}", file=sys.stderr)
        return 1
    if options.no_logs:
        return 0
    with progress.step(f"Waiting for the first log record of {name}"):
        logged = arrival.wait(lambda: arrival.logged(stack, name), options.seconds)
    if not logged:
        print(
            f'no record with "service":"{name}" has arrived; cure: see docs/connect.md, and whether '
            "the live dashboard's page of logs shows it under another name",
            file=sys.stderr,
        )
    return int(not logged)


def _parser() -> argparse.ArgumentParser:
    summary, _, examples = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", help="what its metrics and records are labelled with")
    parser.add_argument("--role", default=ROLE, help=f"which facts it exports (default: {ROLE})")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=int, help="a process on this machine: the port of its metrics")
    where.add_argument("--compose", help="a service of this Compose project: name:port")
    where.add_argument("--container", help="a container of another project: name:port")
    where.add_argument("--address", help="anything else that the network reaches: host:port")
    parser.add_argument("--compose-file", help="your Compose file with that service, beside site.yaml")
    parser.add_argument("--network", help="the Docker network of the container")
    parser.add_argument("--interval", help="how often it acts, such as 5m")
    parser.add_argument("--logs", help="a folder of this machine with its *.jsonl files")
    parser.add_argument("--no-logs", action="store_true", help="do not wait for a log record")
    parser.add_argument("--seconds", type=float, default=arrival.SECONDS, help="how long to wait for each")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
