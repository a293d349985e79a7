"""What every channel of alerts says of itself."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from generators.spec.vocabulary import Part

SECRETS = "/run/secrets"

LINKS = {
    "Dashboard": "dashboard_url",
    "Logs": "logs_url",
    "Runbook": "runbook_url",
    "Live": "live_url",
}
"""What a person is offered to open, and the annotation that has its address."""


@dataclass(frozen=True)
class Inbox:
    """The demo's inbox (`amaie_demo.inbox`), which asks for no credentials: those of a channel are words."""

    host: str = "inbox"
    http_port: int = 8025
    smtp_port: int = 2525

    def url(self, path: str) -> str:
        """Return the address of a path of the inbox."""
        return f"http://{self.host}:{self.http_port}{path}"


class Channel(Part):
    """A way out of Alertmanager: its fields are its keys in the spec, where secrets are names of files.

    The words of a message are in Alertmanager's templates; here is which of them goes into which field.
    """

    integration: ClassVar[str]
    """Alertmanager's own name: its receivers are `<integration>_configs`, and so its metrics are labelled."""

    for_people: ClassVar[bool] = True

    @property
    @abstractmethod
    def secret(self) -> str:
        """Return the name of the file without which the channel cannot send."""

    @abstractmethod
    def provider(self) -> dict[str, Any]:
        """Return the fields with the address and the credentials of the real provider."""

    @abstractmethod
    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        """Return the same fields for the demo, where every channel ends in the inbox."""

    @abstractmethod
    def message(self) -> dict[str, Any]:
        """Return the fields that say what is sent."""


def first(annotation: str) -> str:
    """Return the template of an annotation of the first alert of a message."""
    return f"{{{{ (index .Alerts 0).Annotations.{annotation} }}}}"
