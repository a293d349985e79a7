"""When a site's mutes keep what quiet, by Alertmanager's own code at given times and by others' calendars."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

import generate
from generators.spec.mutes import Window
from operate import pins
from operate.paths import CACHE, ROOT
from operate.site import files, load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Question = tuple[dict[str, str], str]
    """Labels of an alert, and when it fires."""
    Told = Callable[[str, Sequence[Question]], list[list[str]]]

SOURCE = ROOT / "tests" / "whentold"
CALENDARS = json.loads((ROOT / "tests/corpus/outside/calendars.json").read_text("utf-8"))
BUILD_SECONDS = 600
MINUTE = timedelta(minutes=1)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(BUILD_SECONDS + 60),
    pytest.mark.skipif(
        shutil.which("go") is None, reason="no Go toolchain to build Alertmanager's code with"
    ),
]

CHANNELS = """
services: [{name: btc-bot, role: amaie-trader, host: 9301}]
channels:
  pagerduty: {url: "https://pagerduty.example", routing_key_file: key}
  slack: {channel: "#a", webhook_url_file: slack_webhook_url}
told: {critical: [pagerduty], warning: [slack]}
mutes:
"""
CMES = """
- name: cme-closed
  description: CME's futures do not trade at the weekend and on holidays.
  exchanges: [cme]
  severities: [critical, warning]
  windows:
  - {from: friday 17:00, to: sunday 17:00, location: America/Chicago}
  - {dates: [2026-01-19, 2026-02-16, 2026-05-25, 2026-09-07, 2026-11-26], times: [["12:00", "17:00"]],
     location: America/Chicago}
  - {from: 2026-04-02 17:00, to: 2026-04-05 17:00, location: America/Chicago}
  - {from: 2026-07-03 12:00, to: 2026-07-05 17:00, location: America/Chicago}
  - {from: 2026-11-27 12:00, to: 2026-11-29 17:00, location: America/Chicago}
  - {from: 2026-12-24 12:00, to: 2026-12-27 17:00, location: America/Chicago}
"""
XNYS = """
- name: nyse-closed
  description: The New York Stock Exchange trades from half past nine to four, on working days.
  exchanges: [nyse]
  severities: [critical, warning]
  windows:
  - {times: [["00:00", "09:30"], ["16:00", "24:00"]], location: America/New_York}
  - {weekdays: ["saturday:sunday"], location: America/New_York}
  - {dates: [2026-01-01, 2026-01-19, 2026-02-16, 2026-04-03, 2026-05-25, 2026-06-19, 2026-07-03, 2026-09-07,
             2026-11-26, 2026-12-25], location: America/New_York}
  - {dates: [2026-11-27, 2026-12-24], times: [["13:00", "24:00"]], location: America/New_York}
"""
NIGHT = """
- name: bot-upgrade
  description: The bot is replaced every night, and is not up then.
  services: [btc-bot]
  severities: [critical, warning]
  windows: [{times: [["02:00", "02:30"]]}]
- name: slow-night
  description: Every exchange is slow while the line is cleaned.
  alerts: [ExchangeSlow]
  windows: [{times: [["03:00", "04:00"]]}]
"""
MISSING = {"alertname": "MarketDataMissing", "severity": "critical", "family": "system"}
SLOW = {"alertname": "ExchangeSlow", "severity": "warning", "family": "system"}
DOWN = {"alertname": "ServiceDown", "severity": "critical", "family": "system"}
LOSS = {"alertname": "DailyLossLimit", "severity": "critical", "family": "trading", "account": "main"}


@pytest.fixture(scope="module")
def judge() -> Path:
    """Return the program that reads a configuration with Alertmanager's own code."""
    program = CACHE / "whentold"
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, check=True, timeout=BUILD_SECONDS)
    return program


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, judge: Path) -> Told:
    """Return a function that says which receivers each alert reaches at its time, with these mutes."""
    model = generate.load(ROOT)

    def asked(mutes: str, questions: Sequence[Question]) -> list[list[str]]:
        folder = tmp_path_factory.mktemp("site")
        (folder / "site.yaml").write_text(CHANNELS + mutes)
        rendered = files.render(model, load.read(folder / "site.yaml", model.spec))
        config = folder / "alertmanager.yml"
        config.write_text(rendered["alertmanager/generated/alertmanager.yml"])
        return _answers(judge, config, questions)

    return asked


