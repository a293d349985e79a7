"""Text messages over Amazon SNS."""

from __future__ import annotations

from typing import Any, ClassVar

from generators.spec.channels.channel import Channel, Inbox
from generators.spec.vocabulary import SecretName


class Sms(Channel):
    """Where a text message goes: an Amazon SNS topic, whose subscribers are telephones."""

    integration: ClassVar[str] = "sns"

    topic_arn: str
    region: str
    credentials_file: SecretName  # AWS shared credentials file; AWS_SHARED_CREDENTIALS_FILE names it

    @property
    def secret(self) -> str:
        """See `Channel`."""
        return self.credentials_file

    def provider(self) -> dict[str, Any]:
        """See `Channel`; the credentials come from the file that AWS_SHARED_CREDENTIALS_FILE names."""
        return {"sigv4": {"region": self.region}}

    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        """See `Channel`."""
        sigv4 = {"region": self.region, "access_key": "inbox", "secret_key": "inbox"}
        return {"api_url": inbox.url("/sns"), "sigv4": sigv4}

    def message(self) -> dict[str, Any]:
        """See `Channel`."""
        return {
            "send_resolved": True,
            "topic_arn": self.topic_arn,
            "subject": "AMAIE alert",
            "message": '{{ template "amaie.sms" . }}',
        }
