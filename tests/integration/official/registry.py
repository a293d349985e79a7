"""Decides, once for all tests, whether an official image can be had here or its tests are skipped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from docker.auth import resolve_repository_name

from operate import build, pins
from operate.errors import StackError
from operate.progress import Progress
from support import absence

if TYPE_CHECKING:
    import docker


@dataclass
class Registry:
    """Official images, through the Docker engine.

    Attributes:
        client: The engine.
        wanted: What `IMAGES` says: `auto` skips what cannot be had, `packages` skips all, `official` nothing.
        answers: Why an image is missing, or an empty text, by the name of each that was asked for.
    """

    client: docker.DockerClient
    wanted: str
    answers: dict[str, str] = field(default_factory=dict)

    def image(self, service: str) -> str:
        """Return the pinned official image of a service, pulled, or skip the test that wants it.

        Raises:
            StackError: Neither: something is wrong that a skip would hide.
        """
        name = pins.read()[pins.variable(service)]
        if self.wanted == "packages":
            pytest.skip(f"{name} is not tested: IMAGES=packages")
        missing = self.absence(name)
        if missing and self.wanted == "official":
            raise StackError(f"{name} cannot be pulled: {missing}; cure: use IMAGES=auto to skip its tests")
        if missing:
            pytest.skip(f"{name} cannot be pulled: {missing}")
        build.pull(self.client, name, Progress())
        return name

    def absence(self, name: str) -> str:
        """Return why an image cannot be had, or an empty text; a silent registry is not asked again."""
        if name not in self.answers:
            silent = {_host(one) for one, why in self.answers.items() if why == absence.SILENT}
            known = _host(name) in silent and not build.exists(self.client, name)
            self.answers[name] = absence.SILENT if known else absence.of(self.client, name)
        return self.answers[name]


def _host(name: str) -> str:
    """Return the registry of an image."""
    return str(resolve_repository_name(name)[0])
