# ruff: noqa: E501 (cases read best on one line)
"""Services of several processes: real forks, one page."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families as parsed

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import logging, os, sys, time, urllib.request
from amaie_telemetry import configure_logging, metrics, start_metrics_server
handler = configure_logging(service="amaie-trader", log_dir=sys.argv[1])
log = logging.getLogger("demo")
metrics.trading.equity.labels(account="main", currency="USDT").set(1)
def work(number):
    for _ in range(10):
        metrics.exchange.requests_total.labels(exchange="binance", outcome="ok").inc()
        metrics.exchange.request_duration_seconds.labels(exchange="binance", endpoint="order").observe(0.02)
        log.info("record")
    metrics.trading.equity.labels(account=f"w{number}", currency="USDT").set(number)
    metrics.trading.equity.labels(account="shared", currency="USDT").set(number)
    metrics.trading.equity.labels(account="shared", currency="USDT").inc(0.5)
    metrics.agent.belief_entropy_nats.labels().set(1)
    handler.close()
children, stay = [], os.pipe()
for number in range(3):
    pid = os.fork()
    if pid == 0:
        os.close(stay[1])
        work(number)
        if number:
            os.read(stay[0], 1)  # a worker that goes on living
        os._exit(0)
    children.append(pid)
    if number == 0:
        os.waitpid(pid, 0)
    time.sleep(0.5)
log.info("parent")
handler.flush()
server = start_metrics_server(0, address="127.0.0.1")
print(urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics").read().decode())
os.close(stay[1])
"""


def test_workers_that_were_forked_get_their_counters_onto_one_page(tmp_path: Path) -> None:
    """Sums of all, also of those that have ended; gauges of those that live; records of every process count."""
    folder = tmp_path / "metrics"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in parsed(done.stdout)
        for sample in family.samples
    }
    assert found["amaie_exchange_requests_total", "binance", "ok"] == 30
    assert found["amaie_exchange_request_duration_seconds_count", "order", "binance"] == 30
    assert found["amaie_log_records_total", "INFO"] == 31
    assert "process_start_time_seconds" in done.stdout
    assert (
        found[("amaie_agent_belief_entropy_nats",)] == 1
    )  # the spec gives it to another role, which this is, too
    assert "amaie_agent_policies" not in done.stdout
    equity = {key[1]: value for key, value in found.items() if key[0] == "amaie_trading_equity"}
    assert equity == {"main": 1, "w1": 1, "w2": 2, "shared": 2.5}
    assert "# HELP amaie_exchange_requests_total Requests to an exchange's API" in done.stdout
