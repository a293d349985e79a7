"""While a channel is ill, the other one of the same severity still tells, and the failure is seen.

All worlds of `ILLNESSES` fail at the same time, because Alertmanager tries for ten seconds at least.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from amaie_demo.inbox import Fault
from generators.shared import conditions
from generators.spec.model import Severity
from integration.delivery.world import SOON, alert, bridge_address
from support.containers import Prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generators.spec.model import Spec
    from integration.delivery.world import World

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Illness:
    """A channel that is ill, how, and the channel that must not mind."""

    severity: str
    ill: str
    well: str
    fault: Fault
    integration: str  # Alertmanager's name of the ill channel


BUSY, DOWN, HANGING, REFUSING = Fault(status=429), Fault(status=500), Fault(hang=60), Fault(status=400)

ILLNESSES = {
    "PagerDuty is down": Illness("critical", "pagerduty", "sms", DOWN, "pagerduty"),
    "PagerDuty is busy": Illness("critical", "pagerduty", "sms", BUSY, "pagerduty"),
    "PagerDuty hangs": Illness("critical", "pagerduty", "sms", HANGING, "pagerduty"),
    "PagerDuty refuses": Illness("critical", "pagerduty", "sms", REFUSING, "pagerduty"),
    "SNS is down": Illness("critical", "sms", "pagerduty", DOWN, "sns"),
    "SNS hangs": Illness("critical", "sms", "pagerduty", HANGING, "sns"),
    "Slack is down": Illness("warning", "slack", "email", DOWN, "slack"),
    "Slack is busy": Illness("warning", "slack", "email", BUSY, "slack"),
    "Slack hangs": Illness("warning", "slack", "email", HANGING, "slack"),
    "the mail server is down": Illness("warning", "email", "slack", DOWN, "email"),
    "the mail server is busy": Illness("warning", "email", "slack", BUSY, "email"),
    "the mail server hangs": Illness("warning", "email", "slack", HANGING, "email"),
}

SCRAPE = """
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: alertmanagers
    static_configs: [{targets: [%s]}]
"""


@dataclass(frozen=True)
class Watched:
    """The worlds of all illnesses by name, and the Prometheus that scrapes them."""

    worlds: dict[str, World]
    prometheus: str


@pytest.fixture(scope="module")
def watched(
    start: Callable[..., World], stack_images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Yield the worlds after each was given an alert of its severity and a heartbeat."""
    worlds = {name: start({one.ill: one.fault}) for name, one in ILLNESSES.items()}
    folder = tmp_path_factory.mktemp("watch")
    folder.chmod(0o755)
    (folder / "prometheus.yml").write_text(SCRAPE % ", ".join(map(bridge_address, worlds.values())))
    prometheus = Prometheus.start(stack_images["prometheus"], folder)
    time.sleep(3)  # a counter that is first seen after it rose does not count as risen
    for name, one in ILLNESSES.items():
        worlds[name].post(alert("Loss", one.severity), alert("Watchdog", "none"))
    yield Watched(worlds, prometheus.url)
    prometheus.container.stop()


def _query(watched: Watched, expression: str) -> dict[str, float]:
    """Return the value of an expression by integration."""
    answer = httpx.get(f"{watched.prometheus}/api/v1/query", params={"query": expression}, timeout=10).json()
    return {one["metric"].get("integration", ""): float(one["value"][1]) for one in answer["data"]["result"]}


@pytest.mark.parametrize("name", ILLNESSES)
def test_the_other_channel_tells_at_once(watched: Watched, name: str) -> None:
    """A channel that fails, is busy, hangs or refuses takes nothing from the other one of its severity."""
    (message,) = watched.worlds[name].wait(ILLNESSES[name].well)
    assert "Loss" in message.title
    assert watched.worlds[name].inbox.messages(ILLNESSES[name].ill) == []


@pytest.mark.parametrize("name", ILLNESSES)
def test_the_heart_beats_while_a_channel_is_ill(watched: Watched, name: str) -> None:
    """The watchman outside is not misled by a channel for people that fails."""
    assert watched.worlds[name].wait("heartbeat", count=2)


@pytest.mark.parametrize("name", [name for name, one in ILLNESSES.items() if one.fault in {BUSY, DOWN}])
def test_an_ill_channel_is_tried_again(watched: Watched, name: str) -> None:
    """An answer that may change is no reason to give up."""
    one, inbox = ILLNESSES[name], watched.worlds[name].inbox
    assert _within(SOON, lambda: inbox.attempts[one.ill, one.fault.status] > 1)


