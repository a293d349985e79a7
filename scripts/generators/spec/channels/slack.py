"""Chat messages over Slack."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from generators.spec.channels.channel import SECRETS, Channel, Inbox, first
from generators.spec.vocabulary import SecretName


class Slack(Channel):
    """Where a chat message goes: a Slack incoming webhook."""

    integration: ClassVar[str] = "slack"

    channel: Annotated[str, Field(min_length=1)]
    webhook_url_file: SecretName

    @property
    def secret(self) -> str:
        """See `Channel`."""
        return self.webhook_url_file

    def provider(self) -> dict[str, Any]:
        """See `Channel`."""
        return {"api_url_file": f"{SECRETS}/{self.webhook_url_file}"}

    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        """See `Channel`."""
        return {"api_url": inbox.url("/slack")}

    def message(self) -> dict[str, Any]:
        """See `Channel`."""
        return {
            "send_resolved": True,
            "channel": self.channel,
            "username": "AMAIE Observability",
            "color": '{{ template "amaie.colour" . }}',
            "title": '{{ template "amaie.slack.headline" . }}',
            "title_link": first("dashboard_url"),
            "fallback": '{{ template "amaie.slack.headline" . }}',
            "text": '{{ template "amaie.slack" . }}',
            "footer": "",
        }
