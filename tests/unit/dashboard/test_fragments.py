"""Pieces of HTML: nothing that a label, a record or an annotation says becomes markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amaie_dashboard import fragments, settings
from amaie_dashboard.hub import Source
from amaie_dashboard.sources import Alert, Sample

if TYPE_CHECKING:
    from pathlib import Path

    from amaie_dashboard.catalogue import Panel

EVIL = "<img src=x onerror=alert(1)>\"'"


def configured(**environment: str) -> settings.Settings:
    """Return settings of an environment."""
    return settings.read({f"AMAIE_{name}": value for name, value in environment.items()})


def alert(**annotations: str) -> Alert:
    """Return a firing alert."""
    return Alert({"alertname": EVIL, "severity": "critical", "service": EVIL}, annotations, 0.0, muted=False)


@pytest.mark.parametrize(
    "shown",
    [
        fragments.alert(alert(summary=EVIL, live_url=f"http://x/{EVIL}"), configured()),
        fragments.log_row(
            {"level": EVIL, "message": EVIL, "service": EVIL, "order_id": EVIL, "@timestamp": EVIL}
        ),
        fragments.sources([Source(EVIL, failing_since=1.0, error=EVIL)]),
    ],
)
def test_hostile_text_is_escaped(shown: str) -> None:
    """No tag and no attribute gets out of its place."""
    assert "<img" not in shown
    assert f'"{EVIL}' not in shown


def test_an_alert_links_to_what_runs() -> None:
    """Runbook and live page are of this site; Grafana and Kibana only where they run."""
    known = alert(
        live_url="http://127.0.0.1:8080/kpis/drawdown",
        runbook_url="http://127.0.0.1:8080/runbooks/DrawdownLimit",
        dashboard_url="http://127.0.0.1:3000/d/x",
        logs_url="http://127.0.0.1:5601/app",
    )
    without = fragments.alert(known, configured())
    with_both = fragments.alert(
        known, configured(GRAFANA_URL="http://127.0.0.1:3000", KIBANA_URL="http://127.0.0.1:5601")
    )

    assert 'href="/kpis/drawdown"' in without
    assert 'href="/runbooks/DrawdownLimit"' in without
    assert "3000" not in without
    assert "5601" not in without
    assert 'href="http://127.0.0.1:3000/d/x"' in with_both
    assert 'href="http://127.0.0.1:5601/app"' in with_both


def test_a_link_that_is_no_address_of_grafana_is_left_out() -> None:
    """An annotation cannot smuggle in a script."""
    shown = fragments.alert(alert(dashboard_url="javascript:alert(1)"), configured(GRAFANA_URL="http://g"))

    assert "javascript" not in shown


def test_missing_data_says_since_when() -> None:
    """Never 0."""
    assert fragments.no_data(1_795_521_600) == '<span class="missing">no data since 12:00:00</span>'
    assert fragments.no_data(None) == '<span class="missing">no data yet</span>'


def test_a_state_is_never_colour_alone(drawdown: Panel) -> None:
    """A value over its bound carries a sign and, for screen readers, a word."""
    shown = fragments.value(drawdown, Sample({"account": "main"}, 0.06, 0.0))

    assert fragments.SIGNS["critical"] in shown
    assert "(critical)" in shown


def test_a_missing_secret_is_named_with_its_cure(tmp_path: Path) -> None:
    """The dashboard does not start without its password, nor with an empty one."""
    given = configured(SECRETS_DIR=str(tmp_path))
    path = tmp_path / "dashboard_password"

    with pytest.raises(settings.SettingsError) as error:
        given.secret("dashboard_password")
    assert (
        str(error.value) == f"Secret file {path}: No such file or directory; run 'make up', which creates it."
    )
    path.write_text("\n")
    with pytest.raises(settings.SettingsError) as error:
        given.secret("dashboard_password")
    assert str(error.value) == f"Secret file {path} is empty; delete it and run 'make up', which creates it."


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("DASHBOARD_PORT", "http", "write a port number like 8080."),
        ("DASHBOARD_REFRESH", "often", "write seconds between 0 and 60, like 2."),
        ("DASHBOARD_REFRESH", "nan", "write seconds between 0 and 60, like 2."),
    ],
)
def test_a_bad_number_is_named(name: str, value: str, cure: str) -> None:
    """With what to write instead."""
    with pytest.raises(settings.SettingsError) as error:
        configured(**{name: value})

    assert str(error.value) == f"AMAIE_{name} is '{value}'; {cure}"
