"""What a soak says of its measurements."""

from __future__ import annotations

import pytest

from bench.soaked import Seen, drawn_on, floor, growth, table, verdict

MINUTES = 360.0


def seen(*, memory: float = 0.0, disk: float = 0.0, waits: float = 1.0) -> Seen:
    """Return six hours in which memory grows by so many MiB an hour, and the disk bends by so much."""
    found = Seen()
    for minute in map(float, range(0, 361, 3)):
        found.memory["ingest"].append((minute, 60 + memory * minute / 60))
        found.memory["prometheus"].append((minute, 200 + minute))
        for name in ("elasticsearch", "prometheus"):
            found.disk[name].append((minute, 10 + 20 * minute + disk * max(0, minute - 120)))
        found.waits.append((minute, waits))
    return found


def test_a_stack_that_stays_as_it_is_has_no_findings() -> None:
    """A disk that fills evenly is no finding, nor is Prometheus' head before its first block."""
    assert verdict(seen(), 60, 0) == []


@pytest.mark.parametrize(
    ("given", "missing", "said"),
    [
        ({"memory": 6.0}, 0, "the memory of ingest grew"),
        ({"disk": 30.0}, 0, "the disk of elasticsearch keeps"),
        ({"disk": -20.0}, 0, "to be expected"),
        ({"waits": 2.1}, 0, "searchable after 2.1 s"),
        ({}, 3, "3 records are missing"),
    ],
)
def test_each_kind_of_change_is_a_finding(given: dict[str, float], missing: int, said: str) -> None:
    """Said with its figures."""
    assert said in "\n".join(verdict(seen(**given), 60, missing))


def test_prometheus_is_judged_once_its_first_block_is_written() -> None:
    """Then its memory has to come back."""
    assert "the memory of prometheus grew" in "\n".join(verdict(seen(), MINUTES, 0))


def test_growth_and_course_are_those_of_the_series() -> None:
    """Worked out by hand: fifths of a straight line, and its end."""
    line = [(float(n), 100.0 + n) for n in range(100)]
    assert growth(line) == pytest.approx((100 + 89.5) / (100 + 29.5))
    assert drawn_on(line) == pytest.approx(199.0)


@pytest.mark.parametrize(("bend", "findings"), [(0.0, 0), (10.0, 1)])
def test_what_is_dropped_every_minute_is_no_course(bend: float, findings: int) -> None:
    """A quarter of an hour of Elasticsearch, whose log of operations comes and goes; what stays is judged."""
    found = seen()
    minutes = [number / 7 for number in range(120)]
    saw = [(minute, 20 + 6 * minute + bend * max(0, minute - 8) + 60 * (minute % 1)) for minute in minutes]
    found.disk["elasticsearch"] = saw
    assert len(verdict(found, 17, 0)) == findings
    assert floor(saw)[-1][1] < 20 + 7 * 17 + bend * 9
    assert floor([(0.0, 2.0), (1.0, 3.0)]) == [(0.0, 2.0), (1.0, 3.0)]


def test_the_table_has_a_row_for_each_service_and_volume() -> None:
    """And the times."""
    text = table(seen())
    assert [line.split()[0] for line in text.splitlines()] == [
        *("service", "ingest", "prometheus", "volume", "elasticsearch", "prometheus", "written")
    ]
