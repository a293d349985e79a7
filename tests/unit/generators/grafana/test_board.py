"""A dashboard as plain values."""

from __future__ import annotations

from generators.grafana.board import ref_id


def test_queries_of_a_panel_are_lettered_and_then_numbered() -> None:
    """The 27th query does not fall out of the alphabet."""
    assert [ref_id(number) for number in (0, 25, 26, 51, 52)] == ["A", "Z", "A1", "Z1", "A2"]
