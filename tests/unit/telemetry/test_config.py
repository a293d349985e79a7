"""`configure_logging` end to end: from a plain stdlib logger to lines in a file."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from amaie_telemetry import configure_logging, shutdown

if TYPE_CHECKING:
    from pathlib import Path


def test_a_record_of_the_standard_lands_in_the_file_of_the_service(tmp_path: Path) -> None:
    """The example of the standard's section 3.3 comes out with its names and values."""
    configure_logging(service="amaie-trader", log_dir=tmp_path)
    logging.getLogger("execution.engine").info("Order placed", extra={"symbol": "BTC/USDT", "amount": 0.001})
    shutdown()
    record = json.loads((tmp_path / "amaie-trader.jsonl").read_text(encoding="utf-8"))
    del record["timestamp"], record["event_id"]
    assert record == {
        "level": "INFO",
        "service": "amaie-trader",
        "module": "execution.engine",
        "message": "Order placed",
        "symbol": "BTC/USDT",
        "amount": 0.001,
    }
