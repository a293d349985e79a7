"""The demo's past: figures that agree with the world, names of the spec, records of the contract."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from amaie_demo import history, world
from amaie_demo.facts import ACCOUNT
from amaie_telemetry import metrics
from generators import names
from generators.spec import kpispec
from operate import paths
from operate.site import load, scrapes

if TYPE_CHECKING:
    from pathlib import Path

END = 1_795_521_600  # 2026-11-24 12:00 UTC, a Tuesday
START = END - 10 * 86_400


@pytest.fixture(name="written", scope="module")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with ten days of history."""
    folder = tmp_path_factory.mktemp("history")
    history.write(folder, 7, START, END)
    return folder


def values(folder: Path, name: str) -> dict[int, float]:
    """Return time and value of a series of `metrics.om` by the start of its line."""
    lines = (folder / "metrics.om").read_text(encoding="utf-8").splitlines()
    parts = [line.rsplit(" ", 2) for line in lines if line.startswith(name)]
    return {int(time): float(value) for _, value, time in parts}


def test_equity_of_the_past_is_that_of_the_world(written: Path) -> None:
    """A point every five minutes, each the world's own figure."""
    equity = values(written, "amaie_trading_equity{")

    assert len(equity) == 10 * 288 + 1
    assert equity[START] == world.account(7, (), START)[0]


def test_the_past_reaches_to_the_present(tmp_path: Path) -> None:
    """Else the figures were stale, and TradingDataStale paged, until the trader is first scraped."""
    history.write(tmp_path, 7, START, END + 170)
    equity = values(tmp_path, "amaie_trading_equity{")
    volume = values(tmp_path, "amaie_trading_volume_total{")

    assert list(equity)[-2:] == [END, END + 170]
    assert volume[END + 170] - volume[END] == pytest.approx(8 * 620), "one of them every 20 s"


def test_profit_less_loss_is_what_the_account_gained(written: Path) -> None:
    """The counters of closed positions and the equity tell one story."""
    profit = values(written, "amaie_trading_gross_profit_total{")
    loss = values(written, "amaie_trading_gross_loss_total{")
    last = max(profit)
    first = world.account(7, (), START)
    now = world.account(7, (), last)

    gained = (now[0] - now[1]) - (first[0] - first[1])
    assert profit[last] - loss[last] == pytest.approx(gained)


def test_what_strategies_made_adds_up_to_the_gain_and_is_remembered_at_midnight(written: Path) -> None:
    """By strategy and by symbol alike, so that the first day of the demo has its figures of the day."""
    midnight = END - END % 86_400
    equity, deposited, _ = world.account(7, (), midnight)
    parts = (("strategy", ("trend_follow", "mean_revert")), ("symbol", ("BTC/USDT", "ETH/USDT")))
    for label, known in parts:
        series = f"account_currency_{label}:amaie_trading_realised:last{{"
        labels = [f'account="main",currency="USDT",{label}="{name}"}}' for name in known]
        found = [values(written, series + each)[midnight] for each in labels]
        assert sum(found) == pytest.approx(equity - deposited)
    counted = values(written, "account_currency_strategy:amaie_trading_strategy_trades:last{")
    assert counted[END] - counted[midnight] == (END - midnight) / 20 / 2


@pytest.mark.parametrize(
    ("period", "since"), [("day", 43_200), ("week", 43_200 + 86_400), ("month", 43_200 + 23 * 86_400)]
)
def test_profit_of_a_period_counts_from_its_utc_start(written: Path, period: str, since: int) -> None:
    """At 11:55 on Tuesday 24: since today, Monday and the first, all at 00:00 UTC."""
    pnl = values(written, f"account_currency:amaie_trading_pnl:{period}{{")
    now, before = (world.account(7, (), at) for at in (END - 300, END - since))

    assert pnl[END - 300] == pytest.approx((now[0] - now[1]) - (before[0] - before[1]))


def test_every_series_of_the_past_is_of_the_spec(root: Path, written: Path) -> None:
    """Facts are metrics of the spec; recorded series are those of its KPIs and recordings."""
    known = kpispec.load(root / "spec" / "kpis.yaml")
    recorded = {names.recorded(each) for each in (*known.kpis, *known.recordings)}
    lines = (written / "metrics.om").read_text(encoding="utf-8").splitlines()[:-1]
    found = {line.partition("{")[0] for line in lines}

    assert {name for name in found if ":" in name} == set(history.RECORDED) <= recorded
    facts = {family.name for family in metrics.ALL} | {"process_start_time_seconds"}
    assert {name for name in found if ":" not in name} <= facts


def test_the_past_is_of_the_target_that_is_scraped(root: Path, written: Path) -> None:
    """A label more or less would make two accounts of one until the past is five minutes old."""
    site = load.read(paths.DEMO_SITE, kpispec.load(root / "spec" / "kpis.yaml"))
    [group] = [one for one in scrapes.targets(site) if one["labels"]["service"] == "amaie-trader"]
    labels = {name: value for name, value in group["labels"].items() if not name.startswith("__")}
    scraped = labels | {"instance": group["targets"][0], "job": scrapes.JOB}

    lines = (written / "metrics.om").read_text(encoding="utf-8").splitlines()
    facts = [line for line in lines if line.startswith("amaie_trading_equity{")]
    assert facts
    assert all(dict(re.findall(r'(\w+)="([^"]*)"', line)) == ACCOUNT | scraped for line in facts)


def test_the_past_is_of_a_process_that_began_with_it(written: Path) -> None:
    """So the counters of the one that goes on from here begin at 0 and have not jumped back."""
    assert set(values(written, "process_start_time_seconds{").values()) == {float(START)}
    assert (
        values(written, "process_start_time_seconds{").keys()
        == values(written, "amaie_trading_equity{").keys()
    )


def test_the_file_ends_as_openmetrics_wants(written: Path) -> None:
    """Without its end mark promtool refuses the file."""
    assert (written / "metrics.om").read_text(encoding="utf-8").endswith("\n# EOF\n")


def test_records_of_the_past_have_stable_ids_and_are_in_order(written: Path, tmp_path: Path) -> None:
    """Writing them again gives the same bytes, so that a second shipping doubles nothing."""
    history.write(tmp_path, 7, START, END)
    text = (written / "amaie-core.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in text.splitlines()]

    assert (tmp_path / "amaie-core.jsonl").read_text(encoding="utf-8") == text
    assert [record["timestamp"] for record in records] == sorted(record["timestamp"] for record in records)
    assert len({record["event_id"] for record in records}) == len(records) > 240


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence on stderr and exit code 1."""
    (tmp_path / "file").touch()

    assert history.main(["--out", str(tmp_path / "file" / "x"), "--days", "1"]) == 1
    assert capsys.readouterr().err.endswith("choose a folder you may write to.\n")
