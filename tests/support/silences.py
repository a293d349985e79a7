"""Silences as Alertmanager takes them (`POST /api/v2/silences`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any


def silence(
    name: str, *, hours: int = 1, regex: bool = False, author: str = "test", comment: str = "known"
) -> dict[str, Any]:
    """Return a silence, from now on for some hours, of alerts by their name or a pattern of it."""
    now = datetime.now(UTC)
    return {
        "matchers": [{"name": "alertname", "value": name, "isRegex": regex, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=hours)).isoformat(),
        "createdBy": author,
        "comment": comment,
    }