def test_a_healed_channel_gets_what_it_missed(watched: Watched) -> None:
    """A page that PagerDuty could not take arrives when it can, though the text message was long there."""
    world = watched.worlds["PagerDuty is busy"]
    world.inbox.faults.clear()
    (page,) = world.wait("pagerduty", seconds=3 * SOON)
    assert page.title.startswith("[CRITICAL] Loss: ")
    assert len(world.inbox.messages("sms")) == 1


def test_a_refused_page_is_not_sent_again_and_again(watched: Watched) -> None:
    """An answer that will not change ends the notification, while one that may change is asked for again."""
    refused, down = (watched.worlds[f"PagerDuty {how}"] for how in ("refuses", "is down"))
    assert _within(SOON, lambda: _count(refused, "notification_requests_total") >= 1)
    assert _count(refused, "notification_requests_total") <= _count(refused, "notifications_total")
    assert _within(
        SOON, lambda: _count(down, "notification_requests_total") > _count(down, "notifications_total")
    )


def _count(world: World, metric: str) -> float:
    """Return a metric of PagerDuty's integration from Alertmanager itself."""
    lines = httpx.get(f"{world.alertmanager.url}/metrics", timeout=10).text.splitlines()
    start = f'alertmanager_{metric}{{integration="pagerduty"'
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(start))


def test_the_alert_on_failed_notifications_is_true_for_every_ill_channel_and_for_no_other(
    watched: Watched, amaie: Spec
) -> None:
    """The spec's own formula, on the metrics of real Alertmanagers, names the integrations that fail."""
    kpi, meta = next(
        (kpi, one) for kpi in amaie.kpis for one in kpi.alerts if one.name == "NotificationsFailing"
    )
    bound = min(conditions.bound(level) for level in meta.levels)
    wanted = {one.integration for one in ILLNESSES.values()}
    assert _within(3 * SOON, lambda: set(_query(watched, f"({kpi.expr}) > {bound}")) == wanted)
    assert _query(watched, kpi.expr)["webhook"] == 0


def test_that_nobody_can_be_paged_is_true_only_when_every_path_of_critical_alerts_fails(
    watched: Watched, amaie: Spec
) -> None:
    """The formula names the integrations of the deliveries, and is above 0 where all of them fail."""
    kpi = next(kpi for kpi in amaie.kpis for one in kpi.alerts if one.name == "NobodyIsPaged")
    paging = next(one for one in amaie.routing.deliveries if one.severity is Severity.CRITICAL).channels
    channels = amaie.routing.channels.configured()
    integrations = "|".join(channels[channel].integration for channel in paging)
    assert f'{{integration=~"{integrations}"}}' in kpi.expr
    assert _within(3 * SOON, lambda: _query(watched, kpi.expr)[""] > 0)
    one_well = kpi.expr.replace(integrations, "pagerduty|webhook")
    assert _query(watched, one_well) == {"": 0}


def test_the_heart_stops_when_nobody_can_be_paged(start: Callable[..., World]) -> None:
    """While `NobodyIsPaged` fires no beat arrives; when it is over, beats arrive again."""
    world = start()
    world.post(alert("NobodyIsPaged", "critical"))
    world.wait("pagerduty")  # a beat may go out before Alertmanager has taken in what stops it
    time.sleep(1)
    world.post(alert("Watchdog", "none"))
    time.sleep(5)
    assert world.inbox.messages("heartbeat") == []
    world.post(alert("NobodyIsPaged", "critical", over=True))
    assert world.wait("heartbeat", count=2)


def test_the_alert_on_failed_notifications_goes_over_the_channels_that_are_well(watched: Watched) -> None:
    """What tells that PagerDuty fails is not sent to PagerDuty."""
    world = watched.worlds["PagerDuty refuses"]
    world.post(alert("NotificationsFailing", "critical", integration="pagerduty"))
    texts = world.wait("sms", count=2)
    assert texts[1].title.startswith("AMAIE CRITICAL NotificationsFailing: ")
    alerts = httpx.get(f"{world.alertmanager.url}/api/v2/alerts", timeout=10).json()
    receivers = {one["labels"]["alertname"]: [to["name"] for to in one["receivers"]] for one in alerts}
    assert receivers == {
        "Loss": ["pagerduty", "sms"],
        "NotificationsFailing": ["sms"],
        "Watchdog": ["heartbeat"],
    }


def _within(seconds: float, true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
