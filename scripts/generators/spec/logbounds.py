"""Sizes and thresholds of redaction in `spec/logs.yaml`: what both engines, Python's and Ruby's, go by."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from generators.spec.vocabulary import Part

Count = Annotated[int, Field(ge=1)]
Bits = Annotated[float, Field(gt=0, le=8)]


def _rising(values: tuple[int, ...]) -> tuple[int, ...]:
    if any(after <= before for before, after in pairwise(values)):
        raise ValueError("the numbers do not rise; write the smallest first")
    return values


Range = Annotated[tuple[Count, Count], AfterValidator(_rising)]
Sizes = Annotated[tuple[Count, ...], Field(min_length=1), AfterValidator(_rising)]


class Bounds(Part):
    """One number or pair (fewest, most) for each bound; the spec says beside it what it is for."""

    name_chars: Count
    plural_chars: Count
    phrase_words: Count
    phrase_chars: Count
    short_word_chars: Count
    value_chars: Count
    random_chars: Count
    random_bits: Bits
    hex_chars: Count
    address_chars: Count
    token_chars: Count
    scrambled_chars: Count
    scrambled_share: Annotated[float, Field(gt=0, le=1)]
    password_chars: Count
    pin_digits: Range
    context_chars: Count
    near_chars: Count
    tag_chars: Count
    phone_digits: Range
    long_phone_digits: Count
    bare_card_digits: Count
    statement_chars: Count
    wallet_bits: Bits
    key_numbers: Count
    key_bytes: Sizes
    prefixed_chars: Count
    prefixed_hex_chars: Count
    mixed_bits: Bits
    wild_chars: Count
    plain_chars: Count
    plain_bits: Bits
    gate_chars: Count
    gate_digits: Annotated[int, Field(ge=2)]
    reread_chars: Count
    cut_chars: Count
    level_numbers: Range
    number_chars: Count
    level_share: Annotated[float, Field(gt=0, le=1)]
    epoch_seconds: Annotated[float, Field(gt=0)]
    side_chars: Count
    head_lines: Count
    encoded_depth: Count
    undo_rounds: Count
    encoded_bytes: Range
    encoded_head_bytes: Count
    seed_words: Sizes
    seed_chars: Count
    seed_gap_chars: Count
    seed_run_words: Count
