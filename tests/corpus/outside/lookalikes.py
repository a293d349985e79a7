"""What is no secret, from sources that know nothing of our rules: it must stay as it is, to the last digit.

ccxt (MIT): the answers of exchanges that its sources quote, error texts, addresses. simplefix (MIT): orders and
executions as FIX messages. python-stdnum (LGPL-2.1): securities', companies', vehicles' and articles' numbers of
its documentation. Kubernetes, Docker, git and chains: names of the forms that they give. nautilus-trader (a
backtest's log) and freqtrade (its commands' log): what they wrote, in files beside this one. And a day of our own
demo.
"""

from __future__ import annotations

import inspect
import io
import json
import re
import string
import tokenize
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest import mock
from uuid import UUID

import ccxt
import simplefix
from stdnum import luhn

from amaie_demo import history
from corpus.outside.case import Case
from corpus.outside.people import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = re.compile(
    r"key|token|secret|sign|pass|auth|mail|phone|mobile|name|user|uid|cookie|hash|memo|@|wallet|bank|iban|cert|login|bids|asks|book",
    re.IGNORECASE,
)
"""What quoted answers may hold that must be masked: those are left out."""
NUMBERS = ("isin", "lei", "cusip", "ean", "imo", "imei", "isbn", "issn", "grid", "figi", "gb.sedol", "us.rtn")
NOW = 1_764_072_000.0
"""When the demo's day ends, seconds since 1970: noon, 25 November 2025."""
SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of Kubernetes' generated names."""
AROUND = {"timestamp", "level", "service", "module", "message", "event_id"}
WORDS = ("amber", "brisk", "calm", "eager", "gentle", "hopper", "lovelace", "noether", "turing", "vigilant")


def cases() -> Iterator[Case]:
    """Yield log calls without a secret."""
    yield from _answers()
    yield from _errors()
    yield from _addresses()
    yield from _ids()
    yield from _fix()
    yield from _numbers()
    yield from _names()
    yield from _hashes()
    yield from _logs()
    yield from _demo()


def _answers() -> Iterator[Case]:
    """Yield the answers of exchanges that ccxt's sources quote in their comments."""
    for name in ccxt.exchanges:
        for text in _quoted(inspect.getsource(getattr(ccxt, name))):
            if 40 < len(text) < 2_000 and not SECRET.search(text):
                yield Case("ccxt", f"answer {name}", "response", f"response {text}")


def _quoted(source: str) -> Iterator[str]:
    lines: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            lines.append(token.string.lstrip("# "))
        elif token.type not in {tokenize.NL, tokenize.NEWLINE} and lines:
            text = " ".join(line for line in lines if line)
            if text.startswith(("{", "[")) and text.endswith(("}", "]")):
                yield re.sub(r" *//[^\n\"]*?(?=[\"}\]])", "", text)
            lines = []


def _errors() -> Iterator[Case]:
    for name in ccxt.exchanges:
        known = getattr(ccxt, name)().exceptions or {}
        for code in [*(known.get("exact") or {}), *(known.get("broad") or {})]:
            said = f'{name} {{"code":-2014,"msg":"{code}"}}'
            yield Case("ccxt", f"error {name}", "JSON", said)
            yield Case("ccxt", f"error {name}", "exception", f"ExchangeError({name} {code})")


def _addresses() -> Iterator[Case]:
    for name in ccxt.exchanges:
        for path in _paths(getattr(ccxt, name)().api or {}):
            yield Case("ccxt", f"path {name}", "request", f"GET https://api.{name}.example/{path} 200 0.12 s")


def _paths(api: object) -> Iterator[str]:
    if isinstance(api, dict):
        for key, value in api.items():
            if isinstance(key, str) and "/" in key:
                yield key
            yield from _paths(value)
    elif isinstance(api, list):
        for value in api:
            yield from _paths(value)
    elif isinstance(api, str) and "/" in api and "://" not in api:
        yield api


def _ids() -> Iterator[Case]:
    random = Random(7)  # noqa: S311
    for number in range(150):
        prefix = str(random.randint(10**14, 10**18))
        like_card = prefix + luhn.calc_check_digit(prefix)
        other = str(random.randint(10**9, 10**19))
        hexadecimal = f"{random.getrandbits(128):032x}"
        client = f"x-TKT5PX2F{hexadecimal[:22]}"
        uuid = str(UUID(int=random.getrandbits(128), version=4))
        for order in (like_card, other, client, uuid, hexadecimal[:16]):
            rule = "id like a card" if order is like_card else "id"
            yield Case("ccxt", rule, "order", f"order {order} placed")
            yield Case("ccxt", rule, "fill", f"filled {order} @ 30000.5")
            yield Case("ccxt", rule, "list", f"cancelled orders [{order}, {other}]")
            yield Case("ccxt", rule, "query", f"GET /v3/order?orderId={order}&symbol=BTCUSDT")
            for name in (
                "order_id",
                "fill",
                "deal",
                "exec_id",
                "ticket",
                "client_order_id",
                "orderListId",
                "tradeId",
            ):
                yield Case("ccxt", rule, f"extra {name}", "seen", {name: order})
        yield Case("ccxt", "id like a card", "extra number", "seen", {"ticket": int(like_card), "n": number})
        yield Case("ccxt", "number", "time", f"at {1_753_885_800_000_000_000 + random.randint(0, 10**15)} ns")


