"""What the doctor looks at: the machine, the engine, the passwords, the receivers, the running stack."""

from __future__ import annotations

import ctypes
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import generate
import up
from generators.alertmanager import receivers
from operate import build, compose_cli, engine, health, host, passwords, preflight, registry, trust
from operate.backup import schedule
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import ROOT, SECRETS, SITE
from operate.site import advice, files, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker

    from generators.spec.channels import Channels

GOOD, WARNING, PROBLEM = "good", "warning", "problem"
SAFE_ENGINE = 28
"""From this version on, the engine drops packets that other machines send to ports published on 127.0.0.1."""

TIME_ERROR = 5
TIMEX_BYTES = 512
HTTP_SECONDS = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: What was looked at.
        state: good, warning or problem.
        text: What was found, in one sentence.
        cure: What to do, or empty where nothing has to be done.
    """

    topic: str
    state: str
    text: str
    cure: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it for `--json`."""
        return asdict(self)


def split(topic: str, state: str, sentence: str) -> Finding:
    """Return a finding from a sentence of the form `what is wrong; cure: what to do`."""
    text, _, cure = sentence.partition("; cure: ")
    return Finding(topic, state, text, cure)


def everything(project: str) -> Iterator[Finding]:
    """Yield every finding, the machine first.

    Raises:
        StackError: The stack cannot run on this machine at all.
    """
    host.check(os.environ)
    stack = Stack.load(project)
    client = engine.connect()
    running = set()
    if stack and client:
        running = {one["Service"] for one in stack.containers() if one["State"] == "running"}
    yield from machine(stack or Stack(project, "packages"), running, client)
    yield from engine_findings(client)
    yield from secret_findings(SECRETS)
    yield from site_findings(stack)
    if stack and client:
        yield from service_findings(health.rows(stack))
        if "prometheus" in running:
            with trust.monitoring(stack.url("prometheus"), timeout=HTTP_SECONDS) as asked:
                yield from prometheus_findings(asked)
    else:
        yield Finding("services", WARNING, f"the project {project} is not running", "make demo, or make up")


def machine(stack: Stack, running: set[str], client: docker.DockerClient | None) -> Iterator[Finding]:
    """Yield what the machine offers: memory, disk, ports, kernel, clock."""
    variant = stack.variant
    needed = 0 if running else preflight.memory_needed(variant, stack.site.high_availability.nodes)
    short = preflight.too_little_memory(needed)
    yield from _each("memory", short, "there is enough memory for the stack")
    data = Path(client.info()["DockerRootDir"] if client else "/var/lib/docker")
    here = client and all(registry.exists(client, name) for name in build.images_of(variant).values())
    full = preflight.too_little_disk(data, 0 if here else preflight.DISK_NEEDED[variant])
    yield from _each("disk", full, "there is enough room on the engine's disk")
    ports = {name: port for name, port in stack.ports.items() if name not in running}
    yield from _each("ports", preflight.taken_ports(ports), "every port of the stack is free or its own")
    note = preflight.map_count_warning()
    if note:
        yield split("kernel", WARNING, note)
    if clock_is_kept():
        yield Finding("clock", GOOD, "the clock is kept in time")
    else:
        text = "nothing keeps the clock in time, and days of profit and loss begin at 00:00 UTC of this clock"
        yield Finding("clock", WARNING, text, "apt-get install chrony")


def clock_is_kept() -> bool:
    """Ask the kernel whether something keeps its clock synchronised."""
    libc = ctypes.CDLL(None)
    return bool(libc.adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)) != TIME_ERROR)


def engine_findings(client: docker.DockerClient | None) -> Iterator[Finding]:
    """Yield the state of the engine and of Compose."""
    if client is None:
        yield Finding("engine", PROBLEM, "no Docker engine answers", engine.CURE)
        return
    version = client.version()["Version"]
    if int(version.split(".")[0]) < SAFE_ENGINE:
        text = f"Docker {version} lets machines of the same network reach ports published on 127.0.0.1"
        yield Finding("engine", WARNING, text, f"Docker {SAFE_ENGINE} or newer, or a firewall")
    else:
        yield Finding("engine", GOOD, f"Docker {version} answers")
    try:
        yield Finding("compose", GOOD, f"Compose is called as {' '.join(compose_cli.program())}")
    except StackError as error:
        yield split("compose", PROBLEM, str(error))


