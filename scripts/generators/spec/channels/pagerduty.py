"""Pages over PagerDuty."""

from __future__ import annotations

from typing import Any, ClassVar

from generators.spec.channels.channel import LINKS, SECRETS, Channel, Inbox, first
from generators.spec.vocabulary import SecretName


class PagerDuty(Channel):
    """Where a page goes: PagerDuty's Events API v2."""

    integration: ClassVar[str] = "pagerduty"

    url: str
    routing_key_file: SecretName

    @property
    def secret(self) -> str:
        """See `Channel`."""
        return self.routing_key_file

    def provider(self) -> dict[str, Any]:
        """See `Channel`."""
        return {"url": self.url, "routing_key_file": f"{SECRETS}/{self.routing_key_file}"}

    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        """See `Channel`."""
        return {"url": inbox.url("/v2/enqueue"), "routing_key": "inbox"}

    def message(self) -> dict[str, Any]:
        """See `Channel`."""
        return {
            "send_resolved": True,
            "client": "AMAIE Observability",
            "client_url": first("dashboard_url"),
            "description": '{{ template "amaie.headline" . }}',
            "severity": "critical",
            "source": '{{ template "amaie.source" . }}',
            "class": "{{ .CommonLabels.alertname }}",
            "component": "{{ .CommonLabels.component }}",
            "group": "{{ .CommonLabels.family }}",
            "details": {
                "firing": '{{ template "amaie.plain" .Alerts.Firing }}',
                "num_firing": "{{ len .Alerts.Firing }}",
                "num_resolved": "{{ len .Alerts.Resolved }}",
                "resolved": '{{ template "amaie.plain" .Alerts.Resolved }}',
            },
            "links": [{"href": first(annotation), "text": text} for text, annotation in LINKS.items()],
        }
