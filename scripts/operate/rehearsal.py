"""Play one alert from its figures to the messages: scratch Prometheus and Alertmanager, a local inbox.

Nobody is told, and nothing of a running stack is touched: the containers and the inbox are of the drill.
"""

from __future__ import annotations

import shutil
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from amaie_demo.inbox import Inbox
from generators import names
from generators.alertmanager import config
from generators.prometheus import promtests
from generators.prometheus.rules import alert_rule
from generators.shared import conditions, output
from generators.spec import roles
from generators.spec.channels import channel
from generators.spec.shape_errors import did_you_mean
from operate.errors import StackError
from operate.paths import ROOT
from operate.site.rules import constant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker

    from amaie_demo.inbox_formats import Message
    from generators.spec.model import Alert, Kpi, Level, Severity, Spec

PROMETHEUS_CONFIG = """global: {evaluation_interval: 1s}
rule_files: [facts.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]}
"""
SECONDS = 40
"""In which every channel must have its message."""


@dataclass(frozen=True)
class Scene:
    """An alert of the spec with the level that is played: the most urgent one, or the one asked for."""

    kpi: Kpi
    alert: Alert
    level: Level


def scene(spec: Spec, name: str, severity: Severity | None) -> Scene:
    """Return the alert of that name.

    Raises:
        StackError: There is none, or it has no such level.
    """
    known = {alert.name: (kpi, alert) for kpi in spec.kpis for alert in kpi.alerts}
    if name not in known:
        raise StackError(f"no alert is called {name}; {did_you_mean(name, known)}")
    kpi, alert = known[name]
    alert = promtests.bounded(alert)
    if severity is None:
        return Scene(kpi, alert, conditions.worst(alert))
    for level in alert.levels:
        if level.severity is severity:
            return Scene(kpi, alert, level)
    raise StackError(f"{name} has no level {severity}; leave the severity out")


def facts(spec: Spec, played: Scene) -> list[dict[str, Any]]:
    """Return rules that record what the alert reads: its figure just beyond its bound, its limits, its guard.

    The alert waits for no time and for no other level, so that a drill takes seconds.
    """
    kpi, alert, level = played.kpi, played.alert, played.level
    value = promtests.beyond(alert.compare, conditions.bound(level), promtests.NEAR)
    rules = [constant(names.recorded(kpi), value, kpi.example)]
    for one in alert.levels:
        if one.limit:
            whose = {label: kpi.example[label] for label in conditions.LIMITED} | {"limit": one.limit}
            rules.append(constant(names.LIMIT_IN_FORCE, abs(conditions.bound(one)), whose))
    if alert.guard:
        guard = conditions.guarded_by(spec, alert)
        shared = {label: kpi.example[label] for label in guard.labels}
        rules.append(constant(names.recorded(guard), alert.guard.at_least, shared))
    return [*rules, *_changed(spec, kpi), alert_rule(spec, kpi, alert, level) | {"for": "0s"}]


def _changed(spec: Spec, kpi: Kpi) -> list[dict[str, Any]]:
    """Return what the message tells as changed last: a start, and of an account a deposit, an hour ago."""
    series = roles.series(spec)
    whose = {"job": "services", "service": spec.services[0].name, "instance": "drill"}
    an_hour_ago = {"expr": "vector(time() - 3600)"}
    start = {"record": series["start"], **an_hour_ago, "labels": whose}
    found = [start, constant(series["build"], 1, whose | {"version": "1.0.0"})]
    transfer = roles.transfer(spec)
    if transfer and set(conditions.LIMITED) <= set(kpi.labels):
        account = {label: kpi.example[label] for label in conditions.LIMITED}
        amount, time_of_it = transfer
        found += [constant(amount, 1000, account), {"record": time_of_it, **an_hour_ago, "labels": account}]
    return found


def wanted(spec: Spec, played: Scene) -> list[str]:
    """Return the channels that are told of the alert."""
    return [
        name
        for delivery in spec.routing.deliveries
        if delivery.severity is played.level.severity
        for name in delivery.channels
    ]


def rehearse(
    spec: Spec, played: Scene, client: docker.DockerClient, images: dict[str, str], folder: Path
) -> dict[str, Message | None]:
    """Return channel -> the message as it came there; None where none came in time."""
    quick = [
        delivery.model_copy(update={"group_wait": "0s", "group_interval": "1s"})
        for delivery in spec.routing.deliveries
    ]
    routing = spec.routing.model_copy(update={"deliveries": tuple(quick), "mutes": ()})
    with Inbox(host="127.0.0.1", http_port=0, smtp_port=0).running() as inbox:
        ends = channel.Inbox("127.0.0.1", inbox.http_port, inbox.smtp_port)
        port = _free_port()
        lay_out(spec.model_copy(update={"routing": routing}), played, folder, ends, port)
        with _running(client, images, folder, port):
            deadline = time.monotonic() + SECONDS
            channels = wanted(spec, played)
            while time.monotonic() < deadline and not all(map(inbox.messages, channels)):
                time.sleep(0.2)
            return {name: next(iter(inbox.messages(name)), None) for name in channels}


def lay_out(spec: Spec, played: Scene, folder: Path, ends: channel.Inbox, port: int) -> None:
    """Write the configuration of both, readable by whoever they run as."""
    folder.chmod(0o755)
    shutil.copytree(ROOT / "alertmanager" / "templates", folder / "templates")
    (folder / "generated").mkdir()
    (folder / "generated" / "alertmanager.yml").write_text(output.yaml_text(config.config(spec, ends)))
    group = {"name": "drill", "interval": "1s", "rules": facts(spec, played)}
    (folder / "facts.yml").write_text(output.yaml_text({"groups": [group]}))
    (folder / "prometheus.yml").write_text(PROMETHEUS_CONFIG % port)


@contextmanager
def _running(client: docker.DockerClient, images: dict[str, str], folder: Path, port: int) -> Iterator[None]:
    """Run both on this machine's own network, where the inbox is, and take them away afterwards."""
    listen = f"--web.listen-address=127.0.0.1:{port}"
    commands = {
        "alertmanager": [
            *("--config.file=/drill/generated/alertmanager.yml", "--storage.path=/alertmanager"),
            *("--cluster.listen-address=", listen),
        ],
        "prometheus": [
            *("--config.file=/drill/prometheus.yml", "--storage.tsdb.path=/prometheus"),
            f"--web.listen-address=127.0.0.1:{_free_port()}",
            "--rules.alert.resend-delay=1s",  # the first ones are sent before it knows Alertmanager
        ],
    }
    started = []
    try:
        for name, command in commands.items():
            started.append(
                client.containers.run(
                    images[name],
                    command,
                    entrypoint=[f"/bin/{name}"],
                    volumes={str(folder): {"bind": "/drill", "mode": "ro"}},
                    network_mode="host",
                    detach=True,
                )
            )
        yield
    finally:
        for container in started:
            container.remove(force=True, v=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
