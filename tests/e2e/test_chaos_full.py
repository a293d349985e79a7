"""A full file system under each volume in turn: somebody is told, what can goes on, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e import chaos_faults
from e2e.chaos import MARKS, OFFICIAL_ONLY, TOLD_SECONDS, tell, until
from support import stopped

if TYPE_CHECKING:
    from e2e.chaos import Rig

pytestmark = MARKS

ROWS = {
    name: row
    for name, row in stopped.rows(section=stopped.FULL).items()
    if name not in OFFICIAL_ONLY and not row.asked
}


def test_the_demo_has_the_volumes_that_the_table_says(rig: Rig) -> None:
    """So that none is left out below."""
    config = rig.stack.config()
    assert {name for name in config["volumes"] if chaos_faults.users(rig, name)} == set(ROWS)


@pytest.mark.parametrize("volume", ROWS)
def test_a_full_volume_is_told_of_within_five_minutes(rig: Rig, volume: str) -> None:
    """The alert of the table fires, and no other but those that may follow; then there is room again."""
    row = ROWS[volume]
    with rig.expecting({*row.follows, str(row.alert)}), chaos_faults.full(rig, volume):
        waited = until(
            lambda: any(one.name == row.alert and one.is_of(row.of) for one in rig.active()),
            f"{row.alert} of {row.of}",
            TOLD_SECONDS,
            rig.active,
        )
        tell(f"{volume}: {row.alert} after {waited:.0f} s")
