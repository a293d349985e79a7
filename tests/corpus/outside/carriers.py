"""What libraries of this trade really write: signed requests, representations, exceptions, dumps.

The libraries make every text; of ours are only the credentials that they are given. ccxt (MIT),
python-binance (MIT), httpx (BSD), aiohttp (Apache-2.0), websockets (BSD), SQLAlchemy (MIT), pydantic (MIT), web3
and eth-account (MIT).
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import aiohttp
import ccxt
import httpx
import pydantic
import sqlalchemy
from eth_account import Account
from multidict import CIMultiDict
from web3 import HTTPProvider
from websockets import exceptions
from websockets.client import ClientProtocol
from websockets.frames import Close
from websockets.headers import build_authorization_basic
from websockets.http11 import Request
from websockets.proxy import parse_proxy
from websockets.server import ServerProtocol
from websockets.uri import parse_uri
from yarl import URL

from corpus.outside.case import Case, leaks

with warnings.catch_warnings():  # it imports what a newer websockets calls deprecated
    warnings.simplefilter("ignore")
    from binance.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "a8Xk2mQ9vL4nB7cR1tY6wZ3pD5sF0gH2"
SECRET = "Wlc1dG1ZV1J6TFhObFkzSmxkQzFyWlhrdGMyVmpjbVYw"  # noqa: S105 (drawn for this file)
PASSWORD = "kestrel7Harbour"  # noqa: S105
INFURA = "4f9c1d2e3b5a6978c0d1e2f3a4b5c6d7"
SECTIONS = (
    "private",
    ["private"],
    ["v3", "private"],
    ["public", "spot", "private"],
    ["spot", "private"],
    ["v1", "private"],
)


def cases() -> Iterator[Case]:
    """Yield each text in which a library shows a credential."""
    yield from _exchanges()
    yield from _requests()
    yield from _streams()
    yield from _settings()
    yield from _wallets()


def _exchanges() -> Iterator[Case]:
    for name in ccxt.exchanges:
        exchange = getattr(ccxt, name)({"apiKey": KEY, "secret": SECRET, "password": PASSWORD, "uid": "u-7"})
        rule = f"signed request {name}"
        for section in SECTIONS:
            with contextlib.suppress(Exception):
                signed = exchange.sign("orders", section, "POST", {"symbol": "BTCUSDT"})
                if KEY not in str(signed):
                    continue
                asked = f"{name} POST {signed['url']} RequestHeaders: {signed['headers']}"
                said = f"fetch Request: {asked} RequestBody: {signed['body']}"
                yield Case("ccxt", rule, "verbose", said, {}, KEY)
                yield Case("ccxt", rule, "JSON", f"request {json.dumps(signed, default=str)}", {}, KEY)
                yield Case("ccxt", rule, "extra", "request", {"request": signed}, KEY)
                if PASSWORD in said:
                    yield Case("ccxt", rule, "verbose, passphrase", said, {}, PASSWORD)
                break
    client = Client(KEY, SECRET, ping=False)
    client.loop.close()  # it has made one, of which nobody would hear again but the garbage collector
    asyncio.set_event_loop_policy(None)
    yield Case("python-binance", "session", "headers", f"session {client.session.headers}", {}, KEY)
    yield Case("python-binance", "session", "state", f"client {vars(client)}", {}, KEY)
    yield Case("python-binance", "session", "state, secret", f"client {vars(client)}", {}, SECRET)


def _requests() -> Iterator[Case]:
    url = f"https://api.vendor.example/v3/order?symbol=BTCUSDT&signature={SECRET}"
    headers = {"X-MBX-APIKEY": KEY, "Authorization": f"Bearer {SECRET}"}
    request = httpx.Request("GET", url, headers=headers)
    for carrier, said in {
        "request": repr(request),
        "raw headers": f"sent {request.headers.raw}",
        "dict of headers": f"sent {dict(request.headers)}",
        "cookies": repr(httpx.Cookies({"session": SECRET})),
        "URL": f"GET {URL(url)}",
        "basic authentication": repr(aiohttp.BasicAuth("trader", SECRET)),
    }.items():
        yield Case("httpx, aiohttp", "request", carrier, said, {}, SECRET)
    yield Case("aiohttp", "headers", "multidict", repr(CIMultiDict(headers)), {}, KEY)
    proxy = httpx.URL(f"https://trader:{PASSWORD}@proxy.example:8080/")
    yield Case("httpx", "URL", "userinfo", f"proxy {proxy}", {}, PASSWORD)


class _Talk(logging.Handler):
    """Keeps what a library logs."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.logger = logging.Logger("websockets", logging.DEBUG)  # noqa: LOG001 (of nobody else)
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def drained(self) -> list[str]:
        said, self.said = self.said, []
        return said