def secret_findings(folder: Path) -> Iterator[Finding]:
    """Yield whether every password is there, filled, and closed to other users."""
    wanted = [*map(passwords.password_file, passwords.ELASTICSEARCH_USERS), *passwords.OTHERS]
    missing = [name for name in wanted if not (folder / name).exists()]
    empty = [name for name in wanted if (folder / name).exists() and not (folder / name).read_text().strip()]
    if missing:
        text = f"{len(missing)} of {len(wanted)} passwords are missing ({', '.join(missing)})"
        yield Finding("passwords", WARNING, text, "make up generates them")
    for name in empty:
        yield Finding("passwords", PROBLEM, f"{name} is empty", "delete it, and make up writes a new one")
    if folder.exists() and folder.stat().st_mode & 0o077:
        text = f"other users of this machine can look into {folder.relative_to(ROOT)}"
        yield Finding("passwords", PROBLEM, text, "make up closes it")
    elif not missing and not empty:
        yield Finding("passwords", GOOD, "every password is there and closed to other users")


def site_findings(stack: Stack | None) -> Iterator[Finding]:
    """Yield what site.yaml lacks, and whether the stack that runs is the one that it describes.

    Raises:
        SpecError: site.yaml is wrong.
    """
    if stack and stack.demo:
        yield Finding("receivers", GOOD, "the simulation's inbox takes every alert")
        return
    model = generate.load(ROOT)
    site = load.read(SITE, model.spec)
    said = advice.sentences(site)
    yield from (split("site", WARNING, sentence) for sentence in said)
    stack = stack and replace(stack, site=site)
    if stack and files.differ(stack.site_folder, up.rendered(stack, model)):
        yield Finding("site", WARNING, "what runs is not what site.yaml and spec/ say", "make up")
    elif site.services:
        yield Finding("site", GOOD, f"services connected: {len(site.services)}")
    if stack and site.backup and schedule.due(site.backup, stack.project, time.time()):
        yield Finding(
            "backup", WARNING, f"site.yaml wants one every {site.backup.every}", "make backup DUE=1"
        )
    yield from receiver_findings(site.channels, SECRETS / passwords.RECEIVERS)


def receiver_findings(channels: Channels, folder: Path) -> Iterator[Finding]:
    """Yield the channels of alerts that cannot send yet."""
    unconfigured = receivers.unconfigured(channels, folder)
    for channel, name in unconfigured.items():
        cure = f"put its secret into compose/secrets/{passwords.RECEIVERS}/{name}, then make up"
        yield Finding("receivers", PROBLEM, f"{channel} cannot send: {name} is missing or empty", cure)
    if channels.configured() and not unconfigured:
        yield Finding("receivers", GOOD, "every channel has its secret; python scripts/drill.py tests them")


def service_findings(rows: list[health.Row]) -> Iterator[Finding]:
    """Yield each service that is not well, or one line if all are."""
    ill = [row for row in rows if row.state not in (*health.GOOD, "left out")]
    for row in ill:
        yield Finding(
            "services", PROBLEM, f"{row.service} is {row.state}", "make status, then docker logs of it"
        )
    if not ill:
        yield Finding(
            "services", GOOD, f"{len([row for row in rows if row.state in health.GOOD])} services are well"
        )


def prometheus_findings(asked: httpx.Client) -> Iterator[Finding]:
    """Yield what the running Prometheus complains about: settings not taken, targets down, rules failing."""
    try:
        taken = _query(asked, "prometheus_config_last_reload_successful == 0")
        down = _query(asked, "up == 0")
        failing = _query(asked, "increase(prometheus_rule_evaluation_failures_total[15m]) > 0")
    except (httpx.HTTPError, ValueError, KeyError) as error:
        yield Finding(
            "prometheus", PROBLEM, f"it does not answer a query ({error})", "docker logs of prometheus"
        )
        return
    if taken:
        yield Finding(
            "prometheus", PROBLEM, "it refused its changed settings", "docker logs of prometheus says why"
        )
    for labels in down:
        yield Finding("prometheus", PROBLEM, f"{labels['instance']} cannot be scraped", "make status")
    for labels in failing:
        yield Finding(
            "prometheus", PROBLEM, f"rules of {labels['rule_group']} fail", "open Status > Rules in it"
        )
    if not (taken or down or failing):
        yield Finding("prometheus", GOOD, "every target is scraped and every rule works")


def _query(asked: httpx.Client, query: str) -> list[dict[str, str]]:
    """Return the labels of each series that a query finds."""
    answer = asked.get("/api/v1/query", params={"query": query})
    answer.raise_for_status()
    result: list[dict[str, Any]] = answer.json()["data"]["result"]
    return [one["metric"] for one in result]


def _each(topic: str, sentences: list[str], good: str) -> Iterator[Finding]:
    """Yield a problem for each sentence, or that all is good."""
    for sentence in sentences:
        yield split(topic, PROBLEM, sentence)
    if not sentences:
        yield Finding(topic, GOOD, good)
