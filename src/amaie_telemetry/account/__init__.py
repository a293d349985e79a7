"""The facts of a trading account, kept from fills, transfers and prices and exported as the spec says."""

from __future__ import annotations

from amaie_telemetry.account.facts import RESULTS
from amaie_telemetry.account.position import Held
from amaie_telemetry.account.statefile import AccountStateError
from amaie_telemetry.account.trading import TradingAccount

__all__ = ["RESULTS", "AccountStateError", "Held", "TradingAccount"]
