"""Figures as people read them."""

from __future__ import annotations

import pytest

from amaie_dashboard import text
from unit.dashboard.conftest import panel

N = text.NARROW


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (1234.5, "money", 2, "1,234.50"),
        (-1234.5, "money", 2, "\N{MINUS SIGN}1,234.50"),
        (-0.001, "money", 2, "0.00"),
        (0.0456, "ratio", 2, f"4.56{N}%"),
        (0.0123, "seconds", 2, f"12.3{N}ms"),
        (0.25, "seconds", 2, f"250{N}ms"),
        (4.5, "seconds", 1, f"4.5{N}s"),
        (200, "seconds", 0, f"3{N}min 20{N}s"),
        (18_720, "seconds", 0, f"5{N}h 12{N}min"),
        (273_600, "seconds", 0, f"3{N}d 4{N}h"),
        (-5, "seconds", 0, f"\N{MINUS SIGN}5{N}s"),
        (512, "bytes", 1, f"512{N}B"),
        (1536, "bytes", 1, f"1.5{N}KiB"),
        (3 * 1024**4, "bytes", 0, f"3{N}TiB"),
        (5, "count", 2, "5"),
        (5.25, "count", 1, "5.2"),
        (0.5, "per_second", 2, "0.50/s"),
        (1.234, "nats", 2, f"1.23{N}nats"),
        (1.1653, "index", 3, "1.165"),
    ],
)
def test_a_value_is_written_in_its_unit(value: float, unit: str, decimals: int, shown: str) -> None:
    """Sign, decimals and unit as people of the field write them."""
    assert text.figure(value, unit, decimals) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "green"), (1, "yellow"), (2, "red"), (3, "3"), (0.5, "0.5"), (-1, "-1")]
)
def test_a_state_is_shown_as_its_own_word(value: float, shown: str) -> None:
    """The words are those of the spec; what has none stays a number rather than a wrong word."""
    health = panel(unit="state", words=("green", "yellow", "red"))
    assert text.of_panel(health, value) == shown


def test_money_carries_its_currency() -> None:
    """The currency is a label of the series, not part of the unit."""
    assert text.figure(1, "money", 2, "USDT") == f"1.00{N}USDT"


def test_times_are_utc() -> None:
    """Whatever the machine's own zone."""
    assert text.clock(1_795_521_600) == "12:00:00"
    assert text.moment(1_795_521_600) == "2026-11-24 12:00:00 UTC"
