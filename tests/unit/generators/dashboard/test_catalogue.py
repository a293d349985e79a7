"""The catalogue that the live dashboard reads: the spec, and nothing that the spec lacks."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from amaie_dashboard.catalogue import Roles, catalogue
from generators import names
from generators.dashboard import catalogue as dashboard
from generators.spec import kpispec

if TYPE_CHECKING:
    from pathlib import Path

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


def test_every_role_is_played_by_its_series_and_a_renamed_one_stays_found(small: Model) -> None:
    """The dashboard asks by role: what a KPI or a metric is called is nobody's business but the spec's."""
    spec = small.spec
    roles = json.loads(dashboard.render(small)[dashboard.PATH])["roles"]
    assert roles.keys() == set(Roles.__struct_fields__)
    assert (roles["up"], roles["start"]) == (
        "service:amaie_shop_till_up:current",
        "scales_start_time_seconds",
    )

    renamed = tuple(kpi.model_copy(update={"metric": f"new_{kpi.metric}"}) for kpi in spec.kpis)
    model = replace(small, spec=spec.model_copy(update={"kpis": renamed}))
    roles = json.loads(dashboard.render(model)[dashboard.PATH])["roles"]
    assert roles["up"] == "service:amaie_new_shop_till_up:current"


def test_the_beat_is_no_bound_of_anything() -> None:
    """Watchdog always fires: a line in its chart would look like a warning."""
    watchdog = catalogue().panel("watchdog")
    assert watchdog
    assert watchdog.bounds == ()


def test_a_state_has_its_words_and_no_other_figure_has(small: Model) -> None:
    """Those of the spec, or no and yes."""
    panels = json.loads(dashboard.render(small)[dashboard.PATH])["panels"]
    assert {panel["name"]: panel["words"] for panel in panels if panel["words"]} == {
        "till_up": ["dark", "lit"]
    }
    assert all(panel.words for panel in catalogue().panels if panel.unit == "state")


def test_points_come_as_often_as_rules_are_evaluated(small: Model) -> None:
    """The dashboard draws a gap where a point is missing, so it must know when one is due."""
    settings = small.spec.settings.model_copy(update={"evaluation_interval": "1m"})
    model = replace(small, spec=small.spec.model_copy(update={"settings": settings}))
    assert json.loads(dashboard.render(model)[dashboard.PATH])["seconds_between_points"] == 60


def test_the_committed_catalogue_is_read_by_the_dashboard() -> None:
    """Every panel belongs to a family, and finds itself by its name."""
    known = catalogue()

    assert {panel.family for panel in known.panels} == {family.name for family in known.families}
    assert known.panel("drawdown") in known.of_family("trading")
    assert known.panel("nothing") is None


def test_the_dashboard_knows_no_name_of_the_spec_by_heart(root: Path) -> None:
    """Metrics, KPIs, series and families come from the catalogue, so that a new name reaches every page."""
    spec = kpispec.load(root / names.KPIS)
    words = {one.name for one in (*spec.kpis, *spec.recordings)} | {one.name for one in spec.metrics}
    words |= {one.name for one in spec.families} | {one.name for one in spec.services}
    words |= {name for exporter in spec.exporters for name in exporter.metrics}
    words |= {names.recorded(one) for one in (*spec.kpis, *spec.recordings)}
    words -= {*Roles.__struct_fields__, "stack"}  # "stack" is a class of the style sheet, too
    known = {
        (path.name, node.value)
        for path in (root / "src" / "amaie_dashboard").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in words or any(len(word) > 12 and word in node.value for word in words)
    }
    assert known == set()
