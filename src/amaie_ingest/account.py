"""Compares what was written with what is stored: nothing lost, nothing doubled, nothing changed.

    emitted = indexed + rejected + failure store + counted drops

Dead letters of Logstash are in the rejected stream, since its second pipeline puts them there.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GOOD, REJECTED, FAILED = "good", "rejected", "failure store"
FAULTS = ("missing", "doubled", "changed", "misplaced", "unexpected")
"""The lists of document ids in an `Account`."""

_OURS = re.compile(r"([0-9a-f]{24})-([0-9]{10,})")
_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="number")


class Stored(NamedTuple):
    """A document as the audit found it."""

    id: str
    kind: str
    backing: str
    digest: str


class Expected(NamedTuple):
    """A document as it must be."""

    kind: str
    digest: str


@dataclass
class Producer:
    """One process that wrote records: its sequence numbers and what it said it had to drop."""

    seen: set[int] = field(default_factory=set)
    dropped: int = 0

    @property
    def last(self) -> int:
        """Return the highest sequence number; numbers start at 1."""
        return max(self.seen, default=0)

    @property
    def gaps(self) -> list[int]:
        """Return the sequence numbers below the highest that are not there."""
        return [number for number in range(1, self.last) if number not in self.seen]


@dataclass
class Account:
    """What the audit found; each list holds document ids."""

    kinds: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    producers: dict[str, Producer] = field(default_factory=dict)

    @property
    def unexplained(self) -> dict[str, int]:
        """Return for each producer how many records are missing beyond those that it said it dropped."""
        short = {name: len(one.gaps) - one.dropped for name, one in self.producers.items()}
        return {name: number for name, number in short.items() if number > 0}

    @property
    def clean(self) -> bool:
        """Return whether the account balances."""
        return not any(getattr(self, name) for name in FAULTS) and not self.unexplained


def digest(document: Mapping[str, Any], kind: str) -> str:
    """Return a hash of everything in a document; of a rejection without the time at which it was made."""
    whole = dict(document)
    time = str(whole.pop("@timestamp", ""))
    if kind == GOOD:
        second, _, fraction = time.removesuffix("Z").partition(".")
        whole["@timestamp"] = f"{second}.{fraction:0<9}"
    return hashlib.sha256(_encoder.encode(whole)).hexdigest()


def settle(
    stored: Iterable[Stored],
    expected: Mapping[str, Expected] | None = None,
    dropped: Mapping[str, int] | None = None,
) -> Account:
    """Return the account of what is stored.

    Args:
        stored: Every document of the streams and their failure stores, from all backing indices.
        expected: The documents that must be there, if the written files are at hand.
        dropped: Records that a producer says it dropped, by producer id.
    """
    account = Account()
    found: dict[str, Stored] = {}
    for document in stored:
        account.kinds[document.kind] += 1
        if document.id in found:
            account.doubled.append(document.id)
        found.setdefault(document.id, document)
        _note(account, document.id)
    for producer, number in (dropped or {}).items():
        account.producers.setdefault(producer, Producer()).dropped += number
    if expected is not None:
        _compare(account, found, expected)
    return account


def _note(account: Account, identity: str) -> None:
    if match := _OURS.fullmatch(identity):
        account.producers.setdefault(match.group(1), Producer()).seen.add(int(match.group(2)))


def _compare(account: Account, found: dict[str, Stored], expected: Mapping[str, Expected]) -> None:
    for identity, wanted in expected.items():
        document = found.get(identity)
        if document is None:
            account.missing.append(identity)
        elif document.kind != wanted.kind:
            account.misplaced.append(identity)
        elif document.digest != wanted.digest:
            account.changed.append(identity)
    account.unexpected = [identity for identity in found if identity not in expected]


def report(account: Account) -> str:
    """Return the account for a person: the sums, then every kind of fault with its first ids."""
    sums = " + ".join(f"{account.kinds[kind]:,} {kind}" for kind in (GOOD, REJECTED, FAILED))
    dropped = sum(one.dropped for one in account.producers.values())
    total = account.kinds.total() + dropped
    lines = [f"{total:,} accounted for = {sums} + {dropped:,} counted drops"]
    for name in FAULTS:
        ids = getattr(account, name)
        if ids:
            more = ", …" if len(ids) > SHOWN else ""
            lines.append(f"{len(ids):,} {name}: {', '.join(ids[:SHOWN])}{more}")
    for producer, number in sorted(account.unexplained.items()):
        gaps = [f"{gap:010d}" for gap in account.producers[producer].gaps]
        more = ", …" if len(gaps) > SHOWN else ""
        lines.append(
            f"producer {producer}: {number:,} not accounted for among {', '.join(gaps[:SHOWN])}{more}"
        )
    return "\n".join([*lines, "balanced" if account.clean else "NOT balanced"])


SHOWN = 5
