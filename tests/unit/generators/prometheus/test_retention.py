"""The retention of metrics stands in the spec alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.prometheus import retention
from generators.shared import output

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Model


def test_the_variable_is_the_retention_of_the_spec(small: Model) -> None:
    """Compose fills it into the flag of Prometheus."""
    assert retention.render(small) == {
        "compose/generated/spec.env": f"# {output.mark()}\nPROMETHEUS_RETENTION=30d\n"
    }


def test_compose_has_no_retention_of_its_own(root: Path) -> None:
    """A default there would be a second number, and Compose by hand would use it."""
    texts = [path.read_text() for path in (root / "compose").glob("**/*.yaml")]
    said = [line.split()[1] for text in texts for line in text.splitlines() if "retention.time" in line]
    assert said == ["--storage.tsdb.retention.time=${PROMETHEUS_RETENTION}"]
