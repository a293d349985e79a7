"""The texts of an alert: as a template of Prometheus, and finished."""

from __future__ import annotations

import pytest

from generators.shared import texts
from generators.spec.model import Alert, Unit

ALERT = Alert.model_validate(
    {
        "name": "LossLimit",
        "compare": "below",
        "levels": [
            {"severity": "critical", "bound": -1000, "for": "1m"},
            {"severity": "warning", "bound": -500, "for": "1m"},
        ],
        "summary": "{{ account }} has lost {{ magnitude }} ({{ value }}); {{ bound }} of {{ limit }}.",
        "impact": "The loss is large.",
        "action": "Stop trading now.",
    }
)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-1005.0, Unit.MONEY, "-1005.00"),
        (0.045225, Unit.RATIO, "4.522%"),
        (0.0, Unit.SECONDS, "0s"),
        (0.1005, Unit.SECONDS, "100.5ms"),
        (0.0000005, Unit.SECONDS, "500ns"),
        (1.005, Unit.SECONDS, "1.005s"),
        (61.5, Unit.SECONDS, "1m 1s"),
        (3723.0, Unit.SECONDS, "1h 2m 3s"),
        (-90061.0, Unit.SECONDS, "-1d 1h 1m 1s"),
        (1.0, Unit.BYTES, "1B"),
        (1536.0, Unit.BYTES, "1.5kiB"),
        (3.0 * 1024**3, Unit.BYTES, "3GiB"),
        (20.4, Unit.COUNT, "20"),
        (0.1005, Unit.PER_SECOND, "0.101/s"),
        (2.5125, Unit.NATS, "2.51 nats"),
        (-2.01, Unit.INDEX, "-2.01"),
        (1.0, Unit.STATE, "1"),
    ],
)
def test_a_figure_is_written_as_people_read_it(value: float, unit: Unit, text: str) -> None:
    """A value gets the digits and the unit that Prometheus' template functions give it."""
    assert texts.figure(value, unit) == text


def test_a_template_leaves_the_series_own_fields_to_prometheus() -> None:
    """Value and labels become template actions; the bounds are known and stand there as figures."""
    assert texts.template(ALERT.summary, Unit.MONEY, ALERT, ALERT.levels[1]) == (
        '{{ $labels.account }} has lost {{ $value | printf "%.2f" | reReplaceAll "^-" "" }} '
        '({{ $value | printf "%.2f" }}); 500.00 of 1000.00.'
    )


def test_the_limit_is_that_of_the_most_urgent_level_in_whatever_order_they_stand() -> None:
    """An alert whose warning is written first still names the limit that pages."""
    turned = ALERT.model_copy(update={"levels": ALERT.levels[::-1]})
    for level in ALERT.levels:
        own = texts.template(ALERT.summary, Unit.MONEY, ALERT, level)
        assert texts.template(ALERT.summary, Unit.MONEY, turned, level) == own
        assert own.endswith(" of 1000.00.")
        assert texts.rendered("{{ limit }}", Unit.MONEY, turned, level, -1.0, {}) == "1000.00"


def test_a_rendered_text_is_what_the_template_becomes() -> None:
    """The finished text has the value, its size without sign, the labels and the bounds."""
    finished = texts.rendered(ALERT.summary, Unit.MONEY, ALERT, ALERT.levels[1], -505.0, {"account": "main"})
    assert finished == "main has lost 505.00 (-505.00); 500.00 of 1000.00."
