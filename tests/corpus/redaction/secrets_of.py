# ruff: noqa: E501 (cases read best on one line; the random ones are seeded; carriers share a signature)
"""Made-up secrets of every class that a trading system may log: random, seeded, none of them real."""

from __future__ import annotations

import base64
import hashlib
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

WORDS = (Path(__file__).parents[3] / "spec/seed_words/english.txt").read_text(encoding="utf-8").split()
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
SPECIAL = "!@#$%^*_+-?~"


@dataclass(frozen=True)
class Kind:
    """A class of secrets: how one is made, what it is called, and whether it is known by its looks alone."""

    name: str
    make: Callable[[random.Random], str]
    labels: tuple[str, ...]
    bare: bool = False
    hidden: Callable[[str], str] = str
    """The part of it that must not survive; by default all."""


def pick(rng: random.Random, alphabet: str, size: int) -> str:
    """Return random characters, at least one letter and one digit among them."""
    while True:
        text = "".join(rng.choices(alphabet, k=size))
        if any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
            return text


def uuid(rng: random.Random) -> str:
    """Return a random UUID."""
    text = pick(rng, HEX, 32)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def b64(rng: random.Random, size: int) -> str:
    """Return random bytes in base64."""
    return base64.b64encode(rng.randbytes(size)).decode()


def b64url(rng: random.Random, size: int) -> str:
    """Return random bytes in URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(rng.randbytes(size)).decode().rstrip("=")


def password(rng: random.Random) -> str:
    """Return a password that a person might choose or a manager make."""
    return pick(rng, ALNUM + SPECIAL, rng.randint(8, 20))


def jwt(rng: random.Random) -> str:
    """Return a token with header, payload and signature."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    payload = f'{{"sub":"{pick(rng, HEX, 12)}","exp":{rng.randint(10**9, 2 * 10**9)}}}'
    return f"{header}.{base64.urlsafe_b64encode(payload.encode()).decode().rstrip('=')}.{b64url(rng, 32)}"


def pem(rng: random.Random) -> str:
    """Return a private key block of random bytes."""
    kind = rng.choice(["EC ", "RSA ", "", "OPENSSH ", "ENCRYPTED "])
    body = b64(rng, rng.choice([118, 240]))
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


def seed_phrase(rng: random.Random) -> str:
    """Return words with a right checksum, from random bytes that no wallet was made from."""
    entropy = rng.randbytes(rng.choice([16, 20, 24, 28, 32]))
    size = len(entropy) * 8
    bits = f"{int.from_bytes(entropy, 'big'):0{size}b}"
    bits += f"{hashlib.sha256(entropy).digest()[0]:08b}"[: size // 32]
    return " ".join(WORDS[int(bits[i : i + 11], 2)] for i in range(0, len(bits), 11))


def card(rng: random.Random) -> str:
    """Return a card number with a right check digit, in one of the usual groupings."""
    prefix, size = rng.choice([("4", 16), ("5" + str(rng.randint(1, 5)), 16), ("6011", 16), ("37", 15)])
    body = prefix + "".join(rng.choices(string.digits, k=size - len(prefix) - 1))
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2]) + sum(map(int, body[-2::-2]))
    number = body + str(-doubled % 10)
    mark = rng.choice(["", " ", "-"])
    if size == 15:
        return mark.join((number[:4], number[4:10], number[10:]))
    return mark.join(number[i : i + 4] for i in range(0, 16, 4))


def iban(rng: random.Random) -> str:
    """Return an account number with a right checksum."""
    country, size = rng.choice([("DE", 18), ("FR", 23), ("NL", 14), ("GB", 18), ("AT", 16), ("ES", 20)])
    if country in {"GB", "NL"}:
        body = "".join(rng.choices(string.ascii_uppercase, k=4)) + "".join(
            rng.choices(string.digits, k=size - 4)
        )
    else:
        body = "".join(rng.choices(string.digits, k=size))
    number = int("".join(str(int(char, 36)) for char in body + country + "00"))
    text = f"{country}{98 - number % 97:02d}{body}"
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if rng.random() < 0.5 else text


def email(rng: random.Random) -> str:
    """Return an address at a domain for examples."""
    name = rng.choice(["anna", "bo.chen", "j_smith", "trader+alerts", "o.mueller", "desk-7"])
    return f"{name}{rng.randint(10, 99999)}@{rng.choice(['example.com', 'mail.example.org', 'fund.example.co.uk'])}"


def phone(rng: random.Random) -> str:
    """Return an international number in one of the usual groupings."""
    digits = "".join(rng.choices(string.digits, k=7))
    country = rng.choice(["49", "44", "1", "33", "81"])
    area = str(rng.randint(200, 799))
    return rng.choice([
        f"+{country}{area}{digits}",
        f"+{country} {area} {digits[:3]} {digits[3:]}",
        f"+{country}-{area}-{digits[:3]}-{digits[3:]}",
        f"+{country} ({area}) {digits[:3]}-{digits[3:]}",
        f"+{country} {area} {digits}",
        f"+{country} ({area}) {digits}",
    ])  # fmt: skip


