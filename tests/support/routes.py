"""Alertmanager's own matcher: which receivers are told of an alert, asked of many configurations at once."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    Rows = dict[str, list[str]]
    """Labels as amtool takes them -> the receivers that are told."""

REFUSED = "refused"
EVERY_LINE = f"""
rows=$(cat)
for config in "$@"; do
  echo "$rows" | while read -r labels; do
    amtool config routes test --config.file="$config" $labels || echo {REFUSED}
  done
done
"""
KNOWN = {
    "alertname=New severity=critical": ["pagerduty", "sms"],
    "alertname=New severity=warning": ["email", "slack"],
    "alertname=Watchdog severity=none": ["heartbeat"],
    "alertname=Watchdog severity=none integration=webhook": ["unrouted"],
    "alertname=Other severity=none": ["unrouted"],
    "alertname=Watchdog": ["unrouted"],
    "alertname=Other severity=page": ["unrouted"],
    "alertname=Other severity=Critical": ["unrouted"],
    "alertname=Other": ["unrouted"],
    "alertname=Failing severity=critical integration=pagerduty": ["sms"],
    "alertname=Failing severity=critical integration=sns": ["pagerduty"],
    "alertname=Failing severity=critical integration=slack": ["pagerduty", "sms"],
    "alertname=Failing severity=critical integration=webhook": ["pagerduty", "sms"],
    "alertname=Failing severity=warning integration=slack": ["email"],
    "alertname=Failing severity=warning integration=email": ["slack"],
    "alertname=Failing severity=warning integration=pagerduty": ["email", "slack"],
}
"""Who is told in AMAIE's own configuration: strangers reach people, a failing channel is told over others."""


def told(image: str, folder: Path, configs: Sequence[str], rows: Collection[str]) -> dict[str, Rows]:
    """Return what amtool answers to each set of labels by each configuration, all in one container."""
    command = ["docker", "run", "--rm", "-i", "--network=none", f"--volume={folder}:/folder:ro"]
    command += ["--workdir=/folder", "--entrypoint=sh", image, "-c", EVERY_LINE, "sh", *configs]
    done = subprocess.run(command, input="\n".join(rows), capture_output=True, text=True, check=True)
    answers = [sorted(answer.split(",")) for answer in done.stdout.splitlines()]
    count = len(rows)
    assert len(answers) == count * len(configs), done.stderr
    return {
        config: dict(zip(rows, answers[place * count : (place + 1) * count], strict=True))
        for place, config in enumerate(configs)
    }
