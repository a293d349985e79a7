"""What an installation lacks is said with its cure, and nothing is said of one that lacks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operate.site import advice

if TYPE_CHECKING:
    from collections.abc import Callable

    from operate.site.shape import Site

SERVICE = "services: [{name: a, role: launcher, host: 1}]\n"
PEOPLE = 'channels: {slack: {channel: "#a", webhook_url_file: s}, heartbeat: {url_file: u}}\n'
LINKS = 'links: {dashboard: "https://a.example", grafana: "https://g.example", kibana: "https://k.example"}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", [advice.NOT_CONNECTED]),
        (SERVICE, [advice.NOBODY_TOLD]),
        (SERVICE + PEOPLE + LINKS, []),
        (SERVICE + PEOPLE.replace(", heartbeat: {url_file: u}", "") + LINKS, [advice.NO_HEARTBEAT]),
    ],
)
def test_what_is_missing_is_said(text: str, said: list[str], read: Callable[[str], Site]) -> None:
    """No service, nobody told, no watchman."""
    assert list(advice.sentences(read(text))) == said


def test_links_that_open_on_this_machine_only_are_named(read: Callable[[str], Site]) -> None:
    """A page that cannot be opened where people read the message is worth a word."""
    links = LINKS.replace("https://g.example", "http://localhost:3000")
    assert list(advice.sentences(read(SERVICE + PEOPLE + links))) == [
        (
            "the links to grafana in messages over slack open on this machine only, not on a phone; "
            "cure: write under links in site.yaml how people reach them, then make up"
        )
    ]
