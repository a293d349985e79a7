"""The explanation of a redaction: a person can read which rule masked what, and why."""

from __future__ import annotations

from amaie_telemetry.redact.__main__ import explained


def test_every_masked_span_is_told_with_its_rule_and_why() -> None:
    """By place, rule and reason."""
    assert explained("api_key=abc at 1") == (
        "api_key=[REDACTED] at 1\n  8-11  name: name 'api_key': in deny_keys"
    )


def test_a_text_without_secrets_is_told_to_be_left_alone() -> None:
    """So that silence is no riddle."""
    assert explained("Order placed") == "Order placed\n  nothing is masked"
