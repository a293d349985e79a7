"""A real Alertmanager delivers to the outside world: what arrives, on which channel, and when not."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from generators.spec.model import Severity
from generators.spec.mutes import Mute, Window
from integration.delivery.world import alert

if TYPE_CHECKING:
    from collections.abc import Callable

    from generators.spec.model import Spec
    from integration.delivery.world import World


pytestmark = pytest.mark.integration

LINKS = {
    "Dashboard": "http://127.0.0.1:3000/d/amaie-trading/trading?viewPanel=panel-1&var-account=main",
    "Logs": "http://127.0.0.1:5601/app/discover#/?_g=(time:(from:'a',to:'b'))&_a=(query:'x')",
    "Runbook": "http://127.0.0.1:8080/runbooks/DailyLossLimit",
    "Live": "http://127.0.0.1:8080/kpis/pnl_day",
}
SUMMARY = "DailyLossLimit: account main has lost 1204.50 USDT & more."


@pytest.fixture(scope="module")
def world(start: Callable[..., World]) -> World:
    """Return a world in which everything is well; its tests use alerts of different names."""
    return start()


@pytest.fixture(scope="module")
def told(world: World) -> World:
    """Return the world after one critical and one warning were told."""
    world.post(alert("DailyLossLimit", "critical", account="main"), alert("Slow", "warning"))
    world.wait("email")
    return world


def test_a_critical_alert_arrives_at_pagerduty_with_all_that_a_person_needs(told: World) -> None:
    """The event has headline, severity, place, details and the four links."""
    (page,) = told.wait("pagerduty")
    event = page.raw
    assert len(event.pop("dedup_key")) == 64
    details = event["payload"].pop("custom_details")
    assert event == {
        "routing_key": "inbox",
        "event_action": "trigger",
        "client": "AMAIE Observability",
        "client_url": LINKS["Dashboard"],
        "links": [{"href": address, "text": text} for text, address in LINKS.items()],
        "payload": {
            "summary": f"[CRITICAL] DailyLossLimit: {SUMMARY}",
            "source": "amaie/amaie-trader",
            "severity": "critical",
            "class": "DailyLossLimit",
            "component": "amaie-trader",
            "group": "trading",
        },
    }
    assert str(details["num_firing"]) == "1"
    assert details["firing"].split("\n")[1:8] == [
        f"What:      {SUMMARY}",
        "Impact:    The day's loss passes what the risk policy allows.",
        "Do:        Stop trading from the launcher.",
        f"Dashboard: {LINKS['Dashboard']}",
        f"Logs:      {LINKS['Logs']}",
        f"Runbook:   {LINKS['Runbook']}",
        f"Live:      {LINKS['Live']}",
    ]


def test_a_critical_alert_arrives_as_a_short_text_message(told: World, amaie: Spec) -> None:
    """The text says how bad, what, since when, and where to read on; it goes to the topic of the spec."""
    (text,) = told.wait("sms")
    sms = amaie.routing.channels.sms
    assert sms
    told_at = re.sub(r"Since \d\d:\d\d UTC", "Since then", text.raw["Message"])
    assert told_at == f"AMAIE CRITICAL DailyLossLimit: {SUMMARY} Since then. {LINKS['Runbook']}"
    assert text.raw["TopicArn"] == sms.topic_arn
    assert len(text.body) < 1600


def test_a_warning_arrives_at_slack_with_its_links_and_safe_signs(told: World, amaie: Spec) -> None:
    """The message has title, colour, first action and four links; "&" is written as Slack wants it."""
    (message,) = told.wait("slack")
    slack = amaie.routing.channels.slack
    assert slack
    assert message.raw["channel"] == slack.channel
    attachment = message.raw["attachments"][0]
    assert attachment["title"] == "[WARNING] Slow: Slow: account main has lost 1204.50 USDT &amp; more."
    assert (attachment["color"], attachment["title_link"]) == ("warning", LINKS["Dashboard"])
    assert attachment["text"].split("\n")[:3] == [
        "*Slow: account main has lost 1204.50 USDT &amp; more.*",
        "Impact: The day's loss passes what the risk policy allows.",
        "Do: Stop trading from the launcher.",
    ]
    assert message.links == LINKS | {"Runbook": "http://127.0.0.1:8080/runbooks/Slow"}


def test_a_warning_arrives_as_a_mail_in_text_and_html(told: World, amaie: Spec) -> None:
    """The mail has its headline as subject, and the same links in both parts."""
    (mail,) = told.wait("email")
    email = amaie.routing.channels.email
    assert email
    headers = mail.raw["headers"]
    assert headers["Subject"] == "[WARNING] Slow: Slow: account main has lost 1204.50 USDT & more."
    assert headers["To"] == ", ".join(email.to)
    assert headers["From"] == email.sender
    assert mail.links == LINKS | {"Runbook": "http://127.0.0.1:8080/runbooks/Slow"}
    assert "has lost 1204.50 USDT &amp; more." in mail.raw["html"]
    assert mail.raw["html"].count("<a href=") == 4


def test_critical_and_warning_take_different_ways(told: World) -> None:
    """No page for a warning, no chat for a critical alert."""
    assert {one.title.split()[0] for one in told.inbox.messages("pagerduty")} == {"[CRITICAL]"}
    assert {one.title.split()[0] for one in told.inbox.messages("slack")} == {"[WARNING]"}


def test_the_heart_beats_again_and_again(world: World) -> None:
    """Watchdog arrives at every interval, on its own channel only."""
    world.post(alert("Watchdog", "none"))
    beats = world.wait("heartbeat", count=3)
    assert {beat.title for beat in beats} == {"Watchdog"}
    others = [one.title for one in world.inbox.messages() if one.channel != "heartbeat"]
    assert not [title for title in others if "Watchdog" in title]


def test_the_headline_names_every_account_that_it_is_about(start: Callable[..., World]) -> None:
    """The first one's figures follow; five names at most."""
    world = start()
    world.post(*(alert("Lost", "warning", account=f"a{number}") for number in range(7)))
    (message,) = world.wait("slack")
    assert message.title.startswith("[WARNING] 7 alerts in Lost (a0, a1, a2, a3, a4, …), first Lost: ")


