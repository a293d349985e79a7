"""The demo's inbox: the notifications as PagerDuty, SMS, Slack and e-mail would have delivered them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from nicegui import ui

from amaie_dashboard import fragments
from amaie_dashboard.live import frame
from amaie_dashboard.pages.common import stale

if TYPE_CHECKING:
    from starlette.requests import Request

    from amaie_dashboard.live import Site

TITLES: Final = {"pagerduty": "PagerDuty", "sms": "SMS", "slack": "Slack", "email": "E-mail"}
"""How people write the name of a channel; another one is shown as the spec calls it."""

BEAT: Final = "heartbeat"  # for the watchman outside, not for people


def _message(message: dict[str, Any]) -> Markup:
    try:
        received = fragments.age(datetime.fromisoformat(str(message.get("received_at"))).timestamp())
    except ValueError:
        received = Markup("")
    firing = message.get("status") == "firing"
    links = message.get("links")
    return Markup(
        '<li class="card"><div class="to"><span>{channel}</span>{badge}{received}</div>'
        '<p><strong>{title}</strong></p><pre>{body}</pre><p class="links">{links}</p></li>'
    ).format(
        channel=TITLES.get(str(message.get("channel")), message.get("channel")),
        badge=Markup('<span class="badge {0}">{1}</span>').format(
            "critical" if firing else "ok", message.get("status")
        ),
        received=received,
        title=message.get("title", ""),
        body=message.get("body", ""),
        links=fragments.join(
            Markup('<a href="{0}" rel="noopener">{1}</a>').format(address, name)
            for name, address in (links.items() if isinstance(links, dict) else ())
            if str(address).startswith(("http://", "https://"))
        ),
    )


def _messages(site: Site) -> Markup:
    shown = [message for message in site.hub.messages if message.get("channel") != BEAT][:60]
    if not shown:
        return Markup('<p class="quiet card">Nobody has been told anything yet.</p>')
    return Markup('<ul class="inbox">{}</ul>').format(fragments.join(map(_message, shown)))


async def build(site: Site, request: Request) -> None:
    """Build the inbox for one viewer."""
    live = frame(site, request, "Inbox")
    with ui.element("div").classes("page"):
        why = "what people would have received; demo only"
        ui.html(f'<div class="bar"><h1>Inbox <span class="why">{why}</span></h1></div>', sanitize=False)
        live.region(
            stale(site, "Inbox", lambda: _messages(site)) if site.settings.inbox else lambda: _messages(site)
        )
    live.follow()