def _fix() -> Iterator[Case]:
    random = Random(9)  # noqa: S311
    for number in range(120):
        prefix = str(random.randint(10**14, 10**18))
        message = simplefix.FixMessage()
        for tag, value in (
            (8, "FIX.4.4"), (35, "8"), (49, "AMAIE"), (56, "VENUE"), (34, number), (52, "20250730-14:30:00.123"),
            (37, prefix + luhn.calc_check_digit(prefix)), (11, f"ORD{prefix}"), (17, prefix), (150, "F"), (39, "2"),
            (55, "BTC/USDT"), (48, "US0378331005"), (54, 1), (38, random.randint(1, 900)), (44, "30000.50"),
            (32, "0.5"), (31, "30000.25"), (14, "0.5"), (151, 0), (6, "30000.25"), (60, "20250730-14:30:00.120"),
        ):  # fmt: skip
            message.append_pair(tag, value)
        encoded = message.encode()
        yield Case("simplefix", "FIX", "pipes", f"IN {encoded.replace(bytes([1]), b'|').decode()}")
        yield Case("simplefix", "FIX", "SOH", f"IN {encoded.decode()}")
        yield Case("simplefix", "FIX", "repr", f"IN {encoded!r}")
        yield Case("simplefix", "FIX", "pairs", f"IN {message}")


def _numbers() -> Iterator[Case]:
    for name in NUMBERS:
        for number in examples(f"stdnum.{name}"):
            label = name.rpartition(".")[2]
            yield Case("stdnum", label, "sentence", f"instrument {number} halted")
            yield Case("stdnum", label, "named", f"{label}={number}")
            yield Case("stdnum", label, "extra", "halted", {label: number, "symbol": number})


def _names() -> Iterator[Case]:
    random = Random(11)  # noqa: S311
    for _ in range(100):
        suffix = "".join(random.choices(SAFE, k=10))
        pod = f"amaie-trader-{suffix}-{''.join(random.choices(SAFE, k=5))}"
        container = f"{random.choice(WORDS)}_{random.choice(WORDS)}"
        digest = f"{random.getrandbits(256):064x}"
        yield Case("Kubernetes", "pod", "sentence", f"pod {pod} is ready")
        yield Case(
            "Kubernetes", "pod", "extra", "ready", {"pod_name": pod, "node": f"ip-10-0-3-{suffix[:3]}"}
        )
        yield Case("Docker", "container", "sentence", f"container {container} started as {digest[:12]}")
        yield Case("Docker", "image", "digest", f"image registry.example/amaie/core:v1.4.2@sha256:{digest}")


def _hashes() -> Iterator[Case]:
    random = Random(13)  # noqa: S311
    base58 = "".join(sorted(set(string.ascii_letters + string.digits) - set("0OIl")))
    for _ in range(100):
        commit, block = f"{random.getrandbits(160):040x}", f"{random.getrandbits(256):064x}"
        address = f"0x{commit}"
        solana = "".join(random.choices(base58, k=44))
        yield Case("git", "commit", "sentence", f"deployed commit {commit} of main")
        yield Case("git", "commit", "extra", "deployed", {"commit": commit, "git_sha": commit[:12]})
        yield Case(
            "chain", "transaction", "sentence", f"tx 0x{block} confirmed in block {random.getrandbits(24)}"
        )
        yield Case(
            "chain", "transaction", "extra", "confirmed", {"tx_hash": f"0x{block}", "block_hash": block}
        )
        yield Case("chain", "address", "sentence", f"token {address} (USDC) approved for {address}")
        yield Case("chain", "address", "URL", f"GET https://scan.example/token/{address}?a={address}")
        yield Case("chain", "address", "Solana", f"mint address {solana} has 6 decimals")


def _logs() -> Iterator[Case]:
    for name in ("nautilus", "freqtrade"):
        for line in Path(__file__).with_name(f"{name}.log").read_text("utf-8").splitlines():
            yield Case(name, "log", "line", line)


def _demo() -> Iterator[Case]:
    """Yield what the demo's services write in a day, without what the library puts around it."""
    always = SimpleNamespace(time=lambda: NOW)  # another hour has other records, and the page counts them
    with TemporaryDirectory() as folder, mock.patch.object(history, "time", always):
        history.main(["--out", folder, "--days", "1"])
        for path in sorted(Path(folder).glob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                record = json.loads(line)
                extra = {key: value for key, value in record.items() if key not in AROUND}
                yield Case("demo", path.stem, "record", record["message"], extra)
