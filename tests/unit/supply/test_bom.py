"""The bill of materials is CycloneDX by its own schema, whole, and the same for the same content."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.model.component import ComponentType
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from operate import pins
from supply import bom, requirements

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def components(written: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the components of a bill by their package URL."""
    return {entry["purl"]: entry for entry in written["components"]}


@pytest.fixture(scope="module")
def written(root: Path) -> dict[str, Any]:
    """Return the bill of this repository, as it is written."""
    found: dict[str, Any] = json.loads(bom.text(bom.of(root, NOON)))
    return found


def test_the_bill_is_valid_by_the_published_schema(written: dict[str, Any]) -> None:
    """The strict validator refuses unknown fields; a wrong scope shows that it looks."""
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(written)) is None
    written = json.loads(json.dumps(written))
    written["components"][0]["scope"] = "maybe"
    assert validator.validate_str(json.dumps(written)) is not None


def test_every_package_and_image_is_in_the_bill(root: Path, written: dict[str, Any]) -> None:
    """What only tests need is marked as excluded, not left out."""
    found = components(written)
    for pin in requirements.pins(root, requirements.RUNNING):
        assert found[f"pkg:pypi/{pin.name}@{pin.version}"]["scope"] == "required"
    tested = requirements.pins(root, requirements.TESTING) - requirements.pins(root, requirements.RUNNING)
    for pin in tested:
        assert found[f"pkg:pypi/{pin.name}@{pin.version}"]["scope"] == "excluded"
    images = [value for name, value in pins.read().items() if name.endswith(pins.SUFFIX)]
    containers = [entry for entry in found.values() if entry["type"] == ComponentType.CONTAINER.value]
    assert len(containers) == len(images)
    assert f"pkg:docker/grafana/grafana@{pins.version(pins.read()['GRAFANA_IMAGE'])}" in found
    version = pins.elastic_version(pins.read())
    assert (
        f"pkg:maven/org.elasticsearch.distribution.integ-test-zip/elasticsearch@{version}?type=zip" in found
    )
    assert written["dependencies"][0]["dependsOn"] == sorted(found)


def test_a_digest_behind_a_tag_stays_with_its_image() -> None:
    """The tag is the version; the digest is a qualifier, as the package URL of Docker has it."""
    digest = f"sha256:{'0' * 64}"
    found = list(bom.images({"KIBANA_IMAGE": f"kibana:9.5.2@{digest}", "PACKAGES_SUITE": "sid"}))
    assert [str(one.purl) for one in found] == [f"pkg:docker/kibana@9.5.2?digest={digest}"]
    assert [one.version for one in found] == ["9.5.2"]


def test_the_same_content_has_the_same_bill(root: Path, written: dict[str, Any]) -> None:
    """Two readings differ in their time only; another package gives another serial number."""
    later = json.loads(bom.text(bom.of(root, NOON.replace(hour=13))))
    assert later["metadata"].pop("timestamp") != written["metadata"]["timestamp"]
    assert later == written | {"metadata": {k: v for k, v in written["metadata"].items() if k != "timestamp"}}
    fewer = bom.bill(list(bom.images({"KIBANA_IMAGE": "kibana:1"})), "1", NOON)
    assert str(fewer.serial_number) not in written["serialNumber"]


def test_the_command_writes_where_it_is_told(root: Path, tmp_path: Path) -> None:
    """The folder is made; a file that cannot be written is an error with its cure."""
    target = tmp_path / "new" / "bill.json"
    command = [sys.executable, "scripts/sbom.py", "--output"]
    done = subprocess.run([*command, str(target)], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == f"{target}: {len(json.loads(target.read_text())['components'])} components\n"
    done = subprocess.run([*command, "/dev/null/x"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("; cure: name a file that can be written by --output\n")
