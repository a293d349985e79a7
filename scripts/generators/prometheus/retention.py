"""How long Prometheus keeps metrics, as a variable of the Compose files: it is a flag, not configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.shared import output

if TYPE_CHECKING:
    from generators.spec.model import Model

PATH = "compose/generated/spec.env"


def render(model: Model) -> dict[str, str]:
    """Return the file of variables that Compose fills in."""
    return {PATH: f"# {output.mark()}\nPROMETHEUS_RETENTION={model.spec.settings.retention}\n"}
