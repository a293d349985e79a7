"""docs/trading-account.md works when it is followed to the letter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from amaie_telemetry import metrics, testing

PAGE = Path(__file__).resolve().parents[4] / "docs" / "trading-account.md"


def test_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    """All Python blocks in order; the facts are what the exchange has reported at the end."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec("\n".join(blocks).replace("/var/lib/bot", str(tmp_path)), names)  # noqa: S102 (our own page)
    names["account"].close()
    labels = {"account": "main", "currency": "USDT"}
    assert testing.value(metrics.trading.equity.labels(**labels)) == pytest.approx(10_587.32)
    assert testing.value(metrics.trading.net_transfers.labels(**labels)) == 10_500
    assert testing.value(metrics.trading.gross_profit_total.labels(**labels)) == pytest.approx(93.75 + 20)
    realised = {one[2:]: testing.value(series) for one, series in metrics.trading.realised.all_series()}
    assert realised == pytest.approx({("none", "BTC/USDT"): 93.75, ("trend", "ETH/USDT"): 20})
    assert testing.value(metrics.trading.income.labels(**labels, kind="funding")) == -3.2
    assert (tmp_path / "main.json").is_file()
