"""Docker Compose: the engine's plugin or, where that is missing, the one from PyPI, always on our files."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from operate import catalogue, cluster, engine, pins, preflight, settings
from operate.build import OFFICIAL_ONLY
from operate.errors import StackError
from operate.paths import COMPOSE, DEMO_SITE, IMAGES_ENV, RUN, SITE, SITE_FILES, SPEC_ENV
from operate.site import files
from operate.site.shape import Site

RACES = ("is already in use by container", "has active endpoints")
"""What the engine says now and then where Compose replaces a container or removes a network: a moment later
it is done with what was there."""
LOOPBACK = ("127.0.0.1", "localhost")
MINIMUM = (2, 26)
"""2.24 does not put compose/packages over what compose.yaml includes; 2.26, 2.27 and 2.33 do (compared)."""


@dataclass(frozen=True)
class Stack:
    """One running or stopped stack.

    Attributes:
        project: The Compose project; several can run side by side.
        variant: `official` or `packages`.
        demo: Whether AMAIE is simulated.
        offset: Added to every published port.
        site: What site.yaml said when the stack was started.
        joins: Whether the first Elasticsearch node joins the others instead of beginning a cluster.
    """

    project: str = catalogue.PROJECT
    variant: str = "official"
    demo: bool = False
    offset: int = 0
    site: Site = field(default_factory=Site)
    joins: bool = False

    @property
    def site_file(self) -> Path:
        """Where the site is written: the simulation brings its own."""
        return DEMO_SITE if self.demo else SITE

    @property
    def site_folder(self) -> Path:
        """The folder of the files that follow from the site."""
        return SITE_FILES / self.project

    @property
    def ports(self) -> dict[str, int]:
        """The published port of each service."""
        return catalogue.ports(self.offset, self.site.ports)

    def url(self, service: str) -> str:
        """Return the address of a published service on this machine, or an empty text."""
        if service == "gateway" and self.site.gateway:
            return f"https://{self.site.gateway.names[0]}:{self.site.gateway.port + self.offset}"
        return catalogue.url(service, self.offset, self.site.ports)

    def link(self, service: str) -> str:
        """Return the address of a page as people reach it, or an empty text where it does not run."""
        if self.variant == "packages" and service in OFFICIAL_ONLY:
            return ""
        given: str | None = getattr(self.site.links, service)
        return given or self.url(service)

    @property
    def hosts(self) -> list[str]:
        """The names of this machine under which browsers may ask for the live dashboard."""
        return list(dict.fromkeys((*LOOPBACK, str(urlsplit(self.link("dashboard")).hostname))))

    @property
    def env_file(self) -> Path:
        """The file with this stack's settings, from which `status` and `down` find it again."""
        return RUN / f"{self.project}.env"

    @property
    def scenario_folder(self) -> Path:
        """The folder that the simulated services read their scenario from."""
        return RUN / self.project

    @property
    def profiles(self) -> list[str]:
        """The Compose profiles that are on."""
        return ["demo"] * self.demo + ["gateway"] * (self.site.gateway is not None)

    @property
    def files(self) -> list[Path]:
        """The Compose files, in order."""
        extra = [COMPOSE / "packages" / "compose.yaml"] if self.variant == "packages" else []
        store = self.site.long_term
        extra += [COMPOSE / "cluster.yaml"] * self.site.high_availability.elasticsearch
        extra += [COMPOSE / "pair.yaml"] * self.site.high_availability.prometheus
        extra += [COMPOSE / "long-term.yaml"] * (store is not None and store.retention is not None)
        extra += [self.site_folder / files.OVERRIDE]
        extra += [self.site_file.parent / name for name in self.site.compose_files]
        return [COMPOSE / "compose.yaml", *(path for path in extra if path.exists())]

    @property
    def reloaded(self) -> list[str]:
        """The services that read their settings again on SIGHUP."""
        twins = ("", "-2") if self.site.high_availability.prometheus else ("",)
        return [f"{name}{twin}" for name in settings.RELOADED for twin in twins]

    @property
    def added(self) -> set[str]:
        """The services that the site's own Compose files add."""
        found: set[str] = set()
        for name in self.site.compose_files:
            path = self.site_file.parent / name
            content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
            found |= set((content or {}).get("services") or ())
        return found

    def variables(self, images: dict[str, str]) -> dict[str, str]:
        """Return every variable of the Compose files. None of them is secret."""
        values = pins.read() | pins.read(SPEC_ENV)
        pinned = set(pins.services(values))
        values |= {pins.variable(name): image for name, image in images.items() if name in pinned}
        values |= {catalogue.PUBLISHED[name].variable: str(port) for name, port in self.ports.items()}
        if kept := self.site.retention.metrics:
            values["PROMETHEUS_RETENTION"] = kept
        if store := self.site.long_term:
            values |= {
                "PROMETHEUS_CONFIG": "/etc/amaie/site/prometheus.yml",
                "LONG_TERM_RETENTION": store.retention or "",
            }
        if gateway := self.site.gateway:
            values |= {
                "GATEWAY_ADDRESS": f"[{gateway.address}]" if ":" in gateway.address else gateway.address,
                "GATEWAY_PORT": str(gateway.port + self.offset),
                "PROMETHEUS_RECEIVER": "web.enable-remote-write-receiver",
            }
        return values | {
            "SERVICE_IMAGE": images["service"],
            "DOCKER_SOCKET": str(engine.socket()),
            "DOCKER_GROUP": str(engine.socket_group()),
            "SCENARIO_DIR": str(self.scenario_folder),
            "ALERTMANAGER_CONFIG": "alertmanager.demo.yml" if self.demo else "alertmanager.yml",
            "INBOX_URL": "http://inbox:8025" if self.demo else "",
            "GRAFANA_URL": self.link("grafana"),
            "KIBANA_URL": self.link("kibana"),
            "DASHBOARD_HOSTS": ",".join(self.hosts),
            "SITE_DIR": str(self.site_folder),
            "ELASTICSEARCH_FOUNDER": "nobody" if self.joins else cluster.FOUNDER,
            "ELASTICSEARCH_MEMORY_MAPPED": str(preflight.map_count_warning() is None).lower(),
            "SECRETS_CHANGED": settings.secrets_digest(),
            **{f"{pins.stem(name)}_SETTINGS": digest for name, digest in settings.digests().items()},
            "AMAIE_VARIANT": self.variant,
            "AMAIE_DEMO": str(int(self.demo)),
            "AMAIE_OFFSET": str(self.offset),
        }

    def save(self, images: dict[str, str]) -> None:
        """Write the settings, so that `status`, `down` and Compose by hand find the same stack."""
        self.scenario_folder.mkdir(parents=True, exist_ok=True)
        self.scenario_folder.chmod(0o755)
        lines = (f"{name}={value}\n" for name, value in sorted(self.variables(images).items()))
        self.env_file.write_text("".join(lines))

    @classmethod
    def load(cls, project: str) -> Stack | None:
        """Return the stack of a project that was started once, or None."""
        stack = cls(project)
        if not stack.env_file.exists():
            return None
        values = pins.read(stack.env_file)
        demo, offset = values["AMAIE_DEMO"] == "1", int(values["AMAIE_OFFSET"])
        joins = values.get("ELASTICSEARCH_FOUNDER", cluster.FOUNDER) != cluster.FOUNDER
        return cls(project, values["AMAIE_VARIANT"], demo, offset, files.applied(stack.site_folder), joins)

    def command(self, *arguments: str) -> list[str]:
        """Return the Compose command line for this stack.

        An older version may have written the settings: what its variables lack, the present pins say.
        """
        settled = (IMAGES_ENV, SPEC_ENV, self.env_file)
        variables = [part for path in settled for part in ("--env-file", str(path))]
        files = [part for path in self.files for part in ("--file", str(path))]
        profiles = [part for profile in self.profiles for part in ("--profile", profile)]
        return [
            *program(),
            *("--project-name", self.project, "--project-directory", str(COMPOSE)),
            *(*variables, *files, *profiles, *arguments),
        ]

    def run(self, *arguments: str) -> str:
        """Run Compose quietly and return its output.

        Raises:
            StackError: Compose failed; the sentence carries its last line.
        """
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)
        if any(race in done.stderr for race in RACES):
            done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["nothing"]
            raise StackError(f"docker compose {arguments[0]} failed: {said[-1]}")
        return done.stdout

    def reload(self) -> None:
        """Let the services of `reloaded` read their settings again, each though another one may be away.

        Raises:
            StackError: One of them does not run.
        """
        problems: list[str] = []
        for service in self.reloaded:
            try:
                # Not by the engine: after `docker kill` it would not start a crashed container again.
                self.run("exec", "-T", service, "sh", "-c", "kill -HUP 1")
            except StackError as error:
                problems += error.problems
        if problems:
            raise StackError(*problems)

    def containers(self) -> list[dict[str, Any]]:
        """Return what Compose knows of each container of the project, stopped ones too."""
        said = self.run("ps", "--all", "--no-trunc", "--format", "json").strip()
        if said.startswith("["):
            found: list[dict[str, Any]] = json.loads(said)
            return found
        return [json.loads(line) for line in said.splitlines()]

    def config(self) -> dict[str, Any]:
        """Return the merged configuration, as Compose understands it."""
        config: dict[str, Any] = json.loads(self.run("config", "--format", "json"))
        return config


def program() -> list[str]:
    """Return how to call Compose: the plugin if it is new enough, else the one from PyPI.

    Raises:
        StackError: Neither is there.
    """
    environment = os.environ | {"DOCKER_CLI_HINTS": "false"}
    try:
        said = subprocess.run(
            ["docker", "compose", "version", "--short"],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        said = None
    if said and said.returncode == 0 and _version(said.stdout) >= MINIMUM:
        return ["docker", "compose"]
    # The binary itself: the wrapper script of the package loses the exit code.
    package = importlib.util.find_spec("compose")
    if package and package.origin:
        return [str(Path(package.origin).parent / "docker-compose")]
    raise StackError("Docker Compose is missing; cure: run it through make, which installs it from PyPI")


def _version(text: str) -> tuple[int, ...]:
    numbers = text.strip().removeprefix("v").split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2] if number.isdigit())
