"""By which names the roles of a spec run: an installation says it, the spec does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import PrivateAttr

from generators.spec.vocabulary import Part

if TYPE_CHECKING:
    from typing import Self


class Played(Part):
    """A spec whose roles are played by services: no key of the file, or it would be a knob of the spec."""

    _instances: dict[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)

    def run_as(self, instances: dict[str, tuple[str, ...]]) -> Self:
        """Return the spec of an installation in which each role is played by services of these names."""
        spec = self.model_copy()
        spec._instances = instances  # noqa: SLF001 (its own class)
        return spec

    def instances(self, role: str) -> tuple[str, ...]:
        """Return the names of the services that play a role; where nobody said, the role is the name."""
        return self._instances.get(role, (role,))
