"""The pinned official images, or the reason why their tests are skipped."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from integration.official.registry import Registry
from integration.official.rig import Rig
from operate import engine
from operate.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.containers import Elasticsearch


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    """Yield what decides, once a session, whether an official image can be had."""
    client = engine.ensure(os.environ.get("ENGINE", "auto"), Progress())
    yield Registry(client, os.environ.get("IMAGES", "auto"))
    client.close()


@pytest.fixture(scope="module")
def rig(
    request: pytest.FixtureRequest, registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """Yield a rig, nothing started, for the official images of the module's SERVICES, or skip its tests."""
    for service in request.module.SERVICES:
        registry.image(service)
    # Only now, so that a skip waits for nothing.
    prepared: Elasticsearch = request.getfixturevalue("prepared")
    folder = tmp_path_factory.mktemp("official")
    rig = Rig(folder=folder, secrets=prepared.secrets, elasticsearch=prepared)
    rig.prepare()
    rig.stop()
    yield rig
    rig.stop()
