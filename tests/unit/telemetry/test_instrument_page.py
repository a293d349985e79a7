"""docs/instrument-your-service.md works when it is followed to the letter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from corpus.contract_check import check_line

PAGE = Path(__file__).resolve().parents[3] / "docs" / "instrument-your-service.md"


def blocks(language: str) -> list[str]:
    """Return the code of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    """All Python blocks in order, in a fresh process; the log and the metrics are what the page says."""
    ask = (
        'import urllib.request\nurl = f"http://127.0.0.1:{server.port}"\n'
        'print(urllib.request.urlopen(url + "/metrics").read().decode())\n'
        'print(urllib.request.urlopen(url + "/healthz").read().decode())\n'
    )
    *steps, end, tests = blocks("python")
    program = "\n".join([*steps, ask, end, tests])
    program = program.replace("start_metrics_server(9102)", "start_metrics_server(0)")
    environment = {**os.environ, "AMAIE_LOG_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "amaie-trader.jsonl").read_bytes().splitlines(keepends=True)
    records = [check_line(line) for line in lines]
    first, sent, rejected, connecting, request = records
    shown = json.loads(blocks("json")[0])
    assert {key: value for key, value in first.items() if key not in {"timestamp", "event_id"}} == {
        key: value for key, value in shown.items() if key not in {"timestamp", "event_id"}
    }
    assert list(first) == list(shown)
    assert sent["trace_id"] == rejected["trace_id"]
    assert sent["strategy_id"] == "efe-momentum"
    assert (connecting["api_key"], connecting["headers"]) == ("[REDACTED]", {"X-MBX-APIKEY": "[REDACTED]"})
    assert request["message"] == "GET https://api.example.com/order?signature=[REDACTED]"
    assert 'amaie_trading_equity{account="main",currency="USDT"} 10093.9\n' in done.stdout
    assert 'amaie_trading_trades_total{account="main",currency="USDT",result="win"} 1.0\n' in done.stdout
    assert (
        'amaie_exchange_request_duration_seconds_count{exchange="binance",endpoint="order"} 1.0\n'
        in done.stdout
    )
    assert done.stdout.endswith("ok\n\n")
