"""The drill says truly which channels take an alert."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import drill
from amaie_demo.inbox import Fault
from integration.delivery.world import SOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.delivery.world import World

pytestmark = pytest.mark.integration


def test_a_drill_reaches_every_channel_and_ends(
    start: Callable[..., World], capsys: pytest.CaptureFixture[str]
) -> None:
    """All channels for people took it, each message says that it is a drill, and it is over afterwards."""
    world = start()
    assert drill.main(["--url", world.alertmanager.url, "--seconds", "30"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(None, 1) for line in said] == [
        [channel, "took it"] for channel in ("pagerduty", "sms", "slack", "email")
    ]
    for channel in ("pagerduty", "sms", "slack", "email"):
        told, over = world.wait(channel, count=2)
        assert "This is a drill" in told.title
        assert told.links == {}
        assert "Dashboard" not in told.body  # an alert without links shows none, not an empty one
        assert over.status == "resolved"


def test_a_drill_of_warnings_pages_nobody(
    start: Callable[..., World], capsys: pytest.CaptureFixture[str]
) -> None:
    """With a severity given, only its channels are asked."""
    world = start()
    arguments = ["--url", world.alertmanager.url, "--severity", "warning", "--seconds", "30", "--json"]
    assert drill.main(arguments) == 0
    assert json.loads(capsys.readouterr().out) == {"slack": "took it", "email": "took it"}
    assert world.inbox.messages("pagerduty") == world.inbox.messages("sms") == []


def test_a_drill_names_the_channels_that_do_not_work(
    start: Callable[..., World], capsys: pytest.CaptureFixture[str]
) -> None:
    """A channel that refuses and one that hangs are told apart, and the exit code says that one is wrong."""
    world = start({"pagerduty": Fault(status=400), "sms": Fault(hang=60)})
    arguments = ["--url", world.alertmanager.url, "--severity", "critical", "--seconds", str(SOON / 2)]
    assert drill.main(arguments) == 1
    assert capsys.readouterr().out == "pagerduty  refused it\nsms        said nothing\n"


def test_without_an_alertmanager_the_drill_says_the_cure(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing at the address: one sentence, exit code 2."""
    assert drill.main(["--url", "http://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err == (
        "no Alertmanager answers at http://127.0.0.1:9 ([Errno 111] Connection refused); "
        "cure: make up, or name it by --url\n"
    )
