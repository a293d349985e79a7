"""What the tests of services are given."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING

import pytest

from amaie_telemetry import TradingAccount, bind, metrics, testing
from amaie_telemetry.pytest_plugin import amaie_logs

if TYPE_CHECKING:
    from amaie_telemetry.testing import CapturedLogs

__all__ = ["amaie_logs"]
log = logging.getLogger("tests.testing")
SECRET = "correct-horse-battery"  # noqa: S105


def test_records_are_captured_as_the_file_would_have_them(amaie_logs: CapturedLogs) -> None:
    """With bound fields, from DEBUG on; found by their fields."""
    with bind(symbol="BTC/USDT"):
        log.debug("one %s", 1, extra={"price": 1.5})
    log.warning("two", extra={"module": "mine"})  # noqa: G101
    assert amaie_logs.messages == ["one 1", "two"]
    assert amaie_logs.having(symbol="BTC/USDT", level="DEBUG") == [amaie_logs.records[0]]
    assert amaie_logs.having(symbol="ETH/USDT") == []
    assert amaie_logs.records[1]["extra"] == {"module": "mine"}


def test_the_contract_is_asserted(amaie_logs: CapturedLogs) -> None:
    """Unknown names and values of a wrong type."""
    log.info("good", extra={"symbol": "A", "price": 1.5})
    amaie_logs.assert_contract()
    log.info("unknown", extra={"colour": "red"})
    with pytest.raises(AssertionError, match=r"\['colour'\] in a record of tests.testing: no field"):
        amaie_logs.assert_contract()
    amaie_logs.lines.clear()
    log.info("wrong", extra={"price": "cheap"})
    with pytest.raises(AssertionError, match="is marked moved"):
        amaie_logs.assert_contract()


@pytest.mark.parametrize("text", [SECRET, base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex()])
def test_secrets_are_found_in_any_encoding(text: str, amaie_logs: CapturedLogs) -> None:
    """A secret of the service under test, that nobody has registered."""
    log.info("connecting as %s", "somebody")
    amaie_logs.assert_no_secret(SECRET)
    log.info("connecting with %s", text)
    with pytest.raises(AssertionError, match=r"a secret (stands in|was handed over to) a record of tests\."):
        amaie_logs.assert_no_secret(SECRET)


def test_what_had_to_be_masked_was_handed_over(amaie_logs: CapturedLogs) -> None:
    """The log is clean, the code is not."""
    log.info("x", extra={"api_key": "abc"})
    with pytest.raises(AssertionError, match=r"was handed over to a record of tests\.testing"):
        amaie_logs.assert_no_secret()


def test_nothing_is_left_behind() -> None:
    """Handlers, level and classes are as before."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, type(root), type(log))
    with testing.capture():
        log.info("x")
    assert (list(root.handlers), root.level, type(root), type(log)) == before


def test_metrics_and_accounts_are_read_without_a_look_inside() -> None:
    """Counters, gauges, histograms, and what an account exports."""
    for family in metrics.ALL:
        family.clear()
    requests = metrics.exchange.requests_total.labels(exchange="binance", outcome="ok")
    requests.inc(3)
    duration = metrics.exchange.request_duration_seconds.labels(exchange="binance", endpoint="order")
    duration.observe(0.25)
    duration.observe(0.5)
    account = TradingAccount("main", "USDT", deposit=1_000.0)
    account.fill("BTC/USDT", side="BUY", amount=0.1, price=1_000.0, fee=1.0)
    account.mark("BTC/USDT", 1_100.0)
    equity = testing.value(metrics.trading.equity.labels(account="main", currency="USDT"))
    assert (testing.value(requests), testing.value(duration), testing.count(duration)) == (3, 0.75, 2)
    assert equity == account.equity == 1_009.0
    assert account.positions["BTC/USDT"].amount == 0.1
    for family in metrics.ALL:
        family.clear()
