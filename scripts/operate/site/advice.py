"""What an installation still lacks: said at the end of `make up`, by `make status` and by the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operate.site.shape import Site

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOT_CONNECTED = (
    "no service is connected, so there is nothing to watch; cure: make init, then make connect NAME=… PORT=… "
    "LOGS=… (docs/connect.md shows the four ways in)"
)
NOBODY_TOLD = "nobody is told of alerts; cure: set channels up in site.yaml (docs/alerting.md), then make up"
NO_HEARTBEAT = (
    "no watchman outside would notice if this machine died; cure: set the channel heartbeat up in site.yaml"
)


def sentences(site: Site) -> Iterator[str]:
    """Yield what is missing, each with its cure."""
    if not site.services:
        yield NOT_CONNECTED
    yield from _channels(site)


def _channels(site: Site) -> Iterator[str]:
    people = [name for name, channel in site.channels.configured().items() if channel.for_people]
    if not people:
        if site.services:
            yield NOBODY_TOLD
        return
    if site.channels.heartbeat is None:
        yield NO_HEARTBEAT
    inward = [name for name in type(site.links).model_fields if _is_inward(getattr(site.links, name))]
    if inward:
        yield (
            f"the links to {', '.join(inward)} in messages over {', '.join(people)} open on this machine "
            "only, not on a phone; cure: write under links in site.yaml how people reach them, then make up"
        )


def _is_inward(address: str | None) -> bool:
    """Tell whether an address, or the default where there is none, leads to this machine only."""
    return address is None or urlsplit(address).hostname in LOOPBACK
