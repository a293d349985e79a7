"""Drops are told soon, but not with every one."""

from __future__ import annotations

from amaie_telemetry.notices import NOTICE, Notices


def test_drops_are_told_at_once_then_after_a_while_and_at_the_end() -> None:
    """Each drop is told once; between two notices ten seconds go by, unless it is the last chance."""
    now = [0.0]
    notices = Notices(lambda: now[0])
    assert notices.due(0, last=False) == 0
    assert notices.due(3, last=False) == 3
    assert notices.due(5, last=False) == 0
    now[0] = NOTICE
    assert notices.due(5, last=False) == 2
    assert notices.due(9, last=False) == 0
    assert notices.due(9, last=True) == 4