def test_warnings_of_one_family_become_one_message(start: Callable[..., World]) -> None:
    """Thirty alerts at once are one message that shows five and says how many there are."""
    world = start()
    world.post(*(alert("Slow", "warning", service=f"s{number:02}") for number in range(30)))
    (message,) = world.wait("slack")
    assert message.title.startswith("[WARNING] 30 alerts in Slow, first Slow: ")
    assert message.body.count("Do: ") == 5
    assert "Shown: 5 of 30." in message.body
    (mail,) = world.wait("email")
    assert "Shown: 5 of 30." in mail.body
    time.sleep(3)
    assert len(world.inbox.messages("slack")) == 1


def test_a_critical_alert_mutes_its_own_warning_and_no_other(start: Callable[..., World]) -> None:
    """Same alert and same labels: muted. Another account, another alert, another critical: told."""
    world = start()
    world.post(
        alert("DailyLossLimit", "critical", account="main"),
        alert("DailyLossLimit", "warning", account="main"),
        alert("DailyLossLimit", "warning", account="other"),
        alert("Drawdown", "warning", account="main"),
        alert("Drawdown", "critical", account="third"),
    )
    (message,) = world.wait("slack")
    listed = [line for line in message.body.split("\n") if line.startswith("*")]
    assert sorted(listed) == [
        "*DailyLossLimit: account other has lost 1204.50 USDT & more.*",
        "*Drawdown: account main has lost 1204.50 USDT & more.*",
    ]
    assert sorted(page.raw["payload"]["class"] for page in world.wait("pagerduty", 2)) == [
        "DailyLossLimit",
        "Drawdown",
    ]


def test_the_end_of_an_alert_is_told_on_the_same_channels(start: Callable[..., World]) -> None:
    """PagerDuty's incident is closed by its own key; text, chat and mail say that it is over."""
    world = start()
    world.post(alert("DailyLossLimit", "critical"), alert("Slow", "warning"))
    world.wait("slack")
    world.post(alert("DailyLossLimit", "critical", over=True), alert("Slow", "warning", over=True))
    opened, closed = world.wait("pagerduty", 2)
    assert closed.raw["event_action"] == "resolve"
    assert closed.raw["dedup_key"] == opened.raw["dedup_key"]
    text, chat, mail = (world.wait(channel, 2)[1] for channel in ("sms", "slack", "email"))
    assert text.body == f"AMAIE RESOLVED DailyLossLimit: {SUMMARY}"
    assert chat.raw["attachments"][0]["color"] == "good"
    assert chat.body.startswith("Over: Slow: account main")
    assert mail.title == "[RESOLVED] Slow: Slow: account main has lost 1204.50 USDT & more."
    assert {one.status for one in (closed, text, chat, mail)} == {"resolved"}


def test_a_stranger_reaches_people(start: Callable[..., World]) -> None:
    """An alert with a severity that nobody foresaw arrives, and says so."""
    world = start()
    world.post(alert("Strange", "page"))
    (message,) = world.wait("slack")
    assert message.title.startswith("[PAGE] Strange: ")
    assert world.wait("email")


