"""Personal data as the libraries know it that are made for it: telephone numbers, IBANs, cards, tax numbers.

Telephone numbers are the examples of `phonenumbers` (Apache-2.0) for every country, in all its formats;
account, card and personal numbers are the examples in the documentation of `python-stdnum` (LGPL-2.1), valid by
its checks.
"""

from __future__ import annotations

import doctest
import importlib
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum import luhn

from corpus.outside.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = {"E164": PhoneNumberFormat.E164, "international": PhoneNumberFormat.INTERNATIONAL}
NATIONAL = {"national": PhoneNumberFormat.NATIONAL, "RFC 3966": PhoneNumberFormat.RFC3966}
KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
CARDS = [
    prefix + luhn.calc_check_digit(prefix)
    for prefix in (
        "411111111111111",
        "555555555555444",
        "37828224631000",
        "601111111111111",
        "353011133330000",
    )
]
"""The test numbers of the card schemes, their last digit made by stdnum."""
TAX = {
    "br": "cpf", "de": "idnr", "es": "nif", "fr": "nif", "gb": "nhs", "in_": "aadhaar", "it": "codicefiscale",
    "mx": "curp", "nl": "bsn", "pl": "pesel", "se": "personnummer", "us": "ssn", "za": "idnr", "kr": "rrn",
    "cn": "ric", "fi": "hetu", "dk": "cpr", "no": "fodselsnummer", "be": "nn", "bg": "egn",
}  # fmt: skip
"""Personal numbers of countries, by the module of stdnum that checks them."""


def cases() -> Iterator[Case]:
    """Yield each number in the sentences and fields in which a service may log it."""
    yield from _telephones()
    yield from _accounts()
    yield from _persons()


def _telephones() -> Iterator[Case]:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            for name, form in FORMATS.items():
                text = phonenumbers.format_number(number, form)
                yield _case(f"phone {region}", f"{name}, alone", f"SMS sent to {text}", text)
                yield _case(f"phone {region}", f"{name}, sentence", f"the client {text} was told", text)
            for name, form in NATIONAL.items():
                text = phonenumbers.format_number(number, form)
                yield _case(f"phone {region}", name, f"phone: {text}", text)
            national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
            yield Case("phonenumbers", f"phone {region}", "extra", "told", {"phone": national}, national)


def _accounts() -> Iterator[Case]:
    for iban in examples("stdnum.iban"):
        compact = iban.replace(" ", "")
        yield Case("stdnum", "IBAN", "sentence", f"paid out to {iban} today", {}, iban)
        yield Case("stdnum", "IBAN", "compact", f"withdrawal({compact!r})", {}, compact)
        yield Case("stdnum", "IBAN", "extra", "paid out", {"destination": iban}, iban)
    for number in CARDS:
        yield Case("stdnum", "card", "sentence", f"card {number} was declined", {}, number)
        grouped = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
        yield Case("stdnum", "card", "grouped", f"paid with {grouped}", {}, grouped)
        yield Case("stdnum", "card", "extra", "declined", {"card_number": number}, number)


def _persons() -> Iterator[Case]:
    for country, name in TAX.items():
        for number in examples(f"stdnum.{country}.{name}"):
            rule = f"personal number {country.strip('_')}"
            yield Case("stdnum", rule, "tax id", f"tax id: {number}", {}, number)
            yield Case("stdnum", rule, "national id", f"national_id={number}", {}, number)
            yield Case("stdnum", rule, "extra", "verified", {"tax_id": number}, number)
            yield Case("stdnum", rule, "passport", "verified", {"user": {"nationalId": number}}, number)


def examples(module: str) -> list[str]:
    """Return the numbers that a module's own documentation calls valid."""
    found = importlib.import_module(module)
    valid = []
    for example in doctest.DocTestParser().get_examples(found.__doc__ or ""):
        call, _, rest = example.source.partition("('")
        if call == "validate" and not example.exc_msg:
            valid.append(rest.partition("'")[0])
    return valid


def _case(rule: str, carrier: str, message: str, number: str) -> Case:
    return Case("phonenumbers", rule, carrier, message, {}, number)
