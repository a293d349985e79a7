"""An exchange of ccxt that refuses: its debug records and exceptions are logged whole, without the keys.

ccxt writes what it sends and receives to the logger `ccxt.base.exchange`, headers and signed addresses
included. Run it: `.venv/bin/python examples/ccxt_errors.py`; it asks Binance's test network.
"""

from __future__ import annotations

import logging

import ccxt

from amaie_telemetry import configure_logging

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"  # Binance's own example, public
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"  # noqa: S105 (the same)
MARKET = {
    "id": "BTCUSDT",
    "symbol": "BTC/USDT",
    "base": "BTC",
    "quote": "USDT",
    "baseId": "BTC",
    "quoteId": "USDT",
    "type": "spot",
    "spot": True,
    **dict.fromkeys(("margin", "swap", "future", "option", "contract", "linear", "inverse"), False),
    "active": True,
    "precision": {"amount": 0.00001, "price": 0.01},
    "limits": {},
    "info": {"orderTypes": ["LIMIT", "MARKET"]},
}
_log = logging.getLogger("execution.orders")


def exchange(address: str = "") -> ccxt.binance:
    """Return Binance with one market, so that nothing is asked for before the order.

    Args:
        address: Where it is asked, if not at Binance's test network.
    """
    made = ccxt.binance({"apiKey": KEY, "secret": SECRET, "options": {"adjustForTimeDifference": False}})
    made.set_sandbox_mode(True)
    if address:
        made.urls["api"] = dict.fromkeys(made.urls["api"], f"{address}/api")
    made.set_markets([MARKET])
    return made


def order(asked: ccxt.binance, amount: float, price: float) -> bool:
    """Place a limit order to buy; return whether the exchange took it."""
    what = {"symbol": "BTC/USDT", "side": "buy", "amount": amount, "price": price}
    try:
        placed = asked.create_order("BTC/USDT", "limit", "buy", amount, price)
    except ccxt.BaseError:
        _log.exception("Order refused by %s", asked.id, extra=what)
        return False
    _log.info("Order placed", extra={**what, "order_id": placed["id"]})
    return True


if __name__ == "__main__":
    logging.getLogger("ccxt").setLevel(logging.DEBUG)
    configure_logging(service="amaie-trader", level="DEBUG")
    order(exchange(), 0.01, 50_000.0)
    logging.shutdown()
