"""Logging and metrics of AMAIE's services.

from amaie_telemetry import configure_logging
configure_logging(service="amaie-trader")
logging.getLogger(__name__).info("Order placed", extra={"symbol": "BTC/USDT", "amount": 0.01})
"""

from __future__ import annotations

from amaie_telemetry import metrics
from amaie_telemetry.account import TradingAccount
from amaie_telemetry.config import configure_logging, register_secret, shutdown
from amaie_telemetry.context import bind, span
from amaie_telemetry.server import MetricsServer, start_metrics_server

__all__ = [
    "MetricsServer",
    "TradingAccount",
    "bind",
    "configure_logging",
    "metrics",
    "register_secret",
    "shutdown",
    "span",
    "start_metrics_server",
]
