"""A real Alertmanager with an inbox at its other end, and alerts to give to it."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from amaie_demo.inbox import Inbox
    from amaie_demo.inbox_formats import Message
    from support.containers import Alertmanager

ROOT = Path(__file__).parents[3]
CONFIG = "generated/alertmanager.yml"
SOON = 10.0
"""Seconds in which a message must come; Alertmanager's shortest time limit of one attempt is 10 s."""


@dataclass
class World:
    """An Alertmanager and the inbox that it sends to."""

    alertmanager: Alertmanager
    inbox: Inbox

    def post(self, *alerts: dict[str, Any]) -> None:
        """Give alerts to Alertmanager as Prometheus does."""
        httpx.post(f"{self.alertmanager.url}/api/v2/alerts", json=alerts, timeout=30).raise_for_status()

    def wait(self, channel: str, count: int = 1, seconds: float = SOON) -> list[Message]:
        """Return a channel's messages, oldest first, as soon as there are `count` of them."""
        deadline = time.monotonic() + seconds
        while len(found := self.inbox.messages(channel)) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(found) >= count, f"{len(found)} of {count} messages on {channel}: {self.inbox.messages()}"
        return found[::-1]


def alert(name: str, severity: str, *, over: bool = False, **labels: str) -> dict[str, Any]:
    """Return an alert as Prometheus posts it; `over` ends it."""
    now = datetime.now(UTC)
    shown = labels.get("account", "main")
    return {
        "labels": {
            "alertname": name,
            "severity": severity,
            "family": "trading",
            "component": "amaie-trader",
            **labels,
        },
        "annotations": {
            "summary": f"{name}: account {shown} has lost 1204.50 USDT & more.",
            "impact": "The day's loss passes what the risk policy allows.",
            "action": "Stop trading from the launcher.",
            "dashboard_url": f"http://127.0.0.1:3000/d/amaie-trading/trading?viewPanel=panel-1&var-account={shown}",
            "logs_url": "http://127.0.0.1:5601/app/discover#/?_g=(time:(from:'a',to:'b'))&_a=(query:'x')",
            "runbook_url": f"http://127.0.0.1:8080/runbooks/{name}",
            "live_url": "http://127.0.0.1:8080/kpis/pnl_day",
        },
        "startsAt": now.isoformat(),  # an older one would not wait for its group
    } | ({"endsAt": now.isoformat()} if over else {})


def lay_out(folder: Path, config: str) -> Path:
    """Lay out configuration and templates as in the repository."""
    folder.chmod(0o755)
    shutil.copytree(ROOT / "alertmanager" / "templates", folder / "templates")
    (folder / CONFIG).parent.mkdir(parents=True)
    (folder / CONFIG).write_text(config)
    return folder


def bridge_address(world: World) -> str:
    """Return where another container reaches a world's Alertmanager on Docker's bridge."""
    container = world.alertmanager.container.get_wrapped_container()
    container.reload()
    return f"{container.attrs['NetworkSettings']['IPAddress']}:9093"
