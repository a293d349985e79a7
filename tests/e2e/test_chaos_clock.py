"""The clock of everything that runs jumps by an hour, back and forth: who is told, what goes on?"""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING

import pytest

from e2e import chaos_faults
from e2e.chaos import MARKS, TOLD_SECONDS, tell, until

if TYPE_CHECKING:
    from e2e.chaos import Rig

pytestmark = [
    *MARKS,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="clocks are set in x86-64's code"),
]

HOUR, SETTLED_SECONDS = 3600, 180
BACK = {"PrometheusStoresNothing"}
"""What has to fire when a clock is set back: Prometheus takes no sample that is older than its newest."""
FORWARD = {"PrometheusRulesFailing", "PrometheusRulesSlow"}
"""What may fire when an hour is missing: no rule was evaluated in it, and some wait for their next turn."""


def test_a_clock_that_jumps_back_and_forth_is_told_of_and_loses_nothing(rig: Rig) -> None:
    """While it is an hour slow, Prometheus is blind and says so; logs go on. Then all is as before."""
    with rig.expecting(BACK | FORWARD):
        with chaos_faults.clocks_set(rig, -HOUR):
            waited = until(
                lambda: {one.name for one in rig.active()} >= BACK, str(BACK), TOLD_SECONDS, rig.active
            )
            tell(f"an hour back: {', '.join(BACK)} after {waited:.0f} s")
            rig.balanced()
        waited = until(
            lambda: not {one.name for one in rig.active()} & BACK, "stored again", TOLD_SECONDS, rig.active
        )
        tell(f"an hour forth: stored again after {waited:.0f} s")
        time.sleep(SETTLED_SECONDS)