def _streams() -> Iterator[Case]:
    """Yield what both ends of a stream say while one signs in to it, and what they raise."""
    talk = _Talk()
    client = ClientProtocol(parse_uri(f"wss://stream.example/ws?token={SECRET}"), logger=talk.logger)
    client.key = "dGhlIHNhbXBsZSBub25jZQ=="  # of RFC 6455, in place of a random one
    server = ServerProtocol(logger=talk.logger)
    request = client.connect()
    request.headers["Authorization"] = build_authorization_basic("trader", PASSWORD)
    request.headers["X-MBX-APIKEY"] = KEY
    request.headers["Cookie"] = f"session={SECRET}"
    client.send_request(request)
    server.receive_data(b"".join(client.data_to_send()))
    (asked,) = server.events_received()
    assert isinstance(asked, Request)
    response = server.accept(asked)
    response.headers["Set-Cookie"] = f"session={SECRET}; Secure; HttpOnly"
    server.send_response(response)
    client.receive_data(b"".join(server.data_to_send()))
    encoded = request.headers["Authorization"].split()[1]
    for said in talk.drained():
        for secret in (SECRET, KEY, encoded):
            if secret in said:
                yield Case("websockets", "debug", said[:1] + " handshake", said, {}, secret)
    for carrier, said in {
        "request": repr(request),
        "headers": f"sent {request.headers!r}",
        "dict of headers": f"sent {dict(request.headers.raw_items())}",
        "bytes": f"sent {request.serialize()!r}",
        "response": repr(response),
    }.items():
        yield Case("websockets", "handshake", carrier, said, {}, SECRET)
        if KEY in said:
            yield Case("websockets", "handshake", f"{carrier}, key", said, {}, KEY)
            yield Case("websockets", "handshake", f"{carrier}, basic", said, {}, encoded)
    yield from _frames(client, server, talk)
    address = f"wss://trader:{PASSWORD}@stream.example/ws"
    yield Case("websockets", "URI", "parts", f"connecting to {parse_uri(address)}", {}, PASSWORD)
    proxy = f"http://trader:{PASSWORD}@proxy.example:8080"
    yield Case("websockets", "proxy", "parts", f"by {parse_proxy(proxy)}", {}, PASSWORD)
    for fault in (
        exceptions.InvalidURI(address + "#x", "fragment identifier is meaningless"),
        exceptions.InvalidProxy(proxy + "/x", "path is meaningless"),
        exceptions.InvalidHeader("Authorization", f"Bearer {SECRET}"),
        exceptions.InvalidParameterValue("token", SECRET),
    ):
        secret = PASSWORD if PASSWORD in str(fault) else SECRET
        yield Case("websockets", type(fault).__name__, "str", str(fault), {}, secret)
        yield Case("websockets", type(fault).__name__, "repr", repr(fault), {}, secret)


def _frames(client: ClientProtocol, server: ServerProtocol, talk: _Talk) -> Iterator[Case]:
    """Yield what is said of frames that sign in; a long one is shown by its beginning and end."""
    for frame in (
        {"op": "login", "args": [{"apiKey": KEY, "passphrase": PASSWORD}]},
        {"op": "auth", "args": [KEY, 1_753_885_800_000, SECRET]},
        {"method": "session.logon", "params": {"apiKey": KEY}},
        {"type": "authenticate", "token": SECRET},
        {"event": "subscribe", "subscription": {"name": "ownTrades", "token": SECRET}},
    ):
        client.send_text(json.dumps(frame).encode())
        server.receive_data(b"".join(client.data_to_send()))
    for reason in (f"invalid api key: {KEY}", f"token={SECRET} has expired"):
        fault = exceptions.ConnectionClosedError(Close(4001, reason), None)
        yield Case("websockets", "closed", "str", str(fault), {}, KEY if KEY in reason else SECRET)
    for said in talk.drained():
        for secret in (KEY, SECRET, PASSWORD):
            case = Case("websockets", "debug", said[:1] + " frame", said, {}, secret)
            if leaks(case, said):
                yield case


class _Settings(pydantic.BaseModel):
    api_key: str
    api_secret: int | str
    leverage: int = 3


def _settings() -> Iterator[Case]:
    settings = _Settings(api_key=KEY, api_secret=SECRET)
    yield Case("pydantic", "settings", "repr", f"settings {settings!r}", {}, SECRET)
    yield Case("pydantic", "settings", "str", f"settings {settings}", {}, KEY)
    yield Case("pydantic", "settings", "JSON", f"settings {settings.model_dump_json()}", {}, SECRET)
    yield Case("pydantic", "settings", "extra", "settings", {"settings": settings.model_dump()}, KEY)
    try:
        _Settings.model_validate({"api_key": KEY, "api_secret": [SECRET]})
    except pydantic.ValidationError as error:
        yield Case("pydantic", "settings", "error", str(error), {}, SECRET)
    address = sqlalchemy.make_url(f"postgresql://amaie:{PASSWORD}@db.example/trades")
    said = address.render_as_string(hide_password=False)
    yield Case("SQLAlchemy", "URL", "shown", f"connecting to {said}", {}, PASSWORD)
    yield Case(
        "SQLAlchemy", "URL", "parts", f"connecting with {address.translate_connect_args()}", {}, PASSWORD
    )
    engine = sqlalchemy.create_engine("sqlite://")
    for statement in (
        "insert into users (name, password) values (:name, :password)",
        "update users set password = :password where name = :name",
    ):
        try:
            with engine.connect() as connection:
                connection.execute(sqlalchemy.text(statement), {"name": "joe", "password": PASSWORD})
        except sqlalchemy.exc.OperationalError as error:
            yield Case("SQLAlchemy", "statement", statement[:6], str(error), {}, PASSWORD)


def _wallets() -> Iterator[Case]:
    provider = HTTPProvider(f"https://mainnet.infura.io/v3/{INFURA}")
    yield Case("web3", "provider", "str", f"using {provider}", {}, INFURA)
    account = Account.from_key("0x" + "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318")
    key = account.key.hex().removeprefix("0x")
    yield Case("eth-account", "private key", "call", f"Account.from_key('0x{key}')", {}, key)
    yield Case("eth-account", "private key", "named", f"private key {account.key!r}", {}, key)
    yield Case("eth-account", "private key", "state", f"signer key={account.key!r}", {}, key)
    signature = inspect.signature(Account.from_key)
    arguments: dict[str, Any] = signature.bind(Account, f"0x{key}").arguments
    yield Case("eth-account", "private key", "arguments", f"called with {arguments}", {}, key)