def test_a_storm_becomes_a_few_messages(start: Callable[..., World], amaie: Spec) -> None:
    """Of 5,000 alerts in ten batches, each channel sends at most five messages and loses none."""
    families = [family.name for family in amaie.families]
    world = start(change=lambda one: _with_waits(one, wait="8s", interval="60s"))
    for batch in range(10):
        world.post(
            *(
                alert(
                    "Storm", "warning", account=f"{batch}-{number}", family=families[number % len(families)]
                )
                for number in range(450)
            ),
            *(alert("Crash", "critical", account=f"{batch}-{number}") for number in range(50)),
        )
    chats = world.wait("slack", len(families), seconds=40)
    pages = world.wait("pagerduty", seconds=40)
    time.sleep(2)
    for channel in ("slack", "email", "pagerduty", "sms"):
        assert 1 <= len(world.inbox.messages(channel)) <= 5, channel
    assert sum(int(chat.title.split()[1]) for chat in chats) == 4500
    assert int(pages[0].raw["payload"]["custom_details"]["num_firing"]) == 500


def _with_waits(one: Spec, *, wait: str, interval: str) -> Spec:
    waits = {"group_wait": wait, "group_interval": interval}
    deliveries = tuple(delivery.model_copy(update=waits) for delivery in one.routing.deliveries)
    return one.model_copy(update={"routing": one.routing.model_copy(update={"deliveries": deliveries})})


def test_in_a_window_the_muted_alert_is_silent_and_every_other_is_told(start: Callable[..., World]) -> None:
    """A window around now keeps its alert quiet; a window of other days keeps nothing quiet."""
    day = datetime.now(UTC) + timedelta(minutes=10)
    today, other = ((day + timedelta(days=days)).strftime("%A").lower() for days in (0, 3))
    yesterday = (day - timedelta(minutes=20)).strftime("%A").lower()
    mutes = (
        _mute("now", "Downtime", Window(weekdays=tuple(dict.fromkeys((yesterday, today))))),
        _mute("later", "Elsewhere", Window(weekdays=(other,))),
    )
    world = start(
        change=lambda one: one.model_copy(update={"routing": one.routing.model_copy(update={"mutes": mutes})})
    )
    world.post(
        alert("Downtime", "warning"),
        alert("Elsewhere", "warning"),
        alert("Downtime", "critical", account="x"),
    )
    messages = world.wait("slack") + world.wait("email") + world.wait("pagerduty")
    assert sorted(one.title.split(":")[0] for one in messages) == [
        "[CRITICAL] Downtime",
        "[WARNING] Elsewhere",
        "[WARNING] Elsewhere",
    ]
    time.sleep(3)
    assert len(world.inbox.messages()) == 4  # and the text message of the critical alert


def test_a_closed_exchange_is_quiet_and_the_others_and_money_are_told(start: Callable[..., World]) -> None:
    """A mute of one exchange takes the critical alert about it, whatever else fires at the same time."""
    day = datetime.now(UTC) - timedelta(minutes=10)
    week = [f"{(day + timedelta(days=days)).strftime('%A').lower()} 00:00" for days in (0, 2)]
    closed = Mute(
        name="closed",
        description="While the exchange is closed.",
        severities=(Severity.CRITICAL, Severity.WARNING),
        exchanges=("cme",),
        windows=(Window.model_validate({"from": week[0], "to": week[1]}),),
    )
    world = start(
        change=lambda one: one.model_copy(
            update={"routing": one.routing.model_copy(update={"mutes": (closed,)})}
        )
    )
    world.post(
        alert("MarketDataMissing", "critical", exchange="cme"),
        alert("ExchangeSlow", "warning", exchange="cme"),
        alert("MarketDataMissing", "critical", exchange="binance", account="x"),
        alert("DailyLossLimit", "critical"),
    )
    pages = world.wait("pagerduty", 2)
    assert sorted(page.raw["payload"]["class"] for page in pages) == ["DailyLossLimit", "MarketDataMissing"]
    time.sleep(3)
    details = "".join(page.raw["payload"]["custom_details"]["firing"] for page in pages)
    assert "account x" in details
    assert {one.channel for one in world.inbox.messages()} == {"pagerduty", "sms"}
    assert len(world.inbox.messages("pagerduty")) == 2


def _mute(name: str, alert: str, window: Window) -> Mute:
    return Mute(name=name, description="While the exchange is closed.", alerts=(alert,), windows=(window,))