def _answers(program: Path, config: Path, questions: Sequence[Question]) -> list[list[str]]:
    lines = "\n".join(json.dumps({"labels": labels, "at": at}) for labels, at in questions)
    done = subprocess.run([program, config], input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_judge_is_of_the_pinned_version() -> None:
    """The code that is asked is the code that the official image runs."""
    version = pins.version(pins.read()["ALERTMANAGER_IMAGE"])
    assert f"github.com/prometheus/alertmanager {version}" in (SOURCE / "go.mod").read_text()


DAYS = (-31, -29, -28, -27, -26, -3, -1, 1, 2, 3, 25, 27, 28, 29, 31)
MONTHS = ("january", "2", "11", "december")
RANGES = {
    "days_of_month": [f"{begin}:{end}" for begin in DAYS for end in DAYS] + [*map(str, DAYS)],
    "months": [f"{begin}:{end}" for begin in MONTHS for end in MONTHS] + [*MONTHS],
    "years": ["2029:2030", "2030:2030", "2030:2029", "2030"],
}
BARE = """
route: {receiver: nobody}
receivers: [{name: nobody}]
time_intervals: [{name: closed, time_intervals: [{%s: ["%s"]}]}]
"""


@pytest.mark.parametrize("key", RANGES)
def test_a_range_is_refused_exactly_when_alertmanager_refuses_it(
    judge: Path, tmp_path: Path, key: str
) -> None:
    """Ends counted from a month's end, names beside numbers: its own parser has the last word."""
    config = tmp_path / "alertmanager.yml"
    wrong = []
    for text in RANGES[key]:
        config.write_text(BARE % (key, text))
        taken = subprocess.run([judge, config], input="", capture_output=True, check=False).returncode == 0
        try:
            Window.model_validate({key: (text,)})
            ours = True
        except ValidationError:
            ours = False
        if ours is not taken:
            wrong.append((text, taken))
    assert wrong == []


def _edges(code: str) -> list[tuple[datetime, bool]]:
    """Return the minutes before and at every end and begin of trade in a year, and whether there is trade."""
    sessions = [[datetime.fromisoformat(text) for text in pair] for pair in CALENDARS[code]]
    found = []
    for (_, close), (begin, _) in itertools.pairwise(sessions):
        found += [(close - MINUTE, True), (close, close == begin)]
        found += [(begin - MINUTE, close == begin), (begin, True)]
    return found


@pytest.mark.parametrize(("code", "exchange", "mutes"), [("CMES", "cme", CMES), ("XNYS", "nyse", XNYS)])
def test_an_exchange_is_quiet_exactly_while_it_is_closed(
    told: Told, code: str, exchange: str, mutes: str
) -> None:
    """To the minute, through a year with its holidays, early closes and both changes of the clock."""
    edges = _edges(code)
    utc = {at.strftime("%H:%M") for at, trades in edges if trades}
    assert len(edges) >= 1000
    assert {"22:00", "23:00"} <= utc or {"13:30", "14:30"} <= utc  # an hour apart by the season
    answers = told(mutes, [(MISSING | {"exchange": exchange}, at.isoformat()) for at, _ in edges])
    wrong = [
        (at.isoformat(), trades, told)
        for (at, trades), told in zip(edges, answers, strict=True)
        if told != (["pagerduty"] if trades else [])
    ]
    assert wrong == []


def test_nothing_else_is_quiet_while_an_exchange_is_closed(told: Told) -> None:
    """Another exchange's data, money, services, and what names no exchange are told on a Saturday."""
    saturday = "2026-06-13T12:00:00Z"
    loud = [MISSING | {"exchange": "binance"}, MISSING, LOSS, DOWN | {"service": "btc-bot"}]
    loud += [LOSS | {"exchange": "cme"}, {**MISSING, "alertname": "New", "exchange": "cme"}]
    quiet = [MISSING | {"exchange": "cme"}, SLOW | {"exchange": "cme"}]
    questions = [(labels, saturday) for labels in [*loud, *quiet]]
    assert told(CMES, questions) == [["pagerduty"]] * len(loud) + [[], []]


def test_mutes_that_overlap_are_all_kept(told: Told) -> None:
    """An alert enters one child route only, which therefore closes in the windows of each of its mutes."""
    slow = {name: SLOW | {"exchange": name} for name in ("cme", "nyse", "binance")}
    tuesday = {hour: f"2026-06-16T{hour}Z" for hour in ("03:30:00", "12:00:00", "15:00:00")}
    questions = [(labels, at) for labels in slow.values() for at in tuesday.values()]
    assert told(CMES + XNYS + NIGHT, questions) == [
        *([], ["slack"], ["slack"]),  # the futures trade through the day
        *([], [], ["slack"]),  # New York opens at 13:30 UTC
        *([], ["slack"], ["slack"]),
    ]


def test_a_service_is_quiet_in_its_own_window_only(told: Told) -> None:
    """The next minute, another service and the account's loss are told."""
    inside, after = "2026-06-16T02:29:59Z", "2026-06-16T02:30:00Z"
    own, other = DOWN | {"service": "btc-bot"}, DOWN | {"service": "eth-bot"}
    asked = [(own, inside), (own, after), (other, inside), (LOSS | {"service": "btc-bot"}, inside)]
    assert told(NIGHT, asked) == [[], *[["pagerduty"]] * 3]


def test_a_site_without_mutes_keeps_nothing_quiet(told: Told) -> None:
    """The spec's own windows are the demo's: an installation is quiet only when it says so."""
    wednesday = datetime(2026, 6, 17, 6, 15, tzinfo=UTC).isoformat()
    assert told("  []", [(MISSING | {"exchange": "demo"}, wednesday)]) == [["pagerduty"]]