def dsn(rng: random.Random) -> str:
    """Return a password inside the address of a database or broker."""
    scheme = rng.choice(["postgresql", "redis", "amqp", "mongodb+srv", "https", "mysql+pymysql"])
    user = rng.choice(["amaie", "trader", ""])
    return f"{scheme}://{user}:{pick(rng, ALNUM, rng.randint(8, 24))}@db.internal:5432/amaie"


KINDS = (
    Kind("binance_key", lambda r: pick(r, ALNUM, 64), ("X-MBX-APIKEY", "binance_api_key", "apiKey")),
    Kind("binance_secret", lambda r: pick(r, ALNUM, 64), ("secretKey", "BINANCE_SECRET", "api_secret")),
    Kind("binance_signature", lambda r: pick(r, HEX, 64), ("signature",)),
    Kind("listen_key", lambda r: pick(r, ALNUM, 64), ("listenKey", "listen_key")),
    Kind("coinbase_cdp", lambda r: f"organizations/{uuid(r)}/apiKeys/{uuid(r)}", ("apiKey", "api_key_name"), bare=True, hidden=lambda text: text.rsplit("/", 1)[1]),
    Kind("coinbase_sign", lambda r: b64(r, 32), ("CB-ACCESS-SIGN", "CB-ACCESS-KEY")),
    Kind("coinbase_passphrase", lambda r: pick(r, ALNUM, 11), ("CB-ACCESS-PASSPHRASE", "passphrase")),
    Kind("kraken_key", lambda r: b64(r, 42), ("API-Key", "kraken_api_key")),
    Kind("kraken_secret", lambda r: b64(r, 64), ("API-Sign", "kraken_private_key", "api_secret")),
    Kind("okx_key", uuid, ("OK-ACCESS-KEY", "okx_api_key")),
    Kind("okx_secret", lambda r: pick(r, HEX, 32).upper(), ("OK-ACCESS-SIGN", "okx_secret_key", "secret_key")),
    Kind("kucoin_key", lambda r: pick(r, HEX, 24), ("KC-API-KEY", "kucoin_api_key")),
    Kind("kucoin_passphrase", lambda r: b64(r, 32), ("KC-API-PASSPHRASE", "KC-API-SIGN")),
    Kind("bybit_key", lambda r: pick(r, ALNUM, 18), ("X-BAPI-API-KEY", "bybit_api_key")),
    Kind("bybit_secret", lambda r: pick(r, ALNUM, 36), ("X-BAPI-SIGN", "bybit_api_secret")),
    Kind("bitfinex_secret", lambda r: pick(r, ALNUM, 43), ("bfx-signature", "bitfinex_api_secret")),
    Kind("generic_token", lambda r: b64url(r, r.randint(18, 40)), ("access_token", "refresh_token", "auth_token")),
    Kind("password", password, ("password", "db_password", "PASSWD")),
    Kind("jwt", jwt, ("jwt", "id_token", "bearer_token"), bare=True),
    Kind("pem", pem, ("private_key", "ssh_private_key"), bare=True, hidden=lambda text: text.split("-----")[2]),
    Kind("dsn", dsn, ("dsn", "database_url"), bare=True, hidden=lambda text: text.split("@")[0].rsplit(":", 1)[1]),
    Kind("slack_webhook", lambda r: f"https://hooks.slack.com/services/T{pick(r, ALNUM, 8).upper()}/B{pick(r, ALNUM, 8).upper()}/{pick(r, ALNUM, 24)}", ("webhook_url", "slack_webhook_url"), bare=True),
    Kind("telegram_bot", lambda r: f"{r.randint(10**8, 10**10 - 1)}:AA{b64url(r, 24)}a", ("bot_token", "telegram_bot_token"), bare=True),
    Kind("pagerduty_key", lambda r: pick(r, HEX, 32), ("routing_key", "integration_key")),
    Kind("aws_access_key", lambda r: "AKIA" + pick(r, string.ascii_uppercase + "234567", 16), ("aws_access_key_id",), bare=True),
    Kind("aws_secret", lambda r: pick(r, ALNUM + "/+", 40), ("aws_secret_access_key", "secret_access_key")),
    Kind("github_token", lambda r: "ghp_" + pick(r, ALNUM, 36), ("github_token", "access_token"), bare=True),
    Kind("ethereum_key", lambda r: "0x" + pick(r, HEX, 64), ("private_key", "wallet_private_key")),
    Kind("seed_phrase", seed_phrase, ("mnemonic", "seed_phrase", "recovery_phrase"), bare=True),
    Kind("session_cookie", lambda r: f"sessionid={pick(r, ALNUM, 32)}", ("Cookie", "Set-Cookie")),
    Kind("email", email, ("email", "user_email"), bare=True),
    Kind("phone", phone, ("phone", "phone_number"), bare=True),
    Kind("iban", iban, ("iban",), bare=True),
    Kind("card", card, ("card_number", "credit_card"), bare=True),
)  # fmt: skip
