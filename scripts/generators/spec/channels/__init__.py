"""The channels of alerts: one file each, with its keys in the spec, its secret, its ends and its message.

They stand on the floor of the spec because their fields are keys of `spec/kpis.yaml`; they render nothing
but their own receiver. A new channel is a file here and a line below; in the demo, a route of the inbox.
"""

from __future__ import annotations

from generators.spec.channels.channel import Channel
from generators.spec.channels.email import Email
from generators.spec.channels.heartbeat import Heartbeat
from generators.spec.channels.pagerduty import PagerDuty
from generators.spec.channels.slack import Slack
from generators.spec.channels.sms import Sms
from generators.spec.vocabulary import Part

__all__ = ["Channel", "Channels"]


class Channels(Part):
    """The settings of every channel: the one place of registration; the key is the channel's name."""

    pagerduty: PagerDuty | None = None
    sms: Sms | None = None
    slack: Slack | None = None
    email: Email | None = None
    heartbeat: Heartbeat | None = None

    def configured(self) -> dict[str, Channel]:
        """Return the channels that the spec sets up, by name."""
        settings = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: channel for name, channel in settings if channel is not None}
