"""What the pages of the scenarios promise, and a test of promtool that holds them to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGES: Final = Path(__file__).resolve().parents[3] / "docs" / "scenarios"
ROW: Final = re.compile(r"^\| (\w+) \| (critical|warning) \| (\d+):(\d\d) \|$", re.MULTILINE)
FIRING: Final = 'ALERTS{alertstate="firing",severity!="none"}'


def promised(name: str) -> dict[tuple[str, str], int]:
    """Return the alerts of a scenario's page with the seconds after which each fires."""
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return {(alert, severity): int(m) * 60 + int(s) for alert, severity, m, s in ROW.findall(text)}


def sample(alert: tuple[str, str]) -> dict[str, object]:
    """Return what promtool expects of an alert and its severity that were found."""
    return {"labels": f'{{alertname="{alert[0]}",severity="{alert[1]}"}}', "value": 1}


def inputs(series: Mapping[str, Sequence[float | None]]) -> list[dict[str, str]]:
    """Return series in promtool's notation."""
    return [
        {"series": text, "values": " ".join("_" if value is None else repr(value) for value in values)}
        for text, values in series.items()
    ]
