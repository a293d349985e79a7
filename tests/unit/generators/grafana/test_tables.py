"""Tables of figures that share labels."""

from __future__ import annotations

from generators.grafana import tables
from generators.grafana.grid import Size
from support.grafana_lab import SPEC, kpi


def test_a_table_asks_for_this_instant_and_shows_labels_before_figures() -> None:
    """Each answer is a column under its title; the time and the series' name are no columns."""
    made = tables.panel(
        "key",
        "Title",
        "Text.",
        by=("account", "strategy"),
        asked={"P&L": "a", "Trades": "b"},
        first="Trades",
        falling=True,
        overrides=(),
        size=Size(12, 10),
    )
    organise = made.transformations[1]["options"]

    assert [(one.text, one.instant, one.format) for one in made.queries] == [
        ("a", True, "table"),
        ("b", True, "table"),
    ]
    assert organise == {
        "excludeByName": {"Time": True, "__name__": True},
        "indexByName": {"account": 0, "strategy": 1, "Value #A": 2, "Value #B": 3},
        "renameByName": {"Value #A": "P&L", "Value #B": "Trades"},
    }
    assert made.transformations[2]["options"] == {"sort": [{"field": "Trades", "desc": True}]}


def test_a_cell_chooses_its_row_whatever_it_is_called() -> None:
    """The names of a row go into the address percent-encoded."""
    trading = next(family for family in SPEC.families if family.name == "trading")
    found = tables.chooses(trading, "strategy", ("account", "strategy"))

    assert found["matcher"] == {"id": "byName", "options": "strategy"}
    assert "var-strategy=${__data.fields.strategy:percentencode}" in str(found["properties"])


def test_a_figure_is_shown_in_its_unit() -> None:
    """Money in full, with the digits that the spec gives."""
    found = tables.figure(kpi(decimals=0))

    assert found["properties"] == [{"id": "unit", "value": "locale"}, {"id": "decimals", "value": 0}]
