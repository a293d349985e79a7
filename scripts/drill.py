"""Send a test alert to people and say which channels took it: the proof that a receiver is set up right.

The alert `Drill…` goes the way of every alert, from Alertmanager on. It ends by itself after the drill.

Examples:
    python scripts/drill.py                      one critical and one warning alert
    python scripts/drill.py --severity warning   Slack and e-mail only; nobody is paged
    python scripts/drill.py --alert DrawdownLimit   play this alert and show its messages; nobody is told
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx

from generators.spec import kpispec
from generators.spec.model import Severity
from generators.spec.strict_yaml import SpecError
from operate import build, catalogue, engine, rehearsal, trust
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.progress import Progress
from operate.site import advice
from operate.site.overlay import spec_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generators.spec.model import Spec

ROOT = Path(__file__).resolve().parent.parent
SENT = "alertmanager_notification_requests_total"
FAILED = "alertmanager_notification_requests_failed_total"
TOOK, REFUSED, SILENT = "took it", "refused it", "said nothing"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 if every channel took the alert, 1 if one did not, 2 without a drill."""
    options = _parser().parse_args(arguments)
    severities = [Severity(options.severity)] if options.severity else [Severity.CRITICAL, Severity.WARNING]
    try:
        if options.alert:
            return show(options.alert, Severity(options.severity) if options.severity else None, options.json)
        found = drill(
            installed(kpispec.load(ROOT / "spec" / "kpis.yaml")), options.url, severities, options.seconds
        )
    except (StackError, SpecError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        for channel, outcome in found.items():
            print(f"{channel:<10} {outcome}")
    return int(any(outcome != TOOK for outcome in found.values()))


def show(alert: str, severity: Severity | None, as_json: bool) -> int:  # noqa: FBT001
    """Play an alert in scratch containers and print what each channel receives; return 1 if one gets none."""
    spec = installed(kpispec.load(ROOT / "spec" / "kpis.yaml"))
    played = rehearsal.scene(spec, alert, severity)
    if not rehearsal.wanted(spec, played):
        raise StackError(advice.NOBODY_TOLD)
    progress = Progress()
    client = engine.ensure(os.environ.get("ENGINE", "auto"), progress)
    try:
        variant = build.choose(os.environ.get("IMAGES", "auto"), client, progress)
        images = build.ensure(variant, client, progress)
        with TemporaryDirectory() as folder, progress.step(f"Playing {alert}"):
            found = rehearsal.rehearse(spec, played, client, images, Path(folder))
    finally:
        client.close()
    if as_json:
        print(json.dumps({name: one and one.as_dict() for name, one in found.items()}, indent=2))
    else:
        for name, one in found.items():
            print(f"── {name} ──\n{one.title}\n{one.body}\n" if one else f"── {name} ──\nno message\n")
    return int(None in found.values())


def installed(spec: Spec) -> Spec:
    """Return the spec with the channels of the installation that runs here; the demo plays the spec's own."""
    stack = Stack.load(catalogue.PROJECT)
    return spec if stack is None or stack.demo else spec_of(spec, stack.site)


def drill(amaie: Spec, url: str, severities: Iterable[Severity], seconds: float) -> dict[str, str]:
    """Post a test alert of each severity, wait until every channel of it answered, end the alerts.

    A channel is judged by Alertmanager's own counters, so another alert at the same time counts as well.

    Raises:
        StackError: No Alertmanager answers at the address, or nobody is to be told.
    """
    severities = list(severities)
    wanted = [c for d in amaie.routing.deliveries if d.severity in severities for c in d.channels]
    if not wanted:
        raise StackError(advice.NOBODY_TOLD)
    integrations = {name: one.integration for name, one in amaie.routing.channels.configured().items()}
    with trust.monitoring(url, trust.OPERATOR, timeout=10) as alertmanager:
        return _drilled(alertmanager, severities, wanted, integrations, seconds)


def _drilled(
    alertmanager: httpx.Client,
    severities: list[Severity],
    wanted: list[str],
    integrations: Mapping[str, str],
    seconds: float,
) -> dict[str, str]:
    before = _requests(alertmanager)
    _post(alertmanager, [_alert(severity) for severity in severities])
    try:
        with Progress().step(f"Waiting for {', '.join(wanted)} (at most {seconds:.0f} s)"):
            deadline = time.monotonic() + seconds
            while True:
                now = _requests(alertmanager) - before
                found = {channel: _outcome(now, integrations[channel]) for channel in wanted}
                if set(found.values()) == {TOOK} or time.monotonic() > deadline:
                    return found
                time.sleep(0.5)
    finally:
        _post(alertmanager, [_alert(severity) | {"endsAt": _now()} for severity in severities])


def _outcome(requests: Counter[tuple[str, str]], integration: str) -> str:
    sent, failed = requests[SENT, integration], requests[FAILED, integration]
    if sent > failed:
        return TOOK
    return REFUSED if failed else SILENT


def _requests(alertmanager: httpx.Client) -> Counter[tuple[str, str]]:
    """Return how often each integration was asked, and how often in vain, since Alertmanager started."""
    counted: Counter[tuple[str, str]] = Counter()
    for line in _ask(alertmanager, "GET", "/metrics").splitlines():
        name, _, rest = line.partition("{")
        if name in {SENT, FAILED}:
            integration = rest.split('integration="', 1)[1].split('"', 1)[0]
            counted[name, integration] += int(float(line.rsplit(" ", 1)[1]))
    return counted


def _post(alertmanager: httpx.Client, alerts: list[dict[str, Any]]) -> None:
    _ask(alertmanager, "POST", "/api/v2/alerts", alerts)


def _ask(alertmanager: httpx.Client, method: str, path: str, body: Any = None) -> str:
    try:
        return alertmanager.request(method, path, json=body).raise_for_status().text
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StackError(
            f"no Alertmanager answers at {alertmanager.base_url} ({error}); "
            "cure: make up, or name it by --url"
        ) from None


def _alert(severity: Severity) -> dict[str, Any]:
    return {
        "labels": {
            "alertname": f"Drill{severity.value.capitalize()}",  # one name would let critical mute warning
            "severity": severity.value,
            "family": "drill",
            "component": "drill",
        },
        "annotations": {
            "summary": "This is a drill: the way from Alertmanager to you works.",
            "impact": "None. Nothing is wrong.",
            "action": "Nothing; it ends by itself.",
        },
        "startsAt": _now(),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--severity", choices=[Severity.CRITICAL.value, Severity.WARNING.value])
    parser.add_argument(
        "--alert", metavar="NAME", help="play this alert in scratch containers and show its messages"
    )
    parser.add_argument(
        "--url", default=catalogue.url("alertmanager"), help="Alertmanager (default: the stack's)"
    )
    parser.add_argument("--seconds", type=float, default=90, help="how long to wait (default: 90)")
    parser.add_argument("--json", action="store_true", help="an object for a machine")
    return parser


if __name__ == "__main__":
    sys.exit(main())
