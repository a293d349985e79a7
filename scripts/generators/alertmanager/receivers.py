"""Receivers of channels, and which channels cannot send yet. What each sends is in `spec/channels`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generators.spec.channels.channel import Channel, Inbox
    from generators.spec.model import Channels


def merged(channels: Iterable[Channel], inbox: Inbox | None) -> dict[str, Any]:
    """Return the `*_configs` of a receiver that sends over these channels; the demo's end in the inbox."""
    configs: dict[str, Any] = {}
    for channel in channels:
        end = channel.inbox(inbox) if inbox else channel.provider()
        configs.setdefault(f"{channel.integration}_configs", []).append(end | channel.message())
    return configs


def unconfigured(settings: Channels, secrets: Path) -> dict[str, str]:
    """Return the channels that cannot send yet, each with the name of the secret file that is missing.

    A file counts as missing too when it is empty or holds only white space.
    """
    files = {name: channel.secret for name, channel in settings.configured().items()}
    return {channel: name for channel, name in files.items() if not _filled(secrets / name)}


def _filled(path: Path) -> bool:
    return path.is_file() and bool(path.read_text(encoding="utf-8").strip())
