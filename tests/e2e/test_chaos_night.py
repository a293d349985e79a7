"""A night of eight hours at a hundred times the speed: the right alerts and no other, no record lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from e2e import night
from e2e.chaos import MARKS, WRITERS, tell
from support.containers import Tool

if TYPE_CHECKING:
    from e2e.chaos import Rig

pytestmark = MARKS

STORY = Path(__file__).with_name("night_story.py")
MAY = {"LogRecordsRejected"}
"""What the broken lines of the night have to bring about."""


def test_a_night_fires_what_the_scenarios_promise_and_nothing_else(rig: Rig, tmp_path: Path) -> None:
    """All rules see eight hours of figures, a hundred times as fast as they would pass or faster."""
    promtool = Tool(rig.container("prometheus").attrs["Config"]["Image"], "promtool")
    started = time.monotonic()
    path = night.write_rule_test(tmp_path)
    done = promtool("test", "rules", path.name, folder=tmp_path)
    took = time.monotonic() - started
    assert done.returncode == 0, done.stdout + done.stderr
    tell(f"eight hours of figures in {took:.0f} s: {night.SECONDS / took:.0f} times as fast")


def test_a_night_of_logs_is_shipped_whole(rig: Rig) -> None:
    """Three services write a night's records side by side with those that run; each arrives, once."""

    def written(role: str) -> str:
        code, output = rig.container(role).exec_run(
            ["python3", "-c", STORY.read_text("utf-8"), *night.arguments(role)]
        )
        assert code == 0, output
        assert isinstance(output, bytes)
        return f"{role} in {output.decode()} s"

    with rig.expecting(MAY), ThreadPoolExecutor(len(WRITERS)) as pool:
        before = rig.audit()["kinds"]
        tell(f"eight hours of logs: {', '.join(pool.map(written, WRITERS))}")
        rig.balanced()
        fired = {one.name for one in rig.firing()}
        tell(f"documents before {before}, after {rig.audit()['kinds']}")
        assert fired >= MAY
