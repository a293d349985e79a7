"""Write the demo's past: what Prometheus and Elasticsearch would hold had it run for weeks.

Example:
    python -m amaie_demo.history --out /history --days 35
    promtool tsdb create-blocks-from openmetrics --max-block-duration=744h /history/metrics.om /prometheus

`metrics.om` holds the facts of the account every five minutes and at the end, so that weekly and monthly
figures, Sharpe and Sortino are real and fresh from the first minute, and the recorded series that remember
(peak, ledgers, drawdown, P&L).
`<service>.jsonl` hold one decision's story for each hour, with ids that make a second run no double.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from amaie_demo import incidents, shares, story, world
from amaie_demo.facts import ACCOUNT
from amaie_demo.market import CLOSE_EVERY, chance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amaie_demo.world import Moment

STEP: Final = 300  # seconds between two points, within Prometheus' look-back
_HOUR: Final = 3600
_DAY: Final = 86_400
_QUARTER: Final = 900
_WINDOWS: Final = {"current": 1, "max_1h": _HOUR // STEP, "max_1d": _DAY // STEP, "max_30d": 0}
"""What is recorded of the drawdown: the largest of so many points; of all of them, where it is 0."""
_TRADES: Final = "account_currency_result_instance:amaie_trading_trades"
_OF_INSTANCE: Final = "account_currency_instance:amaie_trading"
TARGET: Final = {
    "service": story.TRADER,
    "role": story.TRADER,
    "instance": f"{story.TRADER}:9102",
    "job": "services",
}
"""The labels that Prometheus gives to what it scrapes: with others the past would be a second trader's."""
_TRADER: Final = {"instance": TARGET["instance"]}
_OF_ACCOUNT: Final = "account_currency:amaie_trading"
_OF_SHARES: Final = {
    ("strategy", "realised"): "account_currency_strategy:amaie_trading_realised:last",
    ("symbol", "realised"): "account_currency_symbol:amaie_trading_realised:last",
    ("strategy", "trades"): "account_currency_strategy:amaie_trading_strategy_trades:last",
}
SUMS: Final = ("gross_profit", "gross_loss", "volume")
RECORDED: Final = (
    f"{_TRADES}:ledger",
    f"{_TRADES}:reading",
    *(f"{_OF_INSTANCE}_{name}:{kind}" for name in SUMS for kind in ("ledger", "reading")),
    f"{_OF_ACCOUNT}_equity:current",
    f"{_OF_ACCOUNT}_equity:seen",
    f"{_OF_ACCOUNT}_adjusted_equity:last",
    f"{_OF_ACCOUNT}_wealth_index:last",
    f"{_OF_ACCOUNT}_wealth_index:peak",
    *(f"{_OF_ACCOUNT}_drawdown:{kind}" for kind in ("current", "max_1h", "max_1d", "max_30d")),
    f"{_OF_ACCOUNT}_pnl:change_15m",
    *(f"{_OF_ACCOUNT}_pnl:{period}" for period in ("day", "week", "month")),
    *_OF_SHARES.values(),
)
"""Series that rules record and that remember: written here too, since rules are not filled in backwards."""


