"""What a drill of one alert plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators import names
from generators.spec import kpispec
from generators.spec.channels.channel import Inbox
from generators.spec.model import Severity
from operate import rehearsal
from operate.errors import StackError
from operate.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SPEC = kpispec.load(ROOT / names.KPIS)
ALERTS = [alert.name for kpi in SPEC.kpis for alert in kpi.alerts]


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_of_the_spec_can_be_played(name: str) -> None:
    """Its figure, limits and guard are recorded before the rule that reads them, which waits for nothing."""
    played = rehearsal.scene(SPEC, name, None)
    *facts, rule = rehearsal.facts(SPEC, played)
    recorded = {one["record"] for one in facts}

    assert (rule["alert"], rule["for"]) == (name, "0s")
    assert names.recorded(played.kpi) in recorded
    assert (names.LIMIT_IN_FORCE in recorded) is (names.LIMIT_IN_FORCE in rule["expr"])
    assert played.alert.guard is None or len(facts) >= 4


def test_an_alert_that_nobody_knows_is_named_with_the_one_that_was_meant() -> None:
    """And a level that it lacks."""
    with pytest.raises(StackError) as error:
        rehearsal.scene(SPEC, "DrawdownLimt", None)
    assert str(error.value) == "no alert is called DrawdownLimt; did you mean 'DrawdownLimit'?"
    with pytest.raises(StackError) as error:
        rehearsal.scene(SPEC, "ServiceDown", Severity.WARNING)
    assert str(error.value) == "ServiceDown has no level warning; leave the severity out"


def test_the_channels_are_those_of_the_level() -> None:
    """A warning pages nobody."""
    critical = rehearsal.scene(SPEC, "DrawdownLimit", None)
    warning = rehearsal.scene(SPEC, "DrawdownLimit", Severity.WARNING)

    assert rehearsal.wanted(SPEC, critical) == ["pagerduty", "sms"]
    assert rehearsal.wanted(SPEC, warning) == ["slack", "email"]


def test_both_servers_may_read_what_is_laid_out(tmp_path: Path) -> None:
    """They run as users of their own."""
    played = rehearsal.scene(SPEC, "DrawdownLimit", None)
    rehearsal.lay_out(SPEC, played, tmp_path, Inbox(), 1)

    assert tmp_path.stat().st_mode & 0o055 == 0o055
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "facts.yml",
        "generated",
        "prometheus.yml",
        "templates",
    ]
