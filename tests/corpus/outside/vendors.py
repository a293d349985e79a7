"""Tokens of vendors, drawn from the rules of gitleaks (MIT), betterleaks (MIT) and detect-secrets (Apache-2.0)."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import detect_secrets.plugins
from detect_secrets.plugins.base import RegexBasedDetector

from corpus.outside.case import Case
from regexes.samples import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = {
    name: json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))
    for name in ("gitleaks", "betterleaks")
}
KEYED = "(?:=|>|:{1,3}="
"""What a rule has that wants the vendor's name in front of the token."""
NAME = re.compile("[A-Za-z]{3}.*[=:]")
"""What stands in front of a token that a rule knows by the name of its field alone: it travels with the name."""
UNKEYED = {
    "BasicAuthDetector",
    "KeywordDetector",
    "PrivateKeyDetector",
    "RegexBasedDetector",
    "IPPublicDetector",
}
"""Plugins of detect-secrets that describe places or numbers, not tokens."""
ALONE = {
    "sentence": "using {s} for the feed",
    "call": "connect('{s}') failed",
    "JSON": '{{"note": "{s}", "n": 1}}',
    "query": "GET https://api.vendor.example/v1/x?v={s}",
    "end": "rejected: {s}",
}
NAMED = {
    "ini": '{i}Token="{s}"',
    "ini with blanks": "{i}Token = {s}",
    "yaml": "{i}_api_key: {s}",
    "yaml, quoted": "{i}_secret: '{s}'",
    "JSON": '{{"{i}_token": "{s}"}}',
    "environment": "{I}_API_TOKEN={s} LANG=C",
    "go": '{i}Token := "{s}"',
    "logstash": '"{i}Token" => "{s}"',
    "property": 'System.setProperty("{I}_TOKEN", "{s}")',
    "make": '{I}_TOKEN ?= "{s}"',
}


def cases() -> Iterator[Case]:
    """Yield each rule's tokens in each carrier: in texts, and as an extra field."""
    for source, rules in SOURCES.items():
        for rule in rules:
            pattern = without_flags(rule["regex"])
            vendor = re.sub(r"[^a-z0-9]", "_", rule["keywords"][0]) if KEYED in pattern else ""
            for number in range(2):
                drawn, token = sample(pattern, Random(f"{rule['id']}{number}"), group=1)  # noqa: S311
                secret = token.strip("'\"`;")
                named = not vendor and NAME.search(drawn[: drawn.rfind(token)])
                yield from _carried(source, rule["id"], drawn if named else secret, vendor, secret)
    for plugin, name in plugins():
        for place, known in enumerate(plugin.denylist):
            drawn, _ = sample(without_flags(known.pattern), Random(f"{name}{place}"))  # noqa: S311
            told = next(iter(plugin.analyze_string(drawn)), None)
            if told:  # of a longer text a detector tells what in it is the secret
                yield from _carried("detect-secrets", name, drawn, "", told)


def plugins() -> Iterator[tuple[RegexBasedDetector, str]]:
    """Yield the detectors of detect-secrets that know a vendor's token by its form."""
    for module in pkgutil.iter_modules(detect_secrets.plugins.__path__, "detect_secrets.plugins."):
        for name, found in sorted(vars(importlib.import_module(module.name)).items()):
            own = (
                isinstance(found, type) and found.__module__ == module.name and not inspect.isabstract(found)
            )
            if own and issubclass(found, RegexBasedDetector) and name not in UNKEYED:
                yield found(), name


def without_flags(pattern: str) -> str:
    """Return a pattern of Go or Python without its flags, and in Python's words."""
    pattern = pattern.replace("[:alnum:]", "A-Za-z0-9").replace(r"\z", r"\Z")
    return re.sub(r"\(\?-?[ims]+\)|(?<=\(\?)-?[ims]+(?=:)", "", pattern)


def _carried(source: str, rule: str, token: str, vendor: str, told: str = "") -> Iterator[Case]:
    secret = told or token
    carriers = NAMED if vendor else ALONE
    for carrier, form in carriers.items():
        text = form.format(i=vendor, I=vendor.upper(), s=token)
        yield Case(source, rule, carrier, text, secret=secret)
    name = f"{vendor}_api_key" if vendor else "note"
    yield Case(source, rule, "extra", "connected", {name: token}, secret)
    yield Case(source, rule, "list", "connected", {"config": [{name: token}]}, secret)