class Account:
    """The account's facts and memory while time goes by in steps."""

    def __init__(self, seed: int) -> None:
        """Start with nothing traded."""
        self._seed = seed
        self._trades = {"win": 0.0, "loss": 0.0, "flat": 0.0}
        self._sums = dict.fromkeys(SUMS, 0.0)
        self._peak = self._worst = 0.0
        self._falls: deque[float] = deque(maxlen=_DAY // STEP)
        self._adjusted: deque[float] = deque(maxlen=_QUARTER // STEP + 1)
        self._before: tuple[int, float] | None = None  # the last point, and the equity less deposits then
        self._anchors: dict[str, float] = {}

    def series(self, second: int) -> Iterator[tuple[str, dict[str, str], float]]:
        """Yield name, further labels and value of every series at *second*, and remember it."""
        equity, deposited, index = world.account(self._seed, (), second)
        self._trade(second, equity - deposited)
        self._peak = max(self._peak, index)
        fall = max(0.0, 1 - index / self._peak)
        self._worst = max(self._worst, fall)
        yield "amaie_trading_equity", {}, equity
        yield "amaie_trading_net_transfers", {}, deposited
        yield "amaie_trading_wealth_index", {}, index
        yield f"{_OF_ACCOUNT}_equity:current", {}, equity
        yield f"{_OF_ACCOUNT}_equity:seen", {}, second
        yield f"{_OF_ACCOUNT}_adjusted_equity:last", {}, equity - deposited
        yield f"{_OF_ACCOUNT}_wealth_index:last", {}, index
        yield f"{_OF_ACCOUNT}_wealth_index:peak", {}, self._peak
        self._falls.append(fall)
        for kind, steps in _WINDOWS.items():
            worst = max(list(self._falls)[-steps:]) if steps else self._worst
            yield f"{_OF_ACCOUNT}_drawdown:{kind}", {}, worst
        self._adjusted.append(equity - deposited)
        yield f"{_OF_ACCOUNT}_pnl:change_15m", {}, self._adjusted[-1] - self._adjusted[0]
        for result, count in self._trades.items():
            yield "amaie_trading_trades_total", {"result": result}, count
            for kind in ("ledger", "reading"):
                yield f"{_TRADES}:{kind}", {"result": result, **_TRADER}, count
        for name, value in self._sums.items():
            yield f"amaie_trading_{name}_total", {}, value
            for kind in ("ledger", "reading"):
                yield f"{_OF_INSTANCE}_{name}:{kind}", _TRADER, value
        yield from self._shares(second, equity - deposited)
        for period, anchor in self._since(second).items():
            yield f"{_OF_ACCOUNT}_pnl:{period}", {}, equity - deposited - anchor

    def _shares(self, second: int, gain: float) -> Iterator[tuple[str, dict[str, str], float]]:
        """Yield what each strategy has made in each symbol, and their sums as they are recorded."""
        made = shares.realised(self._seed, second, gain)
        closed = shares.trades(second)
        for (strategy, symbol), amount in made.items():
            labels = {"strategy": strategy, "symbol": symbol}
            yield "amaie_trading_realised", labels, amount
            yield "amaie_trading_strategy_trades_total", labels, closed[strategy, symbol]
        for (label, what), name in _OF_SHARES.items():
            place = ("strategy", "symbol").index(label)
            of = made if what == "realised" else closed
            for each in {pair[place] for pair in of}:
                yield name, {label: each}, sum(value for pair, value in of.items() if pair[place] == each)

    def _trade(self, second: int, adjusted: float) -> None:
        """Close positions since the last point: their results add up to what the account gained meanwhile."""
        then, before = self._before or (second - STEP, adjusted)
        gain, closed = adjusted - before, max(1, (second - then) // CLOSE_EVERY)
        self._before = second, adjusted
        spread = [chance(self._seed, "history", second, number) - world.HALF for number in range(closed)]
        mean = sum(spread) / closed
        for each in spread:
            result = gain / closed + 4 * (each - mean)
            self._trades["win" if result > 0 else "loss"] += 1
            self._sums["gross_profit" if result > 0 else "gross_loss"] += abs(result)
        self._sums["volume"] += 620.0 * closed

    def _since(self, second: int) -> dict[str, float]:
        """Return the equity less deposits at 00:00 UTC of today, of Monday and of the first of the month."""
        today = datetime.fromtimestamp(second - second % _DAY, tz=UTC)
        starts = {"day": today, "week": today - timedelta(today.weekday()), "month": today.replace(day=1)}
        for period, start in starts.items():
            key = f"{period} {start}"
            if key not in self._anchors:
                equity, deposited, _ = world.account(self._seed, (), start.timestamp())
                self._anchors[key] = equity - deposited
        return {period: self._anchors[f"{period} {start}"] for period, start in starts.items()}


def metrics(file: TextIO, seed: int, start: int, end: int) -> int:
    """Write the account's past as OpenMetrics; return how many samples that were."""
    account, samples = Account(seed), 0
    target = ",".join(f'{name}="{value}"' for name, value in TARGET.items())
    own = ",".join(f'{name}="{value}"' for name, value in ACCOUNT.items())
    for second in (*range(start - start % STEP, end, STEP), end):
        for name, labels, value in account.series(second):
            further = "".join(f',{label}="{text}"' for label, text in labels.items())
            from_scrape = "" if ":" in name else f",{target}"
            file.write(f"{name}{{{own}{further}{from_scrape}}} {value!r} {second}\n")
            samples += 1
        # Another process counts from here on: what begins at 0 then has not jumped back.
        file.write(f"process_start_time_seconds{{{target}}} {start} {second}\n")
        samples += 1
    file.write("# EOF\n")
    return samples


def records(seed: int, start: int, end: int) -> Iterator[dict[str, object]]:
    """Yield log records of the past, in the order of time: a decision's story for each hour."""
    for hour in range(start - start % _HOUR, end - _HOUR, _HOUR):
        for second in range(hour, hour + world.DECISION_EVERY):
            moment: Moment = world.at(seed, (), second)
            for number, event in enumerate(incidents.events(seed, (), moment)):
                stamp = datetime.fromtimestamp(second, tz=UTC) + timedelta(milliseconds=1 + number)
                trace = {} if event.decision is None else story.trace(seed, event)
                yield {
                    "timestamp": stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                    "level": logging.getLevelName(event.level),
                    "service": event.service,
                    "module": event.module,
                    "message": event.message,
                    **trace,
                    **event.fields,
                    "event_id": f"history-{seed}-{second}-{number}",
                }


def write(out: Path, seed: int, start: int, end: int) -> tuple[int, int]:
    """Write metrics and logs of the time between *start* and *end*; return how many samples and records."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "metrics.om").open("w", encoding="utf-8") as file:
        samples = metrics(file, seed, start, end)
    lines: dict[str, list[str]] = {}
    for record in records(seed, start, end):
        lines.setdefault(str(record["service"]), []).append(json.dumps(record, separators=(",", ":")))
    for service, texts in lines.items():
        (out / f"{service}.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
    return samples, sum(map(len, lines.values()))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0, or 1 if the folder cannot be written."""
    parser = argparse.ArgumentParser(
        prog="python -m amaie_demo.history",
        description=(__doc__ or "").splitlines()[0],
        epilog="Example: python -m amaie_demo.history --out /history --days 35",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for metrics.om and <service>.jsonl")
    parser.add_argument("--days", type=int, default=35, help="how far back (default: 35)")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("AMAIE_SEED", "7")), help="of the market"
    )
    given = parser.parse_args(arguments)
    end = int(time.time())
    try:
        samples, told = write(given.out, given.seed, end - given.days * _DAY, end)
    except OSError as error:
        sys.stderr.write(f"amaie_demo.history: {error}; choose a folder you may write to.\n")
        return 1
    sys.stdout.write(f"{samples} samples and {told} log records of {given.days} days are in {given.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
