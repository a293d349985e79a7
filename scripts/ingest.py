"""Ship JSON log files to Elasticsearch: checked, redacted, each record exactly once.

Examples:
    python scripts/ingest.py /var/log/amaie                   backfill a folder (or files) once
    python scripts/ingest.py --follow --log-dir /var/log/amaie --state /var/lib/amaie
    python scripts/ingest.py --dry-run old.jsonl              only say what would be rejected, and why
    python scripts/ingest.py --replay-rejected                let rejected records in again after a fix

Records that keep the contract of spec/logs.yaml go to logs-amaie-<namespace>, all others, with the reason, to
logs-amaie.rejected-<namespace>. Exit codes: 0 done, 1 something is wrong (said on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elasticsearch import ApiError, TransportError

from amaie_ingest import client, contract, files
from amaie_ingest.backfill import backfill
from amaie_ingest.bulk import Operation, Refuse, Sender, Stopped
from amaie_ingest.errors import Broken, IngestError
from amaie_ingest.follow import Follower
from amaie_ingest.judge import Judge
from amaie_ingest.positions import Positions, hold
from amaie_ingest.replay import Refused, replay
from amaie_ingest.shipper import Shipper, Streams
from amaie_ingest.trial import Trial
from amaie_ingest.watch import MetricsWatch, ProgressWatch, summary
from amaie_telemetry import contract as library_contract
from amaie_telemetry.server import start_metrics_server

if TYPE_CHECKING:
    from amaie_ingest.shipper import Watch

PATIENCE = 600.0
"""Seconds without progress after which a one-time run gives up."""

KEEP = contract.load().limits.max_event_bytes + 1


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    wrong = _wrong_usage(options)
    if wrong:
        parser.error(wrong)
    try:
        if options.dry_run and not options.replay_rejected:
            return _dry_run(options)
        if options.replay_rejected:
            return _replay(options)
        return _follow(options) if options.follow else _backfill(options)
    except (IngestError, OSError) as error:
        print(f"ingest: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ingest.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders to read once")
    parser.add_argument("--follow", action="store_true", help="go on reading what services write")
    parser.add_argument("--replay-rejected", action="store_true", help="judge rejected records again")
    parser.add_argument("--dry-run", action="store_true", help="send nothing, only say what would happen")
    parser.add_argument(
        "--log-dir", type=Path, default=os.environ.get("AMAIE_LOG_DIR"), help="folder to follow"
    )
    parser.add_argument(
        "--state", type=Path, help="folder of the position file (without: read from the start)"
    )
    parser.add_argument("--metrics-port", type=int, help="serve /metrics and /healthz here")
    parser.add_argument("--namespace", default="default", help="of the data streams (default: %(default)s)")
    parser.add_argument("--url", default=os.environ.get("AMAIE_ELASTICSEARCH_URL", "http://127.0.0.1:9200"))
    parser.add_argument("--user", help="default: amaie_writer, or amaie_operator to replay")
    parser.add_argument("--password-file", type=Path, help="default: the one that make up has written")
    return parser


def _wrong_usage(options: argparse.Namespace) -> str:
    if options.follow and options.replay_rejected:
        return "--follow and --replay-rejected exclude each other; run them one after the other"
    if options.follow and (options.paths or not options.log_dir):
        return "--follow reads one folder; name it with --log-dir"
    if options.follow and options.dry_run:
        return "--dry-run reads files once; name them in place of --follow"
    if options.replay_rejected and options.paths:
        return "--replay-rejected reads what Elasticsearch has; name no files"
    if not (options.follow or options.replay_rejected or options.paths):
        return "name files or folders to read, or use --follow or --replay-rejected"
    return ""


def _login(options: argparse.Namespace) -> client.Login:
    user = options.user or ("amaie_operator" if options.replay_rejected else "amaie_writer")
    return client.Login(options.url, user, options.password_file or client.password_file(user))


def _streams(options: argparse.Namespace) -> Streams:
    return Streams(*(f"logs-{dataset}-{options.namespace}" for dataset in ("amaie", "amaie.rejected")))


def _judge() -> Judge:
    return Judge(contract.load(), library_contract.load())


def _refuse(options: argparse.Namespace, judge: Judge) -> Refuse:
    streams = _streams(options)

    def refuse(operation: Operation, reason: str, detail: str) -> Operation:
        body = judge.refused(operation.body, Broken(reason, detail))
        return Operation(streams.rejected, operation.id, body, reason)

    return refuse


def _sender(options: argparse.Namespace, refuse: Refuse, **waiting: Any) -> Sender:
    login = _login(options)
    return Sender(client.connect(login), login, refuse, **waiting)


def _positions(options: argparse.Namespace) -> Positions:
    if options.state is None:
        return Positions(None)
    hold(options.state)
    return Positions(options.state / "positions.json")


def _shipper(
    options: argparse.Namespace, sender: Sender, positions: Positions, judge: Judge, watch: Watch
) -> Shipper:
    limit = contract.load().limits.max_event_bytes
    return Shipper(judge, sender.send, positions, _streams(options), watch, max_event_bytes=limit)


def _backfill(options: argparse.Namespace) -> int:
    paths, stop = files.expand(options.paths), threading.Event()
    watch = ProgressWatch(sum(path.stat().st_size for path in paths))
    judge, positions = _judge(), _positions(options)
    sender = _sender(
        options, _refuse(options, judge), give_up_after=PATIENCE, stop=stop, on_retry=watch.retried
    )
    shipper = _shipper(options, sender, positions, judge, watch)
    try:
        notes = backfill(paths, shipper, positions, keep=KEEP, on_read=watch.read)
        shipper.finish()
    finally:
        stop.set()
        watch.finish()
        shipper.close()
    print("\n".join([*notes, f"{len(paths)} files: {summary(shipper.counts)}"]))
    return 0


def _follow(options: argparse.Namespace) -> int:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    watch = MetricsWatch(tuple(contract.load().reasons))
    judge, positions = _judge(), _positions(options)
    sender = _sender(options, _refuse(options, judge), give_up_after=None, stop=stop, on_retry=watch.retried)
    shipper = _shipper(options, sender, positions, judge, watch)
    server = None
    if options.metrics_port is not None:
        server = start_metrics_server(options.metrics_port, service="ingest", healthy=watch.healthy)
    try:
        Follower(options.log_dir, shipper, positions, keep=KEEP).run(stop)
    except Stopped:
        print("stopped while Elasticsearch did not answer; the next start goes on from here", file=sys.stderr)
    finally:
        stop.set()  # a thread that still waits for an answer must not keep the process alive
        shipper.close()
        if server is not None:
            server.close()
    return 0


def _dry_run(options: argparse.Namespace) -> int:
    paths = files.expand(options.paths)
    watch = ProgressWatch(sum(path.stat().st_size for path in paths))
    judge, trial = _judge(), Trial()
    shipper = Shipper(
        judge,
        trial.send,
        Positions(None),
        _streams(options),
        watch,
        max_event_bytes=contract.load().limits.max_event_bytes,
    )
    notes = backfill(paths, shipper, Positions(None), keep=KEEP, on_read=watch.read)
    shipper.finish()
    shipper.close()
    watch.finish()
    print("\n".join([*trial.examples, *notes, f"{len(paths)} files, dry run: {summary(shipper.counts)}"]))
    return 1 if shipper.counts.rejected else 0


def _replay(options: argparse.Namespace) -> int:
    judge, refused, login = _judge(), Refused(), _login(options)
    send = _sender(options, refused, give_up_after=PATIENCE).send
    try:
        done = replay(client.connect(login), judge, send, _streams(options), refused, dry_run=options.dry_run)
    except (ApiError, TransportError) as error:
        raise client.explained(error, login) from None
    moved = f"{done.removed:,} were indexed and removed from the rejected"
    if refused:
        moved += f"; {len(refused):,} were refused by Elasticsearch again and stay"
    what = "would be indexed" if options.dry_run else moved
    print(f"{done.read:,} rejected records read, {done.good:,} keep the contract now and {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
