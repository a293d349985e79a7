"""Mail over an SMTP server."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from generators.spec.channels.channel import SECRETS, Channel, Inbox
from generators.spec.vocabulary import SecretName


class Email(Channel):
    """Where a mail goes, over an SMTP server that asks for a password."""

    integration: ClassVar[str] = "email"

    to: tuple[str, ...] = Field(min_length=1)
    sender: str
    smarthost: str
    username: str
    password_file: SecretName

    @property
    def secret(self) -> str:
        """See `Channel`."""
        return self.password_file

    def provider(self) -> dict[str, Any]:
        """See `Channel`."""
        return {
            "smarthost": self.smarthost,
            "auth_username": self.username,
            "auth_password_file": f"{SECRETS}/{self.password_file}",
            "require_tls": True,
        }

    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        """See `Channel`."""
        return {"smarthost": f"{inbox.host}:{inbox.smtp_port}", "require_tls": False}

    def message(self) -> dict[str, Any]:
        """See `Channel`."""
        return {
            "send_resolved": True,
            "to": ", ".join(self.to),
            "from": self.sender,
            "headers": {"Subject": '{{ template "amaie.headline" . }}'},
            "text": '{{ template "amaie.email.text" . }}',
            "html": '{{ template "amaie.email.html" . }}',
        }
