"""What stops the heartbeat watches the ways that critical alerts really take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators import names
from generators.spec import kpispec
from generators.spec.strict_yaml import SpecError

if TYPE_CHECKING:
    from pathlib import Path


def test_another_way_for_critical_alerts_needs_another_formula(root: Path, tmp_path: Path) -> None:
    """A way that nobody uses never fails, so the alert that nobody is paged would stay silent for ever."""
    text = (root / names.KPIS).read_text()
    (tmp_path / "kpis.yaml").write_text(text.replace("channels: [pagerduty, sms]", "channels: [pagerduty]"))
    with pytest.raises(SpecError) as error:
        kpispec.load(tmp_path / "kpis.yaml", names.KPIS)
    (problem,) = error.value.problems
    assert problem.path == "kpis[paging_failures].expr"
    assert problem.text == (
        "it stops the heartbeat by pagerduty and sns, but critical alerts go over pagerduty; name those"
    )
