"""The beat to the watchman outside."""

from __future__ import annotations

from typing import Any, ClassVar

from generators.spec.channels.channel import SECRETS, Channel, Inbox
from generators.spec.vocabulary import AlertName, SecretName


class Heartbeat(Channel):
    """The watchman outside (a dead man's switch) that raises alarm when Watchdog stops arriving."""

    integration: ClassVar[str] = "webhook"
    for_people: ClassVar[bool] = False

    url_file: SecretName
    stopped_by: tuple[AlertName, ...] = ()  # alerts that nobody hears: the watchman is let know by silence

    @property
    def secret(self) -> str:
        """See `Channel`."""
        return self.url_file

    def provider(self) -> dict[str, Any]:
        """See `Channel`."""
        return {"url_file": f"{SECRETS}/{self.url_file}"}

    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        """See `Channel`."""
        return {"url": inbox.url("/heartbeat")}

    def message(self) -> dict[str, Any]:
        """See `Channel`; the beat itself is the message."""
        return {"send_resolved": False}
