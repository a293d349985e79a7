"""Reads what Alertmanager sends to PagerDuty, Slack, SNS, a mail server or a webhook into one shape.

Each reader takes the body as it came and returns a `Message`, or raises `FormatError` with what the
real provider would complain about. Formats: PagerDuty Events API v2, Slack incoming webhooks with
attachments, the Amazon SNS query API, RFC 5322 mail, Alertmanager's webhook version 4.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from email.message import EmailMessage

_SLACK_LINK = re.compile(r"<(https?://[^|<>]+)\|([^<>]+)>")
_TEXT_LINK = re.compile(r"^(\w+): +(https?://\S+)$", re.MULTILINE)
_BARE_LINK = re.compile(r"https?://\S+")


class FormatError(ValueError):
    """The body is not what the provider of this channel takes."""


@dataclass(frozen=True)
class Message:
    """One notification as a person would see it, and as it came (`raw`)."""

    channel: str
    status: str  # "firing" or "resolved"
    title: str
    body: str
    links: dict[str, str]
    raw: Any
    received_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))

    def as_dict(self) -> dict[str, Any]:
        """Return the message as JSON-ready values."""
        return asdict(self)


def pagerduty(body: bytes) -> Message:
    """Read an event of PagerDuty's Events API v2."""
    event = _object(body)
    payload = event.get("payload") or {}
    wanted = {"routing_key": event, "event_action": event, "summary": payload, "source": payload}
    if missing := [key for key, place in wanted.items() if not place.get(key)]:
        raise FormatError(f"'{missing[0]}' is missing or blank")
    return Message(
        channel="pagerduty",
        status="resolved" if event["event_action"] == "resolve" else "firing",
        title=payload["summary"],
        body=payload.get("custom_details", {}).get("firing", ""),
        links={link["text"]: link["href"] for link in event.get("links", [])},
        raw=event,
    )


def slack(body: bytes) -> Message:
    """Read a message of Slack's incoming webhooks; its first attachment is the notification."""
    message = _object(body)
    attachments = message.get("attachments") or []
    if not attachments:
        raise FormatError("no_text")
    first = attachments[0]
    return Message(
        channel="slack",
        status="resolved" if first.get("color") == "good" else "firing",
        title=_as_slack_shows(first.get("title", "")),
        body=_as_slack_shows(first.get("text", "")),
        links=_links((text, address) for address, text in _SLACK_LINK.findall(first.get("text", ""))),
        raw=message,
    )


def _as_slack_shows(text: str) -> str:
    """Return a text with its links as their words and Slack's three entities as their characters."""
    words = _SLACK_LINK.sub(r"\2", text)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def sns(body: bytes) -> Message:
    """Read a Publish call of Amazon SNS's query API."""
    form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
    if form.get("Action") != "Publish" or not form.get("Message"):
        raise FormatError("InvalidParameter: Publish needs a Message")
    text = form["Message"]
    return Message(
        channel="sms",
        status="resolved" if text.startswith("AMAIE RESOLVED") else "firing",
        title=text,
        body=text,
        links={"Runbook": found[0]} if (found := _BARE_LINK.findall(text)) else {},
        raw=form,
    )


def mail(body: bytes) -> Message:
    """Read a mail; its plain text part is the body."""
    parsed: EmailMessage = message_from_bytes(body, policy=policy.default)
    parts = {part.get_content_type(): part.get_content() for part in parsed.walk() if not part.is_multipart()}
    subject, text = str(parsed["Subject"]), parts.get("text/plain", "").replace("\r\n", "\n")
    headers = {name: str(value) for name, value in parsed.items()}
    return Message(
        channel="email",
        status="resolved" if subject.startswith("[RESOLVED]") else "firing",
        title=subject,
        body=text,
        links=_links(_TEXT_LINK.findall(text)),
        raw={"headers": headers, "html": parts.get("text/html", "").replace("\r\n", "\n")},
    )


def webhook(channel: str) -> Callable[[bytes], Message]:
    """Return the reader of Alertmanager's own webhook format for a channel of this name."""

    def read(body: bytes) -> Message:
        group = _object(body)
        alerts = group.get("alerts") or []
        if not alerts:
            raise FormatError("there is no alert in it")
        annotations = alerts[0].get("annotations", {})
        return Message(
            channel=channel,
            status=group.get("status", "firing"),
            title=", ".join(sorted({alert["labels"]["alertname"] for alert in alerts})),
            body="\n".join(alert.get("annotations", {}).get("summary", "") for alert in alerts),
            links={
                name.removesuffix("_url").capitalize(): address
                for name, address in annotations.items()
                if name.endswith("_url")
            },
            raw=group,
        )

    return read


def _links(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the first address of each text: that of the first alert."""
    links: dict[str, str] = {}
    for text, address in found:
        links.setdefault(text, address)
    return links


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise FormatError(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise FormatError("the body is not a JSON object")
    return value
