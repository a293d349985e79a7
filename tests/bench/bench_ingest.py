"""How fast the shipper is: beside the same bulk bodies sent bare, from line to searchable; the Ruby filter.

    python tests/bench/bench_ingest.py [--documents 240000] [--rounds 6]

Rounds alternate between shipping a file and sending its prepared bulk bodies, with as many requests in
flight, into streams of their own on one real Elasticsearch, which may rest before each. Prints the median
ratio: it says more than a rate on a machine that others use, too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts"), str(ROOT / "tests")]

from amaie_ingest import client  # noqa: E402
from amaie_ingest.bulk import FILTER, Operation, Sender  # noqa: E402
from amaie_ingest.judge import Judge, Source  # noqa: E402
from amaie_ingest.positions import Positions  # noqa: E402
from amaie_ingest.reader import Reader  # noqa: E402
from amaie_ingest.shipper import BATCH_DOCUMENTS, PARALLEL, Shipper, Streams  # noqa: E402
from amaie_telemetry import contract  # noqa: E402 (found by the lines above)
from bench import searchable  # noqa: E402
from bench.searchable import Waits  # noqa: E402
from integration.logs.lab import SHIPPER, Lab, record  # noqa: E402
from operate import build, engine  # noqa: E402
from operate.progress import Progress  # noqa: E402
from ruby import filtered, jruby  # noqa: E402
from support.containers import Elasticsearch  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

RUBY_LINES = 20_000
WARM_UP = 2
"""Rounds that do not count: by then, Java has compiled what indexing needs."""


class Silent:
    """A watch that does not watch."""

    def counted(self, counts: object) -> None:
        """Do nothing."""

    def waiting(self, oldest: str | None) -> None:
        """Do nothing."""

    def unsaved(self) -> None:
        """Do nothing."""


def lines(number: int) -> list[bytes]:
    """Return log lines as the library writes them, every message another one."""
    producer = uuid.uuid4().hex[:24]
    return [
        json.dumps(
            record(
                n,
                event_id=f"{producer}-{n:010d}",
                symbol="BTC/USDT",
                order_id=f"ORD-{n}",
                amount=0.001,
                price=30000 + n / 7,
                trace_id=f"{n:032x}",
            ),
            separators=(",", ":"),
        ).encode()
        for n in range(1, number + 1)
    ]


def shipped(lab: Lab, path: Path) -> float:
    """Return the seconds that the shipper takes for a file: reading, judging, sending, acknowledged."""
    login = _login(lab)
    judge = Judge(contract.load())
    sender = Sender(client.connect(login), login, _never, give_up_after=60)
    shipper = Shipper(
        judge,
        sender.send,
        Positions(None),
        Streams(lab.good, lab.rejected),
        Silent(),
        max_event_bytes=contract.load().limits.max_event_bytes,
    )
    start = time.perf_counter()
    reader = Reader(path, None, 1 << 20)
    source = reader.source
    for line in reader.lines():
        shipper.add(reader, source, line)
    shipper.finish()
    seconds = time.perf_counter() - start
    shipper.close()
    assert not shipper.counts.rejected
    return seconds


def bare(lab: Lab, bodies: list[bytes]) -> float:
    """Return the seconds that the same documents take as prepared bodies, as many in flight at once."""
    server = client.connect(_login(lab))

    def send(body: bytes) -> None:
        operations: Any = [body]
        assert not server.bulk(operations=operations, require_data_stream=True, filter_path=FILTER)["errors"]

    start = time.perf_counter()
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, bodies))
    return time.perf_counter() - start


def rest(lab: Lab) -> None:
    """Wait until the server has tidied up after the run before."""
    lab.ask("POST", f"/{lab.good}/_refresh?ignore_unavailable=true", user="amaie_setup")
    query = "/_nodes/stats/indices/merge?filter_path=nodes.*.indices.merges.current"
    while any(
        node["indices"]["merges"]["current"]
        for node in lab.ask("GET", query, user="amaie_monitor")["nodes"].values()
    ):
        time.sleep(0.1)


def prepared(raw: list[bytes], stream: str) -> list[bytes]:
    """Return the bulk bodies of lines, as the shipper would make them."""
    judge, source = Judge(contract.load()), Source("bench", "0:0:0")
    operations = [
        Operation(stream, verdict.id, verdict.body)
        for verdict in (judge.judge(line, source, n) for n, line in enumerate(raw))
    ]
    return [
        b"".join(one.lines() for one in operations[start : start + BATCH_DOCUMENTS]).removesuffix(b"\n")
        for start in range(0, len(operations), BATCH_DOCUMENTS)
    ]


def ruby() -> dict[str, float]:
    """Return lines a second under JRuby: mere parsing, and the filter on raw lines and on handed ones."""
    raw = lines(RUBY_LINES)
    by_turns = chain.from_iterable(zip(raw, filtered.envelopes(raw, "amaie-core.jsonl"), strict=True))
    script = ROOT / "tests" / "ruby" / "bench.rb"
    text = filtered.encoded(by_turns)
    answer = jruby.run(script, filtered.SCRIPT, filtered.CONTRACT, text=text, java_options=())
    rates: dict[str, float] = json.loads(answer)
    return rates


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=240_000)
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args()
    progress = Progress()
    docker = engine.ensure("auto", progress)
    images = build.ensure(build.choose("auto", docker, progress), docker, progress)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secrets").mkdir()
        server = Elasticsearch.start(images["elasticsearch"], Path(folder) / "secrets")
        try:
            _measure(server, Path(folder), options, progress)
        finally:
            server.stop()


def _measure(server: Elasticsearch, folder: Path, options: argparse.Namespace, progress: Progress) -> None:
    setup = [*SHIPPER, "elasticsearch-setup", "--url", server.url, "--password-file"]
    subprocess.run([*setup, str(server.password_file("amaie_setup"))], check=True, stdout=subprocess.DEVNULL)
    with progress.step(f"Shipping and sending {options.documents:,} documents in turn") as detail:
        _throughput(server, folder, options, detail)
    with progress.step(f"Looking for {searchable.LINES} lines as they become searchable"):
        place = folder / "latency"
        place.mkdir()
        waits = Waits.of(searchable.measure(Lab(server, "latency", place)))
    print(
        f"written to searchable: p50 {waits.p50:.2f} s, p99 {waits.p99:.2f} s, slowest of "
        f"{searchable.LINES} lines {waits.slowest:.2f} s; Elasticsearch refreshes once a second"
    )
    with progress.step("Filtering under JRuby"):
        rates = ruby()
    for name, what in {"raw": "raw lines", "handed": "documents of the shipper"}.items():
        share = rates[name] / rates["parse"]
        print(f"Ruby filter, {what}: {rates[name]:,.0f} lines/s, {share:.2f} of parsing alone")


def _throughput(
    server: Elasticsearch, folder: Path, options: argparse.Namespace, detail: Callable[[str], None]
) -> None:
    ratios, rates = [], []
    rounds = WARM_UP + options.rounds
    for number in range(rounds):
        detail(f"round {number + 1} of {rounds}")
        raw = lines(options.documents)
        path = folder / "bench.jsonl"
        path.write_bytes(b"\n".join(raw) + b"\n")
        labs = [Lab(server, f"b{number}{side}", folder) for side in ("x", "y")]
        bodies = prepared(raw, labs[1].good)
        runs = [lambda: shipped(labs[0], path), lambda: bare(labs[1], bodies)]  # noqa: B023 (called at once)
        order = (0, 1) if number % 2 else (1, 0)
        seconds = {}
        for side in order:
            seconds[side] = runs[side]()
            rest(labs[side])
        if number >= WARM_UP:
            ratios.append(seconds[1] / seconds[0])
            rates.append(options.documents / seconds[0])
    print(f"shipper: {statistics.median(rates):,.0f} documents/s")
    print(
        f"of bare bulk: {statistics.median(ratios):.2f} (median of {', '.join(f'{r:.2f}' for r in ratios)})"
    )


def _login(lab: Lab) -> client.Login:
    server = lab.elasticsearch
    return client.Login(server.url, "amaie_writer", server.password_file("amaie_writer"))


def _never(operation: Operation, reason: str, detail: str) -> Operation:
    raise AssertionError(f"{operation.id}: {reason} {detail}")


if __name__ == "__main__":
    main()
