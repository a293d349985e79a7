"""The page of the demo's inbox shows what people were told, over whatever channel."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from amaie_dashboard.pages import inbox


def test_messages_of_every_channel_but_the_heartbeat_are_shown() -> None:
    """A channel that is new in the spec needs no edit here."""
    told = [{"channel": channel, "status": "firing"} for channel in ("slack", "heartbeat", "telegram")]
    site: Any = SimpleNamespace(hub=SimpleNamespace(messages=told))
    html = str(inbox._messages(site))

    assert "<span>Slack</span>" in html
    assert "<span>telegram</span>" in html
    assert html.count("<li") == 2
