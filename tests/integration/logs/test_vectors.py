"""Every vector, shipped into a real Elasticsearch: `_source` and `fields` are what they must be."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from integration.logs import landing
from integration.logs.lab import Lab

if TYPE_CHECKING:
    from integration.logs.landing import Landed
    from support.containers import Elasticsearch

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def landed(prepared: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """Ship every vector once and return what has landed."""
    lab = Lab(prepared, f"v{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("vectors"))
    landing.write(lab.folder)
    done = lab.ingest(lab.folder)
    assert done.returncode == 0, done.stderr
    return landing.found(lab)


@pytest.mark.parametrize("name", landing.CASES, ids=landing.TITLES)
def test_a_vector_lands_with_exactly_its_source_and_fields(landed: Landed, name: str) -> None:
    """One document, in its stream, equal to the last digit; typed as the contract says."""
    landing.check(landed, name)
