"""The shipper's commands: follow a folder, ship files once, let rejected records in again."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from amaie_ingest import client, files, forward
from amaie_ingest.backfill import backfill as read_once
from amaie_ingest.bulk import Operation, Refuse, Sender, Stopped
from amaie_ingest.dry_run import DryRun
from amaie_ingest.errors import Broken
from amaie_ingest.follow import Follower
from amaie_ingest.judge import Judge
from amaie_ingest.positions import Positions, hold
from amaie_ingest.replay import Refused
from amaie_ingest.replay import replay as let_in
from amaie_ingest.shipper import Shipper, Streams
from amaie_ingest.watch import MetricsWatch, ProgressWatch, summary
from amaie_telemetry import contract
from amaie_telemetry.server import start_metrics_server

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from amaie_ingest.client import Login
    from amaie_ingest.shipper import Send, Watch

PATIENCE = 600.0
"""Seconds without progress after which a one-time run gives up."""


def follow(options: argparse.Namespace, login: Login) -> int:
    """Ship what services write until a signal comes; return 0."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    watch, positions = MetricsWatch(contract.load().reasons), _positions(options.state)
    shipper = _following(options, login, positions, watch, stop)
    server = None
    if options.metrics_port is not None:
        server = start_metrics_server(options.metrics_port, service="ingest", healthy=watch.healthy)
    try:
        Follower(options.folder, shipper, positions, keep=_keep(), text=options.text).run(stop)
    except Stopped:
        print("stopped while nobody took the records; the next start goes on from here", file=sys.stderr)
    finally:
        stop.set()  # a thread that still waits for an answer must not keep the process alive
        shipper.close()
        if server is not None:
            server.close()
    return 0


def backfill(options: argparse.Namespace, login: Login) -> int:
    """Ship files once; return 0, or 1 if a dry run finds a record that would be rejected."""
    paths = files.expand(options.paths, options.text)
    return _try(options, paths) if options.dry_run else _ship(options, login, paths)


def replay(options: argparse.Namespace, login: Login) -> int:
    """Let in the rejected records that keep the contract now; return 0."""
    judge, refused = Judge(contract.load()), Refused()
    send = _sender(login, refused, give_up_after=PATIENCE).send
    streams = _streams(options)
    done = let_in(client.connect(login), judge, send, streams, refused, dry_run=options.dry_run)
    moved = f"{done.removed:,} were indexed and removed from the rejected"
    if refused:
        moved += f"; {len(refused):,} were refused by Elasticsearch again and stay"
    what = "would be indexed" if options.dry_run else moved
    print(f"{done.read:,} rejected records read, {done.good:,} keep the contract now and {what}")
    return 0


def _following(
    options: argparse.Namespace,
    login: Login,
    positions: Positions,
    watch: MetricsWatch,
    stop: threading.Event,
) -> Shipper:
    """Return the shipper that hands documents to Logstash if it is named, else to Elasticsearch."""
    judge = Judge(contract.load())
    if options.logstash:
        secret = options.password_file or client.secret(forward.SECRET)
        forwarder = forward.Forwarder(
            client.Login(options.logstash, forward.USER, secret, options.ca_file),
            stop=stop,
            on_retry=watch.retried,
        )
        return _shipper(options, forwarder.send, positions, judge, watch, batch_bytes=forward.BATCH_BYTES)
    refuse = _refuse(judge, _streams(options))
    sender = _sender(login, refuse, give_up_after=None, stop=stop, on_retry=watch.retried)
    return _shipper(options, sender.send, positions, judge, watch)


def _ship(options: argparse.Namespace, login: Login, paths: list[Path]) -> int:
    stop, watch = threading.Event(), ProgressWatch(sum(path.stat().st_size for path in paths))
    judge, positions = Judge(contract.load()), _positions(options.state)
    refuse = _refuse(judge, _streams(options))
    sender = _sender(login, refuse, give_up_after=PATIENCE, stop=stop, on_retry=watch.retried)
    shipper = _shipper(options, sender.send, positions, judge, watch)
    try:
        notes = read_once(paths, shipper, positions, keep=_keep(), on_read=watch.read, text=options.text)
        shipper.finish()
    finally:
        stop.set()
        watch.finish()
        shipper.close()
    print("\n".join([*notes, f"{len(paths)} files: {summary(shipper.counts)}"]))
    return 0


def _try(options: argparse.Namespace, paths: list[Path]) -> int:
    watch, dry_run = ProgressWatch(sum(path.stat().st_size for path in paths)), DryRun()
    shipper = _shipper(options, dry_run.send, Positions(None), Judge(contract.load()), watch)
    nothing = Positions(None)
    notes = read_once(paths, shipper, nothing, keep=_keep(), on_read=watch.read, text=options.text)
    shipper.finish()
    shipper.close()
    watch.finish()
    print("\n".join([*dry_run.examples, *notes, f"{len(paths)} files, dry run: {summary(shipper.counts)}"]))
    return 1 if shipper.counts.rejected else 0


def _keep() -> int:
    """Return how many bytes of a line are kept: one more shows that it is too long."""
    return contract.load().limits.max_event_bytes + 1


def _streams(options: argparse.Namespace) -> Streams:
    return Streams(*contract.load().streams(options.namespace))


def _refuse(judge: Judge, streams: Streams) -> Refuse:
    def refuse(operation: Operation, reason: str, detail: str) -> Operation:
        body = judge.refused(operation.body, Broken(reason, detail))
        return Operation(streams.rejected, operation.id, body, reason)

    return refuse


def _sender(login: Login, refuse: Refuse, **waiting: Any) -> Sender:
    return Sender(client.connect(login), login, refuse, **waiting)


def _positions(state: Path | None) -> Positions:
    if state is None:
        return Positions(None)
    hold(state)
    return Positions(state / "positions.json")


def _shipper(
    options: argparse.Namespace, send: Send, positions: Positions, judge: Judge, watch: Watch, **limits: int
) -> Shipper:
    most = contract.load().limits.max_event_bytes
    return Shipper(judge, send, positions, _streams(options), watch, max_event_bytes=most, **limits)
