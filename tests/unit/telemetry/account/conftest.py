"""Every test of accounts begins with facts at zero."""

from __future__ import annotations

import pytest

from amaie_telemetry import metrics


@pytest.fixture(autouse=True)
def _zero() -> None:
    for family in metrics.ALL:
        family.clear()
