"""The software bill of materials: what runs, what only tests need, in CycloneDX."""

from __future__ import annotations

import tomllib
import uuid
from typing import TYPE_CHECKING

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from operate import pins
from supply import requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from supply.requirements import Pin

NAME, LICENSE = "amaie-observability", "Apache-2.0"
ELASTICSEARCH = PackageURL(
    "maven", "org.elasticsearch.distribution.integ-test-zip", "elasticsearch", qualifiers={"type": "zip"}
)
"""What the packages variant runs in the place of the official image."""
NAMESPACE = uuid.UUID("6c3f9a53-52b5-4a0f-9a0c-0d1c4d1f2b7e")


def of(root: Path, written: datetime) -> Bom:
    """Return the bill of a checkout; only `written` differs between two of the same content."""
    running = requirements.pins(root, requirements.RUNNING)
    testing = requirements.pins(root, requirements.TESTING) - running
    values = pins.read()
    components = [
        *python(running, ComponentScope.REQUIRED),
        *python(testing, ComponentScope.EXCLUDED),
        *images(values),
        component(ELASTICSEARCH, pins.elastic_version(values), ComponentScope.OPTIONAL),
    ]
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return bill(components, version, written)


def bill(components: Iterable[Component], version: str, written: datetime) -> Bom:
    """Return the bill of some components, under a serial number that follows from them."""
    ours = Component(
        name=NAME,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=NAME,
        licenses=[LicenseExpression(LICENSE)],
    )
    found = Bom(components=components)
    found.metadata.component = ours
    found.metadata.timestamp = written
    found.serial_number = uuid.uuid5(NAMESPACE, "\n".join(sorted(str(one.purl) for one in found.components)))
    found.register_dependency(ours, found.components)
    return found


def python(found: Iterable[Pin], scope: ComponentScope) -> Iterator[Component]:
    """Yield a component for each Python package."""
    for pin in found:
        yield component(PackageURL("pypi", name=pin.name), pin.version, scope)


def images(values: Mapping[str, str]) -> Iterator[Component]:
    """Yield a component for each official image; a digest behind the tag stays with it."""
    for name, value in sorted(values.items()):
        if name.endswith(pins.SUFFIX):
            image, _, digest = value.partition("@")
            namespace, _, short = image.rpartition(":")[0].rpartition("/")
            place = PackageURL("docker", namespace, short, qualifiers={"digest": digest})
            yield component(place, pins.version(value), ComponentScope.REQUIRED, ComponentType.CONTAINER)


def component(
    place: PackageURL, version: str, scope: ComponentScope, kind: ComponentType = ComponentType.LIBRARY
) -> Component:
    """Return a component, named by its package URL."""
    purl = PackageURL(place.type, place.namespace, place.name, version, place.qualifiers)
    return Component(
        name=place.name,
        group=place.namespace,
        version=version,
        type=kind,
        scope=scope,
        purl=purl,
        bom_ref=str(purl),
    )


def text(found: Bom) -> str:
    """Return a bill as JSON."""
    writer = make_outputter(found, OutputFormat.JSON, SchemaVersion.V1_6)
    return writer.output_as_string(indent=2) + "\n"
