"""What each notification channel sends, and where it ends: a real provider, or the local inbox.

The words are in `alertmanager/templates`; here is which of them goes into which field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from generators.model import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generators.model import Channels, Email, Heartbeat, PagerDuty, Slack, Sms

SECRETS = "/run/secrets"

INTEGRATIONS = {
    Channel.PAGERDUTY: "pagerduty",
    Channel.SMS: "sns",
    Channel.SLACK: "slack",
    Channel.EMAIL: "email",
    Channel.HEARTBEAT: "webhook",
}
"""Alertmanager's own name for each channel: the `integration` label of its metrics."""

LINKS = {
    "Dashboard": "dashboard_url",
    "Logs": "logs_url",
    "Runbook": "runbook_url",
    "Live": "live_url",
}


class Ends(Protocol):
    """Where the channels end: for each, the fields that hold addresses and credentials."""

    def pagerduty(self, settings: PagerDuty) -> dict[str, Any]:
        """Return the end of PagerDuty."""

    def sms(self, settings: Sms) -> dict[str, Any]:
        """Return the end of the text messages (SNS)."""

    def slack(self, settings: Slack) -> dict[str, Any]:
        """Return the end of Slack."""

    def email(self, settings: Email) -> dict[str, Any]:
        """Return the end of the mail."""

    def heartbeat(self, settings: Heartbeat) -> dict[str, Any]:
        """Return the end of the heartbeat."""


class Providers:
    """The real providers; every secret is read from a file when it is needed."""

    def pagerduty(self, settings: PagerDuty) -> dict[str, Any]:
        """See `Ends`."""
        return {"url": settings.url, "routing_key_file": f"{SECRETS}/{settings.routing_key_file}"}

    def sms(self, settings: Sms) -> dict[str, Any]:
        """See `Ends`; the credentials come from the file that AWS_SHARED_CREDENTIALS_FILE names."""
        return {"sigv4": {"region": settings.region}}

    def slack(self, settings: Slack) -> dict[str, Any]:
        """See `Ends`."""
        return {"api_url_file": f"{SECRETS}/{settings.webhook_url_file}"}

    def email(self, settings: Email) -> dict[str, Any]:
        """See `Ends`."""
        return {
            "smarthost": settings.smarthost,
            "auth_username": settings.username,
            "auth_password_file": f"{SECRETS}/{settings.password_file}",
            "require_tls": True,
        }

    def heartbeat(self, settings: Heartbeat) -> dict[str, Any]:
        """See `Ends`."""
        return {"url_file": f"{SECRETS}/{settings.url_file}"}


@dataclass(frozen=True)
class Inbox:
    """The local inbox, which asks for no credentials: those here are words, not secrets."""

    host: str = "inbox"
    http_port: int = 8025
    smtp_port: int = 2525

    def pagerduty(self, settings: PagerDuty) -> dict[str, Any]:  # noqa: ARG002 - the inbox is the same for all
        """See `Ends`."""
        return {"url": self._url("/v2/enqueue"), "routing_key": "inbox"}

    def sms(self, settings: Sms) -> dict[str, Any]:
        """See `Ends`."""
        sigv4 = {"region": settings.region, "access_key": "inbox", "secret_key": "inbox"}
        return {"api_url": self._url("/sns"), "sigv4": sigv4}

    def slack(self, settings: Slack) -> dict[str, Any]:  # noqa: ARG002 - the inbox is the same for all
        """See `Ends`."""
        return {"api_url": self._url("/slack")}

    def email(self, settings: Email) -> dict[str, Any]:  # noqa: ARG002 - the inbox is the same for all
        """See `Ends`."""
        return {"smarthost": f"{self.host}:{self.smtp_port}", "require_tls": False}

    def heartbeat(self, settings: Heartbeat) -> dict[str, Any]:  # noqa: ARG002 - the inbox is the same for all
        """See `Ends`."""
        return {"url": self._url("/heartbeat")}

    def _url(self, path: str) -> str:
        return f"http://{self.host}:{self.http_port}{path}"


def merged(settings: Channels, channels: Iterable[Channel], ends: Ends) -> dict[str, Any]:
    """Return the `*_configs` of a receiver that sends over these channels."""
    make = {
        Channel.PAGERDUTY: lambda: _pagerduty(settings.pagerduty, ends),
        Channel.SMS: lambda: _sms(settings.sms, ends),
        Channel.SLACK: lambda: _slack(settings.slack, ends),
        Channel.EMAIL: lambda: _email(settings.email, ends),
        Channel.HEARTBEAT: lambda: ends.heartbeat(settings.heartbeat) | {"send_resolved": False},
    }
    return {f"{INTEGRATIONS[channel]}_configs": [make[channel]()] for channel in channels}


def unconfigured(settings: Channels, secrets: Path) -> dict[Channel, str]:
    """Return the channels that cannot send yet, each with the name of the secret file that is missing.

    A file counts as missing too when it is empty or holds only white space.
    """
    files = {
        Channel.PAGERDUTY: settings.pagerduty.routing_key_file,
        Channel.SMS: settings.sms.credentials_file,
        Channel.SLACK: settings.slack.webhook_url_file,
        Channel.EMAIL: settings.email.password_file,
        Channel.HEARTBEAT: settings.heartbeat.url_file,
    }
    return {channel: name for channel, name in files.items() if not _filled(secrets / name)}


def _filled(path: Path) -> bool:
    return path.is_file() and bool(path.read_text(encoding="utf-8").strip())


def _pagerduty(settings: PagerDuty, ends: Ends) -> dict[str, Any]:
    return ends.pagerduty(settings) | {
        "send_resolved": True,
        "client": "AMAIE Observability",
        "client_url": _first("dashboard_url"),
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
        "links": [{"href": _first(annotation), "text": text} for text, annotation in LINKS.items()],
    }


def _sms(settings: Sms, ends: Ends) -> dict[str, Any]:
    return ends.sms(settings) | {
        "send_resolved": True,
        "topic_arn": settings.topic_arn,
        "subject": "AMAIE alert",
        "message": '{{ template "amaie.sms" . }}',
    }


def _slack(settings: Slack, ends: Ends) -> dict[str, Any]:
    return ends.slack(settings) | {
        "send_resolved": True,
        "channel": settings.channel,
        "username": "AMAIE Observability",
        "color": '{{ template "amaie.colour" . }}',
        "title": '{{ template "amaie.slack.headline" . }}',
        "title_link": _first("dashboard_url"),
        "fallback": '{{ template "amaie.slack.headline" . }}',
        "text": '{{ template "amaie.slack" . }}',
        "footer": "",
    }


def _email(settings: Email, ends: Ends) -> dict[str, Any]:
    return ends.email(settings) | {
        "send_resolved": True,
        "to": ", ".join(settings.to),
        "from": settings.sender,
        "headers": {"Subject": '{{ template "amaie.headline" . }}'},
        "text": '{{ template "amaie.email.text" . }}',
        "html": '{{ template "amaie.email.html" . }}',
    }


def _first(annotation: str) -> str:
    return f"{{{{ (index .Alerts 0).Annotations.{annotation} }}}}"
