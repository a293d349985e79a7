"""The simulated market and account: every figure is a pure function of the seed and the time.

Nothing is stored, so three processes with one seed agree to the last digit, and a restarted one
takes up where it stopped. Random shapes are value noise: numbers hashed from the seed on a lattice of
times, joined smoothly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

ACCOUNT_OPENED: Final = 1_767_225_600  # 2026-01-01 00:00 UTC: wealth index 1
FIRST_DEPOSIT: Final = 20_000.0
MONTHLY_DEPOSIT: Final = 250.0
DAILY_DRIFT: Final = 0.0005
CLOSE_EVERY: Final = 20  # seconds between two closed positions
DAY: Final = 86_400

# Period in seconds and largest deviation of log wealth. Their sum bounds a fall in normal times.
_WEALTH_WAVES: Final = ((9 * DAY, 0.004), (DAY, 0.0028), (14_400, 0.0009), (1_800, 0.0004), (180, 0.0002))
_PRICE_WAVES: Final = ((30 * DAY, 0.12), (4 * DAY, 0.04), (21_600, 0.012), (1_800, 0.004), (120, 0.0009))


@dataclass(frozen=True, slots=True)
class Instrument:
    """A pair that the demo trades: its usual price in the quote currency and its usual order."""

    symbol: str
    price: float
    amount: float


INSTRUMENTS: Final = (Instrument("BTC/USDT", 64_000.0, 0.01), Instrument("ETH/USDT", 3_100.0, 0.2))


def chance(seed: int, *key: str | int) -> float:
    """Return a number in [0, 1) that depends on nothing but the seed and the key."""
    text = ":".join(map(str, (seed, *key))).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") / 2**64


def identifier(seed: int, kind: str, number: int, length: int = 32) -> str:
    """Return a hexadecimal id of *length* digits for the *number*-th thing of its kind."""
    return blake2b(f"{seed}:{kind}:{number}".encode(), digest_size=length // 2).hexdigest()


def wave(seed: int, name: str, time: float, period: float) -> float:
    """Return smooth noise in [-1, 1] whose shape changes about once per *period* seconds."""
    place = time / period
    left = math.floor(place)
    share = place - left
    blend = share * share * (3 - 2 * share)
    start, end = chance(seed, name, left), chance(seed, name, left + 1)
    return 2 * (start + (end - start) * blend) - 1


def price(seed: int, instrument: Instrument, time: float, shift: float = 0.0) -> float:
    """Return the price at *time*; *shift* is a scenario's addition to its logarithm."""
    waves = (
        size * wave(seed, f"price {instrument.symbol} {period}", time, period)
        for period, size in _PRICE_WAVES
    )
    return instrument.price * math.exp(sum(waves) + shift)


@lru_cache(maxsize=256)  # the days of deposits are asked for at every second
def wealth(seed: int, time: float, shift: float = 0.0) -> float:
    """Return the time-weighted value of one unit invested when the account opened."""
    trend = DAILY_DRIFT * (time - ACCOUNT_OPENED) / DAY
    waves = (size * wave(seed, f"wealth {period}", time, period) for period, size in _WEALTH_WAVES)
    return math.exp(trend + sum(waves) + shift)


def transfers(seed: int, time: float) -> tuple[tuple[float, float], ...]:
    """Return time and amount of every transfer so far: the first deposit, then one every 30 days at noon."""
    first = ((float(ACCOUNT_OPENED), FIRST_DEPOSIT),)
    later = range(ACCOUNT_OPENED + 30 * DAY + DAY // 2, int(time) + 1, 30 * DAY)
    return first + tuple(
        (float(at), MONTHLY_DEPOSIT * (1 + round(chance(seed, "deposit", at)))) for at in later
    )
