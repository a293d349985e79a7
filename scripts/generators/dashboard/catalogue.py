"""The catalogue of the live dashboard: which recorded series it shows, how, and with which bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared import conditions, output
from generators.spec import roles
from generators.spec.model import Severity, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Kpi, Model

PATH = "src/amaie_dashboard/generated/catalogue.json"


def render(model: Model) -> dict[str, str]:
    """Return the catalogue: everything that `amaie_dashboard` knows about the spec."""
    spec = model.spec
    catalogue = {
        "_generated": output.mark(),
        "families": [
            {"name": family.name, "title": family.title, "description": family.description}
            for family in spec.families
        ],
        "roles": roles.series(spec),
        "seconds_between_points": conditions.seconds(spec.settings.evaluation_interval),
        "panels": [_panel(kpi) for kpi in spec.kpis],
        "logs": names.LOGS_STREAM,
        "data_view": names.LOGS_DATA_VIEW,
        "limits": names.LIMIT_IN_FORCE,
        "limits_since": names.LIMIT_SINCE,
    }
    return {PATH: output.json_text(catalogue)}


def _panel(kpi: Kpi) -> dict[str, Any]:
    return {
        "name": kpi.name,
        "family": kpi.family,
        "title": kpi.title,
        "description": " ".join(kpi.description.split()),
        "series": names.recorded(kpi),
        "unit": kpi.unit.value,
        "decimals": kpi.decimals,
        "labels": list(kpi.labels),
        "kind": kpi.panel.value,
        "words": list(_words(kpi)),
        "path": names.live_path(kpi),
        "bounds": list(_bounds(kpi)),
    }


def _words(kpi: Kpi) -> tuple[str, ...]:
    return names.state_words(kpi) if kpi.unit is Unit.STATE else ()


def _bounds(kpi: Kpi) -> Iterator[dict[str, Any]]:
    for alert in kpi.alerts:
        for level in alert.levels:
            if level.severity is Severity.NONE:
                continue
            yield {
                "alert": alert.name,
                "severity": level.severity.value,
                "compare": alert.compare.value,
                **({"bound": level.bound} if level.bound is not None else {}),
                **({"limit": level.limit} if level.limit else {}),
            }
