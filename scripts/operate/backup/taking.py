"""Take a backup of a running stack.

Who writes is stopped for a moment, so positions of the shipper, documents and figures belong together.
Prometheus and Alertmanager are back after seconds, the shipper after Elasticsearch's snapshot, and lines wait
in their files. A stopped Prometheus needs no administrative API: its files are linked aside, and are copied
while it runs again.
"""

from __future__ import annotations

import shutil
import time
import tomllib
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from operate import pins
from operate.backup import belongings, checksums, figures, manifest, schedule, sealing, snapshots, volumes
from operate.errors import StackError
from operate.paths import ROOT, SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker
    from docker.models.containers import Container

    from operate.compose_cli import Stack
    from operate.progress import Progress

NEEDED = ("prometheus", "alertmanager", "elasticsearch")
SHIPPERS = ("ingest", "logstash", "gateway")
WATCHERS = ("prometheus", "alertmanager", "grafana", "victoria-metrics")
COPIED = ("alertmanager", "grafana", "history", "ingest", "logstash", "victoria-metrics")
"""Volumes that are copied while nobody writes; `logs` belongs to the services and is not copied."""

FROZEN = "backup"
FREEZE = (
    f"cd /prometheus && rm -rf {FROZEN} && mkdir {FROZEN} && for one in *; do "
    f"case $one in {FROZEN}|lock|queries.active|snapshots) ;; "
    f'*) cp -al "$one" {FROZEN}/ || exit 1 ;; esac; done'
)
"""Links of the files of a stopped Prometheus: it never changes a file that an earlier run has written."""


def take(stack: Stack, client: docker.DockerClient, to: Path, passphrase: str, progress: Progress) -> Path:
    """Write a backup below `to` and return its folder; until it is whole it has another name.

    Raises:
        StackError: The stack does not run, or something could not be read; no backup was left.
    """
    running = {one["Service"]: one["ID"] for one in stack.containers() if one["State"] == "running"}
    if lacking := [name for name in NEEDED if name not in running]:
        raise StackError(
            f"{' and '.join(lacking)} of {stack.project} do not run; cure: make up, then make backup"
        )
    folder = to / schedule.name(stack.project, datetime.now(UTC))
    partial = to / f".{folder.name}.partial"
    partial.mkdir(mode=0o700, parents=True)
    try:
        _fill(stack, client, running, partial, progress)
        site = None if stack.demo else stack.site_file
        sealed = sealing.seal(belongings.pack(site, SECRETS), passphrase)
        (partial / manifest.SETTINGS).write_bytes(sealed)
        with progress.step("Computing checksums"):
            checksums.write(partial)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _fill(
    stack: Stack, client: docker.DockerClient, running: dict[str, str], folder: Path, progress: Progress
) -> None:
    elasticsearch = snapshots.Elasticsearch(stack, SECRETS)
    here = volumes.existing(client, stack.project)
    image = pins.read(stack.env_file)["SERVICE_IMAGE"]
    version, silences = figures.version(stack), figures.silences(stack)
    moment = time.time()
    with volumes.mounted(client, stack.project, image, here) as container:
        documents = _freeze(stack, client, running, elasticsearch, container, folder, progress)
        try:
            with progress.step("Copying Elasticsearch's snapshot"):
                volumes.save(container, f"elasticsearch/{snapshots.FOLDER}", folder / manifest.SNAPSHOT)
            with progress.step("Copying the metrics"):
                volumes.save(container, f"prometheus/{FROZEN}/.", folder / manifest.METRICS)
            series = figures.series(stack, moment)
        finally:
            elasticsearch.drop()
            stack.run("exec", "-T", "prometheus", "rm", "-rf", f"/prometheus/{FROZEN}")
    manifest.Manifest(
        version=tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
        project=stack.project,
        demo=stack.demo,
        offset=stack.offset,
        moment=moment,
        elasticsearch=elasticsearch.version(),
        prometheus=version,
        counts=manifest.Counts(documents=documents, series=series, silences=silences),
        bytes={path.name: path.stat().st_size for path in sorted(folder.iterdir())},
    ).write(folder)


def _freeze(
    stack: Stack,
    client: docker.DockerClient,
    running: dict[str, str],
    elasticsearch: snapshots.Elasticsearch,
    container: Container,
    folder: Path,
    progress: Progress,
) -> dict[str, int]:
    """Keep one moment of everything; return the documents of each stream at that moment."""
    here = volumes.existing(client, stack.project)
    with (
        progress.step("Stopping who writes, keeping this moment, starting them again"),
        _stopped(stack, client, {name: running[name] for name in SHIPPERS if name in running}),
    ):
        with _stopped(stack, client, {name: running[name] for name in WATCHERS if name in running}):
            for name in (name for name in COPIED if name in here):
                volumes.save(container, f"{name}/.", folder / f"{name}.tar")
            stack.run("run", "--rm", "--no-deps", "-T", "--entrypoint", "/bin/sh", "prometheus", "-c", FREEZE)
        elasticsearch.snapshot()
        return elasticsearch.counts()


@contextmanager
def _stopped(stack: Stack, client: docker.DockerClient, services: dict[str, str]) -> Iterator[None]:
    """Stop services and start them again, come what may."""
    with ExitStack() as after:
        for identity in services.values():
            after.callback(client.api.start, identity)
        if services:
            stack.run("stop", *services)
        yield
