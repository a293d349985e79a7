"""How each image that we build is made: its Dockerfile, its base, what goes into it.

An image's tag is a hash of everything that decides its content, so an unchanged recipe is never built twice
and a changed one never runs under an old name.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from operate import pins
from operate.paths import CACHE, COMPOSE, ROOT
from operate.programs import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PACKAGES = COMPOSE / "packages"
SERVICE = COMPOSE / "service"
SERVICE_PYTHON = "3.13"
"""The Python of the service image: Debian trixie's, and the official image's in `compose/images.env`."""

BASE = "base"
SKIPPED_PARTS = {"__pycache__", ".pytest_cache", "amaie_telemetry.egg-info"}
"""What tools leave in a source folder: the same content must give the same tag on every machine."""


@dataclass(frozen=True)
class Recipe:
    """One image.

    Attributes:
        name: Its name below `amaie/`.
        about: What building it does, for the progress line.
        dockerfile: None for the base image, which debootstrap makes.
        parent: Another recipe, or a pinned official image.
        arguments: Build arguments besides BASE.
        files: What is copied in from the repository, by its name in the build context.
        fetch: Gets what comes from a registry, by its name in the build context; `arguments` pin it.
    """

    name: str
    about: str
    dockerfile: Path | None
    parent: Recipe | str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    fetch: Callable[[], dict[str, Path]] | None = None

    @cached_property
    def tag(self) -> str:
        """The image's name with the hash of its content."""
        digest = hashlib.sha256()
        parent = self.parent.tag if isinstance(self.parent, Recipe) else self.parent
        for text in (parent or "", *(f"{key}={value}" for key, value in sorted(self.arguments.items()))):
            digest.update(f"{text}\0".encode())
        sources = dict(self.files) | ({"Dockerfile": self.dockerfile} if self.dockerfile else {})
        for target, path in flatten(sources).items():
            digest.update(f"{target}\0".encode() + path.read_bytes() + b"\0")
        return f"amaie/{self.name}:{digest.hexdigest()[:12]}"


def flatten(sources: Mapping[str, Path]) -> dict[str, Path]:
    """Return every single file of some files and folders by its name in the build context, sorted."""
    found: dict[str, Path] = {}
    for target, source in sources.items():
        if source.is_file():
            found[target] = source
            continue
        for path in source.rglob("*"):
            relative = path.relative_to(source)
            if path.is_file() and not SKIPPED_PARTS & set(relative.parts):
                found[f"{target}/{relative.as_posix()}"] = path
    return dict(sorted(found.items()))


def recipes(variant: str, values: Mapping[str, str]) -> list[Recipe]:
    """Return what must be built for `official` or `packages`, parents first."""
    if variant == "official":
        return service_recipes(values["PYTHON_IMAGE"])
    base = Recipe(
        BASE,
        "Making a Debian base image with debootstrap (about 30 s)",
        None,
        arguments={"suite": values["PACKAGES_SUITE"], "include": "busybox,ca-certificates"},
    )
    monitoring = Recipe(
        "monitoring",
        "Building Prometheus, Alertmanager and exporters from Debian (about 15 s)",
        PACKAGES / "monitoring.Dockerfile",
        base,
        {"SUITE": values["PACKAGES_MONITORING_SUITE"]},
    )
    version = pins.elastic_version(dict(values))
    elasticsearch = Recipe(
        "elasticsearch",
        f"Building Elasticsearch {version} from Maven and Debian's Java (about 60 s)",
        ROOT / "elasticsearch" / "packages.Dockerfile",
        base,
        {"VERSION": version},
        fetch=lambda: {"elasticsearch.zip": fetch_elasticsearch(version, values["PACKAGES_MAVEN_PLUGIN"])},
    )
    python = Recipe(
        "python",
        "Building a Python base image from Debian (about 15 s)",
        PACKAGES / "python.Dockerfile",
        base,
    )
    return [base, monitoring, elasticsearch, python, *service_recipes(python)]


def service_recipes(python: Recipe | str) -> list[Recipe]:
    """Return the two layers of our own services' image: the libraries, then our code."""
    libraries = Recipe(
        "libraries",
        "Installing the libraries of our own services (about 60 s)",
        SERVICE / "libraries.Dockerfile",
        python,
        files={"requirements-service.txt": ROOT / "requirements-service.txt"},
        fetch=lambda: {"wheels": fetch_wheels()},
    )
    service = Recipe(
        "service",
        "Building our own services",
        SERVICE / "service.Dockerfile",
        libraries,
        files={"healthy": SERVICE / "healthy", "src": ROOT / "src"},
    )
    return [libraries, service]


def fetch_wheels() -> Path:
    """Download the services' wheels, checked against their hashes, with the machine's own pip settings."""
    wheels = CACHE / "wheels"
    machine = platform.machine()
    platforms = [f"--platform={name}_{machine}" for name in ("manylinux_2_28", "manylinux2014", "linux")]
    requirements = ROOT / "requirements-service.txt"
    run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"),
            *(f"--python-version={SERVICE_PYTHON}", "--implementation=cp", *platforms),
            *("--require-hashes", "--requirement", str(requirements), "--dest", str(wheels)),
        ],
        "the services' wheels could not be downloaded",
    )
    return wheels


def fetch_elasticsearch(version: str, plugin: str) -> Path:
    """Download the minimal distribution of Elasticsearch with Maven; return the checked zip file."""
    target = CACHE / f"elasticsearch-{version}.zip"
    if target.exists() and zipfile.is_zipfile(target):
        return target
    artifact = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{version}:zip"
    run(
        [
            *("mvn", "--quiet", "--batch-mode"),
            f"org.apache.maven.plugins:maven-dependency-plugin:{plugin}:copy",
            *(f"-Dartifact={artifact}", f"-DoutputDirectory={CACHE}"),
        ],
        "Elasticsearch could not be fetched from Maven",
    )
    return target
