"""The fixture `amaie_logs`, which pytest finds by itself where this package is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_telemetry.testing import CapturedLogs


@pytest.fixture
def amaie_logs() -> Iterator[CapturedLogs]:
    """Capture what the test logs, as the log file would have it; see `amaie_telemetry.testing`."""
    from amaie_telemetry.testing import capture  # noqa: PLC0415 (loaded by tests that ask for it)

    with capture() as captured:
        yield captured
