"""What ccxt logs and raises is on record whole, and neither key nor signature is."""

from __future__ import annotations

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from amaie_telemetry import configure_logging, shutdown
from ccxt_errors import KEY, SECRET, exchange, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWERS = {
    "refused": (401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}),
    "poor": (400, {"code": -2010, "msg": "Account has insufficient balance for requested action."}),
    "busy": (429, {"code": -1003, "msg": "Too much request weight used; please use WebSocket Streams."}),
    "taken": (200, {"symbol": "BTCUSDT", "orderId": 28457, "status": "NEW", "transactTime": 1507725176595}),
}
"""Answers of Binance's API documentation."""


class Binance(BaseHTTPRequestHandler):
    """Answers every order with one of the documented answers."""

    answer: ClassVar[tuple[int, dict[str, Any]]] = (200, {})

    def do_POST(self) -> None:
        """Take an order."""
        code, said = self.answer
        body = json.dumps(said).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Yield where the stand-in of Binance listens."""
    server = HTTPServer(("127.0.0.1", 0), Binance)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("refused", "AuthenticationError"),
        ("poor", "InsufficientFunds"),
        ("busy", "DDoSProtection"),
        ("taken", ""),
    ],
)
def test_what_ccxt_says_is_on_record_and_no_key_is(
    tmp_path: Path, address: str, case: str, error: str
) -> None:
    """Its debug records of request and response, and the exception with its chain."""
    Binance.answer = ANSWERS[case]
    logging.getLogger("ccxt").setLevel(logging.DEBUG)
    configure_logging(service="amaie-trader", log_dir=tmp_path, level="DEBUG")
    assert order(exchange(address), 0.01, 50_000.0) is (not error)
    shutdown()
    text = (tmp_path / "amaie-trader.jsonl").read_text("utf-8")
    records = [json.loads(line) for line in text.splitlines()]
    assert KEY not in text
    assert SECRET not in text
    debug = [one for one in records if one["module"].startswith("ccxt")]
    assert any("/api/order" in one["message"] and "signature=[REDACTED]" in one["message"] for one in debug)
    last = next(one for one in reversed(records) if one["module"] == "execution.orders")
    assert (last["symbol"], last["price"]) == ("BTC/USDT", 50_000.0)
    if error:
        assert last["exception_type"].endswith(error)
        assert ANSWERS[case][1]["msg"] in last["exception_message"]
        assert "create_order" in last["exception_stacktrace"]
    else:
        assert last["order_id"] == "28457"
