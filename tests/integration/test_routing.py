"""Alertmanager's own matcher sends every alert of the spec where the spec says."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generators.alertmanager import config as alertmanager
from generators.alertmanager import mutes
from generators.shared import conditions, output
from generators.spec import kpispec
from generators.spec.channels.channel import Inbox
from generators.spec.model import Severity
from generators.spec.mutes import Mute, Window
from support import routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.spec.model import Spec
    from support.containers import Tool

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PRODUCTION = "generated/alertmanager.yml"
DEMO = "generated/alertmanager.demo.yml"


@pytest.fixture(scope="module")
def amaie() -> Spec:
    """Return the spec of AMAIE itself."""
    return kpispec.load(ROOT / "spec" / "kpis.yaml")


def _told(image: str, config: str, rows: list[str]) -> routes.Rows:
    return routes.told(image, ROOT / "alertmanager", [config], rows)[config]


def _channels(amaie: Spec, severity: str) -> list[str]:
    return sorted(
        channel
        for delivery in amaie.routing.deliveries
        if delivery.severity.value == severity
        for channel in delivery.channels
    )


def _alerts(amaie: Spec) -> Iterator[tuple[str, str]]:
    """Yield severity and labels of every alert that the rules can fire."""
    services = [service.name for service in amaie.services]
    for kpi in amaie.kpis:
        for alert in kpi.alerts:
            component = conditions.component(kpi, alert)
            for level, name in itertools.product(
                alert.levels, services if "{{" in component else [component]
            ):
                severity = level.severity.value
                labels = f"alertname={alert.name} severity={severity} kpi={kpi.name} family={kpi.family}"
                yield severity, f"{labels} component={name}"


@pytest.mark.parametrize("config", [PRODUCTION, DEMO])
def test_every_alert_of_the_spec_reaches_exactly_the_channels_of_its_severity(
    stack_images: dict[str, str], amaie: Spec, config: str
) -> None:
    """Alert by alert and level by level, the receivers are those of the delivery, no more and no fewer."""
    wanted = {labels: _channels(amaie, severity) for severity, labels in _alerts(amaie)}
    assert len(wanted) > len(amaie.families)
    assert _told(stack_images["alertmanager"], config, list(wanted)) == wanted


def test_the_channels_depend_on_the_severity_and_on_no_component(
    stack_images: dict[str, str], amaie: Spec
) -> None:
    """Each severity is told the same way for each component and family, also for alerts yet to come."""
    components = {labels.rsplit("component=", 1)[1] for _, labels in _alerts(amaie)} | {"new"}
    families = [family.name for family in amaie.families]
    wanted = {
        f"alertname=New severity={severity} component={component} family={family}": channels
        for severity, channels in {
            "critical": ["pagerduty", "sms"],
            "warning": ["email", "slack"],
        }.items()
        for component, family in itertools.product(sorted(components), families)
    }
    assert _told(stack_images["alertmanager"], PRODUCTION, list(wanted)) == wanted


def test_no_alert_is_lost_and_no_alert_takes_the_way_that_it_complains_of(
    stack_images: dict[str, str],
) -> None:
    """Watchdog beats, strangers reach people, and a failing integration is told over the other channels."""
    assert _told(stack_images["alertmanager"], PRODUCTION, list(routes.KNOWN)) == routes.KNOWN


@pytest.mark.parametrize("config", [PRODUCTION, DEMO])
def test_amtool_finds_nothing_wrong_with_the_configuration(amtool: Tool, config: str) -> None:
    """Configuration and templates are read by Alertmanager's own parser."""
    checked = amtool("check-config", config, folder=ROOT / "alertmanager")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "SUCCESS" in checked.stdout
    assert "1 templates" in checked.stdout


def test_amtool_takes_every_kind_of_window(amtool: Tool, amaie: Spec, tmp_path: Path) -> None:
    """Weekdays, days of a month, months, years and a place on earth are written as Alertmanager reads."""
    window = Window(
        times=(("06:00", "06:30"), ("22:00", "24:00")),
        weekdays=("monday:wednesday", "saturday:sunday"),
        days_of_month=("1:5", "-3:-1"),
        months=("january", "6:8"),
        years=("2026:2030",),
        location="Europe/Berlin",
    )
    assert _checked(amtool, amaie, tmp_path, window) == ""


@pytest.mark.parametrize(
    ("window", "complaint"),
    [
        (Window.model_construct(weekdays=("moonday",)), "moonday is not a valid weekday"),
        (Window.model_construct(months=("smarch",)), "smarch is not a valid month"),
        (Window.model_construct(location="Mars/Olympus"), "unknown time zone Mars/Olympus"),
    ],
)
def test_amtool_refuses_a_window_that_is_none(
    amtool: Tool, amaie: Spec, tmp_path: Path, window: Window, complaint: str
) -> None:
    """The spec's own check refuses the same windows before: both agree on what is none."""
    assert complaint in _checked(amtool, amaie, tmp_path, window)


def _checked(amtool: Tool, amaie: Spec, folder: Path, window: Window) -> str:
    """Return amtool's complaint on the configuration with a mute of this window; empty if there is none."""
    mute = mutes.intervals(Mute.model_construct(name="w", windows=(window,)))
    config = alertmanager.config(amaie, Inbox())
    config |= {"templates": [], "time_intervals": [*config["time_intervals"], mute]}
    folder.chmod(0o755)
    (folder / "alertmanager.yml").write_text(output.yaml_text(config))
    done = amtool("check-config", "alertmanager.yml", folder=folder)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_severity_of_the_model_is_delivered(amaie: Spec) -> None:
    """No severity can be written in the spec that nobody is told of."""
    assert sorted(delivery.severity for delivery in amaie.routing.deliveries) == sorted(Severity)
