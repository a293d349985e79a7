"""The catalogue that the live dashboard reads: the spec, and nothing that the spec lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amaie_dashboard.catalogue import catalogue
from generators import names
from generators.dashboard import catalogue as dashboard

if TYPE_CHECKING:
    from generators.spec.model import Model


def test_every_kpi_has_its_panel_with_its_bounds(small: Model) -> None:
    """In the order of the spec, each with its recorded series and every level of its alerts."""
    panels = json.loads(dashboard.render(small)[dashboard.PATH])["panels"]

    assert [panel["name"] for panel in panels] == [kpi.name for kpi in small.spec.kpis]
    for panel, kpi in zip(panels, small.spec.kpis, strict=True):
        levels = [(alert.name, level) for alert in kpi.alerts for level in alert.levels]
        assert panel["series"] == names.recorded(kpi)
        assert panel["path"] == names.live_path(kpi)
        assert [(bound["alert"], bound["severity"], bound["bound"]) for bound in panel["bounds"]] == [
            (name, level.severity.value, level.bound) for name, level in levels
        ]


def test_the_committed_catalogue_is_read_by_the_dashboard() -> None:
    """Every panel belongs to a family, and finds itself by its name."""
    known = catalogue()

    assert {panel.family for panel in known.panels} == {family.name for family in known.families}
    assert known.panel("drawdown") in known.of_family("trading")
    assert known.panel("nothing") is None
