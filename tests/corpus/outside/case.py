"""One case of a corpus: a secret, what it is by whose word, and the log call or line that carries it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A log call that holds a secret, or one that must stay as it is where `secret` is empty."""

    source: str
    rule: str
    carrier: str
    message: str
    extra: dict[str, Any] = field(default_factory=dict)
    secret: str = ""


def leaks(case: Case, written: str) -> bool:
    """Return whether a third of the secret, and six characters at least, are left in one piece.

    What stands in front of a token to say whose it is (`dop_v1_`) is no secret.
    """
    secret = re.sub(r"^[A-Za-z0-9]{1,12}[_.-](?:[A-Za-z0-9]{1,8}[_.-])?(?=.{8})", "", case.secret)
    size = min(len(secret), max(6, len(secret) // 3))
    return any(secret[start : start + size] in written for start in range(len(secret) - size + 1))
