"""A lab for each test of the log pipeline, on the one Elasticsearch of the session."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from integration.logs.following import Following
from integration.logs.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.containers import Elasticsearch


@pytest.fixture
def lab(prepared: Elasticsearch, tmp_path: Path) -> Iterator[Lab]:
    """Yield a lab with streams and a folder of its own; types of its own go with it.

    Whatever asks all streams later (a dashboard) must not meet a field whose type a test has changed.
    """
    own = Lab(prepared, f"t{uuid.uuid4().hex[:12]}", tmp_path)
    yield own
    own.forget_types()


@pytest.fixture
def follow(lab: Lab) -> Iterator[Callable[..., Following]]:
    """Yield a function that starts to follow; whatever still runs is killed at the end."""
    running: list[Following] = []

    def start(url: str = "", state: Path | None = None) -> Following:
        running.append(Following(lab, url, state))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.communicate()
