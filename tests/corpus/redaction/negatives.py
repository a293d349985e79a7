# ruff: noqa: E501, S311, ARG001 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""A simulated trading day: 20,000 records without a secret, full of ids, hashes, prices and times."""

from __future__ import annotations

import base64
import random
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 17
SIZE = 20_000
DAY = 1_753_833_600
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDC", "BTCUSDT", "ETH-USD", "XRP-EUR-PERP")
HEX = "0123456789abcdef"

Row = tuple[str, dict[str, Any]]


def rows(seed: int = SEED, size: int = SIZE) -> Iterator[Row]:
    """Yield messages and extra fields."""
    rng = random.Random(seed)
    for number in range(size):
        yield _MAKERS[rng.choices(range(len(_MAKERS)), _WEIGHTS)[0]](rng, number)


def hexa(rng: random.Random, size: int) -> str:
    """Return random hexadecimal digits."""
    return f"{rng.getrandbits(size * 4):0{size}x}"


def uuid(rng: random.Random) -> str:
    """Return a random UUID."""
    text = hexa(rng, 32)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def epoch(rng: random.Random) -> int:
    """Return a time of the day in milli-, micro- or nanoseconds."""
    return int((DAY + rng.random() * 86_400) * 10 ** rng.choice([3, 6, 9]))


def order_id(rng: random.Random) -> Any:
    """Return an id as one of the exchanges writes it."""
    makers: list[Callable[[], Any]] = [
        lambda: rng.randint(10**9, 10**19),
        lambda: str(rng.randint(10**15, 10**16 - 1)),
        lambda: uuid(rng),
        lambda: "0x" + hexa(rng, 64),
        lambda: f"O{''.join(rng.choices(string.ascii_uppercase + string.digits, k=5))}-{hexa(rng, 5).upper()}-{hexa(rng, 6).upper()}",
        lambda: "x-" + "".join(rng.choices(string.ascii_letters + string.digits, k=22)),
        lambda: f"amaie-{rng.randint(1, 10**6):07d}",
        lambda: hexa(rng, 24),
    ]  # fmt: skip
    return rng.choice(makers)()


def price(rng: random.Random) -> float:
    """Return a price or an amount."""
    return round(rng.lognormvariate(6, 3), rng.randint(0, 8))


def _placed(rng: random.Random, number: int) -> Row:
    order, symbol, side = order_id(rng), rng.choice(SYMBOLS), rng.choice(["BUY", "SELL"])
    text = rng.choice([
        f"Order placed: symbol={symbol}, side={side}, amount={price(rng)}",
        f"Order {order} placed at {price(rng)}",
        f"order_id={order} client_order_id={order_id(rng)} accepted",
        "Order placed successfully",
    ])  # fmt: skip
    return text, {
        "symbol": symbol,
        "order_id": str(order),
        "price": price(rng),
        "amount": price(rng),
        "trace_id": hexa(rng, 32),
    }


def _filled(rng: random.Random, number: int) -> Row:
    text = f"Filled {price(rng)} @ {price(rng)} fee={price(rng)} ts={epoch(rng)} trade {rng.randint(10**8, 10**12)}"
    return text, {
        "trade_id": str(rng.randint(10**8, 10**18)),
        "pnl": round(rng.gauss(0, 100), 4),
        "event_time": epoch(rng),
    }


def _market(rng: random.Random, number: int) -> Row:
    levels = [[str(price(rng)), str(price(rng))] for _ in range(rng.randint(1, 4))]
    text = f"depth update u={rng.randint(10**9, 10**11)} E={epoch(rng)} {rng.choice(SYMBOLS)}"
    return text, {
        "bids": levels,
        "checksum": rng.randint(-(2**31), 2**31),
        "sequence": rng.randint(10**9, 10**15),
    }


def _chain(rng: random.Random, number: int) -> Row:
    tx, block = "0x" + hexa(rng, 64), rng.randint(10**7, 10**8)
    text = rng.choice(
        [f"tx {tx} confirmed in block {block}", f"transfer hash={tx}", f"sha256 {hexa(rng, 64)} matches"]
    )
    return text, {"tx_hash": tx, "address": "0x" + hexa(rng, 40), "nonce": rng.randint(0, 10**6)}


def _agent(rng: random.Random, number: int) -> Row:
    text = (
        f"Calculated EFE for policy {rng.randint(1, 99)}: value={rng.random():.3f}, "
        f"pragmatic={rng.random():.3f}, epistemic={rng.random():.3f}"
    )
    return text, {
        "policy_id": f"policy-{number}",
        "belief_state_id": uuid(rng),
        "efe": rng.gauss(0, 1),
        "span_id": hexa(rng, 16),
    }


def _system(rng: random.Random, number: int) -> Row:
    text = rng.choice([
        f"Market data feed latency exceeding threshold ({rng.randint(50, 500)}ms)",
        f"Risk limit approaching: current_drawdown={rng.random() * 10:.1f}%",
        f"Reconnected to wss://stream.example.com:9443/ws/btcusdt@depth after {rng.randint(1, 9)} attempts",
        f"Token bucket refilled: {rng.randint(1, 1200)} requests left",
        f"kafka://broker-{rng.randint(1, 9)}:9092@orders lag {rng.randint(0, 10**6)}",
        "API key rotated; the old one is no longer accepted",
        "Password policy checked; no user must change anything",
        f"cache key orders:{rng.choice(SYMBOLS)}:{DAY} expired",
        f"P&L today +{price(rng)} USDT, week {-price(rng)}",
        f"Heartbeat {epoch(rng)} uptime {rng.randint(1, 10**7)} s version 1.{rng.randint(0, 99)}.{rng.randint(0, 99)}",
        f"snapshot {DAY + number} written to /var/lib/amaie/beliefs/{uuid(rng)}.npz",
        f"2025-07-30T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:00.{rng.randint(0, 999999):06d}Z tick",
        "Model inference failed: Input tensor shape mismatch",
        "the agent will wait until the market is less busy and then rank all the policies once more",
    ])  # fmt: skip
    return text, {
        "container_id": hexa(rng, 12),
        "profile_name": "live_trading",
        "duration_ms": rng.random() * 100,
    }


def _payload(rng: random.Random, number: int) -> Row:
    frame = base64.b64encode(rng.randbytes(rng.choice([24, 48, 72, 96]))).decode()
    keys = {str(order_id(rng)): {"status": "NEW", "qty": str(price(rng))} for _ in range(3)}
    return f"frame {number} decoded", {
        "open_orders": keys,
        "frame": frame,
        "request_id": uuid(rng),
        "is_token_valid": True,
    }


def _exchange(rng: random.Random, number: int) -> Row:
    text = f"GET https://api.example.com/api/v3/order?symbol=BTCUSDT&orderId={rng.randint(10**9, 10**11)}&timestamp={epoch(rng)} 200"
    return text, {
        "exchange": "binance",
        "status": 200,
        "weight": rng.randint(1, 1200),
        "latency_us": rng.randint(10**3, 10**7),
    }


_MAKERS = (_placed, _filled, _market, _chain, _agent, _system, _payload, _exchange)
_WEIGHTS = (6, 4, 2, 1, 3, 3, 1, 2)
